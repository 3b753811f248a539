"""Header fields of a message as lines (RFC 5322), what is beyond ASCII in encoded words (RFC 2047); pure.

Python's own are not used: they make encoded words of long addresses and links (python/cpython#85725), and of words
that follow each other join some, leave some empty and lose spaces (python/cpython#144156).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence

_LINE = 76  # RFC 2047, 2: the most characters of a line with an encoded word
_WORD = 75  # and of such a word
_LONGEST = 900  # characters of what can't be folded; RFC 5322, 2.1.1 allows a line 998
_ENVELOPE = len("=?utf-8?q??=")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_IN_Q = re.compile(rb"[A-Za-z0-9!*+/-]")  # what stands for itself in a phrase: RFC 2047, 5 (3)


def text_field(name: str, text: str) -> str:
    """Return a field of text, such as Subject."""
    needs_encoding = not _is_plain(text) or text != text.strip()
    words = [*_encoded_words(text, _room(name))] if needs_encoding else text.split(" ")
    return _folded(name, words)


def mailbox_field(name: str, shown: str, address: str) -> str:
    """Return a field of one address with the name that is shown for it, such as From."""
    return _folded(name, [*_phrase(name, shown), f"<{address}>"] if shown else [address])


def list_id_field(title: str, list_id: str) -> str:
    """Return List-Id (RFC 2919) with the list's title."""
    return _folded("List-Id", [*_phrase("List-Id", title), f"<{list_id}>"])


def plain_field(name: str, value: str) -> str:
    """Return a field that can't be folded: an identifier, a link."""
    return f"{name}: {value}\r\n"


def _phrase(name: str, text: str) -> Sequence[str]:
    if not _is_plain(text):
        return [*_encoded_words(text, _room(name))]
    if _ATOMS.fullmatch(text):
        return text.split()
    quoted = re.sub(r'(["\\])', r"\\\1", text)
    return f'"{quoted}"'.split(" ")


def _is_plain(text: str) -> bool:
    """Tell whether a text can stand as it is: ASCII, no control, and nothing that is taken for an encoded word."""
    return (
        text.isascii()
        and text.isprintable()
        and "=?" not in text
        and max(map(len, text.split(" "))) <= _LONGEST
    )


def _room(name: str) -> int:
    """Return how long the first word of a field may be."""
    return min(_WORD, _LINE - len(f"{name}: "))


def _encoded_words(text: str, first: int) -> Iterator[str]:
    """Yield a text as encoded words, each of whole characters, in the encoding that needs less room."""
    encoded = text.encode("utf-8", "replace")
    in_base64 = 4 * len(encoded) / 3 < sum(map(_length_in_q, text))
    room, part = first, ""
    for character in text:
        longer = part + character
        length = _length_in_base64(longer) if in_base64 else sum(map(_length_in_q, longer))
        if part and length > room - _ENVELOPE:
            yield _word(part, in_base64=in_base64)
            room, longer = _WORD, character
        part = longer
    if part:
        yield _word(part, in_base64=in_base64)


def _length_in_base64(text: str) -> int:
    return 4 * -(-len(text.encode("utf-8", "replace")) // 3)


def _length_in_q(character: str) -> int:
    return len(_in_q(character))


def _in_q(text: str) -> str:
    octets = (bytes([octet]) for octet in text.encode("utf-8", "replace"))
    return "".join(
        "_" if octet == b" " else octet.decode() if _IN_Q.match(octet) else f"={octet[0]:02X}"
        for octet in octets
    )


def _word(text: str, *, in_base64: bool) -> str:
    if in_base64:
        return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="
    return f"=?utf-8?q?{_in_q(text)}?="


def _folded(name: str, words: Sequence[str]) -> str:
    """Return a field whose words stand on lines that are short where they can be."""
    first, *others = words
    lines = [f"{name}: {first}"]
    for word in others:
        if word and len(lines[-1]) + 1 + len(word) > _LINE and not lines[-1].endswith(" "):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"
