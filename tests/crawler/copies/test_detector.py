"""A text comes in, and is found to be a copy of one that is stored, or not."""

from __future__ import annotations

import threading
from random import Random

import pytest

from crawler.copies import detector
from crawler.copies.detector import LONG_WORK
from crawler.copies.records import Judgement, SubmittedText
from crawler.copies.text.shingles import ShingledText, shingle
from storage.models.stories import Relation
from tests.crawler.copies import texts
from tests.crawler.copies.stream import Archive, Arrival, stream

FERRY = texts.STORIES["ferry"]
CHINESE = texts.STORIES["reactor"]


def unchanged(text: str) -> str:
    return text


async def archive_of(*stored: str) -> Archive:
    archive = Archive()
    for place, text in enumerate(stored, start=1):
        await archive.add(place, text)
    return archive


async def relation(text: str, *stored: str) -> Relation | None:
    verdicts = await (await archive_of(*stored)).judge(text)
    return verdicts[0].relation if verdicts else None


@pytest.mark.parametrize("text", [FERRY, CHINESE])
async def test_each_kind_of_copy_is_named(text: str) -> None:
    assert await relation(text.upper().replace("\n", "  "), text) is Relation.EXACT
    assert await relation(texts.lead(text), text) is Relation.CONTAINS
    assert await relation(text, texts.lead(text)) is Relation.EXCERPT
    assert await relation(texts.excerpt(text), text) is Relation.EXCERPT
    assert await relation(texts.farm(text), text) is Relation.NEAR


async def test_an_edited_copy_is_near() -> None:
    assert await relation(texts.edit(FERRY), FERRY) is Relation.NEAR


async def test_texts_that_share_most_and_hold_each_other_not_wholly_are_partial() -> None:
    parts = texts.sentences(FERRY)
    one = texts.joined([texts.unrelated(1)[:150], *parts[1:]])
    other = texts.joined([*parts[:-1], texts.unrelated(2)[:150]])
    assert await relation(one, other) is Relation.PARTIAL


async def test_a_quotation_is_no_copy() -> None:
    assert await relation(texts.quotation(FERRY), FERRY) is None


async def test_a_brief_quoted_in_a_long_text_is_no_copy() -> None:
    brief = texts.joined(texts.sentences(FERRY)[:2])
    page = " ".join([texts.unrelated(1), brief, texts.unrelated(2), texts.unrelated(3)])
    assert await relation(page, brief) is None


async def test_two_reports_of_one_template_are_no_copies() -> None:
    assert await relation(texts.market_report(1), texts.market_report(2)) is None


async def test_a_report_copied_with_its_figures_is_a_copy() -> None:
    report = texts.market_report(1)
    assert await relation(texts.farm(report), report) is not None


async def test_a_roundup_of_whole_briefs_is_a_copy_of_none() -> None:
    briefs = [texts.joined(texts.sentences(text)[:2]) for text in texts.STORIES.values()][:4]
    assert await relation("\n".join(briefs), *briefs) is None


async def test_a_roundup_that_came_first_takes_no_story_in() -> None:
    stories = list(texts.STORIES.values())[:6]
    assert await relation(FERRY, texts.roundup(stories)) is None


async def test_the_closest_text_comes_first() -> None:
    archive = await archive_of(texts.excerpt(FERRY), FERRY, texts.lead(FERRY))
    verdicts = await archive.judge(texts.edit(FERRY, share=0.02))
    assert verdicts[0].of_article_id == 2
    assert {verdict.of_article_id for verdict in verdicts} == {1, 2, 3}


async def test_an_article_is_no_copy_of_itself() -> None:
    archive = await archive_of(FERRY)
    assert await archive.detector.judge(SubmittedText(FERRY, article_id=1)) == Judgement()


async def test_the_same_text_at_one_host_is_folded_too() -> None:
    archive = await archive_of(FERRY)
    verdicts = await archive.judge(FERRY, host="a.example")
    assert [verdict.relation for verdict in verdicts] == [Relation.EXACT]


async def test_a_removed_article_is_forgotten() -> None:
    archive = await archive_of(FERRY)
    await archive.detector.remove(1)
    assert await archive.judge(FERRY) == ()


async def test_a_text_that_is_gone_from_the_store_is_no_candidate() -> None:
    archive = await archive_of(FERRY)
    del archive.texts[1]
    assert await archive.judge(FERRY) == ()


async def test_a_replaced_text_is_compared_as_it_is_now() -> None:
    archive = await archive_of(FERRY)
    await archive.add(1, CHINESE)
    assert await archive.judge(FERRY) == ()
    assert (await archive.judge(CHINESE))[0].relation is Relation.EXACT


async def test_an_empty_text_is_new_and_harmless() -> None:
    archive = await archive_of("", FERRY)
    assert await archive.judge("") == ()


async def test_the_order_of_arrival_does_not_change_the_stories() -> None:
    makers = (unchanged, texts.excerpt, texts.lead, texts.trim, texts.farm)
    arrivals = [
        Arrival(10 * number + place, name, make(texts.STORIES[name]))
        for number, name in enumerate(["ferry", "reactor", "court"])
        for place, make in enumerate(makers)
    ]
    for seed in range(3):
        Random(seed).shuffle(arrivals)
        found = await stream(arrivals)
        stories = {(arrival.story, found.story_of[arrival.article_id]) for arrival in arrivals}
        assert len(stories) == 3


async def test_a_late_text_joins_two_parts_that_were_held_apart() -> None:
    parts = texts.sentences(FERRY)
    first, second = texts.joined(parts[:4]), texts.joined(parts[4:])
    archive = await archive_of(first, second)
    assert await relation(second, first) is None
    assert {verdict.of_article_id for verdict in await archive.judge(FERRY)} == {1, 2}


async def test_long_work_leaves_the_event_loop_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: dict[int, set[int]] = {}

    def shingled(text: str) -> ShingledText:
        threads.setdefault(len(text), set()).add(threading.get_ident())
        return shingle(text)

    monkeypatch.setattr(detector, "shingle", shingled)
    long = f"{FERRY}\n" * (1 + LONG_WORK // len(FERRY))
    archive = await archive_of(long, FERRY)
    await archive.judge(long + texts.unrelated(1))
    here = threading.get_ident()
    assert threads[len(FERRY)] == {here}
    assert here not in threads[len(long)] | threads[len(long + texts.unrelated(1))]


async def test_what_is_remembered_of_texts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector, "REMEMBERED_CHARACTERS", 3 * len(FERRY))
    made: list[str] = []

    def shingled(text: str) -> ShingledText:
        made.append(text)
        return shingle(text)

    monkeypatch.setattr(detector, "shingle", shingled)
    archive = await archive_of(FERRY, *(f"{FERRY} {n}" for n in range(4)))
    await archive.detector.sketch_of(f"{FERRY} 3")
    assert made.count(f"{FERRY} 3") == 1
    await archive.detector.sketch_of(FERRY)
    assert made.count(FERRY) == 2
