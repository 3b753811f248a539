"""The stats as JSON under stable keys, and the checks for supervisors."""

from __future__ import annotations

import json

import aiohttp

from storage.sql.database import Database
from tests.scheduler.web.world import make_stale


async def test_the_stats_have_stable_keys(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/stats") as response:
        stats = await response.json()
    assert set(stats) == {
        "at",
        "version",
        "started_at",
        "findings",
        "funnel",
        "sources",
        "stories",
        "alerts",
        "problems",
        "jobs",
        "totals",
        "matching",
        "lag",
        "oldest_undelivered",
    }
    assert stats["at"] == "2026-06-01T12:00:00+00:00"
    assert stats["version"] == "1.2.3"
    assert stats["funnel"]["not_modified"] == 46
    assert stats["problems"] == {"timeout": 3, "dns_not_found": 2}
    assert stats["totals"]["stories"] == 3
    assert stats["lag"]["total"]["stages"]["published_to_seen"]["p50"] == 300
    assert stats["matching"] == {"checked": 0, "missed": 0, "unreadable": 0}


async def test_the_stats_tell_stories_with_their_copies_and_alerts_with_their_deliveries(
    client: aiohttp.ClientSession,
) -> None:
    async with client.get("/api/v1/stats") as response:
        stats = await response.json()
    [story] = [story for story in stats["stories"] if story["copies"]]
    assert story["original"]["site"] == "Harbor Herald"
    assert (story["original"]["crawled"], story["best_copy"]) == (True, None)
    assert {copy["relation"] for copy in story["copies"]} == {
        "near",
        "contains",
        "excerpt",
        "exact",
    }
    states = [delivery["state"] for alert in stats["alerts"] for delivery in alert["deliveries"]]
    assert sorted(states) == ["dead", "delivered", "delivered", "delivered"]


async def test_an_original_that_is_not_crawled_is_told_by_its_publisher(
    client: aiohttp.ClientSession,
) -> None:
    async with client.get("/api/v1/stats") as response:
        stats = await response.json()
    [story] = [story for story in stats["stories"] if story["named_publisher"]]
    assert (story["original"]["site"], story["original"]["crawled"]) == ("North Coast Wire", False)
    assert story["original"]["url"] is None
    assert story["best_copy"]["site"] == "Harbor Herald"
    assert story["evidence"][0]["weight"] == -0.8


async def test_the_stats_name_stale_reposts(client: aiohttp.ClientSession, db: Database) -> None:
    with db.begin() as conn:
        stale = make_stale(conn, 1)
    async with client.get("/api/v1/stats") as response:
        stats = await response.json()
    [story] = [story for story in stats["stories"] if story["copies"]]
    told = {one["id"]: one["stale_repost"] for one in (story["original"], *story["copies"])}
    assert told.pop(stale.id)["dated"] == "2021-03-03"
    assert set(told.values()) == {None}


async def test_the_stats_keep_secrets(client: aiohttp.ClientSession) -> None:
    async with client.get("/api/v1/stats") as response:
        said = json.dumps(await response.json())
    assert "secret-path" not in said
    assert "whsec_" not in said


async def test_a_process_that_answers_is_alive(client: aiohttp.ClientSession) -> None:
    async with client.get("/livez") as response:
        assert (response.status, await response.text()) == (200, "alive\n")


async def test_ready_means_that_the_database_takes_writes(client: aiohttp.ClientSession) -> None:
    async with client.get("/readyz") as response:
        says = await response.json()
    assert (response.status, says["ready"], says["reasons"]) == (200, True, [])
    assert says["status"] == "degraded", "it can do its work, and is not well all the same"


async def test_it_is_not_ready_when_the_database_refuses(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        conn.exec_driver_sql("DROP TABLE counters")
    async with client.get("/readyz") as response:
        assert response.status == 503
        assert "no such table" in (await response.json())["reasons"][0]


async def test_it_is_not_ready_on_another_versions_schema(
    client: aiohttp.ClientSession, db: Database
) -> None:
    with db.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    async with client.get("/readyz") as response:
        assert response.status == 503
        assert "schema 9999" in (await response.json())["reasons"][0]


async def test_it_is_not_ready_when_the_database_is_closed(
    client: aiohttp.ClientSession, db: Database
) -> None:
    db.close()
    async with client.get("/readyz") as response:
        assert response.status == 503
        assert (await response.json())["reasons"] == ["the database is closed"]
