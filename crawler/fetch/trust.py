"""How far a server's "not modified" is believed: the more, the more often a full answer bore it out; pure.

Some servers repeat an ETag after a change. So a listing is asked for in full now and then, without
its validators, and what comes is held against what the server said before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.models.sources import Source

LIES = -1  # trust in a server that hid a change
_FIRST_CHECK = timedelta(hours=6)  # doubled with each check that bore the server out
_SELDOM = timedelta(days=7)
_MOST = 10  # checks that are counted: more change nothing


@dataclass(frozen=True, slots=True)
class Trust:
    """How many checks in a row bore a server out, and when it was asked in full last.

    LIES for a server that hid a change, and then when that was found.
    """

    borne_out: int = 0
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FullAnswer:
    """What an answer with a body says of the validators: were they sent, repeated, was it changed.

    `hid` when the body brought items that are new, under the validators of the old one.
    """

    at: datetime
    was_conditional: bool
    is_changed: bool
    hid: bool


def wants_full(trust: Trust, now: datetime) -> bool:
    """Tell whether a listing is to be asked for in full, as if nothing were known of it."""
    if trust.checked_at is None or trust.borne_out == LIES:
        return True
    wait: timedelta = _FIRST_CHECK * 2 ** min(trust.borne_out, _MOST)
    return now - trust.checked_at >= min(wait, _SELDOM)


def after_full(trust: Trust, answer: FullAnswer) -> Trust:
    """Say how far a server is believed after an answer with a body.

    A change under the old validators ends all trust: for a week nothing conditional is asked.
    """
    if answer.hid:
        return Trust(LIES, answer.at)
    if trust.borne_out == LIES:
        checked = trust.checked_at
        served = checked is not None and answer.at - checked >= _SELDOM
        return Trust(0, answer.at) if served else trust
    if answer.was_conditional or answer.is_changed or trust.checked_at is None:
        return Trust(trust.borne_out, answer.at)
    return Trust(min(trust.borne_out + 1, _MOST), answer.at)


def wants_full_page(found_at: datetime, last_fetch_at: datetime | None, now: datetime) -> bool:
    """Tell whether a page is to be asked for in full: once in each week since it was found."""
    if last_fetch_at is None:
        return True
    return (now - found_at) // _SELDOM > (last_fetch_at - found_at) // _SELDOM


def trust_in_words(source: Source) -> str:
    """Say for operators how far a source's server is believed; "" when nothing is known."""
    if source.validators.checked_at is None:
        return ""
    if source.validators.trust == LIES:
        until = source.validators.checked_at + _SELDOM
        return f"its ETag lies: it hid a change, so all is asked for in full until {until:%d %B}"
    if source.validators.trust == 0:
        return "its “not modified” was not borne out yet"
    return f"its “not modified” was borne out {source.validators.trust} times in a row"
