"""Whether an article is still of its story when its page has changed, and what the verdicts are now; pure.

Copies are copies of what an original said when they were made. So an article stays in its story
when it repeats what another member said before; and an original that is rewritten stays with
those who copied it, as long as its new text is not shown to be another story's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from crawler.copies.text.overlap import measure, passages
from crawler.copies.text.shingles import shingle
from crawler.copies.verdict import compare, relation_of
from storage.models.stories import CopyVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crawler.copies.records import Judgement, Regrouped, StoredText
    from crawler.copies.text.shingles import ShingledText
    from crawler.settings import CopySettings

MOST_BEFORE = 20
"""Texts stored before an article, of which it may be a copy when the one that it copied has left."""


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """An article whose page says something else now, as it stands in its story.

    `before` is what it said until now, the last first. `verdict` is what folded it (None when it
    began a story), `is_root` whether it is held for the story's original, `is_alone` whether it is
    the story's only article, `put_here` whether an operator put it together with another one.
    `beside` are the members that it is compared with, the one that its verdict names first, and
    all that it was found to be a copy of now; `earlier` is what they said before. `copies` are the
    members whose verdicts name it, with those; of `other_copies`, which are too many, only the ids.
    """

    article_id: int
    before: tuple[str, ...]
    text: str
    verdict: CopyVerdict | None
    is_root: bool
    is_alone: bool
    put_here: bool
    beside: tuple[StoredText, ...] = ()
    earlier: tuple[StoredText, ...] = ()
    copies: tuple[tuple[StoredText, CopyVerdict], ...] = ()
    other_copies: tuple[tuple[int, CopyVerdict], ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionVerdict:
    """What a page's new text makes of its article's place.

    `verdicts` say what it is a copy of now, the one to be kept first; `copies` what the verdicts
    of other articles are now, by their ids; `parts` are set when it has become a round-up. When it
    `leaves` its story, each group of the `rest` is a story from then on. A text
    of which not most stood on the page before, nor the other way round, and that is with none of
    its old story, `is_new`: what was seen of the page before was not it.
    `doubted` and `strung` are as they were judged.
    """

    leaves: bool
    is_new: bool
    verdicts: tuple[CopyVerdict, ...] = ()
    copies: tuple[tuple[int, CopyVerdict], ...] = ()
    parts: tuple[int, ...] = ()
    rest: Regrouped | None = None
    doubted: tuple[int, ...] = ()
    strung: tuple[int, ...] = ()


def change_of(page: ChangedPage, judged: Judgement, settings: CopySettings) -> RevisionVerdict:
    """Decide what becomes of an article whose page has changed, but for the rest of its story.

    It leaves when nothing holds it: it is a copy of no member, now or before, and it is not the
    one that the others copied. An operator's word holds it in any case, but makes no bridge of it:
    what it is a copy of elsewhere is then no reason to make the two stories one.
    """
    text = shingle(page.text)
    in_story = {beside.article_id for beside in page.beside}
    foreign = tuple(v for v in judged.verdicts if v.of_article_id not in in_story)
    own = _own_verdict(text, page, judged, settings)
    grown, *_ = states = [_continues(said, text, settings) for said in page.before]
    elsewhere = bool(foreign or judged.parts)
    belongs = page.is_alone or own is not None or _is_its_first(page, elsewhere, grown)
    leaves = not (belongs or page.put_here)
    return RevisionVerdict(
        leaves=leaves,
        is_new=not any(states) and (leaves or page.is_alone),
        verdicts=(
            *((own,) if own is not None and page.verdict is not None else ()),
            *(foreign if belongs or leaves else ()),
        ),
        copies=() if leaves else tuple(_renewed(text, page, settings)),
        parts=judged.parts,
        doubted=judged.doubted,
        strung=judged.strung,
    )


def without_passages(verdict: CopyVerdict) -> CopyVerdict:
    """Keep a verdict that was true of an earlier text: its offsets fit no text that is shown."""
    return replace(verdict, passages=())


def links_to_earlier(
    members: Sequence[StoredText], earlier: Sequence[StoredText], settings: CopySettings
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of articles of which one is a copy of what the other said before, not now.

    Where it is one now as well, and was not linked for that, it is for a reason that holds for
    both texts: what they share recurs elsewhere, or one of them is a round-up.
    """
    now = {member.article_id: shingle(member.text) for member in members}
    for said in earlier:
        before = shingle(said.text)
        for article_id, text in now.items():
            if (
                article_id != said.article_id
                and relation_of(compare(text, before), settings)
                and not relation_of(compare(text, now[said.article_id]), settings)
            ):
                yield article_id, said.article_id


