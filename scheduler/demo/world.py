"""The demo's small web as data: publishers, their pages, and the order in which they appear."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.resources import files
from typing import Any

_EXCERPT_PARAGRAPHS = 3


class PageKind(StrEnum):
    """How a page stands to the article whose words it shows."""

    OWN = "own"
    REPRINT = "reprint"  # licensed: a lead of its own, then the whole text and a credit
    EXCERPT = "excerpt"  # the first paragraphs, then a link to the rest
    FARM = "farm"  # the whole text without a word of where it comes from


@dataclass(frozen=True, slots=True)
class DemoStory:
    """The words of an original; `later` is what its page says after it was first read."""

    key: str
    title: str
    authors: tuple[str, ...]
    section: str
    text: tuple[str, ...]  # paragraphs
    later: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoPublisher:
    """A made-up publisher under its own host name; `promo` is a content farm's line of its own."""

    host: str
    name: str
    template: str
    feed: str  # rss or atom
    promo: str = ""

    @property
    def feed_path(self) -> str:
        return "/rss.xml" if self.feed == "rss" else "/atom.xml"

    @property
    def feed_url(self) -> str:
        return f"http://{self.host}{self.feed_path}"


@dataclass(frozen=True, slots=True)
class DemoPage:
    """One page of a publisher, which appears in its feed when the demo comes to its step."""

    publisher: DemoPublisher
    story: DemoStory
    form: PageKind
    step: int
    minutes_ago: int
    title: str
    lead: tuple[str, ...] = ()
    credit: DemoPublisher | None = None
    canonical: bool = False  # whether it names the credited publisher's page as canonical

    @property
    def path(self) -> str:
        words = re.findall(r"[a-z0-9]+", self.title.lower())
        return f"/news/{'-'.join(words)}"

    @property
    def url(self) -> str:
        return f"http://{self.publisher.host}{self.path}"

    @property
    def changes(self) -> bool:
        """Whether the page says something else once it was read."""
        return self.form is PageKind.OWN and bool(self.story.later)

    def paragraphs(self, *, later: bool = False) -> tuple[str, ...]:
        """Return the words that a reader of this page sees, without the page's furniture."""
        text = self.story.later if later and self.changes else self.story.text
        if self.form is PageKind.EXCERPT:
            return text[:_EXCERPT_PARAGRAPHS]
        return (*self.lead, *text)

    def published(self, begun: datetime) -> datetime:
        """Return the time that the publisher states."""
        return begun - timedelta(minutes=self.minutes_ago)


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """All publishers and pages, and the story that the demo watches."""

    publishers: tuple[DemoPublisher, ...]
    pages: tuple[DemoPage, ...]
    topic: str
    query: str
    watched: str  # key of the story

    @property
    def steps(self) -> int:
        return max(page.step for page in self.pages)

    def of(self, publisher: DemoPublisher, step: int) -> tuple[DemoPage, ...]:
        """Return what a publisher lists when the demo has come to a step, newest first."""
        shown = [x for x in self.pages if x.publisher is publisher and x.step <= step]
        return tuple(sorted(shown, key=lambda page: page.minutes_ago))

    def original(self, key: str) -> DemoPage:
        """Return the page on which a story first stood."""
        return next(x for x in self.pages if x.story.key == key and x.form is PageKind.OWN)

    def copies(self, key: str | None = None) -> tuple[DemoPage, ...]:
        """Return the pages that repeat a story, or any story."""
        return tuple(
            page
            for page in self.pages
            if page.form is not PageKind.OWN and key in (None, page.story.key)
        )


def load_world() -> DemoWorld:
    """Read the world from the data files beside this module."""
    here = files("scheduler.demo")
    plan = tomllib.loads((here / "world.toml").read_text(encoding="utf-8"))
    publishers = {entry["host"]: DemoPublisher(**entry) for entry in plan["publisher"]}
    stories = {
        key: _story(key, tomllib.loads((here / "content" / f"{key}.toml").read_text("utf-8")))
        for key in sorted({entry["article"] for entry in plan["page"]})
    }
    pages = tuple(_page(entry, publishers, stories) for entry in plan["page"])
    watch = plan["watch"]
    return DemoWorld(
        tuple(publishers.values()), pages, watch["topic"], watch["query"], watch["article"]
    )


def _story(key: str, entry: dict[str, Any]) -> DemoStory:
    return DemoStory(
        key=key,
        title=entry["title"],
        authors=tuple(entry["authors"]),
        section=entry["section"],
        text=_lines(entry["text"]),
        later=_lines(entry.get("later", "")),
    )


def _page(
    entry: dict[str, Any], publishers: dict[str, DemoPublisher], stories: dict[str, DemoStory]
) -> DemoPage:
    story = stories[entry["article"]]
    return DemoPage(
        publisher=publishers[entry["publisher"]],
        story=story,
        form=PageKind(entry.get("form", "own")),
        step=entry.get("step", 0),
        minutes_ago=entry["minutes_ago"],
        title=entry.get("title", story.title),
        lead=_lines(entry.get("lead", "")),
        credit=publishers[entry["credit"]] if "credit" in entry else None,
        canonical=entry.get("canonical", False),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(_kept(text.splitlines()))


def _kept(lines: Iterable[str]) -> Iterable[str]:
    return (line.strip() for line in lines if line.strip())
