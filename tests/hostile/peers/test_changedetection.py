"""changedetection.io's advisories (its log up to 20 August 2026), tried on us."""

from __future__ import annotations

import ast
import re
import sqlite3
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

import aiohttp
import pytest
from pydantic import ValidationError

from crawler.extract.rules.files import read_rules
from crawler.fetch.egress import Egress
from crawler.urls.canonical import canonical_url
from scheduler.config.settings import HeartbeatSettings, Settings
from scheduler.interchange.opml import read_opml
from scheduler.web.app import Site, SiteParts
from scheduler.web.render.renderer import environment
from storage.errors import BlockedAddressError, InputError, SchemaTooNewError
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.sql.database import Database
from storage.topics import topics
from storage.upkeep.backup import restore
from tests.hostile.peers.markup import Dangers
from tests.scheduler.access.test_access import _path, visiting
from tests.scheduler.alerts.drafts import a_topic, article, drafts
from tests.scheduler.web.world import NAUGHTY, NOW, a_token, an_account, serving
from tests.test_architecture import files, uses

ROOT = Path(__file__).parents[3]
EGRESS = Egress(allow_ports=(80, 443, 8888))


def refused(url: str) -> None:
    with pytest.raises((BlockedAddressError, InputError)):
        EGRESS.check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/iam/",
        "http://metadata/computeMetadata/v1/@169.254.169.254/..;/",
        "http://[fd00:ec2::254]/latest/",
        "http://168.63.129.16/machine/",
        "http://127.0.0.1:80/",
        "http://localhost/",
    ],
)
def test_peer_cve_2026_27696_ghsa_3c45_4pj5_ch7m(url: str) -> None:
    """A URL was checked by its syntax only, and the metadata service's answer shown."""
    if "metadata" in url.partition("@")[0].split("/")[2]:
        return  # a name: it is judged as it connects (tests/hostile/test_egress.py)
    refused(url)


@pytest.mark.parametrize("ip", ["100.64.0.1", "100.100.100.200", "100.127.255.255"])
def test_peer_ghsa_gwph_fp79_379w(ip: str) -> None:
    """The shared address space of carriers was taken for public."""
    refused(f"http://{ip}/")


def test_peer_ghsa_rph4_96w6_q594() -> None:
    """Two parsers saw two hosts."""
    url = canonical_url("http://169.254.169.254:8888\\@public.example/")
    assert url.startswith("http://169.254.169.254:8888/@public")
    refused(url)


def test_peer_ghsa_56fq_63vj_9992_and_ghsa_hm22_wg2m_35v4() -> None:
    """New ways of fetching forgot the gate: here only one module can make a client at all."""
    makers = {
        file
        for file in files("crawler/**/*.py", "scheduler/**/*.py")
        if uses(file) & {"aiohttp.ClientSession", "aiohttp.TCPConnector", "aiohttp.request"}
        and "ClientSession(" in (ROOT / file).read_text()
    }
    assert makers == {"crawler/fetch/egress.py"}


def test_peer_624dee60_settings_are_no_way_round() -> None:
    """The address of a service in the settings was not guarded: ours are asked through the egress."""
    for module in (
        "scheduler/diagnosis/heartbeat.py",
        "scheduler/websub/hub_client.py",
        "scheduler/alerts/webhook.py",
    ):
        assert "ClientSession(" not in (ROOT / module).read_text()
    with pytest.raises(ValidationError):
        HeartbeatSettings(url="file:///etc/passwd")  # type: ignore[arg-type]


async def test_peer_cve_2024_32651_ghsa_4r7v_whpg_8rx3(
    client: aiohttp.ClientSession, db: Database
) -> None:
    """What an operator wrote was a template that ran."""
    sums = "{{ 7*7 }}${7*7}{% set x = cycler.__init__.__globals__ %}"
    with db.begin() as conn:
        topics.add(conn, name=f"t {sums}", query="ferry", recipients=[], now=NOW)
    async with client.get("/topics") as response:
        text = await response.text()
    assert "{{ 7*7 }}" in text
    assert "49$" not in text
    named = replace(a_topic(), name=f"t {sums}")
    for draft in drafts(topic=named, article=article(1, title=sums)):
        assert b"49$" not in draft.payload


