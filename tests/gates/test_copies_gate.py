"""Copy detection on a small corpus may not become worse: every pair right, every origin right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from random import Random

import pytest

from crawler.copies.origin.original import choose_origin
from crawler.copies.records import OriginCandidate
from tests.crawler.copies import texts
from tests.crawler.copies.stream import Arrival, Streamed, stream

START = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
LEAST_ORIGINS_RIGHT = 10


def unchanged(text: str) -> str:
    return text


def corpus() -> list[Arrival]:
    """Ten stories, each with its copies, and what must stay apart."""
    arrivals: list[Arrival] = []
    for name, text in texts.STORIES.items():
        makers = (unchanged, texts.farm, texts.lead, texts.edit, texts.excerpt, texts.trim)
        arrivals += [
            Arrival(len(arrivals) + place + 1, name, make(text))
            for place, make in enumerate(makers)
        ]
        arrivals.append(Arrival(len(arrivals) + 1, name, texts.farm(texts.edit(text, seed=3))))
    apart = [texts.quotation(text) for text in list(texts.STORIES.values())[:8]]
    apart += [texts.market_report(seed) for seed in range(8)]
    apart += [texts.roundup(list(texts.STORIES.values())[:6])]
    for place, text in enumerate(apart):
        arrivals.append(Arrival(len(arrivals) + 1, f"apart {place}", text))
    return arrivals


def wrong_pairs(arrivals: list[Arrival], found: Streamed) -> list[str]:
    return [
        f"{one.story} {one.article_id} and {other.story} {other.article_id}"
        for one, other in combinations(arrivals, 2)
        if (one.story == other.story)
        != (found.story_of[one.article_id] == found.story_of[other.article_id])
    ]


@pytest.mark.parametrize("seed", [0, 1])
async def test_every_copy_is_folded_and_nothing_else_in_any_order_of_arrival(seed: int) -> None:
    arrivals = corpus()
    if seed:
        Random(seed).shuffle(arrivals)
    assert wrong_pairs(arrivals, await stream(arrivals)) == []


async def test_the_original_is_found_when_its_copies_follow() -> None:
    arrivals = corpus()
    found = await stream(arrivals)
    right = 0
    for name in texts.STORIES:
        members = [arrival for arrival in arrivals if arrival.story == name]
        origin = choose_origin([_candidate(arrival, found) for arrival in members])
        right += origin.article_id == members[0].article_id
    assert right >= LEAST_ORIGINS_RIGHT


def _candidate(arrival: Arrival, found: Streamed) -> OriginCandidate:
    seen = START + timedelta(minutes=arrival.article_id)
    return OriginCandidate(
        article_id=arrival.article_id,
        host=f"site{arrival.article_id}.example",
        title=arrival.story,
        words=len(arrival.text.split()),
        published=seen,  # as a content farm does; it must not help
        first_seen=seen,
        verdict=found.closest.get(arrival.article_id),
    )
