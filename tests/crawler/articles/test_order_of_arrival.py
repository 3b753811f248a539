"""The stories in the database are those of the texts, in whatever order the pages came."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from storage.sql import schema
from tests.crawler.copies import texts
from tests.crawler.world import opened

DAM, ORCHESTRA = texts.SUBJECTS.values()
FERRY, COURT = texts.STORIES["ferry"], texts.STORIES["court"]
BRIEFS = [texts.joined(texts.sentences(text)[:2]) for text in (FERRY, COURT, DAM, ORCHESTRA)]
PAGES = {
    "ferry": FERRY,
    "ferry-with-lead": texts.lead(FERRY),
    "ferry-excerpt": texts.excerpt(FERRY),
    "court": COURT,
    "court-farm": texts.farm(COURT),
    "dam": DAM,
    "dam-edited": texts.edit(DAM),
    "orchestra": ORCHESTRA,
    "splice": f"{DAM}\n{ORCHESTRA}",
    "round-up": "\n".join(BRIEFS),
    "quotation": texts.quotation(COURT),
}
STORIES = {
    frozenset({"ferry", "ferry-with-lead", "ferry-excerpt"}),
    frozenset({"court", "court-farm"}),
    frozenset({"dam", "dam-edited"}),
    *(frozenset({alone}) for alone in ("orchestra", "splice", "round-up", "quotation")),
}
STRANGER = texts.STORIES["glacier"]


async def stories_of(file: Path, order: Sequence[str]) -> set[frozenset[str]]:
    """Crawl pages in this order, each on a site of its own; the names of each story's pages."""
    held: dict[int, set[str]] = {}
    async with opened(file) as world:
        for name in order:
            await world.published(f"{name}.example", name, PAGES.get(name, STRANGER))
        with world.db.connect() as conn:
            for row in conn.execute(select(schema.articles.c.host, schema.articles.c.story_id)):
                held.setdefault(row.story_id, set()).add(row.host.removesuffix(".example"))
    return {frozenset(names) for names in held.values()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("orders")


@settings(max_examples=12, deadline=None)
@given(st.permutations(list(PAGES)), st.integers(min_value=0, max_value=len(PAGES)))
def test_neither_the_order_of_arrival_nor_an_unrelated_page_changes_a_story(
    folder: Path, order: list[str], place: int
) -> None:
    named = [*order[:place], "stranger", *order[place:]]
    file = folder / f"{len(list(folder.iterdir()))}.db"
    assert asyncio.run(stories_of(file, named)) == STORIES | {frozenset({"stranger"})}
