"""The pages in a real browser: no sideways scrolling, no complaint, in both themes."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from playwright.sync_api import Page

from scheduler.web.server import WebServer
from tests.fixtures.browser import Browser

PATHS = (
    "stories/1",
    "nothing",
    "topics",
    "topics/test?q=ferry&since=90000d",
    "topics/test?q=(",
    "",
)
REMARK = "Failed to load resource: the server responded with a status of 40"
_THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("width", [360, 1280])
async def test_pages_fit_and_raise_no_complaint(
    server: WebServer, browser: Browser, width: int
) -> None:
    complaints: list[str] = []
    papers: list[str] = []

    def look(page: Page) -> None:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for path in PATHS:
            page.goto(server.url + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        for theme in _THEMES:
            page.emulate_media(color_scheme=theme)
            papers.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    await asyncio.to_thread(browser.visit, look, width=width)
    # The browser itself remarks on the status of what is missing or wrong; nothing else may be said.
    assert [said for said in complaints if not said.startswith(REMARK)] == []
    assert papers == ["rgb(246, 244, 239)", "rgb(20, 23, 26)"]
