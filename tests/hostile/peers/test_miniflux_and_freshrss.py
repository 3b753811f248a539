"""Miniflux's advisories and fixes, and FreshRSS's, tried on us."""

from __future__ import annotations

import ast
import io
import json
import socket
from http import HTTPStatus
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
import yarl
from aiohttp.abc import ResolveResult

from crawler.fetch.egress import Egress
from scheduler.access.passwords import PasswordCheck, Passwords
from scheduler.config.settings import LogSettings, Settings, WebSettings
from scheduler.observability import logs
from scheduler.web.app import Site, SiteParts
from storage.errors import BlockedAddressError
from storage.operators import accounts
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from storage.topics import topics
from tests.crawler.visits.visits import trusting_the_system
from tests.hostile.peers.markup import Dangers
from tests.scheduler.access.test_access import _path, visiting
from tests.scheduler.web.world import NAUGHTY, NOW, PASSWORD, a_token, an_account, serving
from tests.test_architecture import files, uses

ROOT = Path(__file__).parents[3]


def test_peer_ghsa_xwh2_742g_w3wp() -> None:
    """A proxy for pictures fetched what an article named: we have none, and show no picture."""
    for template in (ROOT / "scheduler/web/templates").glob("*.html"):
        assert "<img" not in template.read_text(), template


async def test_peer_cve_2025_31483(db: Database) -> None:
    """One path had a weaker policy than the others."""
    site = Site(SiteParts(db, lambda: NOW, NOW, "1"))
    async with serving(db) as server, visiting(server, a_token(db, TokenScope.ADMIN)) as visitor:
        policies = set()
        for path in [_path(route.path) for route in site.routes if "GET" in route.methods] + [
            "/static/style.css",
            "/nothing",
            "/api/v1/openapi.json",
        ]:
            answer = await visitor.get(path)
            policies.add(answer.headers["Content-Security-Policy"])
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert all(policy.startswith("default-src 'none'") for policy in policies)
    assert not any("unsafe-eval" in policy or " *" in policy for policy in policies)
    scripts = {policy.partition("script-src")[2].partition(";")[0].strip() for policy in policies}
    assert scripts <= {"'self'", ""}, "only a letter's preview has styles of its own"


async def test_peer_cve_2023_27592(client: aiohttp.ClientSession, db: Database) -> None:
    """What a broken server said was shown as markup."""
    with db.begin() as conn:
        conn.exec_driver_sql("UPDATE attempts SET detail = ?", (NAUGHTY,))
        conn.exec_driver_sql("UPDATE sources SET problem_detail = ?", (NAUGHTY,))
        conn.exec_driver_sql("UPDATE pages SET problem = 'timeout', problem_detail = ?", (NAUGHTY,))
    for path in ("/deliveries", "/sources/1", "/sources/5", "/"):
        async with client.get(path) as response:
            assert Dangers(await response.text()).found == [], path


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "CF-Connecting-IP"]
)
async def test_peer_cve_2023_27591(db: Database, name: str) -> None:
    """Numbers for machines were open to whoever came through a proxy on the same machine."""
    an_account(db, "ada", AccountRole.ADMIN)
    settings = WebSettings(metrics_networks=(ip_network("127.0.0.0/8"),))
    async with serving(db, settings=settings) as server, visiting(server) as visitor:
        through = await visitor.get("/metrics", headers={name: "198.51.100.7"})
        lied = await visitor.get("/metrics", headers={name: "127.0.0.1"})
        if name in ("X-Forwarded-For", "X-Real-IP", "Forwarded"):
            assert through.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
            assert lied.status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
        assert (await visitor.get("/settings", headers={name: "127.0.0.1"})).status != HTTPStatus.OK


