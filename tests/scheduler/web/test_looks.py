"""The pages in a real browser: no sideways scrolling, no complaint, in both themes."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from typing import Literal

import pytest
from playwright.sync_api import Page

from scheduler.web.server import WebServer
from tests.fixtures.browser import Browser
from tests.scheduler.alerts.telling import EMAIL, a_topic, drafts

PATHS = (
    "stories/1",
    "nothing",
    "topics",
    "topics/test?q=ferry&since=90000d",
    "topics/test?q=(",
    "topics/1",
    "stories/1/preview?topic=1",
    "digests/nothing",
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
