"""Slows down who guesses passwords: each attempt is counted before it is checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from scheduler.wording.formatters import span
from storage.operators import login_attempts
from storage.operators.login_attempts import LoginAttempts
from storage.sql.database import Database

_FREE = 5  # attempts before anybody has to wait
_LONGEST = timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=1)
_DOUBLINGS = 12


class Throttle:
    """Counts the attempts of the last hour in the database, for all processes that check passwords.

    After five that did not pass, or are still being checked, each further one doubles the wait, from
    2 seconds to 15 minutes (NIST SP 800-63B, section 5.2.2, asks for a limit). Who tries is counted
    by name and by peer. A name is slowed down for all who try it, for guesses come from many
    addresses; so somebody can keep an account's owner waiting for a quarter of an hour, but not out.
    """

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def begin(self, name: str, peer: str) -> timedelta:
        """Count an attempt, and return zero; or, uncounted, how long to wait before another one.

        It is counted in one write transaction: of many at once each sees those before it.
        """
        now, keys = self._clock(), (_name_key(name), _peer_key(peer))
        wait = await self._db.read(_wait, keys, now)  # who has to wait costs no write
        return wait or await self._db.write(_count, keys, now)

    async def passed(self, name: str, peer: str) -> None:
        """Forget the attempts on a name, and take back this one of the peer.

        No more than this one: else somebody with an account could guess on between two log-ins.
        """
        await self._db.write(_pass, _name_key(name), _peer_key(peer))


def refusal(wait: timedelta) -> str:
    """Return what is said to who has to wait."""
    return f"Too many wrong passwords. Try again in {span(wait + timedelta(seconds=1))}."


def _name_key(name: str) -> str:
    return f"name {name.lower()}"


def _peer_key(peer: str) -> str:
    return f"peer {peer}"


def _wait(conn: Connection, keys: tuple[str, ...], now: datetime) -> timedelta:
    attempts = login_attempts.get(conn, keys).values()
    return max((_wait_after(each, now) for each in attempts), default=timedelta(0))


def _wait_after(attempts: LoginAttempts, now: datetime) -> timedelta:
    since = max(
        now - attempts.last_at, timedelta(0)
    )  # a clock that was set back makes no one wait longer
    if attempts.number < _FREE or since >= _FORGOTTEN:
        return timedelta(0)
    doublings = min(attempts.number - _FREE + 1, _DOUBLINGS)
    return max(min(timedelta(seconds=2**doublings), _LONGEST) - since, timedelta(0))


def _count(conn: Connection, keys: tuple[str, ...], now: datetime) -> timedelta:
    login_attempts.forget_until(conn, now - _FORGOTTEN)
    wait = _wait(conn, keys, now)
    if not wait:
        attempts = login_attempts.get(conn, keys)
        for key in keys:
            number = attempts[key].number if key in attempts else 0
            login_attempts.put(conn, key, LoginAttempts(number + 1, now))
    return wait


def _pass(conn: Connection, name_key: str, peer_key: str) -> None:
    login_attempts.forget(conn, name_key)
    login_attempts.take_back(conn, peer_key)
