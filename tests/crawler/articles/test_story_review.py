"""A story whose articles are doubted is looked at, in bounded steps and not for ever."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from crawler.copies.doubts import MOST_LOOKED
from crawler.copies.records import Regrouped, StoredText
from storage.models.articles import Article
from storage.sql import schema
from storage.sql.database import Database
from storage.stories import articles, divisions
from storage.topics import match_work
from tests.crawler.copies import texts
from tests.crawler.copies.test_recurring_shingles import NOTICES
from tests.crawler.news import html
from tests.crawler.world import World, opened

FERRY = texts.STORIES["ferry"]


async def published(world: World, host: str, *said: str) -> list[Article]:
    """Let one source publish these texts, one after the other."""
    source = world.source(host)
    paths = [str(number) for number in range(len(said))]
    pages = {page.url: page for page in await world.listing(source, *paths)}
    read = []
    for path, text in zip(paths, said, strict=True):
        page = pages[f"https://{host}/{path}"]
        read.append(await world.read(page, f"About {path}", text))
    return read


def stories_of(world: World) -> list[set[int]]:
    held: dict[int, set[int]] = {}
    with world.db.connect() as conn:
        for row in conn.execute(select(schema.articles.c.id, schema.articles.c.story_id)):
            held.setdefault(row.story_id, set()).add(row.id)
    return list(held.values())


def begun(world: World) -> int:
    """Count the stories that were ever begun."""
    with world.db.connect() as conn:
        return conn.execute(select(func.count()).select_from(schema.stories)).scalar_one()


def noise(seed: int, words: int) -> str:
    random = Random(seed)
    return " ".join("".join(random.choices("bdfgklmnprstvz", k=7)) for _ in range(words))


def one_paragraph(text: str) -> str:
    return text.replace(". ", "; ").replace("\n", " ")


def in_noise(text: str, words: int) -> list[str]:
    """Return pages of a live blog: a text between other entries, of so many words on each side."""
    return [
        ". ".join(
            [*(noise(100 * n + k, words // 8) for k in range(8)), text]
            + [noise(100 * n + k, words // 8) for k in range(8, 16)]
        )
        for n in range(5)
    ]


@pytest.mark.parametrize("words", [40, 60, 150])
@pytest.mark.parametrize("set_as", [str, one_paragraph])
async def test_pages_of_one_host_that_hold_a_told_story_leave_it_one(
    world: World, words: int, set_as: Callable[[str], str]
) -> None:
    for name, text in (("a", FERRY), ("b", texts.farm(FERRY)), ("c", texts.edit(FERRY))):
        await published(world, f"{name}.example", text)
    with world.db.begin() as conn:
        told = match_work.claim(conn, world.now, 100, 60)
    assert {work.story_id for work in told} == {1}
    await published(world, "blog.example", *in_noise(set_as(FERRY), words))
    await published(world, "d.example", texts.lead(FERRY))
    assert len(stories_of(world)) == 1
    assert begun(world) == 1


async def test_a_site_whose_notice_somebody_puts_up_keeps_its_stories(world: World) -> None:
    notice = one_paragraph(texts.sentences(FERRY)[1] + " " + texts.sentences(FERRY)[2])
    told = ["court", "trams", "library", "bakery", "orchard"]
    source = world.source("paper.example")
    pages = await world.listing(source, *told)
    for page, name in zip(pages[:3], told, strict=False):
        await world.read(page, name, f"{texts.STORIES[name]} {notice}.")
    await published(world, "strange.example", f"{notice}.\n{noise(1, 5)}.")
    for page, name in zip(pages[3:], told[3:], strict=True):
        await world.read(page, name, f"{texts.STORIES[name]} {notice}.")
    with world.db.connect() as conn:
        found = [articles.of_page(conn, page.id) for page in pages]
    assert len({article.story_id for article in found if article}) == len(told)


FORM = "daily.example"
STORIES = [*enumerate(("ferry", "court", "library"))]


async def series(world: World, number: int) -> list[Article]:
    """Publish reports of one form at three hosts: nineteen in twenty words are the same."""
    random = Random(3)
    form = noise(1, 120).split()
    said: dict[str, list[str]] = {}
    for _ in range(number):
        words = [
            f"{word} {noise(random.randrange(1000), 1)}" if place % 24 == 12 else word
            for place, word in enumerate(form)
        ]
        said.setdefault(f"host{random.randrange(3)}.example", []).append(" ".join(words) + ".")
    read = [await published(world, host, *reports) for host, reports in sorted(said.items())]
    return [article for of_host in read for article in of_host]


async def test_a_form_is_not_divided_and_joined_again_and_again(world: World) -> None:
    found = await series(world, 60)
    with world.db.connect() as conn:
        merged = conn.execute(
            select(func.count()).where(schema.stories.c.merged_into.is_not(None))
        ).scalar_one()
    assert begun(world) <= 1.5 * len(found)
    assert merged <= len(found) / 10


class Looks:
    """Counts the looks at stories: how many members were judged anew, and how many were not."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.members: list[int] = []
        self.others: list[int] = []
        self.fails = False
        self._regroup = world.detector.regroup
        monkeypatch.setattr(world.detector, "regroup", self.regroup)

    async def regroup(
        self, members: Sequence[StoredText], others: Collection[int] = ()
    ) -> Regrouped:
        if self.fails:
            raise OSError("the disk is gone")
        self.members.append(len(members))
        self.others.append(len(others))
        return await self._regroup(members, others)


