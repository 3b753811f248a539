"""Reads a publisher's feed (RSS 0.9x to 2.0, RDF, Atom) into a listing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import feedparser

from crawler.extract.dates.date_value import DatePlace
from crawler.extract.dates.parse_datetime import listed_datetime
from crawler.extract.markup.clean_text import strip_controls
from crawler.extract.markup.word_count import count_words
from crawler.extract.titles import plain_title
from crawler.lexicon.time_zones import country_of
from crawler.listings.formats.hub_links import hub_links
from crawler.listings.formats.long_listing import Before, choose
from crawler.listings.formats.xml_repair import repaired_xml
from crawler.urls.canonical import host_of, web_link
from crawler.urls.wrapped_links import unwrapped
from storage.errors import ExtractError
from storage.models.listings import ListedItem, Listing
from storage.models.problems import Problem
from storage.models.sources import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TTL_LIMIT = 60 * 24 * 30  # minutes
_PERIODS = {
    "hourly": 60.0,
    "daily": 1440.0,
    "weekly": 7 * 1440.0,
    "monthly": 30 * 1440.0,
    "yearly": 365 * 1440.0,
}

_HEAD = 100_000  # bytes: the channel's own elements stand before its items
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,1000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
_VALUE = re.compile(rb"<(?:hour|day)>\s{0,20}(\w{1,9})\s{0,20}</", re.IGNORECASE)
# Written 0 to 23, in RSS 0.91 1 to 24, and sometimes 01.
_HOURS = {form % hour: hour % 24 for hour in range(25) for form in (b"%d", b"%02d")}
_DAYS = {
    day: number
    for number, day in enumerate(
        (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
    )
}

_LEAST_WORDS = 100  # of a text that is more than a summary
_MOST_TEXT = 200_000  # characters
_MOST_TEXTS = 100
_MARKUP = re.compile(r"<[^<>]{0,2000}>")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)


def read_feed(body: bytes, *, url: str, max_items: int, now: datetime, before: Before) -> Listing:
    """Read the items of a feed in UTF-8, the newest `max_items` of them, newest first as far as dated.

    Links are canonical and resolved against `url`; an item without a web link is left out, and a
    link stands once. `before` is what is known of the listing. `degraded` says in a
    sentence what could not be read. Raises ExtractError(NOT_A_FEED) for what is no feed.
    """
    repaired = repaired_xml(body)
    whole, cut = _cut(repaired.body, max_items)
    parsed = _parse(whole)
    if not parsed.get("version") and (moved := web_link(parsed.feed.get("newlocation"), url)):
        return Listing("", None, (), moved_to=moved)  # what stands where a feed was (RSS Redirect)
    if not parsed.get("version"):
        raise ExtractError(Problem.NOT_A_FEED, _instead(body))
    items = _items(parsed.entries, url, now, listing_place(url, parsed.feed.get("language")))
    choice = choose(newest(each_once(items)), max_items, before)
    is_search = 2 * sum(_is_wrapped(entry) for entry in parsed.entries) > len(parsed.entries)
    title, site_url = plain_title(parsed.feed.get("title")), web_link(parsed.feed.get("link"), url)
    hubs = hub_links(_links(parsed.feed), url)
    return Listing(
        title=title,
        site_url=site_url,
        items=with_newest_texts(choice.items),
        memory=choice.memory,
        has_more=choice.has_more,
        ttl_minutes=_ttl(parsed.feed.get("ttl")),
        period_minutes=_period(parsed.feed),
        degraded=_degraded(
            repaired.amiss or _amiss(parsed),
            choice.left_out
            or (f"more than {max_items} items: its middle was left out" if cut else ""),
            unlinked_items(items.count(None)),
        ),
        moved_to=web_link(parsed.feed.get("itunes_new-feed-url"), url),
        hub_url=hubs.hub_url,
        self_url=hubs.self_url,
        skip_hours=_skipped(body, _SKIP_HOURS, _HOURS),
        skip_days=_skipped(body, _SKIP_DAYS, _DAYS),
        kind=SourceKind.SEARCH if is_search else SourceKind.FEED,
    )


def _links(channel: Mapping[str, Any]) -> list[tuple[str, str]]:
    links = channel.get("links") or []
    return [(str(link.get("rel", "")), str(link.get("href", ""))) for link in links]


def _parse(body: bytes) -> Any:  # noqa: ANN401  # feedparser is untyped
    # What the feed was sent and declared as is settled: feedparser is told what it is now.
    # It is not told the address: it would make one of a GUID that is a bare number.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # Only titles are read, as plain text: cleaning the bodies' HTML would be wasted work.
        return feedparser.parse(
            body, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    # Of a namespace with a space in it, where expat's names are split; of the end of a link that never began.
    except (ValueError, LookupError) as error:
        raise ExtractError(Problem.NOT_A_FEED, f"its XML can't be read: {error}") from error


def _cut(body: bytes, max_items: int) -> tuple[bytes, bool]:
    """Cut the middle out of a feed of very many items: feedparser takes 0.1 ms an item.

    The newest stand at one of the ends, whichever way the publisher lists them.
    """
    starts = [item.start() for item in _ITEM.finditer(body)]
    if len(starts) <= 4 * max_items:
        return body, False
    return body[: starts[2 * max_items]] + body[starts[-2 * max_items] :], True


def _instead(body: bytes) -> str:
    start = body[:2000].lstrip().lower()
    if not start:
        return "the answer is empty"
    if b"<html" in start or b"<!doctype html" in start:
        return "the answer is an HTML page"
    return "the answer is neither RSS nor Atom"


def listing_place(url: str, language: object) -> DatePlace:
    """Return where the dates of a listing are written: its language as it says, its host's country."""
    declared = language.strip().lower() if isinstance(language, str) else ""
    return DatePlace(re.split(r"[-_]", declared)[0] or None, country_of(host_of(url)))


