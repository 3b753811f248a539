"""One text after the other: of two copies that come at one time the later one is judged later.

Both would otherwise be judged before either is stored, and be two stories. Within a process a lock
sees to that; between processes the index does, which each text enters before it is judged.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from crawler.copies.detector import MOST_ASKED, least_shared
from storage.hot.fingerprints import Fingerprints, Sketch

_ASK_AGAIN_SECONDS = 0.02


@dataclass(slots=True)
class PendingText:
    """What a text turned out to be: an article, as of when it was seen first; or none.

    `candidates` are articles that share with it, where they are known: (id, sampled shingles).
    """

    candidates: tuple[tuple[int, int], ...] | None = None
    article_id: int | None = None
    seen: datetime | None = None


@asynccontextmanager
async def judging_lock(
    index: Fingerprints, sketch: Sketch, seen: datetime
) -> AsyncIterator[PendingText]:
    """Judge and store a text while no copy of it is judged, in whatever process.

    What was entered before it is stored when this begins, unless its process died. When this ends
    the text is indexed as the article that it turned out to be, if it did.
    """
    entered = await index.enter(sketch, seen, MOST_ASKED, least=least_shared(sketch))
    judged = PendingText(entered.candidates)
    try:
        # No word comes when it is our turn: the other one may be in another process.
        while await index.in_flight(entered.before):  # noqa: ASYNC110
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
        yield judged
    finally:
        await index.settle(entered, judged.article_id, judged.seen or seen)