async def test_a_look_at_a_large_story_takes_a_part_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST_LOOKED + 8):
        await published(world, f"farm{number}.example", f"{NOTICES[0]} {noise(number, 3)}.")
    looks = Looks(world, monkeypatch)
    await published(world, FORM, *NOTICES)
    assert max(looks.others) > 0
    assert max(looks.members) <= MOST_LOOKED
    of_form = [len(story) for story in stories_of(world)]
    assert sorted(of_form) == [1] * (len(NOTICES) - 1) + [MOST_LOOKED + 9]


async def test_doubts_of_many_stories_are_looked_at_one_part_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = MOST_LOOKED // 2 + 1
    async with opened(tmp_path / "news.db") as world:
        for n, name in STORIES:
            for copy in range(copies):
                await published(world, f"a{n}-{copy}.example", texts.STORIES[name])
    again = World(Database.open(tmp_path / "news.db"))
    await again.open()
    with again.db.begin() as conn:
        divisions.doubt(conn, [min(story) for story in stories_of(again)])
    looks = Looks(again, monkeypatch)
    await published(again, "trams.example", texts.STORIES["trams"])
    assert looks.members == [copies] * 2
    await published(again, "glacier.example", texts.STORIES["glacier"])
    assert looks.members == [copies] * len(STORIES)
    with again.db.connect() as conn:
        assert divisions.doubts(conn) == []
    assert sorted(map(len, stories_of(again))) == [1, 1, *[copies] * len(STORIES)]
    again.db.close()


async def test_what_came_apart_is_not_joined_after_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path / "news.db") as world:
        await published(world, FORM, *NOTICES[:4])
        assert [len(story) for story in stories_of(world)] == [1, 1, 1, 1]
        before = begun(world)
    again = World(Database.open(tmp_path / "news.db"))
    await again.open()
    with again.db.begin() as conn:
        ids = [story.pop() for story in stories_of(again)]
        of = [articles.get(conn, article_id).story_id for article_id in ids]
        assert all(divisions.are_apart(conn, of[0], other) for other in of[1:])
    both = f"{NOTICES[0]}\n{NOTICES[1]}"
    await published(again, "other.example", both)
    assert begun(again) <= before + 1
    with again.db.connect() as conn:
        now = [articles.get(conn, article_id).story_id for article_id in ids]
    assert len(set(now)) == 4
    again.db.close()


async def test_a_look_that_was_cut_off_is_made_after_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path / "news.db") as world:
        looks = Looks(world, monkeypatch)
        looks.fails = True
        with pytest.raises(OSError, match="the disk is gone"):
            await published(world, FORM, *NOTICES[:4])
        assert sorted(len(story) for story in stories_of(world)) == [1, 3]
    again = World(Database.open(tmp_path / "news.db"))
    await again.open()
    await published(again, "other.example", texts.STORIES["trams"])
    assert [len(story) for story in stories_of(again)] == [1, 1, 1, 1, 1]
    again.db.close()


async def test_a_page_that_says_the_same_as_before_raises_no_doubt(world: World) -> None:
    source = world.source(FORM)
    pages = await world.listing(source, *"abcd")
    for page, notice in zip(pages, NOTICES, strict=False):
        await world.read(page, "Notice", notice)
    with world.db.connect() as conn:
        before = divisions.doubts(conn)
    await world.answer(f"page:{pages[3].id}", pages[3].url, html("Notice", NOTICES[3]))
    with world.db.connect() as conn:
        assert divisions.doubts(conn) == before
