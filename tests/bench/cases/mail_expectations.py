"""What is expected of a mail, read as its bytes stand and as a mail client reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from email.message import EmailMessage

Answer = dict[str, Any]
Check = Callable[[Any, Answer], Iterator[str]]

_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?([^?\s]*)\?=")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LIST_ID = re.compile(r"(.*?)\s*<([A-Za-z0-9._-]+)>")
_QUOTED_PAIR = re.compile(r"\\(.)")
_STRUCTURED = ("From", "To", "Subject", "Date", "Message-ID", "List-Id")


def _head(answer: Answer) -> bytes:
    raw: bytes = answer["raw"]
    return raw.partition(b"\r\n\r\n")[0]


def _headers(answer: Answer) -> list[tuple[str, str]]:
    """Return each header with its value as it stands, folds kept."""
    headers: list[tuple[str, str]] = []
    for line in _head(answer).decode("utf-8", "surrogateescape").split("\r\n"):
        if line[:1] in " \t" and headers:
            name, value = headers.pop()
            headers.append((name, f"{value}\r\n{line}"))
        elif ":" in line:
            name, _, value = line.partition(":")
            headers.append((name, value))
    return headers


def _unfolded(answer: Answer, name: str) -> str | None:
    values = (value for known, value in _headers(answer) if known.lower() == name.lower())
    value = next(values, None)
    return None if value is None else value.replace("\r\n", "").strip()


def _message(answer: Answer) -> EmailMessage:
    return message_from_bytes(answer["raw"], policy=policy.default)


def _mailboxes(answer: Answer, name: str) -> Iterator[tuple[str, str]]:
    """Yield a header's one mailbox, (name, address), as two parsers read it.

    Python's own keeps the space between two encoded words of a name, which RFC 2047, 6.2 takes out.
    """
    [*addresses] = _message(answer)[name].addresses
    if len(addresses) == 1:
        yield addresses[0].display_name, addresses[0].addr_spec
    value = _unfolded(answer, name) or ""
    if value.isascii():
        shown, address = parseaddr(value)
        yield str(make_header(decode_header(shown))), address


def _says(what: str, wanted: object, given: object) -> str:
    return f"{what}: expected {wanted!r}, got {given!r}"


def _is_ascii(wanted: Any, answer: Answer) -> Iterator[str]:
    if _head(answer).isascii() is not wanted:
        beyond = [name for name, value in _headers(answer) if not value.isascii()]
        yield _says("ASCII", wanted, beyond)


def _lines_are_short(wanted: Any, answer: Answer) -> Iterator[str]:
    longest = max(_head(answer).split(b"\r\n"), key=len)
    if len(longest) > wanted:
        yield _says("longest line of the head", wanted, longest)


def _has_subject(wanted: Any, answer: Answer) -> Iterator[str]:
    subject = str(_message(answer)["Subject"])
    if subject != wanted:
        yield _says("subject", wanted, subject)


def _subject_has(wanted: Any, answer: Answer) -> Iterator[str]:
    subject = str(_message(answer)["Subject"])
    yield from (_says("subject with", part, subject) for part in wanted if part not in subject)


def _from_name(wanted: Any, answer: Answer) -> Iterator[str]:
    names = [name for name, _ in _mailboxes(answer, "From")]
    if wanted not in names:
        yield _says("name in From", wanted, names)


def _from_address(wanted: Any, answer: Answer) -> Iterator[str]:
    addresses = [address for _, address in _mailboxes(answer, "From")]
    if wanted not in addresses:
        yield _says("address in From", wanted, addresses)


def _is_to(wanted: Any, answer: Answer) -> Iterator[str]:
    addresses = [address.addr_spec for address in _message(answer)["To"].addresses]
    if addresses != [wanted]:
        yield _says("To", wanted, addresses)


def _is_plain(wanted: Any, answer: Answer) -> Iterator[str]:
    for name in wanted:
        if "=?" in (value := _unfolded(answer, name) or ""):
            yield _says(name, "no encoded word", value)


def _words_are_short(wanted: Any, answer: Answer) -> Iterator[str]:
    for name, value in _headers(answer):
        for word in _ENCODED_WORD.finditer(value):
            if len(word[0]) > wanted:
                yield _says(f"encoded word in {name}", wanted, word[0])


def _words_say_something(_wanted: Any, answer: Answer) -> Iterator[str]:
    for name, value in _headers(answer):
        for word in _ENCODED_WORD.finditer(value):
            if not word[1]:
                yield _says(f"encoded word in {name}", "one that is not empty", word[0])


def _unsubscribe_starts(wanted: Any, answer: Answer) -> Iterator[str]:
    value = _unfolded(answer, "List-Unsubscribe") or ""
    if not value.startswith(wanted):
        yield _says("List-Unsubscribe", wanted, value)


def _unsubscribe_has(wanted: Any, answer: Answer) -> Iterator[str]:
    value = _unfolded(answer, "List-Unsubscribe") or ""
    if wanted not in value:
        yield _says("List-Unsubscribe", wanted, value)


def _is_message_id(wanted: Any, answer: Answer) -> Iterator[str]:
    for name in wanted:
        value = _unfolded(answer, name) or ""
        if _MESSAGE_ID.fullmatch(value) is None:
            yield _says(name, "<…@…>", value)


def _list_is_named(wanted: Any, answer: Answer) -> Iterator[str]:
    value = _unfolded(answer, "List-Id")
    if value is None:
        name = None
    elif (parts := _LIST_ID.fullmatch(value)) is None:
        yield _says("List-Id", "a phrase and <an id>", value)
        return
    else:
        name = _decoded(parts[1].strip())
    if name not in wanted and not (name is None and "" in wanted):
        yield _says("name in List-Id", wanted, value)


def _decoded(phrase: str) -> str:
    try:
        name = str(make_header(decode_header(phrase))) if phrase else ""
    except (HeaderParseError, LookupError, UnicodeError) as error:
        return f"cannot be decoded: {error}"
    return _QUOTED_PAIR.sub(r"\1", name[1:-1]) if name[:1] == name[-1:] == '"' else name


def _has_headers(wanted: Any, answer: Answer) -> Iterator[str]:
    for name, value in wanted.items():
        if _unfolded(answer, name) != value:
            yield _says(name, value, _unfolded(answer, name))


def _has_no_defects(_wanted: Any, answer: Answer) -> Iterator[str]:
    message = _message(answer)
    for name in _STRUCTURED:
        defects = [type(defect).__name__ for defect in getattr(message[name], "defects", ())]
        if defects:
            yield _says(f"defects of {name}", [], defects)


MAIL_CHECKS: Mapping[str, Check] = {
    "raw_ascii": _is_ascii,
    "header_line_max": _lines_are_short,
    "subject": _has_subject,
    "subject_has": _subject_has,
    "from_name": _from_name,
    "from_address": _from_address,
    "to": _is_to,
    "no_encoded_word_in": _is_plain,
    "encoded_word_max": _words_are_short,
    "no_empty_encoded_word": _words_say_something,
    "list_unsubscribe_starts": _unsubscribe_starts,
    "list_unsubscribe_raw_has": _unsubscribe_has,
    "bare_msgid_in": _is_message_id,
    "list_id_name_in": _list_is_named,
    "header": _has_headers,
    "no_defects": _has_no_defects,
}
"""By the key of an expectation."""