def _items(
    entries: list[Mapping[str, Any]], url: str, now: datetime, place: DatePlace
) -> list[ListedItem | None]:
    """Read each entry; None for one without a link."""
    named = [_named_link(entry, url) for entry in entries]
    uses = Counter(named)
    return [
        _item(entry, link or _guid_link(entry, url), uses, _published(entry, now, place))
        for entry, link in zip(entries, named, strict=True)
    ]


def each_once(items: Iterable[ListedItem | None]) -> list[ListedItem]:
    """Return the items that there are, the first of those with one link."""
    of_links: dict[str, ListedItem] = {}
    for item in items:
        if item is not None:
            of_links.setdefault(item.url, item)
    return list(of_links.values())


def _item(
    entry: Mapping[str, Any],
    link: str | None,
    uses: Mapping[str | None, int],
    published: datetime | None,
) -> ListedItem | None:
    if link is None:
        return None
    guid = _guid(entry)
    if uses.get(link, 0) > 1:  # of several items, such as the front page: the GUID may be better
        link = _of_same_host(web_link(guid, None), link) or link
    return ListedItem(
        url=link,
        guid=guid,
        title=plain_title(entry.get("title")),
        published=published,
        credited_source=_credit(entry.get("source")),
        content=whole_text([*_contents(entry), entry.get("summary")]),
    )


def _contents(entry: Mapping[str, Any]) -> list[object]:
    return [part.get("value") for part in entry.get("content") or []]


def whole_text(contents: Sequence[object]) -> str:
    """Return the longest of what a feed gives of an article's text; "" where that is a summary at most."""
    longest = max((text for text in contents if isinstance(text, str)), key=len, default="")
    longest = longest[:_MOST_TEXT]
    return longest if count_words(_MARKUP.sub(" ", longest)) >= _LEAST_WORDS else ""


def with_newest_texts(items: Sequence[ListedItem]) -> tuple[ListedItem, ...]:
    """Return items of which only the first keep their texts: of so many the others are known."""
    newest_items, others = items[:_MOST_TEXTS], items[_MOST_TEXTS:]
    return (
        *newest_items,
        *(replace(item, content="") if item.content else item for item in others),
    )


def _guid(entry: Mapping[str, Any]) -> str | None:
    # Where a feed is not well-formed feedparser leaves the escapes in an item's id.
    return strip_controls(str(entry.get("id") or "")).strip().replace("&amp;", "&") or None


