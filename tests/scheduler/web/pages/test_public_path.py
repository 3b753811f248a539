"""The site below a path of a name that has others too: behind a proxy that takes the path off, or not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from playwright.sync_api import Page, Response, expect
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from scheduler.access.cookies import session_secret, set_session_cookie
from scheduler.alerts.links import MessageLinks
from scheduler.config.settings import WebSettings
from scheduler.runtime.clock import utc_now
from scheduler.web.app import Site, SiteParts
from scheduler.web.pages.login import SetupLink
from scheduler.web.render.public_path import with_public_path
from storage.errors import ConfigError
from storage.operators import secret_keys
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from storage.topics import topics
from tests.fixtures.browser import Browser
from tests.scheduler.web.world import PASSWORD, a_token, an_account, serving

BELOW = "/wirewatch"
_OF_A_HOP = {"host", "connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass
class Proxy:
    """Passes on what is below the path, with it or without; all else is another site's."""

    takes_off: bool
    port: int = 0
    target: str = ""
    strayed: list[str] = field(default_factory=list)

    @property
    def public(self) -> str:
        return f"http://127.0.0.1:{self.port}{BELOW}/"

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        path = request.raw_path
        if not path.startswith(f"{BELOW}/"):
            self.strayed.append(path)
            return web.Response(status=404, text="another site")
        path = path.removeprefix(BELOW) if self.takes_off else path
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(
                request.method,
                f"{self.target}{path}",
                headers=request.headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer,
        ):
            passed = web.StreamResponse(status=answer.status)
            for name, value in answer.headers.items():
                if name.lower() not in _OF_A_HOP:
                    passed.headers.add(name, value)
            with contextlib.suppress(aiohttp.ClientConnectionResetError):  # the browser went on
                await passed.prepare(request)
                async for part in answer.content.iter_any():
                    await passed.write(part)
            return passed


@pytest.fixture(params=[True, False], ids=["the proxy takes it off", "the proxy leaves it on"])
async def proxy(request: pytest.FixtureRequest) -> AsyncIterator[Proxy]:
    made = Proxy(request.param)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", made.pass_on)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0))
    made.port = listener.getsockname()[1]
    await web.SockSite(runner, listener).start()
    yield made
    await runner.cleanup()


@asynccontextmanager
async def below(db: Database, proxy: Proxy, setup: SetupLink | None = None) -> AsyncIterator[None]:
    settings = WebSettings.model_validate({"public_url": proxy.public})
    async with serving(db, settings=settings, setup=setup, clock=utc_now) as server:
        proxy.target = server.url.rstrip("/")
        yield


async def test_a_person_never_leaves_the_path(db: Database, browser: Browser, proxy: Proxy) -> None:
    setup = SetupLink()
    async with below(db, proxy, setup):

        def walk(page: Page) -> None:
            answers: list[Response] = []

            def keep(answer: Response) -> None:
                answers.append(answer)

            page.on("response", keep)
            page.goto(f"{proxy.public.rstrip('/')}{setup.path}")
            page.get_by_label("Name").fill("ada")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Make it").click()
            expect(page).to_have_url(proxy.public)
            [cookie] = page.context.cookies()
            assert cookie.get("path") == BELOW
            links = page.get_by_role("navigation", name="Pages").get_by_role("link").all()
            for href in [link.get_attribute("href") for link in links]:
                page.goto(f"http://127.0.0.1:{proxy.port}{href}")
            page.get_by_role("link", name="Topics").first.click()
            page.get_by_role("link", name="New topic").click()
            page.get_by_label("Name").fill("island ferries")
            page.get_by_label("Query").fill("ferry AND strike")
            page.get_by_role("button", name="Save").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("island ferries")
            page.get_by_role("button", name="Log out").click()
            expect(page).to_have_url(f"{proxy.public}login?done=You%20are%20logged%20out.")
            page.goto(f"{proxy.public}stories/")
            page.get_by_label("Name").fill("ada")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            expect(page).to_have_url(f"{proxy.public}stories")
            assert len(links) > 8
            assert [each.url for each in answers if each.status >= 400] == []
            paths = {urlsplit(each.url).path for each in answers}
            assert {f"{BELOW}/static/style.css", f"{BELOW}/static/live.js"} <= paths
            assert f"{BELOW}/api/v1/events" in paths
            assert {path for path in paths if not path.startswith(f"{BELOW}/")} == set()

        await asyncio.to_thread(browser.visit, walk)
    assert proxy.strayed == []


async def test_feeds_links_in_messages_and_the_api_lead_below_it(
    db: Database, proxy: Proxy
) -> None:
    with db.begin() as conn:
        key = secret_keys.get(conn, secret_keys.LINKS)
        topic = topics.list_all(conn)[0]
    secret = a_token(db, TokenScope.FEED, topic.id)
    headers = {"Authorization": f"Bearer {a_token(db, TokenScope.READ)}"}
    an_account(db, "ada", AccountRole.VIEWER)
    links = MessageLinks(proxy.public, key, public=True)
    async with below(db, proxy), aiohttp.ClientSession() as session:
        own = f"{proxy.public}feeds/{secret}/topics/{topic.id}.atom"
        feed = await (await session.get(own)).text()
        assert f'href="{own}"' in feed
        assert f'href="{proxy.public}topics/{topic.id}"' in feed
        mute = links.mute(topic.recipients[0].id)
        async with session.get(mute) as asked:
            assert asked.status == 200
        async with session.post(mute, data={"List-Unsubscribe": "One-Click"}) as done:
            assert done.status == 200
        api = await session.get(f"{proxy.public}api/v1/openapi.json", headers=headers)
        assert (await api.json())["servers"] == [{"url": f"{BELOW}/api/v1"}]
        async with session.get(links.story(1), allow_redirects=False) as story:
            assert story.headers["Location"] == f"{BELOW}/login?next=/stories/1"
    assert proxy.strayed == []


async def test_a_redirect_to_us_names_no_host_and_leads_to_no_other(db: Database) -> None:
    async with serving(db) as server, aiohttp.ClientSession() as session:
        for asked, leads_to in (("stories/", "/stories"), ("/evil.example/", None)):
            async with session.get(f"{server.url}{asked}", allow_redirects=False) as answer:
                location = answer.headers.get("Location")
            assert location == leads_to or (location or "/x")[1] != "/", location


def test_over_tls_the_cookie_below_a_path_is_of_that_path_alone() -> None:
    answer = PlainTextResponse("")
    lasts = timedelta(days=1)
    set_session_cookie(answer, "secret", secure=True, lasts=lasts, below=BELOW)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Secure-wirewatch_session=secret;")
    assert f"Path={BELOW}" in cookie
    assert "Secure" in cookie.split("; ")
    scope = {"type": "http", "headers": [(b"cookie", cookie.partition(";")[0].encode())]}
    assert session_secret(Request(scope)) == "secret"


def test_only_attributes_of_elements_get_the_path() -> None:
    page = '<a href="/topics" class="x">see /topics or href=&#34;/x</a><a href="//cdn.example/">'
    assert with_public_path(page, "/w") == page.replace('href="/topics"', 'href="/w/topics"')


def test_a_path_of_the_sites_own_is_refused(db: Database) -> None:
    settings = WebSettings.model_validate({"public_url": "https://x.example/topics/"})
    with pytest.raises(ConfigError, match="a path of the site's own"):
        Site(SiteParts(db=db, clock=utc_now, started_at=utc_now(), version="1", settings=settings))
