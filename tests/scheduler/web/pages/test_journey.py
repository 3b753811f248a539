"""One operator's first day, by the keyboard alone: from the set-up link to a replayed alert."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from crawler.listings.candidates import Candidate
from scheduler.actions.source_discovery import DiscoveredSources
from scheduler.web.pages.login import SetupLink
from storage.models.listings import ListedItem, Listing
from storage.operators import audit
from storage.sql.database import Database
from tests.fixtures.browser import Browser
from tests.scheduler.web.world import PASSWORD, serving

FEED = "https://islands.example/feed.xml"
_MOST_STEPS = 150


async def look(_url: str) -> DiscoveredSources:
    """Find a feed at an address, as the crawl would."""
    items = tuple(
        ListedItem(f"https://islands.example/{number}", title=f"Item {number}") for number in "abc"
    )
    listing = Listing("Island News", "https://islands.example/", items)
    return DiscoveredSources(
        (Candidate(FEED, "Island News", "https://islands.example/", listing),), ()
    )


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def to(self, name: str, within: str = "") -> None:
        """Walk with Tab to what bears a name, and see that the focus shows."""
        for _ in range(_MOST_STEPS):
            self._page.keyboard.press("Tab")
            at = self._page.evaluate(
                "() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
                " return [(l || e).innerText.trim(), getComputedStyle(e).outlineStyle,"
                " e.closest('section, header, form')?.innerText || ''] }"
            )
            if at[0].startswith(name) and within in at[2]:
                assert at[1] != "none", f"the focus on {name} can't be seen"
                return
        raise AssertionError(f"no way by Tab to {name!r}")

    def press(self, name: str, within: str = "") -> None:
        self.to(name, within)
        with self._page.expect_navigation():
            self._page.keyboard.press("Enter")

    def type(self, name: str, text: str) -> None:
        self.to(name)
        self._page.keyboard.type(text)


async def test_a_first_day_by_the_keyboard(db: Database, browser: Browser) -> None:
    setup = SetupLink()
    # The browser's cookies end by its own clock.
    now = datetime.now(UTC)
    async with serving(db, setup=setup, look=look, clock=lambda: now) as server:

        def work(page: Page) -> None:
            keys = Keys(page)
            page.goto(server.url.rstrip("/") + setup.path)
            page.keyboard.type("ada")
            keys.type("Password", PASSWORD)
            keys.press("Make it")
            expect(page.get_by_role("link", name="ada")).to_be_visible()

            keys.press("Sources")
            keys.press("Add a source")
            keys.type("Address", "islands.example")
            keys.press("Look")
            keys.press("Poll what is marked")
            expect(page.get_by_role("heading", level=1)).to_have_text("Island News")

            keys.press("Topics")
            keys.press("New topic")
            keys.type("Name", "island ferries")
            keys.type("Query", "ferry AND strike")
            keys.press("Try it")
            expect(page.get_by_role("heading", name="match")).to_be_visible()
            keys.press("Save")
            expect(page.get_by_role("heading", level=1)).to_have_text("island ferries")
            keys.type("Address", "night@example.org")
            keys.press("Tell them")
            expect(page.get_by_role("rowheader", name="night@example.org")).to_be_visible()

            keys.press("Alerts")
            keys.press("Ferry crews")
            expect(page.get_by_role("heading", name="Why it was sent")).to_be_visible()
            keys.press("Send all again")
            expect(page.get_by_role("status")).to_contain_text("due again")

            keys.press("Log out")
            expect(page.get_by_role("heading", level=1)).to_have_text("Log in")

        await asyncio.to_thread(browser.visit, work)
    with db.connect() as conn:
        done = [entry.what for entry in reversed(audit.page(conn, limit=20))]
    assert done == [
        "account added",
        "session started",
        "source added",
        "topic added",
        "recipient added",
        "alert replayed",
        "session ended",
    ]


async def test_the_pages_say_when_there_is_something_new(db: Database, browser: Browser) -> None:
    """With scripts a page follows the events, and moves nothing by itself."""
    from tests.storage.world import a_page, a_source, an_article

    async with serving(db) as server:

        def work(page: Page) -> None:
            page.goto(f"{server.url}stories")
            page.wait_for_timeout(1500)
            with db.begin() as conn:
                source = a_source(conn, "https://late.example/feed.xml")
                an_article(conn, a_page(conn, source))
            expect(page.get_by_role("status")).to_contain_text("new", timeout=8000)

        await asyncio.to_thread(browser.visit, work)
