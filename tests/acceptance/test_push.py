"""A real daemon and a real hub: what is pushed is fetched at once, without a poll."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from scheduler.demo.installation import Installation, free_port
from storage.crawl import sources
from storage.models.articles import Article
from storage.sql.database import Database
from storage.stories import articles
from tests.crawler.news import STORY, html
from tests.kill_runs.newsroom import PLAIN
from tests.scheduler.websub.world import json_feed
from tests.servers.hub import Hub, hub
from tests.waiting import eventually

_SETTINGS = """
[fetch]
contact = "https://me.example/"
host_delay_seconds = 0
allow_networks = ["127.0.0.0/8"]
allow_ports = [{site}, {hub}]

[recrawl]
min_minutes = 60

[web]
port = {web}

[websub]
callback_url = "http://127.0.0.1:{web}/push"
"""


@asynccontextmanager
async def publisher() -> AsyncIterator[str]:
    """Serve an empty feed, and a page that it does not list."""
    app = web.Application()

    async def listing(_request: web.Request) -> web.Response:
        return web.Response(body=json_feed(), content_type="application/feed+json")

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=html("Ferries", STORY), content_type="text/html")

    app.router.add_get("/feed.json", listing)
    app.router.add_get("/ferry", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_what_a_hub_pushes_is_an_article_long_before_the_next_poll(tmp_path: Path) -> None:
    async with publisher() as host, hub() as at_hub:
        installation = Installation(tmp_path / "data", PLAIN)
        ports = {"site": host.rpartition(":")[2], "hub": urlsplit(at_hub.url).port}
        installation.configure(_SETTINGS.format(**ports, web=free_port()))
        await installation.must("source", "add", f"http://{host}/feed.json")
        db = Database.open(tmp_path / "data" / "wirewatch.db")
        with db.begin() as conn:
            sources.set_hub(conn, 1, at_hub.url, f"http://{host}/feed.json")
        async with installation.daemon():
            await subscribed(db, at_hub)
            assert await at_hub.publish(json_feed("ferry", at=f"http://{host}")) == 202
            article = await stored(db)
            assert "ferry of the Ansel line" in article.text
            assert "push: active until" in await installation.must("source", "show", "1")
        db.close()


async def subscribed(db: Database, at_hub: Hub) -> None:
    async def is_primed() -> bool:
        return (
            bool(at_hub.verified) and (await db.read(sources.get, 1)).health.primed_at is not None
        )

    await eventually(is_primed)
    assert at_hub.verified == [("subscribe", 200, True)]


async def stored(db: Database) -> Article:
    found = await eventually(lambda: db.read(articles.search, 1))
    return found[0]
