"""When the text that a feed gives stands for a page that can't be read, and how it is named; pure."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from storage.models.articles import ExtractedArticle, WrapperKind, WrapperPassage
from storage.models.problems import Problem

# Their site lets nobody like us in, or shows nothing without a browser: to try again changes nothing.
_CLOSED = frozenset(
    {
        *(Problem.ROBOTS_DISALLOWED, Problem.FORBIDDEN, Problem.CLIENT_ERROR, Problem.NOT_HTML),
        *(Problem.PAYWALL, Problem.LOGIN_WALL, Problem.BOT_WALL, Problem.CONSENT_WALL),
        *(Problem.NOT_AN_ARTICLE, Problem.TOO_LARGE, Problem.TOO_DEEP),
    }
)
# Their page was taken away, or was never one: then the feed's word is not taken for it.
_AWAY = frozenset(
    {
        *(Problem.NOT_FOUND, Problem.GONE, Problem.SOFT_404, Problem.PARKED, Problem.BAD_URL),
        *(Problem.BLOCKED_ADDRESS, Problem.SET_ASIDE),
    }
)


def takes_feed_text(problem: Problem, *, is_given_up: bool) -> bool:
    """Tell whether a page that failed so is one whose feed may speak for it."""
    return problem in _CLOSED or (is_given_up and problem not in _AWAY)


def feed_text_page(title: str, markup: str) -> bytes:
    """Return a page of what a feed says of an article, in UTF-8."""
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    body = f"<body><article><h1>{escape(title)}</h1>{markup}</article></body>"
    return f"<!doctype html><html>{head}{body}</html>".encode("utf-8", "replace")


def of_feed(extracted: ExtractedArticle, problem: Problem) -> ExtractedArticle:
    """Return an article that was read from a feed, named so, with the reason."""
    why = WrapperPassage(WrapperKind.FEED, f"the page could not be read: {problem.value}")
    return replace(extracted, wrapper=(*extracted.wrapper, why))
