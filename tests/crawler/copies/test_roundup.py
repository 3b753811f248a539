"""A page of several texts is a copy of none of them, in whatever order they came."""

from __future__ import annotations

from itertools import permutations

import pytest

from crawler.copies.records import SubmittedText
from crawler.copies.roundup import parts_of
from crawler.copies.text.shingles import shingle
from tests.crawler.copies import texts
from tests.crawler.copies.stream import Archive, Arrival, stream

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
    found = await archive.detector.regroup([archive.texts[9], archive.texts[0], archive.texts[1]])
    assert found.groups == [[9], [0], [1]]
    assert found.roundups == {9: (0, 1, 2, 3)}


DAM, ORCHESTRA = texts.SUBJECTS.values()
SPLICE = f"{DAM}\n{ORCHESTRA}"


async def test_two_texts_of_different_subjects_in_one_are_a_round_up_of_two() -> None:
    archive = Archive()
    await archive.add(1, DAM)
    await archive.add(2, ORCHESTRA)
    judged = await archive.detector.judge(SubmittedText(SPLICE))
    assert (judged.verdicts, judged.parts) == ((), (1, 2))


@pytest.mark.parametrize("order", [*permutations(["dam", "orchestra", "splice"])])
async def test_a_splice_joins_no_stories_in_whatever_order_the_three_come(
    order: tuple[str, ...],
) -> None:
    parts = {**texts.SUBJECTS, "splice": SPLICE}
    found = await stream(Arrival(number, name, parts[name]) for number, name in enumerate(order))
    assert len(set(found.story_of.values())) == 3


@pytest.mark.parametrize("text", [DAM, ORCHESTRA, texts.STORIES["ferry"]])
@pytest.mark.parametrize("order", [*permutations([0, 1, 2])])
async def test_two_parts_of_one_subject_are_joined_by_the_whole(
    text: str, order: tuple[int, ...]
) -> None:
    cut = len(texts.sentences(text)) // 2
    parts = texts.sentences(text)[:cut], texts.sentences(text)[cut:]
    made = [text, *map(texts.joined, parts)]
    found = await stream(Arrival(number, "one", made[number]) for number in order)
    assert len(set(found.story_of.values())) == 1


@pytest.mark.parametrize("page", [PAGE, SPLICE])
async def test_a_reprinted_round_up_is_a_copy_of_the_round_up(page: str) -> None:
    archive = Archive()
    for number, part in enumerate([*BRIEFS, *texts.SUBJECTS.values()]):
        await archive.add(number, part)
    await archive.add(9, texts.edit(page, share=0.02))
    judged = await archive.detector.judge(SubmittedText(page))
    assert [verdict.of_article_id for verdict in judged.verdicts] == [9]
    assert judged.parts


async def test_a_round_up_that_came_first_is_doubted_also_by_a_text_that_it_only_quotes() -> None:
    archive = Archive()
    await archive.add(9, PAGE)
    for number, brief in enumerate(BRIEFS[:2]):
        await archive.add(number, brief)
    third = list(texts.STORIES.values())[2]
    judged = await archive.detector.judge(SubmittedText(third))
    assert (judged.verdicts, judged.doubted, judged.strung) == ((), (9,), (9,))
