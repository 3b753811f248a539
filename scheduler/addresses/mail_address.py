"""E-mail addresses: as people type them, and as they travel; pure.

What may stand in one is said by RFC 5321, 4.1.2 and RFC 5322, 3.4.1, beyond ASCII by RFC 6531; domains beyond ASCII are
kept in their ASCII form (IDNA 2008 with the mapping of UTS 46).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import idna

from storage.errors import InputError

_EXAMPLE = "one looks like desk@example.org"
_MOST_LOCAL, _MOST_LABEL, _MOST_DOMAIN, _MOST = 64, 63, 253, 254  # octets: RFC 5321, 4.5.3.1
_ATOM = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~"
)
_LABEL = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
# Characters that show nothing and that Unicode does not call format characters (Cf).
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_JOINERS = frozenset("\u200c\u200d")
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_QUOTED = re.compile(r'"(?P<name>(?:[^"\\]|\\.)*)"')
_IN_QUOTES_ONLY = re.compile(r'[",;:@\\]')


@dataclass(frozen=True, slots=True)
class TypedAddress:
    """An address as it is kept, and `notes` of what was taken out of what was typed."""

    address: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An address with the name that stands before it, which may be empty."""

    name: str
    address: str


def read_address(text: str) -> TypedAddress:
    """Return an address in the one form in which it is kept: what can't be seen taken out, its domain in ASCII.

    Raises InputError that names the place of what can't stand in an address.
    """
    seen, notes = _without_invisible(text.strip())
    try:
        address = _kept(seen.strip())
    except InputError as error:
        raise InputError(f"{text!r} is no e-mail address: {error}; {_remedy(seen)}") from error
    return TypedAddress(address, (*notes, *_travel_notes(seen, address)))


def read_mailbox(text: str) -> NamedAddress:
    """Return the one mailbox of "Name <address>" or of a bare address.

    Raises InputError.
    """
    parts = _MAILBOX.fullmatch(text.strip())
    if parts is None:
        return NamedAddress("", read_address(text).address)
    name = parts["name"].strip()
    quoted = _QUOTED.fullmatch(name)
    if quoted is None and (wrong := _IN_QUOTES_ONLY.search(name)):
        raise InputError(
            f'in a name {wrong[0]!r} must stand in quotes: "{name}" <{parts["address"]}>'
        )
    unquoted = name if quoted is None else re.sub(r"\\(.)", r"\1", quoted["name"])
    return NamedAddress(unquoted, read_address(parts["address"]).address)


def _travel_notes(seen: str, address: str) -> Iterator[str]:
    if not seen.rpartition("@")[2].isascii():
        yield f"{seen.strip()} is kept as {address}, as it travels"
    if not address.isascii():
        yield f"{address} needs a relay that offers SMTPUTF8 (RFC 6531); many do not"


def _without_invisible(text: str) -> tuple[str, tuple[str, ...]]:
    places = [at for at in range(len(text)) if _is_invisible(text, at)]
    names = dict.fromkeys(_character_name(text[at]) for at in places)
    gone = frozenset(places)
    return (
        "".join(character for at, character in enumerate(text) if at not in gone),
        tuple(f"{name} was taken out of {text!r}: it can't be seen" for name in names),
    )


def _is_invisible(text: str, at: int) -> bool:
    character = text[at]
    if character in _JOINERS:  # of Persian and of scripts of India they are letters' own
        return not _joins(text, at)
    return unicodedata.category(character) == "Cf" or _BLANK.match(character) is not None


def _joins(text: str, at: int) -> bool:
    try:
        return idna.valid_contextj(text, at)
    except ValueError:
        return False


def _kept(address: str) -> str:
    local, at, domain = address.partition("@")
    if not at:
        raise InputError("it has no @")
    if (second := domain.find("@")) >= 0:
        raise InputError(f"a second @ {_place(len(local) + 1 + second)}")
    _check_local(local)
    kept = f"{unicodedata.normalize('NFC', local)}@{_ascii_domain(domain, len(local) + 1)}"
    if len(kept.encode()) > _MOST:
        raise InputError(f"it is longer than {_MOST} octets")
    return kept


def _check_local(local: str) -> None:
    """Refuse what can't stand before the @. Quoted ones, which hardly any relay takes, are refused too."""
    if not local:
        raise InputError("nothing stands before the @")
    for at, character in enumerate(local):
        if character == ".":
            if at in (0, len(local) - 1) or local[at - 1] == ".":
                raise InputError(f"a dot can't stand {_place(at)}")
        elif not (_is_letter(character) if character > "\x7f" else character in _ATOM):
            raise InputError(f"{_shown(character)} can't stand {_place(at)}")
    if len(local.encode()) > _MOST_LOCAL:
        raise InputError(f"what stands before the @ is longer than {_MOST_LOCAL} octets")


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ"


def _ascii_domain(domain: str, start: int) -> str:
    """Return a domain as it travels; `start` is its place in the address."""
    if not domain:
        raise InputError("nothing stands behind the @")
    if domain.isascii():
        _check_domain(domain.lower(), start)
        return domain.lower()
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError as error:
        raise InputError(f"its domain can't be written in ASCII ({error})") from error
    _check_domain(encoded, start)
    return encoded


def _check_domain(domain: str, start: int) -> None:
    at = start
    for label in domain.split("."):
        end = at + len(label)
        wrong = next((at + i for i, character in enumerate(label) if character not in _LABEL), None)
        if not label:
            raise InputError(f"a dot can't stand {_place(max(at - 1, start))}")
        if wrong is not None:
            raise InputError(
                f"{_shown(domain[wrong - start])} can't stand {_place(wrong)}, in a domain"
            )
        if label.startswith("-") or label.endswith("-"):
            raise InputError(f"a hyphen can't stand {_place(at if label[0] == '-' else end - 1)}")
        if len(label) > _MOST_LABEL:
            raise InputError(f"{label[:12]}… is longer than {_MOST_LABEL} characters")
        at = end + 1
    if len(domain) > _MOST_DOMAIN:
        raise InputError(f"its domain is longer than {_MOST_DOMAIN} characters")


def _remedy(seen: str) -> str:
    """Return what to write, where it is plain what was meant: a link, or one of a list."""
    bare = seen.strip().removeprefix("mailto:").partition("?")[0]
    parts = _MAILBOX.fullmatch(bare.strip(" ;,"))
    bare = (bare if parts is None else parts["address"]).strip(" ;,.\"'()")
    try:
        meant = _kept(bare)
    except InputError:
        return _EXAMPLE
    return f"write {meant}" if meant != seen else _EXAMPLE


def _place(at: int) -> str:
    return f"at character {at + 1}"


def _shown(character: str) -> str:
    return (
        repr(character)
        if character.isprintable() and character != " "
        else _character_name(character)
    )


def _character_name(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()
