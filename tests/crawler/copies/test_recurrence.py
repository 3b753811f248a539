"""What stands on all pages of a site, or in stories of all kinds, weighs nothing."""

from __future__ import annotations

from crawler.copies.records import StoredText, SubmittedText
from crawler.copies.recurrence import recurring_shingles
from crawler.copies.shingles import shingle
from tests.crawler.copies import texts
from tests.crawler.copies.stream import NOW, Archive

WRAPPER = texts.STORIES["court"]
SITE = "farm.example"


def page(number: int) -> str:
    """Give a short text of its own under a long wrapper."""
    return f"{' '.join(texts.unrelated(number).split()[:50])}\n{WRAPPER}"


async def site_of(pages: int) -> Archive:
    archive = Archive()
    for number in range(pages):
        archive.texts[number] = StoredText(number, page(number), SITE, story_id=number + 1)
        await archive.detector.add(number, page(number), NOW)
    return archive


def test_what_three_other_pages_hold_recurs() -> None:
    others = [shingle(page(number)) for number in range(3)]
    found = recurring_shingles(shingle(page(3)), others, [])
    assert set(found.tolist()) >= set(shingle(WRAPPER).shingles.tolist())
    assert recurring_shingles(shingle(page(3)), others[:2], []).size == 0


async def test_pages_that_share_their_wrapper_alone_are_no_copies() -> None:
    archive = await site_of(3)
    judged = await archive.detector.judge(SubmittedText(page(3), SITE))
    assert judged.verdicts == ()
    assert judged.doubted == (0, 1, 2)


async def test_earlier_folds_by_the_wrapper_come_apart() -> None:
    archive = await site_of(4)
    found = await archive.detector.regroup([archive.texts[number] for number in range(4)])
    assert found.groups == [[0], [1], [2], [3]]


async def test_a_story_under_the_wrapper_is_still_found() -> None:
    archive = await site_of(3)
    text = texts.STORIES["ferry"]
    archive.texts[9] = StoredText(9, text, "daily.example", story_id=99)
    await archive.detector.add(9, text, NOW)
    judged = await archive.detector.judge(SubmittedText(f"{text}\n{WRAPPER}", SITE))
    assert [verdict.of_article_id for verdict in judged.verdicts] == [9]


async def test_excerpts_of_a_story_do_not_make_its_text_recur() -> None:
    text = texts.STORIES["ferry"]
    excerpt = texts.joined(texts.sentences(text)[:3])
    round_it = [" ".join(texts.unrelated(n + k) for k in (0, 9, 18)) for n in range(3)]
    longer = [f"{words}\n{text}" for words in round_it]
    archive = Archive()
    for number, made in enumerate([text, *longer, *(f"{excerpt} {n}" for n in range(3))]):
        archive.texts[number] = StoredText(number, made, f"site{number}.example", story_id=1)
        await archive.detector.add(number, made, NOW)
    found = await archive.detector.regroup(list(archive.texts.values()))
    assert found.groups == [[0, 1, 2, 3, 4, 5, 6]]
