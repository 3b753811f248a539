"""A page of several texts is a copy of none of them, in whatever order they came."""

from __future__ import annotations

from crawler.copies.records import SubmittedText
from crawler.copies.roundup import parts_of
from crawler.copies.shingles import shingle
from tests.crawler.copies import texts
from tests.crawler.copies.stream import Archive

BRIEFS = [texts.joined(texts.sentences(text)[:2]) for text in texts.STORIES.values()][:4]
PAGE = "\n".join(BRIEFS)


def test_the_parts_are_named() -> None:
    assert parts_of(shingle(PAGE), [shingle(brief) for brief in BRIEFS]) == (0, 1, 2, 3)


def test_copies_of_one_text_are_one_part() -> None:
    text = texts.STORIES["ferry"]
    assert parts_of(shingle(text), [shingle(texts.edit(text, seed=n)) for n in range(4)]) == ()


def test_teasers_below_a_text_do_not_make_it_a_round_up() -> None:
    page = "\n".join([texts.STORIES["ferry"], *(texts.unrelated(n)[:160] for n in range(3))])
    parts = [texts.STORIES["ferry"], *(texts.unrelated(n) for n in range(3))]
    assert parts_of(shingle(page), [shingle(part) for part in parts]) == ()


async def test_a_round_up_of_known_texts_says_what_it_strings_together() -> None:
    archive = Archive()
    for number, brief in enumerate(BRIEFS):
        await archive.add(number, brief)
    judged = await archive.detector.judge(SubmittedText(PAGE))
    assert judged.verdicts == ()
    assert judged.parts == (0, 1, 2, 3)


async def test_a_round_up_that_came_first_is_doubted_when_its_third_part_comes() -> None:
    archive = Archive()
    await archive.add(9, PAGE)
    doubted: tuple[int, ...] = ()
    for number, brief in enumerate(BRIEFS):
        judged = await archive.detector.judge(SubmittedText(brief))
        doubted += judged.doubted
        await archive.add(number, brief)
    assert 9 in doubted
    groups = await archive.detector.regroup([archive.texts[9], archive.texts[0], archive.texts[1]])
    assert groups == [[9], [0], [1]]
