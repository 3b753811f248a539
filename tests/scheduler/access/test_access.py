"""Who may come in, by which way, and what each may see and do."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_network
from typing import Any

import aiohttp
import pytest

from scheduler.access.passwords import Passwords
from scheduler.config.settings import WebSettings
from scheduler.web.app import Site, SiteParts
from scheduler.web.pages.login import SetupLink
from scheduler.web.server import WebServer
from storage.operators import accounts, audit
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from tests.scheduler.web.world import NOW, PASSWORD, QUICK, a_token, an_account, serving

FORM = {"content-type": "application/x-www-form-urlencoded"}


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Answer:
    """A response, read."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def leads_to(self) -> str:
        return self.headers.get("Location", "")


class Visitor:
    """Visits as a browser does, with cookies, and follows no redirect."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def ask(self, method: str, path: str, **more: Any) -> Answer:
        async with self._session.request(method, path, allow_redirects=False, **more) as response:
            return Answer(response.status, response.headers, await response.text())

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.ask("GET", path, **more)

    async def post(self, path: str, data: Mapping[str, str], **more: Any) -> Answer:
        return await self.ask("POST", path, data=data, **more)

    async def log_in(self, name: str, password: str = PASSWORD, following: str = "/") -> Answer:
        form = {"name": name, "password": password, "next": following}
        return await self.post("/login", form)

    async def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.get("/account")).text)
        assert found is not None
        return found[1]


@asynccontextmanager
async def visiting(server: WebServer, token: str = "") -> AsyncIterator[Visitor]:
    """Visit with a token, or with whatever cookies one is given, also those of an address."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(
        server.url, cookie_jar=jar, headers=headers, trust_env=False
    ) as session:
        yield Visitor(session)


async def test_without_an_account_this_machine_may_look_and_change_nothing(
    db: Database,
) -> None:
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.get("/sources")).status == HTTPStatus.OK
        assert (await visitor.get("/settings")).status == HTTPStatus.FORBIDDEN
        change = await visitor.post("/sources/1", {"what": "pause"})
        assert change.status == HTTPStatus.FORBIDDEN


async def test_somebody_behind_a_proxy_is_not_at_this_machine(db: Database) -> None:
    async with serving(db) as server, visiting(server) as visitor:
        for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
            answer = await visitor.get("/", headers={name: "198.51.100.7"})
            assert answer.status == HTTPStatus.SEE_OTHER, name
            assert answer.leads_to.startswith("/login")


async def test_it_can_be_closed_to_this_machine_too(db: Database) -> None:
    settings = WebSettings(open_on_loopback=False)
    async with serving(db, settings=settings) as server, visiting(server) as visitor:
        assert (await visitor.get("/")).status == HTTPStatus.SEE_OTHER


