"""Brings a robots.txt into the plain form that every reader of robots.txt reads alike."""

from __future__ import annotations

import re

_MOST_OF_A_LINE = 2083 * 8  # characters; twice the longest address that we take
_BOM = re.compile(rb"^\xef(?:\xbb(?:\xbf)?)?")
_LINES = re.compile(r"\r\n|\r|\n")
_TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309, 2.2.1
_AGENT = frozenset({"user-agent", "useragent", "user agent"})
_KNOWN = {
    **dict.fromkeys(_AGENT, "user-agent"),
    **dict.fromkeys(("disallow", "dissallow", "dissalow", "disalow"), "disallow"),
    **dict.fromkeys(("diasllow", "disallaw"), "disallow"),
    "allow": "allow",
    **dict.fromkeys(("crawl-delay", "crawl delay"), "crawl-delay"),
    **dict.fromkeys(("request-rate", "request rate"), "request-rate"),
    **dict.fromkeys(("sitemap", "sitemaps", "site-map"), "sitemap"),
}
_DIRECTORY = "/index.html"


def plain(body: bytes) -> str:
    """Return a robots.txt with only its known lines, each as `field: value`.

    What RFC 9309 leaves open is read as the largest crawlers read it: a missing colon and common
    misspellings are understood, a product token ends where its characters end, a line that is not
    known neither begins nor ends a group, a rule for a directory's index.html is one for the
    directory, and a BOM that was cut is one.
    """
    text = _BOM.sub(b"", body).decode("utf-8", "replace").replace("\0", "")
    return "\n".join(rule for line in _LINES.split(text) for rule in _read(line[:_MOST_OF_A_LINE]))


def _read(line: str) -> list[str]:
    content = line.partition("#")[0].strip()
    pair = _field(content)
    if pair is None:
        return []
    field, value = pair
    if field == "user-agent":
        return [f"{field}: {_token(value)}"]
    if field == "allow" and value.endswith(_DIRECTORY):
        return [f"{field}: {value}", f"{field}: {value.removesuffix('index.html')}$"]
    return [f"{field}: {value}"]


def _field(content: str) -> tuple[str, str] | None:
    """Split a line at its colon, or where a colon is missing."""
    name, colon, value = content.partition(":")
    field = _KNOWN.get(name.strip().lower())
    if colon and field is not None:
        return field, value.strip()
    words = content.split(None, 2)
    for count in (1, 2):
        field = _KNOWN.get(" ".join(words[:count]).lower())
        if field is not None:
            return field, content.split(None, count)[count] if len(words) > count else ""
    return None


def _token(value: str) -> str:
    """Cut what a group is for to its product token; "*" stays, and so does what has none."""
    if value.split(None, 1)[:1] == ["*"]:
        return "*"
    token = _TOKEN.match(value)
    return token.group() if token else value
