"""Reads a JSON Feed (1.0, 1.1) into a listing."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from crawler.extract.dates.date_value import DatePlace
from crawler.extract.dates.parse_datetime import listed_datetime
from crawler.extract.titles import plain_title
from crawler.listings.formats.feed import (
    each_once,
    listing_place,
    newest,
    unlinked_items,
    whole_text,
    with_newest_texts,
)
from crawler.listings.formats.hub_links import exact_link
from crawler.listings.formats.long_listing import Before, choose
from crawler.urls.canonical import web_link
from storage.errors import ExtractError
from storage.models.listings import ListedItem, Listing
from storage.models.problems import Problem

if TYPE_CHECKING:
    from datetime import datetime

_VERSION = "https://jsonfeed.org/version/"


def looks_like_json(body: bytes) -> bool:
    """Tell whether a body in UTF-8 begins as a JSON object does."""
    return body[:200].lstrip().startswith(b"{")


def read_json_feed(
    body: bytes, *, url: str, max_items: int, now: datetime, before: Before
) -> Listing:
    """Read the newest `max_items` items of a feed in UTF-8. Raises ExtractError(NOT_A_FEED) for other JSON."""
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ExtractError(Problem.NOT_A_FEED, "the answer is not well-formed JSON") from error
    if not str(feed.get("version")).startswith(_VERSION):
        raise ExtractError(Problem.NOT_A_FEED, "the answer is JSON, but no JSON Feed")
    place = listing_place(url, feed.get("language"))
    entries = filter(_is_object, _listed(feed, "items"))
    items = [_item(entry, url, now, place) for entry in entries]
    choice = choose(newest(each_once(items)), max_items, before)
    return Listing(
        title=plain_title(feed.get("title")),
        site_url=web_link(feed.get("home_page_url"), url),
        items=with_newest_texts(choice.items),
        memory=choice.memory,
        has_more=choice.has_more,
        degraded="; ".join(filter(None, (choice.left_out, unlinked_items(items.count(None)))))
        or None,
        hub_url=_hub(feed, url),
        self_url=exact_link(feed.get("feed_url"), url),
    )


def _item(entry: dict[str, Any], url: str, now: datetime, place: DatePlace) -> ListedItem | None:
    guid = plain_title(str(entry.get("id") or "")) or None
    link = _link(entry, url)
    if link is None:
        return None
    return ListedItem(
        url=link,
        guid=guid,
        title=plain_title(entry.get("title")),
        published=listed_datetime(entry.get("date_published"), now, place),
        content=whole_text([entry.get("content_html"), _paragraphs(entry.get("content_text"))]),
    )


def _link(entry: dict[str, Any], url: str) -> str | None:
    """Return the page of an item; its id is one where it is a whole address, as the format has it."""
    return (
        web_link(entry.get("url"), url)
        or web_link(entry.get("external_url"), url)
        or web_link(entry.get("id"), None)
    )


def _paragraphs(text: object) -> str:
    lines = text.splitlines() if isinstance(text, str) else []
    return "".join(f"<p>{escape(line)}</p>" for line in lines if line.strip())


def _hub(feed: dict[str, Any], url: str) -> str | None:
    hubs = filter(_is_object, _listed(feed, "hubs"))
    return next((exact_link(h.get("url"), url) for h in hubs if h.get("type") == "WebSub"), None)


def _listed(feed: dict[str, Any], name: str) -> list[Any]:
    values = feed.get(name)
    return values if isinstance(values, list) else []


def _is_object(value: object) -> bool:
    return isinstance(value, dict)
