"""Read a page's JSON-LD: every node in it, however it is nested or broken."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from lxml.html import HtmlElement

Node = dict[str, Any]

_ARTICLE_TYPES = frozenset({"report", "blogposting", "socialmediaposting", "liveblogposting"})
_OPENING = re.compile(r"\A(?:<!--|(?://|/\*)?\s{0,20}<!\[CDATA\[\s{0,20}(?:\*/)?)\s*")
_MOST_MARKS = 4  # on either side of a script
_CLOSING = ("-->", "]]>", "*/", "//", "/*", ";")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_FIELD = re.compile(
    r'"(headline|datePublished|dateModified|inLanguage|articleBody|description)"\s*:\s*"((?:[^"\\]|\\.)*)"'
)
_MOST_NODES = 2000
_MOST_CHARACTERS = 2_000_000
_DECODER = json.JSONDecoder(strict=False)


def read_nodes(tree: HtmlElement) -> tuple[Node, ...]:
    """Return all objects of the page's JSON-LD, outer ones first."""
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for value in _values(script.text[:_MOST_CHARACTERS]):
                nodes.extend(_walk(value))
        if len(nodes) >= _MOST_NODES:
            break
    return tuple(nodes[:_MOST_NODES])


def types_of(node: Node) -> tuple[str, ...]:
    """Return a node's types in lower case, without their vocabulary's address."""
    raw = node.get("@type")
    names = raw if isinstance(raw, list) else [raw]
    return tuple(str(name).rsplit("/", 1)[-1].lower() for name in names if name)


def is_article(node: Node) -> bool:
    """Tell whether a node is some kind of article."""
    return any(name.endswith("article") or name in _ARTICLE_TYPES for name in types_of(node))


def text_of(value: object) -> str:
    """Return the text of a value that may be a string, an object with a name, or a list of such."""
    if isinstance(value, list):
        return next((text for text in map(text_of, value) if text), "")
    if isinstance(value, dict):
        return next(
            (text_of(value[key]) for key in ("name", "@value", "url", "@id") if value.get(key)), ""
        )
    return html.unescape(value).strip() if isinstance(value, str) else ""


def items_of(value: object) -> list[object]:
    """Return a value as a list: itself, its items, or nothing."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def referred(item: object, nodes: tuple[Node, ...]) -> object:
    """Return the node that an item with nothing but an @id stands for."""
    if not isinstance(item, dict) or item.get("name") or not item.get("@id"):
        return item
    named = (node for node in nodes if node.get("@id") == item["@id"] and node.get("name"))
    return next(named, item)


def choose_article(
    nodes: tuple[Node, ...],
    *,
    own: Collection[str],
    key_of: Callable[[str], str | None],
    is_title: Callable[[str], bool],
) -> Node | None:
    """Return the node of the page's own article: the one that names the page, else the fullest.

    `own` are the keys of the page's addresses, and `key_of` gives that of an address; None for one
    that names no page, such as a front page's. `is_title` tells whether a headline is the page's.
    A node that names another page, by address and headline, is never the page's.
    """

    def fitness(node: Node) -> tuple[bool, bool, int]:
        return names_own(node), is_title(_headline(node)), _fullness(node)

    def names_own(node: Node) -> bool:
        return not own_keys.isdisjoint(filter(None, map(key_of, _addresses(node))))

    def is_anothers(node: Node) -> bool:
        named = [*filter(None, map(key_of, _addresses(node)))]
        return bool(named) and own_keys.isdisjoint(named) and not is_title(_headline(node))

    own_keys = frozenset(own)
    articles = [node for node in nodes if is_article(node) and not is_anothers(node)]
    return max(articles, key=fitness, default=None)


def _headline(node: Node) -> str:
    return text_of(node.get("headline") or node.get("name"))


def _fullness(node: Node) -> int:
    keys = ("datePublished", "headline", "author", "articleBody", "dateModified", "publisher")
    return sum(1 for key in keys if node.get(key))


def _addresses(node: Node) -> Iterator[str]:
    for key in ("url", "@id", "mainEntityOfPage"):
        value = node.get(key)
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value.split("#", 1)[0]


def _values(text: str) -> list[object]:
    """Parse a script's text, mending what sites commonly break."""
    text = _unwrapped(text.strip())
    values = _concatenated(text)
    if values:
        return values
    for mended in (_TRAILING_COMMA.sub(r"\1", text), html.unescape(text)):
        values = _concatenated(mended) if mended != text else []
        if values:
            return values
    fields = _salvaged(text)
    return [fields] if fields else []


def _unwrapped(text: str) -> str:
    """Take off the comment or the CDATA section in which some put a script."""
    if text.startswith(("{", "[")) and text.endswith(("}", "]")):
        return text
    for _ in range(_MOST_MARKS):
        text = _OPENING.sub("", text, count=1)
        ending = next((mark for mark in _CLOSING if text.endswith(mark)), "")
        text = text.removesuffix(ending).rstrip()
    return text


def _concatenated(text: str) -> list[object]:
    """Parse one value after the other; nothing at all when one of them is broken."""
    values: list[object] = []
    at = 0
    try:
        while at < len(text):
            value, end = _DECODER.raw_decode(text, at)
            values.append(value)
            at = _next_value(text, end)
    except (ValueError, RecursionError):
        return []
    return values


def _next_value(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n;,":
        at += 1
    return at


def _salvaged(text: str) -> Node:
    """Pick the plain fields out of an article that is no valid JSON."""
    if "Article" not in text and "BlogPosting" not in text:
        return {}
    fields: Node = {}
    for name, raw in _FIELD.findall(text):
        fields.setdefault(name, _unescaped(raw))
    return {"@type": "Article", **fields} if fields else {}


def _unescaped(raw: str) -> str:
    try:
        return str(json.loads(f'"{raw}"', strict=False))
    except ValueError:
        return raw


def _walk(value: object) -> Iterator[Node]:
    """Yield every object in a value, breadth first, so that outer ones come first."""
    level = [value]
    seen = 0
    while level and seen < _MOST_NODES:
        inner: list[object] = []
        for item in level:
            if isinstance(item, list):
                inner.extend(item)
            elif isinstance(item, dict):
                seen += 1
                yield item
                inner.extend(part for part in item.values() if isinstance(part, list | dict))
        level = inner
