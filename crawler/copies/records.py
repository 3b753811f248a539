"""The records of the copy detector: texts that come in or are stored, candidates for origin, groups; pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from storage.models.articles import Signal
    from storage.models.stories import CopyVerdict


def joined_groups(
    groups: Sequence[Sequence[int]], links: Iterable[tuple[int, int]]
) -> list[list[int]]:
    """Join groups of article ids that a link connects; a link to an unknown article says nothing.

    Groups come in the order of their first members, and members in the order in which they came.
    """
    group_of = {member: place for place, group in enumerate(groups) for member in group}
    for one, other in links:
        if one in group_of and other in group_of:
            kept, gone = group_of[one], group_of[other]
            group_of = {
                member: kept if place == gone else place for member, place in group_of.items()
            }
    joined: dict[int, list[int]] = {}
    for member, place in group_of.items():
        joined.setdefault(place, []).append(member)
    return list(joined.values())


CLOCKS_AGREE = timedelta(minutes=2)
"""A page that states the very moment we came states the moment of the visit, not its own."""


def time_of(published: datetime | None, seen: datetime) -> datetime:
    """Return when a text was published: as it states, if that is not after it was first seen."""
    return seen if published is None or published > seen else published


@dataclass(frozen=True, slots=True)
class SubmittedText:
    """A text to be judged. `article_id` is given when it is stored already: it is no copy of itself.

    `at` is when it was published, see `time_of`.
    """

    text: str
    host: str = ""
    article_id: int | None = None
    title: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text that is remembered, as stored. `story_id` is 0 when it is in no story.

    `divisions` are those that its story came out of. `at` is when it was published, see `time_of`.
    """

    article_id: int
    text: str
    host: str = ""
    story_id: int = 0
    divisions: frozenset[int] = frozenset()
    title: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a text was found to be.

    `verdicts` say what it is a copy of, one for each story, the closest first: when there are
    several, this text proves their stories one. `parts` are the articles that it strings together
    when it is a round-up, which is a copy of none of them, but may be one of another round-up.
    `doubted` are articles whose stories have to be looked at anew: in the light of this text they
    are round-ups, which are `strung` too, or what they share with others is their site's wrapper.
    `of_its_form` are other pages of its publisher that share enough with it for copies, and are none.
    """

    verdicts: tuple[CopyVerdict, ...] = ()
    parts: tuple[int, ...] = ()
    doubted: tuple[int, ...] = ()
    strung: tuple[int, ...] = ()
    of_its_form: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Regrouped:
    """A story's articles by what their texts show now: groups that belong together.

    `roundups` names the round-ups among them, each with the articles that it strings together.
    `rest` are those that belong with articles of the story that were not looked at.
    """

    groups: Sequence[Sequence[int]]
    roundups: Mapping[int, tuple[int, ...]]
    rest: Sequence[int] = ()

    @property
    def members(self) -> set[int]:
        """The articles that were looked at."""
        return {*self.rest, *(one for group in self.groups for one in group)}


def with_rest(regrouped: Regrouped, article_ids: Collection[int]) -> Regrouped:
    """Let the groups that hold one of these articles stay with the rest of their story."""
    rest, groups = list(regrouped.rest), []
    for group in regrouped.groups:
        if set(article_ids).isdisjoint(group):
            groups.append(group)
        else:
            rest += group
    return replace(regrouped, groups=groups, rest=rest)


def linked(regrouped: Regrouped, links: Iterable[tuple[int, int]]) -> Regrouped:
    """Join the groups of a story that further links connect, also with the rest of the story."""
    groups = joined_groups([*regrouped.groups, regrouped.rest], links)
    return with_rest(replace(regrouped, groups=groups, rest=()), regrouped.rest)


@dataclass(frozen=True, slots=True)
class ListingWindow:
    """Between which two visits a listing began to show a page.

    `not_before` is the last visit that did not show it, None when the first one did; `seen_at` the
    first one that did. Of a publisher's `own` listing that says when the page appeared; one of
    another publisher may list it late.
    """

    not_before: datetime | None
    seen_at: datetime
    own: bool = True


@dataclass(frozen=True, slots=True)
class OriginCandidate:
    """A member of a story, with all that is weighed when the original is chosen.

    `published` is what the page states, `first_seen` when we first had it; `words` counts its
    text; `verdict` says what it was found to be a copy of (None for a story's first article). `url`
    is where it stands, and `window` when a listing began to show it, when that is known.
    """

    article_id: int
    host: str
    title: str
    words: int
    published: datetime | None
    first_seen: datetime
    signals: tuple[Signal, ...] = ()
    verdict: CopyVerdict | None = None
    url: str = ""
    window: ListingWindow | None = None

    @property
    def address(self) -> str:
        """Where the article stands; its host's front page when that is all that is known."""
        return self.url or f"https://{self.host}/"


def stated_time(member: OriginCandidate) -> datetime | None:
    """When a member says it was published, as far as that can be believed.

    None when it says nothing, the future, or the moment of our visit (content farms state
    today's date). A day without a time is taken at its end: it can't prove an earlier hour.
    """
    if member.published is None:
        return None
    stated = member.published
    if (stated.hour, stated.minute, stated.second) == (0, 0, 0):
        stated += timedelta(days=1)
    return None if stated > member.first_seen - CLOCKS_AGREE else stated