def verdicts_of_orphans(
    orphans: Iterable[int],
    members: Sequence[StoredText],
    groups: Iterable[Sequence[int]],
    settings: CopySettings,
) -> Iterator[tuple[int, CopyVerdict]]:
    """Say what the copies of an article that left are copies of now: of one stored before them."""
    text_of = {member.article_id: member.text for member in members}
    group_of = {article_id: group for group in groups for article_id in group}
    for orphan in orphans:
        before = sorted(other for other in group_of.get(orphan, ()) if other < orphan)
        text = shingle(text_of[orphan])
        verdicts = (
            _verdict(text, shingle(text_of[other]), other, settings)
            for other in before[:MOST_BEFORE]
        )
        found = next((verdict for verdict in verdicts if verdict is not None), None)
        if found is not None:
            yield orphan, found


def _own_verdict(
    text: ShingledText, page: ChangedPage, judged: Judgement, settings: CopySettings
) -> CopyVerdict | None:
    """Say what an article is a copy of in its own story, the same as before if it can be.

    The index may have forgotten the other members, and they may have changed as well, so they are
    compared here; but one that was found and is doubted is no reason to stay, and a round-up is a
    copy of nothing but what it was found to be one of.
    """
    found = {verdict.of_article_id for verdict in judged.verdicts}
    for texts, are_shown in ((page.beside, True), (page.earlier, False)):
        for each in texts:
            if each.article_id in judged.doubted or (judged.parts and each.article_id not in found):
                continue
            verdict = _verdict(text, shingle(each.text), each.article_id, settings)
            if verdict is not None:
                return verdict if are_shown else without_passages(verdict)
    return None


def _continues(before: str, text: ShingledText, settings: CopySettings) -> bool:
    """Tell whether most of one state of a page stands in the other: it grew, or it was cut."""
    overlap = measure(text, shingle(before))
    return max(overlap.share_of_article, overlap.share_of_other) >= settings.threshold


def _is_its_first(page: ChangedPage, elsewhere: bool, grown: bool) -> bool:
    """Whether the original, or one that was folded by nothing, stays with those who copied it."""
    if page.is_root and not elsewhere:
        return True
    return grown and (page.is_root or page.verdict is None)


def _renewed(
    text: ShingledText, page: ChangedPage, settings: CopySettings
) -> Iterator[tuple[int, CopyVerdict]]:
    """Judge the article's copies anew; one of its earlier text stays a copy, without passages."""
    for copy, verdict in page.copies:
        renewed = _verdict(shingle(copy.text), text, page.article_id, settings)
        yield copy.article_id, renewed or without_passages(verdict)
    for article_id, verdict in page.other_copies:
        yield article_id, without_passages(verdict)


def _verdict(
    text: ShingledText, other: ShingledText, of_article_id: int, settings: CopySettings
) -> CopyVerdict | None:
    overlap = compare(text, other)
    relation = relation_of(overlap, settings)
    if relation is None:
        return None
    return CopyVerdict(
        of_article_id=of_article_id,
        relation=relation,
        share_of_article=overlap.share_of_article,
        share_of_other=overlap.share_of_other,
        passages=passages(text, other),
    )