async def test_once_there_is_an_account_everybody_logs_in(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        closed = await visitor.get("/topics?x=1")
        assert closed.leads_to == "/login?next=/topics%3Fx%3D1"
        entered = await visitor.log_in("Ada", following="/topics?x=1")
        assert entered.status == HTTPStatus.SEE_OTHER
        assert entered.leads_to == "/topics?x=1"
        assert (await visitor.get("/settings")).status == HTTPStatus.OK


async def test_a_cookie_is_kept_from_scripts_and_other_sites(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        cookie = (await visitor.log_in("ada")).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Secure" not in cookie, "over plain HTTP it would never come back"


async def test_behind_tls_the_cookie_never_goes_out_in_the_clear(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    settings = WebSettings(trusted_proxies=(ip_network("127.0.0.0/8"),))
    async with serving(db, settings=settings) as server, visiting(server) as visitor:
        headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"}
        form = {"name": "ada", "password": PASSWORD}
        answer = await visitor.post("/login", form, headers=headers)
        assert answer.headers["Set-Cookie"].startswith("__Host-wirewatch_session=")
        assert "Secure" in answer.headers["Set-Cookie"]
    with db.connect() as conn:
        [line] = audit.page(conn, limit=5, what="session started")
    assert line.new_value.startswith("198.51.100.7"), "what a trusted proxy says is believed"


@pytest.mark.parametrize("name", ["ada", "nobody"])
async def test_a_wrong_password_is_refused_alike_for_all(db: Database, name: str) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        answer = await visitor.log_in(name, "wrong password")
        assert answer.status == HTTPStatus.UNAUTHORIZED
        assert "do not go together" in answer.text
        assert "Set-Cookie" not in answer.headers


async def test_guessing_is_slowed_down_and_the_right_password_waits_too(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    clock = Clock()
    async with serving(db, clock=clock) as server, visiting(server) as visitor:
        for _ in range(5):
            assert (await visitor.log_in("ada", "wrong")).status == HTTPStatus.UNAUTHORIZED
        assert (await visitor.log_in("ada")).status == HTTPStatus.TOO_MANY_REQUESTS
        clock.now += timedelta(seconds=3)
        assert (await visitor.log_in("ada")).status == HTTPStatus.SEE_OTHER


async def test_120_guesses_at_once_are_no_way_round_the_wait(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db, clock=Clock()) as server, visiting(server) as visitor:
        guesses = [*(f"wrong {number}" for number in range(119)), PASSWORD]
        answers = await asyncio.gather(*(visitor.log_in("ada", each) for each in guesses))
        statuses = [answer.status for answer in answers]
        assert statuses.count(HTTPStatus.UNAUTHORIZED) == 5
        assert statuses.count(HTTPStatus.TOO_MANY_REQUESTS) == 115
        assert (await visitor.log_in("ada")).status == HTTPStatus.TOO_MANY_REQUESTS


async def test_the_addresses_of_one_ipv6_network_guess_as_one(db: Database) -> None:
    settings = WebSettings(trusted_proxies=(ip_network("127.0.0.0/8"),))
    async with serving(db, clock=Clock(), settings=settings) as server, visiting(server) as visitor:
        statuses = [
            (
                await visitor.post(
                    "/login",
                    {"name": f"name {number}", "password": "wrong"},
                    headers={"X-Forwarded-For": f"2001:db8:1:2::{number}"},
                )
            ).status
            for number in range(7)
        ]
        assert statuses.count(HTTPStatus.TOO_MANY_REQUESTS) == 2
        other = {"X-Forwarded-For": "2001:db8:1:3::1"}
        form = {"name": "else", "password": "wrong"}
        answer = await visitor.post("/login", form, headers=other)
        assert answer.status == HTTPStatus.UNAUTHORIZED


async def test_ones_own_old_password_can_be_guessed_no_faster(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db, clock=Clock()) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        csrf = await visitor.csrf()
        forms = [
            {"csrf": csrf, "old": f"wrong {number}", "password": "quite another one"}
            for number in range(40)
        ]
        answers = await asyncio.gather(*(visitor.post("/account/password", form) for form in forms))
        statuses = [answer.status for answer in answers]
        assert statuses.count(HTTPStatus.BAD_REQUEST) == 5
        assert statuses.count(HTTPStatus.TOO_MANY_REQUESTS) == 35


@pytest.mark.parametrize("following", ["//evil.example", "/\\evil.example", "https://evil.example"])
async def test_a_log_in_leads_to_our_own_pages_only(db: Database, following: str) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.log_in("ada", following=following)).leads_to == "/"


async def test_a_session_ends_with_its_time_with_a_log_out_and_with_its_account(
    db: Database,
) -> None:
    ada, bob = an_account(db, "ada", AccountRole.ADMIN), an_account(db, "bob", AccountRole.VIEWER)
    clock = Clock()
    async with serving(db, clock=clock) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        clock.now += timedelta(days=13)
        assert (await visitor.get("/settings")).status == HTTPStatus.OK
        clock.now += timedelta(days=13)
        assert (await visitor.get("/settings")).status == HTTPStatus.OK, "it is in use"
        clock.now += timedelta(days=15)
        assert (await visitor.get("/")).status == HTTPStatus.SEE_OTHER
        await visitor.log_in("ada")
        await visitor.post("/logout", {"csrf": await visitor.csrf()})
        assert (await visitor.get("/")).status == HTTPStatus.SEE_OTHER
        await visitor.log_in("bob")
        with db.begin() as conn:
            accounts.disable(conn, bob.id, clock.now)
        assert (await visitor.get("/")).status == HTTPStatus.SEE_OTHER
        assert (await visitor.log_in("bob")).status == HTTPStatus.UNAUTHORIZED
    assert ada.id != bob.id


async def test_a_form_without_its_sessions_token_changes_nothing(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        for token in ("", "made up"):
            form = {"what": "pause", "csrf": token}
            refused = await visitor.post("/sources/1", form)
            assert refused.status == HTTPStatus.FORBIDDEN
        form = {"what": "pause", "csrf": await visitor.csrf()}
        done = await visitor.post("/sources/1", form)
        assert done.status == HTTPStatus.SEE_OTHER


async def test_other_sites_pages_can_send_nothing(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        token = await visitor.csrf()
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            form = {"what": "pause", "csrf": token}
            refused = await visitor.post("/sources/1", form, headers=headers)
            assert refused.status == HTTPStatus.FORBIDDEN, headers


async def test_the_first_account_is_made_by_a_link_that_works_once(db: Database) -> None:
    setup = SetupLink()
    async with serving(db, setup=setup) as server, visiting(server) as visitor:
        assert (await visitor.get("/setup/guessed")).status == HTTPStatus.NOT_FOUND
        weak = await visitor.post(setup.path, {"name": "ada", "password": "short"})
        assert weak.status == HTTPStatus.BAD_REQUEST
        form = {"name": "ada", "password": PASSWORD}
        made = await visitor.post(setup.path, form)
        assert made.status == HTTPStatus.SEE_OTHER
        assert (await visitor.get("/access")).status == HTTPStatus.OK
        async with visiting(server) as another:
            again = await another.post(setup.path, {"name": "eve", "password": PASSWORD})
        assert again.status == HTTPStatus.NOT_FOUND
    with db.connect() as conn:
        assert [each.name for each in accounts.list_all(conn)] == ["ada"]


async def test_the_last_admin_can_not_be_taken_away(db: Database) -> None:
    ada = an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        token = await visitor.csrf()
        for form in ({"what": "disable"}, {"what": "role", "role": "viewer"}):
            answer = await visitor.post(f"/access/accounts/{ada.id}", data=form | {"csrf": token})
            assert answer.status == HTTPStatus.BAD_REQUEST
            assert "last admin" in answer.text


async def test_a_changed_password_logs_out_everywhere(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as here, visiting(server) as there:
        await here.log_in("ada")
        await there.log_in("ada")
        new = "four wise ferrymen"
        form = {"old": PASSWORD, "password": new, "csrf": await here.csrf()}
        assert (await here.post("/account/password", form)).leads_to.startswith("/login")
        assert (await there.get("/")).status == HTTPStatus.SEE_OTHER
        assert (await there.log_in("ada")).status == HTTPStatus.UNAUTHORIZED
        assert (await there.log_in("ada", new)).status == HTTPStatus.SEE_OTHER


async def test_a_token_is_shown_once_and_good_until_it_is_revoked(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        token = await visitor.csrf()
        form = {"name": "a script", "scope": "read", "days": "", "csrf": token}
        shown = (await visitor.post("/access/tokens", form)).text
        found = re.search(r"ww_read_[\w-]+", shown)
        assert found is not None
        assert found[0] not in (await visitor.get("/access")).text
        async with visiting(server, found[0]) as program:
            assert (await program.get("/api/v1/status")).status == HTTPStatus.OK
            await visitor.post("/access/tokens/1/revoke", {"csrf": token})
            assert (await program.get("/api/v1/status")).status == HTTPStatus.UNAUTHORIZED


def test_every_route_says_what_it_needs_and_only_these_are_open(db: Database) -> None:
    site = Site(SiteParts(db, lambda: NOW, NOW, "1", passwords=Passwords(QUICK)))
    opened = sorted({route.path for route in site.routes if route.role is None})
    assert opened == [
        "/feeds/{token}/topics/{topic_id:int}.{format}",
        "/livez",
        "/login",
        "/logout",
        "/metrics",
        "/readyz",
        "/schemas/alert-1.json",
        "/setup/{secret}",
        "/unsubscribe/{token}",
    ]


_EXAMPLES = {"uid": "alert_x", "format": "rss", "secret": "x", "token": "x"}


def _path(template: str) -> str:
    """Fill a route's template with something."""
    return re.sub(
        r"\{(\w+)(:int)?\}", lambda m: "1" if m[2] else _EXAMPLES.get(m[1], "1"), template
    )


@pytest.mark.parametrize(
    "scope", [None, TokenScope.FEED, TokenScope.METRICS, TokenScope.READ, TokenScope.WRITE]
)
async def test_no_route_opens_to_less_than_its_role(db: Database, scope: TokenScope | None) -> None:
    """Try each page and each action with too little, and see that nothing is changed."""
    an_account(db, "ada", AccountRole.ADMIN)
    role = (
        {TokenScope.READ: AccountRole.VIEWER, TokenScope.WRITE: AccountRole.EDITOR}.get(scope)
        if scope
        else None
    )
    token = "" if scope is None else a_token(db, scope)
    site = Site(SiteParts(db, lambda: NOW, NOW, "1", passwords=Passwords(QUICK)))
    tried = 0
    async with serving(db) as server, visiting(server, token) as visitor:
        for route in site.routes:
            if route.role is None or (role is not None and role.includes(route.role)):
                continue
            for method in route.methods:
                answer = await visitor.ask(method, _path(route.path), headers=FORM)
                turned = answer.status in (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED)
                to_login = answer.leads_to.startswith("/login")
                assert turned or to_login, (method, route.path, answer.status)
                tried += 1
    assert tried >= 5
    with db.connect() as conn:
        assert audit.page(conn, limit=5) == []


@pytest.mark.parametrize("scope", [None, TokenScope.FEED, TokenScope.READ])
async def test_no_operation_of_the_api_opens_to_less_than_its_role(
    db: Database, scope: TokenScope | None
) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    token = "" if scope is None else a_token(db, scope)
    async with serving(db) as server, visiting(server, token) as visitor:
        described = json.loads((await visitor.get("/api/v1/openapi.json")).text)
        tried = 0
        for path, operations in described["paths"].items():
            for method in operations:
                if scope is TokenScope.READ and method == "get":
                    continue
                where = "/api/v1" + re.sub(r"\{\w+\}", "1", path)
                answer = await visitor.ask(method, where, json={})
                refused = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
                assert answer.status in refused, (method, path, answer.status)
                assert answer.headers["Content-Type"] == "application/problem+json"
                tried += 1
    assert tried >= 10


async def test_a_session_may_read_through_the_api_and_not_change(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        assert (await visitor.get("/api/v1/topics")).status == HTTPStatus.OK
        refused = await visitor.ask("DELETE", "/api/v1/topics/1")
        assert refused.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", ["/api/v1/topics", "/api/v1/sources", "/login"])
@pytest.mark.parametrize("is_length_said", [True, False])
async def test_a_body_that_is_too_large_is_refused_whoever_sends_it(
    db: Database, path: str, is_length_said: bool
) -> None:
    async def in_parts() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    headers = {"content-type": "application/json"} if "api" in path else FORM
    body = io.BytesIO(b" " * 2_000_000) if is_length_said else in_parts()
    async with serving(db) as server, visiting(server) as visitor:
        answer = await visitor.ask("POST", path, data=body, headers=headers)
        assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
