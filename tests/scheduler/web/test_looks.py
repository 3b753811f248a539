"""The pages in a real browser: no sideways scrolling, no complaint, in both themes."""

from __future__ import annotations

import asyncio
from typing import Literal

import pytest
from playwright.sync_api import Page

from scheduler.web.server import WebServer
from tests.fixtures.browser import Browser


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pages_fit_and_raise_no_complaint(
    server: WebServer, browser: Browser, width: int, theme: Literal["light", "dark"]
) -> None:
    complaints: list[str] = []
    papers: set[str] = set()

    def look(page: Page) -> None:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.emulate_media(color_scheme=theme)
        for path in ("", "stories/1", "stories/2", "nothing"):
            answer = page.goto(server.url + path)
            assert answer is not None
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    await asyncio.to_thread(browser.visit, look, width=width)
    # The browser itself remarks on the missing page's status; nothing else may be said.
    assert [said for said in complaints if "404" not in said] == []
    assert papers == {"rgb(246, 244, 239)" if theme == "light" else "rgb(20, 23, 26)"}
