"""Each key that is made has its line in the table, and is of the type that stands there."""

from __future__ import annotations

from pathlib import Path

from storage.hot.frontier import Settlement
from storage.hot.frontier.shared import SharedFrontier
from storage.hot.holds import Hold
from storage.hot.holds.shared import SharedHolds
from storage.hot.redis.keys import KEYS
from storage.hot.redis.live import LiveCounts
from tests.storage.hot.fingerprints.test_contract import NOON, an_index, sketch
from tests.storage.hot.frontier.test_frontier import at, page
from tests.storage.hot.redis.opened import opened

GUIDE = Path(__file__).parents[4] / "storage/README.md"


async def test_every_key_that_is_made_is_in_the_table(redis_url: str) -> None:
    async with opened(redis_url) as connection:
        frontier = SharedFrontier(connection, 60)
        await (await frontier.begin()).finish()
        await frontier.put_all([page("1"), page("2", "b.example"), page("3", "b.example")])
        leases = await frontier.claim(at(0), 9)
        await frontier.settle_all([Settlement(lease, at(9)) for lease in leases])
        hold = await SharedHolds(connection).take("a.example", at(0), 30)
        assert isinstance(hold, Hold)
        index = an_index(connection)
        await (await index.begin()).finish()
        for number in range(20):
            await index.add(number, sketch(1, 2), NOON)
        await index.enter(sketch(1), NOON, 9)
        live = LiveCounts(connection)
        live.add("requests")
        await live.flush(at(0))
        seen: set[str] = set()
        for raw in await connection.command("KEYS", "*"):
            key = bytes(raw).decode("latin-1").removeprefix("wirewatch:")
            kinds = [kind for kind in KEYS if kind.names(key)]
            assert kinds, key
            said = (await connection.command("TYPE", raw)).decode()
            assert said in {kind.type for kind in kinds}, key
            seen.update(kind.name for kind in kinds)
    assert seen == {kind.name for kind in KEYS if kind.type != "channel"}


def test_the_guide_shows_the_table() -> None:
    text = GUIDE.read_text("utf-8")
    for kind in KEYS:
        assert (
            f"| `{kind.name}` | {kind.type} | {kind.holds} | {kind.life} | {kind.bound} |" in text
        )