def test_peer_ghsa_pwgc_w4x9_gw67() -> None:
    """A template whose file name did not end in .html was not escaped."""
    templates = environment()
    assert templates.autoescape is True
    assert templates.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    for source in (ROOT / "scheduler/web/templates").glob("*"):
        assert "|safe" not in source.read_text().replace(" ", ""), source
        assert "autoescape" not in source.read_text(), source


async def test_peer_cve_2025_62780_cve_2025_52558_f8e587c4(
    editor: aiohttp.ClientSession, db: Database
) -> None:
    """Stored scripts: by the API, in the last error, in a tag's name, in a link's scheme."""
    async with editor.post(
        "/api/v1/topics", json={"name": NAUGHTY[:60], "query": "ferry", "recipients": []}
    ) as made:
        assert made.status in (HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY)
    with db.begin() as conn:
        conn.exec_driver_sql(
            "UPDATE sources SET problem = 'bad_response', failures = 3, degraded = ?, "
            "problem_detail = ?, title = ?, site_url = 'javascript:alert(1)', quiet = ?",
            (NAUGHTY,) * 4,
        )
        conn.exec_driver_sql(
            "UPDATE articles SET url = 'javascript:alert(1)', title = ?", (NAUGHTY,)
        )
    for path in ("/", "/sources", "/sources/1", "/topics", "/stories", "/stories/1", "/alerts"):
        async with editor.get(path) as response:
            assert Dangers(await response.text()).found == [], path


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/<script>alert(1)</script>/topics/1.rss",
        "/api/v1/<script>alert(1)</script>",
        "/<svg onload=alert(1)>",
    ],
)
async def test_peer_cve_2026_27645_cve_2026_29038(client: aiohttp.ClientSession, path: str) -> None:
    """An error's text gave back what was asked for, as a page."""
    async with client.get(path) as response:
        text = await response.text()
        assert response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "<script>alert" not in text
        assert "<svg onload" not in text


async def test_peer_ghsa_4j9m_cxq4_9c36(client: aiohttp.ClientSession) -> None:
    """A colour was a style sheet: nothing that is stored becomes one, and no style stands in a page."""
    async with client.get("/") as response:
        assert "style-src 'self';" in response.headers["Content-Security-Policy"]
        assert " style=" not in await response.text()


@pytest.mark.parametrize(
    "url",
    [
        "source:file:///etc/passwd",
        "file:/etc/passwd",
        "file:../../etc/passwd",
        "FILE:///etc/passwd",
        " file:///etc/passwd",
        "file:\\\\etc\\passwd",
        "view-source:file:///etc/passwd",
        "f\nile:///etc/passwd",
        "jar:file:///x!/y",
        "feed:file:///etc/passwd",
    ],
)
def test_peer_cve_2024_51483_cve_2024_51998_cve_2024_56509(url: str) -> None:
    """A file was fetched by one more way of writing file:."""
    with pytest.raises(InputError):
        canonical_url(url)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
        "/static/%2e%2e%2f%2e%2e%2fsettings.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/....//app.py",
        "/static/style.css%00.py",
        "/static/..;/app.py",
    ],
)
async def test_peer_cve_2026_25527(client: aiohttp.ClientSession, path: str) -> None:
    """A static file's path led out of its folder."""
    import yarl

    target = yarl.URL(str(client._base_url).rstrip("/") + path, encoded=True)
    async with client.get(target) as response:
        text = await response.text()
        assert response.status in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST), text[:200]
        assert "import" not in text
        assert "root:" not in text


