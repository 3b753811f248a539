"""The replay proxy is a proxy like any other: checked with a client that knows nothing of it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.servers.replay_proxy import LISTING_URL, ReplayProxy

PAGES = {
    "https://one.example/a?utm_source=feed": b"<p>first</p>",
    "http://two.example/b": b"<p>second</p>",
}


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[ReplayProxy]:
    async with ReplayProxy(PAGES, tmp_path) as proxy:
        yield proxy


async def get(proxy: ReplayProxy, url: str) -> tuple[int, bytes]:
    context = ssl.create_default_context(cafile=proxy.ca_file)
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.get(url, proxy=proxy.url, ssl=context) as response,
    ):
        return response.status, await response.read()


async def test_a_plain_page_comes_under_its_own_name(proxy: ReplayProxy) -> None:
    assert await get(proxy, "http://two.example/b") == (200, b"<p>second</p>")


async def test_an_encrypted_page_comes_with_a_certificate_that_verifies(
    proxy: ReplayProxy,
) -> None:
    assert await get(proxy, "https://one.example/a") == (200, b"<p>first</p>")


async def test_a_client_that_does_not_trust_the_authority_is_not_served(
    proxy: ReplayProxy,
) -> None:
    async with aiohttp.ClientSession(trust_env=False) as session:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await session.get("https://one.example/a", proxy=proxy.url)


async def test_the_listing_names_every_page_and_robots_allow_them(proxy: ReplayProxy) -> None:
    status, listing = await get(proxy, LISTING_URL)
    assert status == 200
    assert listing.count(b"<item>") == len(PAGES)
    assert (await get(proxy, "https://one.example/robots.txt"))[0] == 200


async def test_what_was_not_recorded_is_not_found(proxy: ReplayProxy) -> None:
    assert (await get(proxy, "https://three.example/"))[0] == 404
