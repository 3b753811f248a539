"""Domains are judged by the articles of the window, and the judgement is kept."""

from __future__ import annotations

from pathlib import Path

from scheduler.daemon.maintenance import score_domains
from storage.models.articles import Article
from storage.models.stories import DomainReputation
from storage.sql.database import Database
from storage.stories import domains
from tests.storage.stories.test_domains import an_article
from tests.storage.world import after


async def test_a_farm_and_whom_it_copies_are_known_until_their_articles_are_old(
    tmp_path: Path,
) -> None:
    db = Database.open(tmp_path / "wirewatch.db")
    with db.begin() as conn:
        root: Article | None = None
        for number in range(12):
            end = f"/{number}" if number else ""
            root = an_article(conn, f"wire.example{end}", published=after(-30))
            an_article(conn, f"farm.example{end}", of=root, seen=after(600), published=after(600))
    await score_domains(db, days=45, now=after(700))
    hosts = ["wire.example", "farm.example"]
    known = await db.read(domains.standing, hosts)
    assert known.farms == {"farm.example"}
    assert known.led == {("wire.example", "farm.example"): 12}
    await score_domains(db, days=45, now=after(46 * 24 * 60))
    assert await db.read(domains.standing, hosts) == DomainReputation(frozenset(), {})
    db.close()
