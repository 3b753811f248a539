"""The feeds' addresses: a token opens its topic's feed, and no other."""

from __future__ import annotations

from http import HTTPStatus

import aiohttp
import feedparser
import pytest

from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.scheduler.web.world import a_token, an_account


@pytest.mark.parametrize("kind", ["rss", "atom"])
async def test_a_reader_subscribes_without_a_log_in(
    client: aiohttp.ClientSession, db: Database, kind: str
) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    secret = a_token(db, TokenScope.FEED, topic_id=1)
    async with client.get(f"/feeds/{secret}/topics/1.{kind}") as response:
        assert response.content_type == f"application/{kind}+xml"
        read = feedparser.parse(await response.read())
        etag = response.headers["ETag"]
    assert [entry.title for entry in read.entries][-1].startswith("Ferry crews")
    headers = {"If-None-Match": etag}
    async with client.get(f"/feeds/{secret}/topics/1.{kind}", headers=headers) as response:
        assert response.status == HTTPStatus.NOT_MODIFIED


async def test_what_a_token_is_not_for_it_does_not_open(
    client: aiohttp.ClientSession, db: Database
) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    of_another, reading = a_token(db, TokenScope.FEED, topic_id=1), a_token(db, TokenScope.ADMIN)
    for path in (
        f"/feeds/{of_another}/topics/2.rss",
        f"/feeds/{reading}/topics/1.rss",
        "/feeds/made-up/topics/1.rss",
        f"/feeds/{of_another}/topics/1.exe",
    ):
        async with client.get(path) as response:
            assert response.status == HTTPStatus.NOT_FOUND, path