async def test_peer_go_2025_4226(db: Database) -> None:
    """`//host` passed for a path."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.log_in("ada", following="//evil.example/x")).leads_to == "/"
        path = yarl.URL(f"{server.url.rstrip('/')}//evil.example/%2e%2e", encoded=True)
        async with (
            aiohttp.ClientSession(trust_env=False) as session,
            session.get(path, allow_redirects=False) as turned,
        ):
            assert not turned.headers.get("Location", "").startswith("//")


async def test_peer_fe2bfb27() -> None:
    """The address was checked, and looked up again to connect."""
    answers = iter(["127.0.0.9", "127.0.0.1"])

    class Rebinds(aiohttp.abc.AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            ip = next(answers)
            return [
                ResolveResult(
                    hostname=host, host=ip, port=port, family=socket.AF_INET, proto=0, flags=0
                )
            ]

        async def close(self) -> None:
            pass

    egress = Egress(
        (ip_network("127.0.0.9/32"),), (9,), resolver=Rebinds, tls=trusting_the_system()
    )
    with pytest.raises(OSError, match=r"Errno 111|refused"):
        await egress.open_socket("rebinds.example", 9, 2)
    with pytest.raises(BlockedAddressError):
        await egress.open_socket("rebinds.example", 9, 2)


async def test_peer_32439ca2(db: Database) -> None:
    """Any user could delete any feed."""
    an_account(db, "eve", AccountRole.VIEWER)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("eve")
        token = await visitor.csrf()
        for path in ("/sources/1", "/topics/1", "/topics/1/delete", "/recipients/1", "/stories/1"):
            answer = await visitor.post(path, {"what": "remove", "csrf": token})
            assert answer.status in (403, 404, 405), path
        assert (await visitor.ask("DELETE", "/api/v1/sources/1")).status == HTTPStatus.FORBIDDEN


async def test_peer_83ea3d19(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who did not exist was told sooner: here a hash is checked for everybody."""
    passwords = Passwords()
    checked: list[str] = []

    def check(kept: str, _password: str) -> PasswordCheck:
        checked.append(kept)
        return PasswordCheck(right=False)

    monkeypatch.setattr(passwords, "_check", check)
    await passwords.check(None, "guess")
    await passwords.check("$argon2id$x", "guess")
    assert len(checked) == 2
    assert all(str(kept).startswith("$argon2id$") for kept in checked)


def test_peer_3747e686() -> None:
    """Secrets were compared letter by letter: ours by their hashes in the store, or in constant time."""
    for file in files(
        "scheduler/web/access/*.py", "scheduler/websub/*.py", "scheduler/web/pages/unsubscribe.py"
    ):
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if isinstance(node, ast.Compare) and any(
                isinstance(op, (ast.Eq, ast.NotEq)) for op in node.ops
            ):
                said = ast.unparse(node).lower()
                secret = any(word in said for word in ("secret", "csrf", "signature", "password"))
                constant = any(isinstance(each, ast.Constant) for each in node.comparators)
                assert not secret or constant, (file, said)


async def test_peer_freshrss_2121(client: aiohttp.ClientSession) -> None:
    """Scripts in what is searched for, and in what is stored."""
    for path in ("/stories", "/sources", "/topics", "/alerts", "/deliveries", "/sources/add", "/"):
        for name in ("q", "state", "after", "next", "topic", "url"):
            async with client.get(path, params={name: '"><script>alert(1)</script>'}) as response:
                assert Dangers(await response.text()).found == [], (path, name)


@pytest.mark.parametrize(
    "path",
    [
        "/static/..%2f..%2fapp.py",
        "/feeds/x/topics/1.rss/../../../app.py",
        "/%2e%2e/app.py",
        "/schemas/..%2f..%2fapp.json",
    ],
)
async def test_peer_cve_2022_23497(client: aiohttp.ClientSession, path: str) -> None:
    """A file's name in an address read any file."""
    async with client.get(path) as response:
        assert response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
        assert "import" not in await response.text()


