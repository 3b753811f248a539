"""Whether an answer of the product holds what a case expects; each failure in a line.

Titles are compared in Unicode's form C with white space folded, addresses in one spelling (RFC 3986, 6.2.2).
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from tests.bench.cases.mail_expectations import MAIL_CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Answer = dict[str, Any]
Check = Callable[[Any, Answer], Iterator[str]]

_MOST_SHOWN = 200
_PIECE = re.compile(r"%[0-9A-Fa-f]{2}|.", re.DOTALL)
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_IN_PATH = "/:@!$&'()*+,;=~"
_IN_QUERY = "/:@!$&'()*+,;=?~[]|"


def failures_of(kind: str, expect: Mapping[str, Any], answer: Answer) -> Iterator[str]:
    """Yield what of an expectation does not hold. Raises KeyError for one that is not known."""
    alternatives = [list(failures_of(kind, one, answer)) for one in expect.get("any_of", ())]
    if alternatives and all(alternatives):
        yield f"none of: {' / '.join('; '.join(failures) for failures in alternatives)}"
    rest = {key: value for key, value in expect.items() if key != "any_of"}
    refusal = answer.get("refused")
    if refusal is not None and kind in _REFUSED_BY_NAME:
        if rest and rest.get("refused") not in (True, refusal):
            yield _differs("refused", rest.get("refused"), refusal)
        return
    for key, value in rest.items():
        yield from _CHECKS[kind][key](value, answer)


def same_url(url: str) -> str:
    """Return an address in one spelling: case of scheme and host, percent-encoding, IDN."""
    parts = urlsplit(url)
    host = parts.netloc.lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            host = parts.netloc.lower()
    query = f"?{_encoded(parts.query, _IN_QUERY)}" if parts.query else ""
    return f"{parts.scheme.lower()}://{host}{_encoded(parts.path or '/', _IN_PATH)}{query}"


def _encoded(text: str, safe: str) -> str:
    return "".join(_encoded_piece(piece, safe) for piece in _PIECE.findall(text))


def _encoded_piece(piece: str, safe: str) -> str:
    if len(piece) == 1:
        return quote(piece, safe=safe)
    character = chr(int(piece[1:], 16))
    return character if character in _UNRESERVED else piece.upper()


def _flat(text: str | None) -> str:
    return " ".join(unicodedata.normalize("NFC", text or "").split())


def _differs(what: str, wanted: object, given: object) -> str:
    return f"{what}: expected {_shown(wanted)}, got {_shown(given)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"


def _equals(key: str) -> Check:
    def check(wanted: Any, answer: Answer) -> Iterator[str]:
        if answer[key] != wanted:
            yield _differs(key, wanted, answer[key])

    return check


def _is_titled(wanted: Any, answer: Answer) -> Iterator[str]:
    if _flat(answer["title"]) != _flat(wanted):
        yield _differs("title", wanted, answer["title"])


def _is_titled_as_one_of(wanted: Any, answer: Answer) -> Iterator[str]:
    if _flat(answer["title"]) not in map(_flat, wanted):
        yield _differs("title", wanted, answer["title"])


def _is_one_of(key: str) -> Check:
    def check(wanted: Any, answer: Answer) -> Iterator[str]:
        if answer[key] not in wanted:
            yield _differs(key, wanted, answer[key])

    return check


def _is_none_of(key: str) -> Check:
    def check(wanted: Any, answer: Answer) -> Iterator[str]:
        if answer[key] in wanted:
            yield _differs(f"{key} not", wanted, answer[key])

    return check


def _lacks_authors(wanted: Any, answer: Answer) -> Iterator[str]:
    for author in wanted:
        if author in answer["authors"]:
            yield _differs("authors without", author, answer["authors"])


def _text_has(wanted: Any, answer: Answer) -> Iterator[str]:
    for passage in wanted:
        if _flat(passage) not in _flat(answer["text"]):
            yield _differs("text with", passage, f"{len(answer['text'].split())} words without it")


def _text_lacks(wanted: Any, answer: Answer) -> Iterator[str]:
    for passage in wanted:
        if _flat(passage) in _flat(answer["text"]):
            yield _differs("text without", passage, "it is there")


def _by_url(answer: Answer) -> dict[str, dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    for item in answer["items"]:
        items.setdefault(same_url(item["url"]), item)
    return items


def _has_items(wanted: Any, answer: Answer) -> Iterator[str]:
    items = _by_url(answer)
    for expected in wanted:
        item = items.get(same_url(expected["url"]))
        if item is None:
            yield _differs("items", expected["url"], [*items][:3])
            continue
        for key, value in expected.items():
            for failure in _ITEM_CHECKS[key](value, item):
                yield f"{expected['url']}: {failure}"


def _lacks_items(wanted: Any, answer: Answer) -> Iterator[str]:
    items = _by_url(answer)
    for url in wanted:
        if same_url(url) in items:
            yield _differs("items without", url, "it is there")


def _has_links(wanted: Any, answer: Answer) -> Iterator[str]:
    return _has_items([{"url": url} for url in wanted], answer)


def _counts(wanted: Any, answer: Answer) -> Iterator[str]:
    if len(answer["items"]) != wanted:
        yield _differs("count", wanted, len(answer["items"]))


def _is_degraded(wanted: Any, answer: Answer) -> Iterator[str]:
    if bool(answer["degraded"]) is not wanted:
        yield _differs("degraded", wanted, answer["degraded"])


def _degraded_lacks(wanted: Any, answer: Answer) -> Iterator[str]:
    if wanted in (answer["degraded"] or ""):
        yield _differs("degraded without", wanted, answer["degraded"])


def _is_read(wanted: Any, _answer: Answer) -> Iterator[str]:
    """Say that a refusal was expected; what was refused is judged before."""
    if wanted not in (None, False):
        yield _differs("refused", wanted, None)


def _is_refused(wanted: Any, answer: Answer) -> Iterator[str]:
    if bool(wanted) is not (answer["refused"] is not None):
        yield _differs("refused", wanted, answer["refused"])


def _matches(wanted: Any, answer: Answer) -> Iterator[str]:
    if answer["matches"] is not wanted:
        yield _differs("matches", wanted, answer["refused"] or answer["matches"])


def _is_noted(wanted: Any, answer: Answer) -> Iterator[str]:
    if bool(answer["notes"]) is not wanted:
        yield _differs("noted", wanted, answer["notes"])


def _has_note(wanted: Any, answer: Answer) -> Iterator[str]:
    if not any(wanted in note for note in answer["notes"]):
        yield _differs("a note with", wanted, answer["notes"])


def _has_remedy(wanted: Any, answer: Answer) -> Iterator[str]:
    if wanted not in (answer["refused"] or ""):
        yield _differs("a remedy with", wanted, answer["refused"])


def _names_key(wanted: Any, answer: Answer) -> Iterator[str]:
    if answer["ok"] or wanted not in answer["says"]:
        yield _differs("refused by name", wanted, answer["says"])


def _is_right(wanted: Any, answer: Answer) -> Iterator[str]:
    if answer["ok"] is not wanted:
        yield _differs("ok", wanted, answer["says"])


_REFUSED_BY_NAME = frozenset({"page", "feed", "sitemap", "section", "mail"})
"""Kinds whose refusal ends the judging: nothing else can be asked of what was refused."""

_ITEM_CHECKS: Mapping[str, Check] = {
    "url": lambda _wanted, _item: iter(()),  # by which the item was found
    "title": _is_titled,
    "title_in": _is_titled_as_one_of,
    "published": _equals("published"),
    "published_in": _is_one_of("published"),
    "published_not": _is_none_of("published"),
}
_OF_LISTINGS: Mapping[str, Check] = {
    "refused": _is_read,
    "items": _has_items,
    "links": _has_links,
    "lacks": _lacks_items,
    "count": _counts,
    "title": _is_titled,
    "degraded": _is_degraded,
    "degraded_lacks": _degraded_lacks,
}
_CHECKS: Mapping[str, Mapping[str, Check]] = {
    "page": {
        "refused": _is_read,
        "title": _is_titled,
        "title_in": _is_titled_as_one_of,
        "published": _equals("published"),
        "published_in": _is_one_of("published"),
        "published_not": _is_none_of("published"),
        "authors": _equals("authors"),
        "authors_in": _is_one_of("authors"),
        "authors_lack": _lacks_authors,
        "language": _equals("language"),
        "text_has": _text_has,
        "text_lacks": _text_lacks,
    },
    "feed": _OF_LISTINGS,
    "sitemap": _OF_LISTINGS,
    "section": _OF_LISTINGS,
    "query": {
        "refused": _is_refused,
        "matches": _matches,
        "noted": _is_noted,
        "note_has": _has_note,
        "remedy_has": _has_remedy,
    },
    "mail": {"refused": _is_read, **MAIL_CHECKS},
    "address": {
        "refused": _is_refused,
        "stored": _equals("stored"),
        "stored_in": _is_one_of("stored"),
    },
    "config": {"refused_key": _names_key, "ok": _is_right},
}
