"""Which of the texts that alerts told an article repeats, by the rule of copies; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from crawler.copies.detector import THE_SAME_AGAIN
from crawler.copies.records import joined_groups
from crawler.copies.text.overlap import covered_by, held_by, measure
from crawler.copies.text.shingles import ShingledText, shingle
from crawler.copies.verdict import LESSER_SHARE_OF_PARTIAL, compare, relation_of
from crawler.urls.publishers import publisher_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from crawler.copies.records import StoredText
    from crawler.settings import CopySettings
    from storage.models.alerts import AlertedText


@dataclass(frozen=True, slots=True)
class StoryTexts:
    """What is known of an article's story beside the texts that were told.

    `short` are some of its members, the shortest texts: what two others share may be all of one of
    them. An operator ruled the story `apart` from those stories, and those of its members `joined`.
    """

    short: tuple[StoredText, ...] = ()
    apart: frozenset[int] = frozenset()
    joined: tuple[tuple[StoredText, ...], ...] = ()


def joined_texts(
    texts: Sequence[StoredText], pairs: Sequence[tuple[int, int]]
) -> tuple[tuple[StoredText, ...], ...]:
    """Return texts in the groups in which an operator's pairs put them."""
    by_id = {text.article_id: text for text in texts}
    groups = joined_groups([[article_id] for article_id in by_id], pairs)
    return tuple(tuple(by_id[member] for member in group) for group in groups)


@dataclass(slots=True)
class AlertedCoverage:
    """Compares articles of one story with the texts that alerts told of it and of its lineage.

    Texts of one story are compared as the detector compares them, and by way of a third member
    that stands in both. Of another story, into which a division put it, an article of the same
    publisher repeats only what is nearly all of it: a form is no telling of the next report.
    """

    alerted: Sequence[AlertedText]
    story: StoryTexts
    settings: CopySettings
    _shingled: dict[str, ShingledText] = field(default_factory=dict)

    def alerts_repeated(self, article: StoredText, earlier: Sequence[str] = ()) -> frozenset[int]:
        """Return the ids of the alerts that told an article's text.

        So they did when they told the article itself: its changes are told as updates, as long as
        it stays in its story. They did as well when they told what its page said before, in
        `earlier` texts, the last first, from which it has grown or been cut.
        """
        before = list(self._states_before(article, earlier))
        return frozenset(
            alerted.alert_id
            for alerted in self.alerted
            if self._is_told(article, alerted)
            or any(self._repeats(state, alerted, were_one=True) for state in before)
        )

    def are_copies(self, article: StoredText, other: StoredText) -> bool:
        """Tell whether two articles are copies by their texts."""
        overlap = compare(self._text(article.text), self._text(other.text))
        return overlap.equal or relation_of(overlap, self.settings) is not None

    def _states_before(self, article: StoredText, earlier: Sequence[str]) -> Iterator[StoredText]:
        """Yield what an article said before, as far as that goes on into what it says now."""
        later = article.text
        for text in earlier:
            if self._continues(text, later) or self._continues(text, article.text):
                later = text
                yield replace(article, text=text)

    def _continues(self, text: str, later: str) -> bool:
        overlap = measure(self._text(text), self._text(later))
        greater = max(overlap.share_of_article, overlap.share_of_other)
        return overlap.equal or greater >= self.settings.threshold

    def _is_told(self, article: StoredText, alerted: AlertedText) -> bool:
        return (
            (article.article_id == alerted.article_id and alerted.stays)
            or self._repeats(article, alerted)
            or self._repeats_by_a_third(article, alerted)
            or self._is_joined(article, alerted)
        )

    def _repeats(
        self, article: StoredText, alerted: AlertedText, *, were_one: bool = False
    ) -> bool:
        if not alerted.text:  # nothing but the story says what it was
            return article.story_id == alerted.story_id
        overlap = compare(self._text(article.text), self._text(alerted.text))
        if overlap.equal:
            return True
        is_copy = relation_of(overlap, self.settings) is not None
        if not is_copy or alerted.story_id in self.story.apart:
            return False
        if were_one or article.story_id == alerted.story_id or not alerted.current:
            return True  # a page that says something else now left the story for that
        if publisher_of(article.host) != publisher_of(alerted.host):
            return True
        return max(overlap.share_of_article, overlap.share_of_other) >= THE_SAME_AGAIN

    def _repeats_by_a_third(self, article: StoredText, alerted: AlertedText) -> bool:
        """Tell whether one text runs through both, each with a wrapper of its own round it."""
        if article.story_id != alerted.story_id or not alerted.text:
            return False
        one, other = self._text(article.text), self._text(alerted.text)
        return any(
            self._runs_through(self._text(third.text), one, other)
            for third in self.story.short
            if third.article_id not in (article.article_id, alerted.article_id)
        )

    def _runs_through(self, third: ShingledText, one: ShingledText, other: ShingledText) -> bool:
        in_both = held_by(third, one) & held_by(third, other)
        size = _size(third, in_both)
        if size < max(self.settings.min_words, self.settings.threshold * third.tokens.size):
            return False
        common = third.shingles[in_both]
        return all(
            _size(text, np.isin(text.shingles, common))
            >= LESSER_SHARE_OF_PARTIAL * text.tokens.size
            and relation_of(compare(third, text), self.settings) is not None
            for text in (one, other)
        )

    def _is_joined(self, article: StoredText, alerted: AlertedText) -> bool:
        """Tell whether an operator's word makes both the same, or copies of what it made the same."""
        return any(
            any(self._is_member(article, member) for member in group)
            and any(
                alerted.article_id == member.article_id or self._repeats(member, alerted)
                for member in group
            )
            for group in self.story.joined
        )

    def _is_member(self, article: StoredText, member: StoredText) -> bool:
        return article.article_id == member.article_id or self.are_copies(article, member)

    def _text(self, text: str) -> ShingledText:
        if text not in self._shingled:
            self._shingled[text] = shingle(text)
        return self._shingled[text]


def _size(text: ShingledText, chosen: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(covered_by(text, chosen)))