def _guid_link(entry: Mapping[str, Any], url: str) -> str | None:
    """Return the page that an item's GUID is the address of, whatever it says of itself."""
    guid = _guid(entry) or ""
    is_address = _WEB.match(guid) or (entry.get("guidislink") and guid.startswith("/"))
    return web_link(guid, url) if is_address else None


def _named_link(entry: Mapping[str, Any], url: str) -> str | None:
    """Return the page that an item's links name by their meaning (RFC 4287, section 4.2.7): the first of the best.

    feedparser gives the last of them, and the text within a link of any meaning.
    """
    pages = [link for link in entry.get("links") or [] if _is_alternate(link)]
    pages.sort(key=lambda link: _html_first(str(link.get("type") or "")))
    hrefs = [link.get("href") for link in pages] if entry.get("links") else [entry.get("link")]
    return next((unwrapped(link) for href in hrefs if (link := web_link(href, url))), None)


def _is_wrapped(entry: Mapping[str, Any]) -> bool:
    link = web_link(entry.get("link"), None)
    return link is not None and unwrapped(link) != link


def _is_alternate(link: Mapping[str, Any]) -> bool:
    relations = str(link.get("rel") or "alternate").lower().split()
    return "alternate" in {relation.rpartition("/")[2] for relation in relations}


def _html_first(kind: str) -> int:
    """Return how far a type is from that of a page to read: other text, then feeds and media."""
    kind = kind.partition(";")[0].strip().lower()
    if kind in ("", "text/html", "application/xhtml+xml"):
        return 0
    return 1 if kind.startswith("text/") else 2


def _of_same_host(link: str | None, other_link: str) -> str | None:
    return link if link is not None and host_of(link) == host_of(other_link) else None


def newest(items: list[ListedItem]) -> list[ListedItem]:
    """Sort by date, newest first; an undated item stays behind the one listed before it."""
    dated = []
    last = datetime.max.replace(tzinfo=UTC)
    for item in items:
        last = item.published or last
        dated.append((last, item))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return [item for _, item in dated]


def _published(entry: Mapping[str, Any], now: datetime, place: DatePlace) -> datetime | None:
    """Return an entry's date as it is written: what feedparser guesses of other forms is no statement."""
    # Asked for by `in` first: feedparser answers for an absent update with the publication, and warns.
    written = [entry[key] for key in ("published", "updated") if key in entry]
    dates = (listed_datetime(value, now, place) for value in written)
    return next((date for date in dates if date is not None), None)


def _credit(source: object) -> str | None:
    if not isinstance(source, dict):
        return None
    return (
        web_link(source.get("href") or source.get("link"), None)
        or plain_title(source.get("title"))
        or None
    )


def _ttl(text: object) -> int | None:
    digits = str(text or "").strip()
    return min(int(digits), TTL_LIMIT) if re.fullmatch(r"[1-9][0-9]{0,8}", digits) else None


def _skipped(body: bytes, part: re.Pattern[bytes], numbers: Mapping[bytes, int]) -> tuple[int, ...]:
    """Read at which hours or on which days a channel wants no polls (RSS 2.0, RSS 0.91)."""
    element = part.search(body[:_HEAD])
    values = _VALUE.findall(element.group(1)) if element else []
    return tuple(sorted({numbers[value.lower()] for value in values if value.lower() in numbers}))


def _period(feed: Mapping[str, Any]) -> float | None:
    """Read how often a feed says that it changes (the syndication module: so many times a period)."""
    minutes = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    times = str(feed.get("sy_updatefrequency") or "1").strip()
    if minutes is None or not re.fullmatch(r"[1-9][0-9]{0,4}", times):
        return None
    return minutes / int(times)


def _amiss(parsed: Any) -> str:  # noqa: ANN401  # untyped
    error = parsed.get("bozo_exception") if parsed.get("bozo") else None
    return plain_title(str(error))[:200] if error else ""


def _degraded(amiss: str, left_out: str | None, unlinked: str) -> str | None:
    reasons = (f"not well-formed: {amiss}" if amiss else "", left_out, unlinked)
    return "; ".join(filter(None, reasons)) or None


def unlinked_items(count: int) -> str:
    """Say how many items of a listing name no page; "" for none."""
    return f"{count} without a link were left out" if count else ""
