"""What is known of sites: given while it is hot, written in batches, read again after a restart."""

from __future__ import annotations

from pathlib import Path

from crawler.articles.known_sites import KnownSites
from crawler.extract.site_memory import SiteMemory
from storage.sql.database import Database
from tests.crawler.news import NOON


async def test_what_was_learned_of_a_site_outlives_the_process(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "a.db")
    known = KnownSites(db, lambda: NOON)
    assert await known.of("herald.example") is None
    known.learned("herald.example", SiteMemory(pages=3))
    assert await known.of("herald.example") == SiteMemory(pages=3)
    await known.save()
    again = KnownSites(db, lambda: NOON)
    assert await again.of("herald.example") == SiteMemory(pages=3)
    db.close()


async def test_what_is_learned_later_replaces_what_was_known(tmp_path: Path) -> None:
    db = Database.open(tmp_path / "a.db")
    known = KnownSites(db, lambda: NOON)
    for pages in (1, 2):
        known.learned("herald.example", SiteMemory(pages=pages))
        await known.save()
    assert await KnownSites(db, lambda: NOON).of("herald.example") == SiteMemory(pages=2)
    db.close()
