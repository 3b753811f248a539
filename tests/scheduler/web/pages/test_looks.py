"""The pages in a real browser: accessible, quiet, no wider than the screen, whole without scripts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any, Literal

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from scheduler.web.server import WebServer
from storage.delivery import alerts
from storage.operators.accounts import AccountRole
from storage.sql.database import Database
from tests.fixtures.browser import Browser
from tests.scheduler.alerts.drafts import EMAIL, a_topic, drafts
from tests.scheduler.web.world import PASSWORD, an_account

pytestmark = pytest.mark.early

PATHS = (
    "",
    "?window=7d",
    "stories",
    "stories?show=copied",
    "stories/1",
    "stories/1/preview?topic=1",
    "topics",
    "topics/1",
    "topics/new",
    "topics/1/edit",
    "topics/test?q=ferry&since=90000d",
    "topics/test?q=(",
    "alerts",
    "explain?url=https://herald.example/1",
    "deliveries",
    "deliveries/1",
    "deliveries/2",
    "digests/nothing",
    "sources",
    "sources?state=failing",
    "sources/1",
    "sources/4",
    "sources/add",
    "queue",
    "politeness",
    "settings",
    "audit",
    "access",
    "account",
    "nothing",
)
REMARKS = (
    "Failed to load resource: the server responded with a status of 40",
    "[DOM] Password forms should have",  # of a form that sets another's password
)
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
WIDE, NARROW = 1280, 360
# What of axe's rules depends on how wide a page is; the others see the same document.
BY_WIDTH = {"runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]}
# ... and what depends on whether it is light or dark.
BY_COLOUR = {"runOnly": ["color-contrast", "link-in-text-block"]}
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def log_in(page: Page, url: str) -> None:
    page.goto(f"{url}login")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def violations(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """Ask axe what is wrong with a page."""
    page.evaluate(_AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run(document, rules)", rules or _RULES)
    return [
        f"{each['id']}: {node['html'][:120]} ({node['failureSummary']})"
        for each in found["violations"]
        for node in each["nodes"]
    ]


async def seen(browser: Browser, look: Callable[[Page], None], **how: Any) -> None:
    await asyncio.to_thread(lambda: browser.visit(look, **how))


async def test_every_page_is_accessible_fits_and_raises_no_complaint(
    server: WebServer, db: Database, browser: Browser
) -> None:
    """Each page is loaded once, and looked at on a screen, as narrow as a phone's, and in the dark."""
    an_account(db, "ada", AccountRole.ADMIN)
    with db.connect() as conn:
        uid = alerts.list_recent(conn, 1)[0].uid
    complaints: list[str] = []
    wrong: dict[str, list[str]] = {}
    wide: list[str] = []

    def look(page: Page) -> None:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server.url}login")
        wrong["login"] = violations(page)
        log_in(page, server.url)
        for path in (*PATHS, f"alerts/{uid}"):
            page.goto(server.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            wrong[path] = violations(page)
            for width in (WIDE, NARROW):
                page.set_viewport_size({"width": width, "height": 800})
                if page.evaluate("document.documentElement.scrollWidth") > width:
                    wide.append(f"{path} at {width}")
            wrong[path] += violations(page, BY_WIDTH)
            page.emulate_media(color_scheme="dark")
            wrong[path] += violations(page, BY_COLOUR)
            page.set_viewport_size({"width": WIDE, "height": 800})
            wrong[path] += violations(page, BY_COLOUR)
            page.emulate_media(color_scheme="light")

    await seen(browser, look, width=WIDE)
    told = [f"/{path}: {each}" for path, found in wrong.items() for each in found]
    assert not told, "\n".join(told)
    assert wide == []
    assert [said for said in complaints if not said.startswith(REMARKS)] == []


@pytest.mark.parametrize("width", [320, 1280])
async def test_every_page_is_whole_without_scripts(
    server: WebServer, db: Database, browser: Browser, width: int
) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    complaints: list[str] = []

    def look(page: Page) -> None:
        page.on("console", lambda message: complaints.append(message.text))
        log_in(page, server.url)
        for path in PATHS:
            answer = page.goto(server.url + path)
            assert answer is not None
            assert page.get_by_role("heading", level=1).count() == 1, path
            assert page.get_by_role("link", name="Overview").count() >= 1, path
            box = page.locator("main").bounding_box()
            assert box is not None
            assert box["x"] + box["width"] <= width, path

    await seen(browser, look, width=width, scripts=False)
    assert [said for said in complaints if not said.startswith(REMARKS)] == []


async def test_both_themes_are_there(server: WebServer, browser: Browser) -> None:
    papers: list[str] = []

    def look(page: Page) -> None:
        page.goto(server.url)
        for theme in _THEMES:
            page.emulate_media(color_scheme=theme)
            papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    await seen(browser, look)
    assert papers == ["rgb(246, 244, 239)", "rgb(20, 23, 26)"]


_CONTRAST = """
() => {
  const channel = value => { value /= 255; return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4 };
  const light = colour => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const paper = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  let least = 21;
  for (const one of document.querySelectorAll("h1, h2, p, a, li, mark, code, blockquote, bdi")) {
    const pair = [light(getComputedStyle(one).color), light(paper(one))].sort((a, b) => b - a);
    least = Math.min(least, (pair[0] + 0.05) / (pair[1] + 0.05));
  }
  return [least, document.documentElement.scrollWidth];
}
"""


@pytest.mark.parametrize("theme", _THEMES)
async def test_a_letter_is_readable_in_both_themes_and_fits_a_phone(
    browser: Browser, theme: Literal["light", "dark"]
) -> None:
    [draft] = drafts(topic=a_topic(EMAIL))
    body = message_from_bytes(draft.payload, policy=policy.default).get_body(("html",))
    assert body is not None
    html = str(body.get_content())
    seen: list[list[float]] = []

    def look(page: Page) -> None:
        page.emulate_media(color_scheme=theme)
        page.set_content(html)
        seen.append(page.evaluate(_CONTRAST))

    await asyncio.to_thread(browser.visit, look, width=360)
    [(contrast, width)] = seen
    assert contrast >= 4.5, "as WCAG 2.2 asks of text (1.4.3)"
    assert width <= 360
