"""What an address alone says of the page behind it: an article's, a list's, or a service's; pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_SERVICE = re.compile(
    r"/(?:tags?|topics?|authors?|autor(?:en)?|categor(?:y|ies)|kategorie|search|suche|page|login|log-in"
    r"|signin|register|account|about|contact|kontakt|impressum|privacy|datenschutz|terms|agb|shop|abo"
    r"|subscribe|newsletters?|jobs?|advertis\w+|rss|feeds?|gallery|galleries|videos?|podcasts?"
    r"|taxonomy|rubri(?:k|que)s?|archives?(?=/?$))"
    r"(?:\.(?:php|aspx?|html?))?(?:/|$)|^/(?:19|20)\d\d(?:/\d\d?){0,2}/?$",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|zip|css|js|xml|rss)$", re.IGNORECASE)
_DATED = re.compile(r"/(?:19|20)\d\d(?:[/-]?\d{1,2}){1,2}(?=[/-]|$)")
_NUMBER = re.compile(r"\d{5,}")
# Where publishing systems keep articles, whose names may be short: Substack and Medium, Drupal,
# Blogger and WordPress by month, Joomla (340-hill-tram), Ghost's and others' /post/.
_SYSTEM = re.compile(
    r"^/(?:[a-z]{2}/)?(?:p/[\w%-]{4,}|node/\d+|(?:19|20)\d\d/\d\d/[\w%-]{4,}(?:\.html)?|(?:[\w-]+/)*\d+-[\w%-]{4,}(?:\.html)?"
    r"|(?:posts?|articles?|story|stories|archives)/[\w%-]+(?:\.html)?)/?$",
    re.IGNORECASE,
)

# Query parameters by what they say, in all publishing systems that were seen.
_OF_A_LIST = frozenset(
    {
        *(
            "page",
            "paged",
            "pg",
            "start",
            "offset",
            "limit",
            "limitstart",
            "sort",
            "order",
            "orderby",
        ),
        *(
            "page_id",
            "pageid",
            "tag",
            "author",
            "s",
            "search",
            "m",
            "year",
            "month",
            "day",
            "filter",
        ),
        *("replytocom", "share", "action", "feed", "format", "print", "login", "next", "redirect"),
        *("return", "returnurl", "max-results", "updated-max", "label", "do"),
    }
)
_BESIDE_A_NUMBER = frozenset(
    {
        *(
            "cat",
            "category",
            "catid",
            "cat_id",
            "category_id",
            "sec",
            "section",
            "sectionid",
            "ref",
            "lang",
        ),
        *("language", "tabid", "type", "option", "task", "layout", "tmpl", "l", "mode"),
        *("from", "source", "via", "v", "ver", "version", "utm", "rubrique", "channel"),
    }
)
_LISTED_VIEWS = frozenset(
    {"category", "categories", "featured", "archive", "tag", "search", "blog"}
)
_LESS_LIKELY = frozenset(
    {"itemid", "tid", "mid"}
)  # what numbers an article on some sites, and a menu on others
_ID = re.compile(
    r"(?:[\w-]{1,40}/)?[a-z]{0,3}\d{1,20}[a-z]?(?:[:/-][^/]{0,200})?|[\w%]{1,99}(?:-[\w%]{1,99}){2,40}|[0-9a-f-]{8,40}",
    re.IGNORECASE,
)
# Without a value: spip.php?article123, story.cgi?4000.
_NAMED_ID = re.compile(r"(?!(?:rubrique|mot|auteur)\d)[a-z]{0,20}\d{2,20}", re.IGNORECASE)


def is_file(path: str) -> bool:
    """Tell whether a path leads to a picture, a film or another file."""
    return _FILE.search(path) is not None


def article_id(url: str) -> str | None:
    """Return the part of an address's query that numbers an article, such as `p=123`; None for none."""
    query = urlsplit(url).query
    if not query or _says_list(query):
        return None
    pairs = parse_qsl(query, keep_blank_values=True)
    pairs.sort(key=lambda pair: pair[0].lower() in _LESS_LIKELY)
    return next((f"{name}={value}" for name, value in pairs if _numbers(name, value)), None)


def _numbers(name: str, value: str) -> bool:
    if not value:
        return _NAMED_ID.fullmatch(name) is not None
    return name.lower() not in _BESIDE_A_NUMBER and _ID.fullmatch(value) is not None


def _says_list(query: str) -> bool:
    pairs = [
        (name.lower(), value.lower()) for name, value in parse_qsl(query, keep_blank_values=True)
    ]
    return any(
        name in _OF_A_LIST or (name == "view" and value in _LISTED_VIEWS) for name, value in pairs
    )


def address_score(url: str) -> float:
    """Weigh what an address says for an article's: above 0, or against it: below."""
    parts = urlsplit(url)
    path = parts.path
    last = path.rstrip("/").rpartition("/")[2]
    slug = last.count("-") + last.count("_") + 1
    numbered = article_id(url) is not None
    return (
        (2.0 if slug >= 4 else 1.0 if slug >= 3 else 0.0)  # noqa: PLR2004 - words of a headline
        + (2.0 if _DATED.search(path) else 0.0)
        + (1.0 if _NUMBER.search(path) else 0.0)
        + (2.0 if numbered else 0.0)
        + (2.0 if _SYSTEM.search(path) else 1.0 if last.isdigit() else 0.0)
        - (3.0 if _SERVICE.search(path) or _says_list(parts.query) else 0.0)
        - (1.5 if path.count("/") <= 1 and slug < 3 and not numbered else 0.0)  # noqa: PLR2004 - a section's name
    )


def shape_of(url: str) -> str:
    """Return what the addresses of a site's pages of one sort have in common.

    Numbers, slugs and dates are named as such; the first part is kept where it is a plain word, and so
    are the names in a query.
    """
    address = urlsplit(url)
    parts = [part for part in address.path.split("/") if part]
    shaped = [_shape_of_part(part, is_first=position == 0) for position, part in enumerate(parts)]
    pairs = parse_qsl(address.query, keep_blank_values=True)
    names = [
        f"view={value}" if name == "view" else name.rstrip("0123456789") for name, value in pairs
    ]
    return "/".join(shaped) + ("?" + "&".join(sorted(names)) if address.query else "")


def _shape_of_part(part: str, *, is_first: bool) -> str:
    stem, dot, ending = part.rpartition(".")
    name, kind = (stem, f".{ending}") if dot and len(ending) <= 5 else (part, "")  # noqa: PLR2004 - "shtml"
    if name.isdigit():
        return "#" + kind
    if name.count("-") + name.count("_") >= 2:  # noqa: PLR2004 - a slug of three words
        return ("slug#" if _NUMBER.search(name) else "slug") + kind
    return (name if is_first else "word") + kind
