"""How pages, commands and messages write times, shares, sizes and names, and what they link to; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from scheduler.addresses.apprise_address import shown
from storage.models.articles import WrapperKind, WrapperPassage
from storage.models.deliveries import Delivery
from storage.models.recipients import Channel, Recipient
from storage.models.stories import Relation, StoryRuling
from storage.reports.latency import Stage
from storage.reports.statistics import StoryRow

_RELATIONS = {
    Relation.EXACT: "the same text",
    Relation.NEAR: "nearly the same text",
    Relation.CONTAINS: "the text in a wrapper of its own",
    Relation.EXCERPT: "an excerpt",
    Relation.PARTIAL: "a part of the text",
}


_STAGES = {
    Stage.SEEN: "published to first seen",
    Stage.FETCHED: "first seen to fetched",
    Stage.ALERTED: "fetched to alerted",
    Stage.DELIVERED: "alerted to delivered",
}


_WRAPPERS = {
    WrapperKind.DATE: "date line",
    WrapperKind.PROMO: "promo line",
    WrapperKind.HASHTAGS: "hashtag line",
    WrapperKind.BYLINE: "byline",
    WrapperKind.SHARE: "share line",
    WrapperKind.COMMENTS: "comment line",
    WrapperKind.RELATED: "link line",
    WrapperKind.RECURRING: "recurring line",
    WrapperKind.PAYWALL: "paywall behind a teaser",
    WrapperKind.FEED: "feed in place of the page",
    WrapperKind.OTHER: "other line",
}


def wrapper(passages: Sequence[WrapperPassage]) -> str:
    """Return what a site put round a text, or into it: "2 promo lines, 1 byline"; '' for nothing."""
    counted = Counter(_WRAPPERS[passage.kind] for passage in passages)
    return ", ".join(count(number, kind) for kind, number in counted.items())


def span(length: timedelta) -> str:
    """Return a length of time in its largest useful unit, e.g. 45 s, 12 min, 3 h, 2 d."""
    seconds = int(abs(length.total_seconds()))
    if seconds < 60:  # noqa: PLR2004 - seconds of a minute
        return f"{seconds} s"
    if seconds < 3600:  # noqa: PLR2004 - seconds of an hour
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} d"


def moment(when: datetime, now: datetime) -> str:
    """Return when something was or will be, as seen from now."""
    distance = span(when - now)
    if distance == "0 s":
        return "now"
    return f"in {distance}" if when > now else f"{distance} ago"


def later(when: datetime, than: datetime) -> str:
    """Return how much after another time something was; nothing when it was not after it."""
    return f"{span(when - than)} later" if when > than else ""


def percent(share: float) -> str:
    """Return a share of 0 to 1; only the whole is 100 %."""
    return f"{min(int(share * 100), 100)} %"


def count(number: int, one: str, many: str | None = None) -> str:
    """Return how many, e.g. 1 story, 2 stories."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: float) -> str:
    """Return how many bytes in their largest useful unit, e.g. 512 B, 4.1 kB, 2.0 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:  # noqa: PLR2004 - of each in the next
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def words_of(name: str) -> str:
    """Return an error's name in words: not_an_article is "not an article"."""
    return name.replace("_", " ")


def stage(name: Stage) -> str:
    """Return the name of a part of an article's way by its two ends."""
    return _STAGES[name]


def relation(kind: Relation) -> str:
    """Return how a copy's text stands to the text that it was found in."""
    return _RELATIONS[kind]


def ruling(said: StoryRuling) -> str:
    """Return what an operator said of a story, and when."""
    held = "put together" if said.apart_from is None else f"kept apart from story {said.apart_from}"
    return f"{held} by an operator on {said.at:%Y-%m-%d %H:%M} UTC"


def original(row: StoryRow) -> str:
    """Return the name of who wrote a story first: a host, or a publisher that is named but not crawled."""
    named = row.story.named_publisher
    return f"{named}, not crawled" if named else row.root.article.host


def host(url: str) -> str:
    """Return the name of a URL's host; the text itself when it has none."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url


def link(url: str) -> str | None:
    """Return a URL that a page may link to: http and https only, for javascript: is a URL as well."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and has_host else None


def endpoint(name: str) -> str:
    """Return the name of an endpoint; of a webhook its host only, of another service its kind only."""
    return name if name == Channel.EMAIL else _masked(name)


def recipient(to: Delivery | Recipient) -> str:
    """Return the name of a recipient; of a webhook its host only, for its path is often a secret."""
    return to.address if to.channel is Channel.EMAIL else _masked(to.address)


def _masked(address: str) -> str:
    return host(address) if address.startswith(("http://", "https://")) else shown(address)
