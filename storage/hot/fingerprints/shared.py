"""Fingerprints in Redis: one index for all processes that crawl; a look-up is one round trip.

Shingles lie in rows, small hashes that Redis packs tightly: the row and a field of five bytes name a
shingle, the value is the numbers of the texts that hold it, four bytes each. Texts of one time lie
together in a part, whose keys all run out when the part is older than the window: nothing is ever
searched for what is to go. A part that is full gets another one beside it with more rows, so that
rows stay short whatever comes.

A text has a number of its own, under which its article and when it was seen stand; an article that
is removed or replaced only loses its number. All keys have one hash tag, and so are in one slot of
a cluster: what one Redis holds bounds the window.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from storage.errors import HotStateLostError
from storage.hot.fingerprints import InFlightText, Sketch
from storage.hot.redis.connection import RedisConnection, scripts_of

_TAG = "texts"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LOST = "LOST"
_SHINGLES = 60  # of a text of 500 words
_FEWEST_ROWS, _MOST_ROWS, _HALF_FULL = 256, 1 << 22, 50
_AT_ONCE = 50  # texts in one script
_ROWS_AT_ONCE = 20
_IDS_AT_ONCE = 500
_PROVISIONAL = 1 << 40
"""From here on ids are of texts that are being judged, and have no article yet."""


class SharedFingerprints:
    """An inverted index in Redis. Every call raises HotStateError when Redis can't be used.

    HotStateLostError while what it held is gone, or was made from texts in another `form` (how they
    are made shingles): `begin`, `TextFiller.add_all` and `TextFiller.finish` build it anew. Texts
    lie together by `bucket`, and go with it when it is older than `window`. A process that dies
    while it judges a text is waited for no longer than `patience_seconds`.
    """

    def __init__(
        self,
        connection: RedisConnection,
        *,
        form: str,
        window: timedelta,
        bucket: timedelta,
        patience_seconds: float = 30.0,
    ) -> None:
        self._connection = connection
        self._scripts = scripts_of("storage.hot.fingerprints")
        self._form = form.replace(" ", "_")
        self._times = [bucket // _MICROSECOND, window // _MICROSECOND]
        self._patience = int(patience_seconds * 1_000_000)
        self._keys = [connection.key(_TAG, "state"), connection.key(_TAG, "")]

    async def add(self, article_id: int, sketch: Sketch, seen: datetime) -> None:
        """Index an article; an article that is there already is replaced."""
        await self._run("add", article_id, _number(seen), _packed(sketch))

    async def candidates(
        self, sketch: Sketch, limit: int, *, least: int = 1
    ) -> list[tuple[int, int]]:
        """Articles that share sampled shingles: (article id, how many), most first, ties by id.

        Those that share fewer than `least` are left out.
        """
        return _held(await self._run("candidates", _packed(sketch), limit, least), limit)

    async def enter(
        self, sketch: Sketch, seen: datetime, limit: int, *, least: int = 1
    ) -> InFlightText:
        """Let others know that this text is being judged, and say who entered one like it before.

        When nobody did, the candidates come with the same answer.
        """
        own = _PROVISIONAL + secrets.randbits(40)
        asked = (_packed(sketch), limit, least, own, _number(seen), self._patience)
        placed, names, *answer = await self._run("enter", *asked)
        before = frozenset(names.split())
        candidates = None if before else tuple(_held(answer, limit))
        return InFlightText(f"{own} {placed}", before, sketch, candidates)

    async def in_flight(self, names: frozenset[str]) -> frozenset[str]:
        """Say which of those that entered before are still being judged."""
        return frozenset(await self._run("in_flight", *sorted(names))) if names else frozenset()

    async def settle(self, pending: InFlightText, article_id: int | None, seen: datetime) -> None:
        """Say what became of a text: the article as which it is stored, or None."""
        own, part, number = pending.name.split(" ")
        article = "" if article_id is None else article_id
        await self._run("settle", own, part, number, article, _number(seen))

    async def missing(self, article_ids: Sequence[int]) -> list[int]:
        """Say which of these articles are not in it."""
        missing_ids: list[int] = []
        for start in range(0, len(article_ids), _IDS_AT_ONCE):
            batch = article_ids[start : start + _IDS_AT_ONCE]
            missing_ids += [int(article_id) for article_id in await self._run("missing", *batch)]
        return missing_ids

    async def remove(self, article_id: int) -> None:
        """Forget an article; no error when it is not there."""
        await self._run("remove", article_id)

    async def expire(self, before: datetime) -> int:
        """Forget all articles seen before then; how many there were."""
        expired, *rows = await self._run("expire", _number(before))
        number = int(expired)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            batch = rows[start : start + _ROWS_AT_ONCE]
            number += int((await self._run("expire_rows", _number(before), *batch))[0])
        return number

    async def size(self) -> int:
        """How many articles are indexed."""
        return int((await self._run("size"))[0])

    async def whole(self) -> bool:
        """Tell whether it was filled, in this form, and not lost since. Raises HotStateError."""
        state = await self._connection.command("GET", self._keys[0])
        return state is not None and bytes(state).decode().startswith(f"whole {self._form} ")

    async def begin(self, expected: int = 0) -> TextFiller:
        """Empty it, to be filled by the caller; whoever filled it until now can't any more.

        What it held runs out by itself. It is made for so many texts in the window, and grows with
        more.
        """
        token = secrets.token_hex(8)
        epoch = secrets.token_hex(4)
        rows = _rows_for(expected * _SHINGLES * self._times[0] / self._times[1])
        await self._connection.command("SET", f"{self._keys[1]}{epoch}:least", rows)
        await self._connection.command(
            "SET", self._keys[0], f"filling:{token} {self._form} {epoch}"
        )
        return TextFiller(self, token)

    async def _add_all(self, texts: Sequence[tuple[int, Sketch, datetime]], filler: str) -> None:
        for start in range(0, len(texts), _AT_ONCE):
            args = [
                arg
                for article_id, sketch, seen in texts[start : start + _AT_ONCE]
                for arg in (article_id, _number(seen), _packed(sketch))
            ]
            await self._run("add", *args, filler=filler)

    async def _finish(self, token: str) -> None:
        if not await self._connection.run(self._scripts["finish"], self._keys, [token]):
            raise HotStateLostError("another process has begun to fill the texts in Redis")

    async def _run(self, script: str, *args: Any, filler: str = "") -> list[str]:  # noqa: ANN401
        given = [filler, self._form, *self._times, *args]
        answer: bytes = await self._connection.run(self._scripts[script], self._keys, given)
        state, *lines = answer.decode().split("\n")
        if state == _LOST:
            raise HotStateLostError("the texts in Redis are gone; they are filled in anew")
        return lines


class TextFiller:
    """Fills an index that was emptied. Raises HotStateLostError when another one has begun since."""

    def __init__(self, index: SharedFingerprints, token: str) -> None:
        self._index = index
        self._token = token

    async def add_all(self, texts: Sequence[tuple[int, Sketch, datetime]]) -> None:
        """Index articles: their ids, sketches, and when they were seen."""
        await self._index._add_all(texts, self._token)

    async def finish(self) -> None:
        """Let others use it: it is whole."""
        await self._index._finish(self._token)


def _held(lines: Sequence[str], limit: int) -> list[tuple[int, int]]:
    pairs = [(int(article), int(number)) for article, _, number in map(_parted, lines)]
    return sorted(pairs, key=lambda held: (-held[1], held[0]))[:limit]


def _parted(text: str) -> tuple[str, str, str]:
    return text.partition(" ")


def _packed(sketch: Sketch) -> bytes:
    return np.asarray(sketch, dtype=np.uint64).astype(">u8").tobytes()


def _rows_for(postings: float) -> int:
    """Return a power of two, for rows that are half full with so many postings."""
    rows = _FEWEST_ROWS
    while rows * _HALF_FULL < postings and rows < _MOST_ROWS:
        rows *= 2
    return rows


def _number(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