def a_zip(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.py", "x")
        archive.writestr("bomb", b"\0" * 50_000_000)


def a_strangers_database(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE notes (x)")
    made.close()


def a_newer_one(path: Path) -> None:
    Database.open(path).close()
    with sqlite3.connect(path) as made:
        made.execute("UPDATE alembic_version SET version_num = '9999'")
    made.close()


def a_cut_one(path: Path) -> None:
    Database.open(path).close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


@pytest.mark.parametrize("make", [a_zip, a_strangers_database, a_newer_one, a_cut_one])
def test_peer_cve_2026_29065_ghsa_8757_69j2_hx56_ba20f66c(tmp_path: Path, make: object) -> None:
    """A restore unpacked what was in the file: ours takes one whole database of ours, or nothing."""
    ours, wrong = tmp_path / "data" / "wirewatch.db", tmp_path / "wrong.db"
    ours.parent.mkdir()
    Database.open(ours).close()
    before = ours.read_bytes()
    make(wrong)  # type: ignore[operator]
    with pytest.raises((InputError, SchemaTooNewError)):
        restore(wrong, ours, datetime.now(UTC))
    assert ours.read_bytes() == before
    assert {each.name for each in tmp_path.rglob("*") if each.is_file()} <= {
        "wirewatch.db",
        "wrong.db",
        "wrong.db-wal",
        "wrong.db-shm",
        "wirewatch.db-wal",
        "wirewatch.db-shm",
    }


def test_peer_ghsa_mh42_m7cg_49fr() -> None:
    """A word of an imported file became part of a path."""
    body = (
        b'<opml version="2.0"><body><outline type="../../../etc/cron.d/x" text="../../x" '
        b'xmlUrl="https://a.example/feed" category="../../y"/></body></opml>'
    )
    [outline] = read_opml(body).found
    assert str(outline.kind) in ("feed", "sitemap", "section")


@pytest.mark.parametrize(
    "rule",
    ["text = \"unparsed-text('file:///etc/passwd')\"", 'xpath = "//x"', "text = \"document('x')\""],
)
def test_peer_cve_2026_29039_dadc8045(tmp_path: Path, rule: str) -> None:
    """A rule of extraction read files: ours are CSS selectors, and nothing else."""
    file = tmp_path / "rule.toml"
    file.write_text(f'hosts = ["a.example"]\n{rule}\n')
    with pytest.raises(InputError):
        read_rules(file)


def test_peer_52b189fc_no_entity_is_expanded() -> None:
    """An imported list read a file by an entity."""
    body = b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body><outline text="&x;" xmlUrl="https://a.example/f"/></body></opml>'
    with pytest.raises(InputError):
        read_opml(body)


def test_peer_cve_2026_33981() -> None:
    """A filter's language gave away the environment: one module reads it, and no query can."""
    readers = {
        file
        for file in files("crawler/**/*.py", "scheduler/**/*.py", "storage/**/*.py")
        if any(used.startswith(("os.environ", "os.getenv")) for used in uses(file))
    }
    assert readers == {"scheduler/config/loader.py"}
    for file in files(
        "scheduler/watch/**/*.py", "scheduler/query/**/*.py", "scheduler/backtest/**/*.py"
    ):
        tree = ast.parse((ROOT / file).read_text())
        called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
        assert not called & {"eval", "exec", "compile", "__import__"}, file


async def test_peer_cve_2026_35490_and_402f1e47(db: Database) -> None:
    """A decorator stood in the wrong order, and a route had no route."""
    an_account(db, "ada", AccountRole.ADMIN)
    site = Site(SiteParts(db, lambda: NOW, NOW, "1"))
    async with serving(db) as server, visiting(server) as visitor:
        for route in site.routes:
            if route.role is None:
                continue
            for method in route.methods:
                answer = await visitor.ask(method, _path(route.path))
                assert answer.status in (401, 403) or answer.leads_to.startswith("/login"), (
                    route.path
                )


async def test_peer_ghsa_vwgh_2hvh_4xm5(client: aiohttp.ClientSession, db: Database) -> None:
    """A share of one thing opened all whose name began so."""
    an_account(db, "ada", AccountRole.ADMIN)
    token = a_token(db, TokenScope.FEED, topic_id=1)
    with db.begin() as conn:
        for number in range(12):
            topics.add(conn, name=f"t{number}", query="ferry", recipients=[], now=NOW)
    for topic in (10, 11, 12):
        async with client.get(f"/feeds/{token}/topics/{topic}.rss") as response:
            assert response.status == HTTPStatus.NOT_FOUND
    for other in (token[:-1], token + "x", token.upper(), f"{token}/"):
        async with client.get(f"/feeds/{other}/topics/1.rss") as response:
            assert response.status == HTTPStatus.NOT_FOUND


async def test_peer_ghsa_3v57_xv5m_v7m7_and_5483f5d6(db: Database) -> None:
    """State was changed by GET, and by other sites' forms."""
    an_account(db, "ada", AccountRole.ADMIN)
    site = Site(SiteParts(db, lambda: NOW, NOW, "1"))
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        before = _state(db)
        for route in site.routes:
            if "GET" in route.methods and "logout" not in route.path:
                await visitor.get(_path(route.path))
        assert _state(db) == before
        for route in site.routes:
            if "POST" in route.methods and not route.signed and route.path != "/login":
                answer = await visitor.post(
                    _path(route.path), {"what": "pause"}, headers={"Origin": "https://evil.example"}
                )
                assert answer.status in (403, 404, 400, 415), (route.path, answer.status)
        assert _state(db) == before


def _state(db: Database) -> dict[str, list[tuple[object, ...]]]:
    kept = ("sources", "topics", "recipients", "accounts", "tokens", "outbox", "stories", "audit")
    with db.connect() as conn:
        return {
            name: [tuple(row) for row in conn.exec_driver_sql(f"SELECT * FROM {name}")]
            for name in kept
        }


@pytest.mark.parametrize(
    "target",
    [
        *(
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%09/evil.example",
        ),
        *("https:evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example"),
        *(
            "//evil.example/%2f..",
            "/.//evil.example",
            "http:///evil.example",
            " //evil.example",
            "@evil.example",
        ),
    ],
)
async def test_peer_open_redirect(db: Database, target: str) -> None:
    """A log-in led elsewhere."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        led = (await visitor.log_in("ada", following=target)).leads_to
    resolved = canonical_url(led, "http://ours.example/login")
    assert resolved.startswith("http://ours.example/"), led


async def test_peer_4bfce3c4_no_version_for_strangers(db: Database) -> None:
    """Who had not logged in was told which version to attack."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        for path in ("/login", "/livez", "/readyz", "/nothing", "/api/v1/nothing", "/metrics"):
            answer = await visitor.get(path)
            said = answer.text + str(answer.headers)
            assert "1.2.3" not in said, path
            assert "uvicorn" not in said.lower()


async def test_peer_6f072b42_a_password_is_not_unset_by_a_form(db: Database) -> None:
    """A form without the field took the password away."""
    an_account(db, "ada", AccountRole.ADMIN)
    async with serving(db) as server, visiting(server) as visitor:
        await visitor.log_in("ada")
        token = await visitor.csrf()
        for form in (
            {"old": "three wise ferrymen"},
            {"password": ""},
            {"old": "three wise ferrymen", "password": ""},
        ):
            answer = await visitor.post("/account/password", {**form, "csrf": token})
            assert answer.status == HTTPStatus.BAD_REQUEST
        async with visiting(server) as again:
            assert (await again.log_in("ada")).status == HTTPStatus.SEE_OTHER
            assert (await again.log_in("ada", "")).status != HTTPStatus.SEE_OTHER


def test_the_settings_that_loosen_a_guard_are_off() -> None:
    """FreshRSS 1.30.0 and RSSBox: what is inside is closed unless the operator says so."""
    fetch = Settings().fetch
    assert fetch.allow_networks == ()
    assert set(fetch.allow_ports) == {80, 443, 8080, 8443}
    assert re.search(r"open_on_loopback", str(Settings().web.model_dump()))
