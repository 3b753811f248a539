"""Tell from the words of an element's class and id what a site takes it for."""

from __future__ import annotations

import re
from functools import lru_cache

NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WRAPPER = frozenset(
    [
        "related",
        "recommend",
        "recommended",
        "recommendation",
        "recommendations",
        "similar",
        "verwandt",
        "yarpp",
        "relatedposts",
        "popular",
        "trending",
        "teaser",
        "teasers",
        "readmore",
        "morefrom",
        "crosslink",
        "promo",
        "promotion",
        "promoted",
        "cta",
        "newsletter",
        "newsletters",
        "subscribe",
        "subscription",
        "paywall",
        "signup",
        "login",
        "donate",
        "donation",
        "follow",
        "share",
        "sharing",
        "shares",
        "social",
        "addthis",
        "sharedaddy",
        "twitter",
        "tweet",
        "instagram",
        "tiktok",
        "facebook",
        "bluesky",
        "comment",
        "comments",
        "disqus",
        "reply",
        "respond",
        "kommentare",
        "feedback",
        "rating",
        "ratings",
        "poll",
        "survey",
        "cookie",
        "cookies",
        "consent",
        "gdpr",
        "modal",
        "popup",
        "overlay",
        "interstitial",
        "flyout",
        "dropdown",
        "tooltip",
        "ad",
        "ads",
        "adslot",
        "advert",
        "advertisement",
        "advertising",
        "sponsor",
        "sponsored",
        "banner",
        "taboola",
        "outbrain",
        "sidebar",
        "rail",
        "widget",
        "widgets",
        "infobox",
        "nav",
        "navigation",
        "navbar",
        "menu",
        "breadcrumb",
        "breadcrumbs",
        "pagination",
        "skip",
        "search",
        "toolbar",
        "toc",
        "footer",
        "copyright",
        "disclaimer",
        "correction",
        "syndication",
        "caption",
        "credit",
        "credits",
        "image",
        "photo",
        "video",
        "audio",
        "player",
        "media",
        "embed",
        "gallery",
        "slideshow",
        "carousel",
        "byline",
        "author",
        "authors",
        "bio",
        "kicker",
        "timestamp",
        "dateline",
        "pubdate",
        "meta",
        "metadata",
        "tag",
        "tags",
        "taglist",
        "hashtag",
        "hashtags",
        "topics",
        "keywords",
        "hidden",
        "print",
        "noprint",
        "jp",
    ]
)
_PAGE_WORDS = frozenset({"article", "post", "entry", "story", "page", "blog"})
_BODY_WORDS = frozenset({"body", "content", "text", "main", "inner"})
_OF_ONE_PAGE = re.compile(r"\d{3}|^(?:tag|category)-")
_MOST_NAMES = 50_000  # kept; a page has a few hundred


@lru_cache(maxsize=_MOST_NAMES)
def wrapper_words(names: str) -> frozenset[str]:
    """Return the words of a class and id that sites use for what is no article text.

    Names with a colon or a bracket are a style sheet's switches ("print:hidden"), no names.
    """
    return _words(names) & _WRAPPER or NOTHING


@lru_cache(maxsize=_MOST_NAMES)
def names_a_body(names: str) -> bool:
    """Tell whether a class and id are such as hold an article's body ("entry-content")."""
    words = _words(names)
    return bool(words & _PAGE_WORDS and words & _BODY_WORDS) or "articlebody" in names.lower()


def is_of_one_page(name: str) -> bool:
    """Tell whether a class or id was made for a single page ("post-22420")."""
    return _OF_ONE_PAGE.search(name) is not None


def _words(names: str) -> frozenset[str]:
    tokens = (token for token in names.split() if ":" not in token and "[" not in token)
    return frozenset(word.lower() for token in tokens for word in _WORD.findall(token))