def test_peer_cve_2023_22481() -> None:
    """Passwords of the API stood in the log."""
    out = io.StringIO()
    logs.configure(LogSettings(format="json"), out, colours=False)
    import structlog

    structlog.get_logger("t").info("asked", url="https://ada:opensesame@a.example/")
    assert "opensesame" not in out.getvalue()
    for file in files("scheduler/**/*.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if isinstance(node, ast.Call) and "log." in ast.unparse(node.func):
                names = {keyword.arg for keyword in node.keywords}
                assert not names & {"password", "secret", "authorization", "cookie"}, file


async def test_peer_cve_2025_54592(db: Database) -> None:
    """A session went on after its log-out."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        cookie = (await visitor.log_in("ada")).headers["Set-Cookie"].partition(";")[0]
        await visitor.post("/logout", {"csrf": await visitor.csrf()})
        async with visiting(server) as thief:
            answer = await thief.get("/settings", headers={"Cookie": cookie})
            assert answer.leads_to.startswith("/login")


async def test_peer_cve_2025_62166(db: Database) -> None:
    """A number in an address opened another one's feeds and tokens."""
    an_account(db, "eve", AccountRole.VIEWER)
    a_token(db, TokenScope.ADMIN)
    with db.begin() as conn:
        topics.add(conn, name="another", query="ferry", recipients=[], now=NOW)
    feed = a_token(db, TokenScope.FEED, topic_id=1)
    async with serving(db) as server, visiting(server) as visitor:
        assert (await visitor.get(f"/feeds/{feed}/topics/2.rss")).status == HTTPStatus.NOT_FOUND
        await visitor.log_in("eve")
        assert (await visitor.get("/access")).status == HTTPStatus.FORBIDDEN
        answer = await visitor.post("/access/tokens/1/revoke", {"csrf": await visitor.csrf()})
        assert answer.status == HTTPStatus.FORBIDDEN
        for path in ("/", "/topics", "/topics/1", "/account"):
            assert feed not in (await visitor.get(path)).text


def test_peer_cve_2025_68932() -> None:
    """What should be a secret was made by chance for games."""
    makers = files(
        "scheduler/web/**/*.py",
        "storage/operators/tokens.py",
        "storage/operators/accounts.py",
    )
    for file in makers:
        assert not any(used.split(".")[0] == "random" for used in uses(file)), file


async def test_peer_freshrss_1_27_1_a_session_is_new_after_a_log_in(db: Database) -> None:
    """Session fixation: a cookie from before was taken on."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        planted = {"Cookie": "wirewatch_session=planted-by-somebody"}
        form = {"name": "ada", "password": PASSWORD}
        entered = await visitor.post("/login", form, headers=planted)
        assert "planted" not in entered.headers["Set-Cookie"]
        first = entered.headers["Set-Cookie"].partition(";")[0]
        async with visiting(server) as again:
            second = (await again.log_in("ada")).headers["Set-Cookie"].partition(";")[0]
        assert first != second
        async with visiting(server) as other:
            assert (await other.get("/settings", headers=planted)).leads_to.startswith("/login")


@pytest.mark.parametrize("form", ["json", "console"])
def test_peer_freshrss_1_27_1_no_line_of_the_log_can_be_made_up(form: str) -> None:
    """CR and LF in what a stranger sent began new lines."""
    import structlog

    out = io.StringIO()
    logs.configure(LogSettings(format=form), out, colours=False)  # type: ignore[arg-type]
    evil = "x\r\n2026-06-01T12:00:00Z [info] logged_in name=admin\n\x1b[2J\u2028y"
    structlog.get_logger("t").info("page_failed", detail=evil, url=evil)
    assert len(out.getvalue().strip().split("\n")) == 1
    assert "\x1b" not in out.getvalue()
    assert "\r" not in out.getvalue()


def test_peer_freshrss_1_27_1_no_free_options_of_the_client() -> None:
    """An address's owner chose options of the HTTP client: a source has none."""
    from storage.models.sources import Source

    names = set(Source.__dataclass_fields__)
    assert not names & {"headers", "options", "curl", "proxy", "verify", "cookies", "user_agent"}


async def test_peer_freshrss_1_27_1_csrf_of_every_form(db: Database) -> None:
    """Some forms had no token."""
    an_account(db, "ada", AccountRole.ADMIN)
    site = Site(SiteParts(db, lambda: NOW, NOW, "1"))
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        for route in site.routes:
            if "POST" in route.methods and route.role is not None:
                answer = await visitor.post(_path(route.path), {"what": "pause"})
                assert answer.status == HTTPStatus.FORBIDDEN, route.path
                assert "another session" in answer.text, route.path


def test_peer_freshrss_1_30_0() -> None:
    """Networks inside were open unless somebody closed them."""
    assert Settings().fetch.allow_networks == ()


async def test_brute_force_is_slowed_by_name_and_by_address(db: Database) -> None:
    """U04."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        statuses = [(await visitor.log_in(f"nobody{n}", "guess")).status for n in range(12)]
        assert HTTPStatus.TOO_MANY_REQUESTS in statuses
        statuses = [(await visitor.log_in("ada", "guess")).status for _ in range(12)]
        assert statuses[-1] == HTTPStatus.TOO_MANY_REQUESTS
    with db.connect() as conn:
        assert len(accounts.list_all(conn)) == 1


async def test_json_is_never_taken_for_a_page(editor: aiohttp.ClientSession) -> None:
    async with editor.get("/api/v1/topics") as response:
        assert response.content_type == "application/json"
        assert json.loads(await response.text())
