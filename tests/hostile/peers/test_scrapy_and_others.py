"""Scrapy's advisories, and those of RSSBox, ech0, Forem, idno, RSSHub, Liferea and Frirss."""

from __future__ import annotations

import ast
import gzip
from http import HTTPStatus
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest

from scheduler.web.guard import own_names
from storage.models.problems import Problem
from storage.sql.database import Database
from tests.crawler.fetch.site import answer, site
from tests.crawler.visits.visits import services, visit
from tests.scheduler.access.test_access import visiting
from tests.scheduler.web.world import serving
from tests.test_architecture import files, uses

ROOT = Path(__file__).parents[3]
PAGE = b"<p>News.</p>"


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("br", brotli.compress)], ids=["gzip", "br"]
)
async def test_peer_cve_2024_3572(encoding: str, encode: object) -> None:
    """A small body was unpacked without end."""
    bomb = encode(b"a" * 30_000_000)  # type: ignore[operator]
    async with site({"/": answer(200, bomb, content_encoding=encoding)}) as home:
        result = await visit(home.url("/"), services(home.port))
    assert result.problem is Problem.TOO_LARGE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_peer_cve_2024_3574_and_ghsa_4qqq_9vqf_3h3f(status: int) -> None:
    """Credentials and validators went along to another host, scheme or port."""
    async with site({"/": answer(200, PAGE)}, host="127.0.0.2") as there, site() as here:
        here.pages = {"/": answer(status, location=there.url("/"), set_cookie="a=b")}
        parts = services(here.port, there.port)
        await visit(
            here.url("/"), parts, etag='"secret"', last_modified="Mon, 02 Feb 2026 10:00:00 GMT"
        )
        asked = there.asked_for("/").headers
    assert not {"authorization", "cookie", "if-none-match", "if-modified-since", "referer"} & set(
        asked
    )
    assert "authorization" not in here.asked_for("/").headers


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "data:text/html,<p>x", "s3://a/b", "ftp://a.example/"]
)
async def test_peer_scrapy_redirects_to_other_schemes(target: str) -> None:
    """A redirect read a file."""
    async with site({"/": answer(302, location=target)}) as home:
        result = await visit(home.url("/"), services(home.port))
    assert result.problem is Problem.BAD_URL
    assert result.body == b""


async def test_peer_cve_2022_0577() -> None:
    """Cookies that one host set were sent to another: we keep none."""
    async with site({"/": answer(200, PAGE, set_cookie="a=b; Domain=.example")}) as home:
        parts = services(home.port, names={"a.example": ["127.0.0.1"], "b.example": ["127.0.0.1"]})
        await visit(home.url("/", "a.example"), parts)
        await visit(home.url("/", "b.example"), parts)
        await visit(home.url("/", "a.example"), parts)
        assert not any("cookie" in asked.headers for asked in home.asked)


async def test_peer_scrapy_proxy_after_a_redirect() -> None:
    """After a redirect to another scheme the proxy was forgotten, or its password went along."""
    async with site() as proxy:
        proxy.pages = {
            "http://a.example/": answer(302, location="http://b.example/"),
            "http://b.example/": answer(200, PAGE),
        }
        parts = services(
            80,
            proxy=f"http://ada:opensesame@127.0.0.1:{proxy.port}",
            consented=("127.0.0.1", proxy.port),
        )
        result = await visit("http://a.example/", parts)
        assert result.body == PAGE
        assert all(path.startswith("http://") for path in proxy.paths())


async def test_peer_ghsa_6g83_8v98_rq5v(db: Database) -> None:
    """Who had not logged in could import a list, and have anything fetched."""
    async with serving(db) as server, visiting(server) as visitor:
        for path in ("/api/v1/opml", "/api/v1/opml/import", "/sources/add", "/api/v1/sources"):
            opml = '<opml><body><outline xmlUrl="http://169.254.169.254/"/></body></opml>'
            sent = await visitor.post(path, {"url": "http://169.254.169.254/", "opml": opml})
            assert sent.status in (401, 403, 404, 405, 415), path


async def test_peer_ghsa_r2x7_427f_rq69() -> None:
    """Only literal addresses were checked; a name that is 127.0.0.1 passed."""
    async with site({"/": answer(200, PAGE)}) as home:
        names = {"127.0.0.1.nip.example": ["127.0.0.1"], "localtest.example": ["::1"]}
        parts = services(home.port, names=names, allow_networks=())
        for name in names:
            result = await visit(home.url("/", name), parts)
            assert result.problem in (Problem.BLOCKED_ADDRESS, Problem.CONNECTION_LOST), name
        assert home.connects == 0


def test_peer_forem_and_idno_cve_2026_28508() -> None:
    """A guard on one path only: ours is under the client, of which there is one."""
    assert {
        file
        for file in files("crawler/**/*.py", "scheduler/**/*.py")
        if "TCPConnector(" in (ROOT / file).read_text()
    } == {"crawler/fetch/egress.py"}


def test_peer_cve_2021_21278() -> None:
    """RSSHub ran a site's script: no module of ours evaluates, or unpickles what is not its own."""
    for file in files("crawler/**/*.py", "scheduler/**/*.py", "storage/**/*.py"):
        tree = ast.parse((ROOT / file).read_text())
        called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not called & {
            "eval",
            "exec",
            "compile",
            "yaml.load",
            "marshal.loads",
            "os.system",
        }, file
        if "pickle.loads" in called or "pickle.load" in called:
            assert file == "crawler/extract/run/worker.py", file  # what our own parent wrote


def test_peer_cve_2023_1350() -> None:
    """Liferea handed a feed's words to a shell: what starts programs here takes none of them."""
    starters = {
        file
        for file in files("crawler/**/*.py", "scheduler/**/*.py", "storage/**/*.py")
        if any(
            used.startswith(("subprocess.", "asyncio.create_subprocess", "os.system", "os.popen"))
            for used in uses(file)
        )
    }
    assert starters <= {
        "crawler/extract/run/pool.py",
        "scheduler/alerts/apprise/sender.py",
        "scheduler/demo/installation.py",
    }, starters
    for file in starters:
        assert "shell=True" not in (ROOT / file).read_text()


@pytest.mark.parametrize(
    "origin",
    [
        "http://127.0.0.1:{port}.evil.example",
        "http://127.0.0.1:{port}0",
        "http://127.0.0.1",
        "null",
        "http://evil.example/127.0.0.1:{port}",
    ],
)
async def test_peer_frirss_1_4_4(db: Database, origin: str) -> None:
    """An origin was ours when it only began like ours."""
    async with serving(db) as server, visiting(server) as visitor:
        port = server.url.rsplit(":", 1)[1].strip("/")
        headers = {"Origin": origin.format(port=port)}
        answer = await visitor.post("/login", {"name": "a", "password": "b"}, headers=headers)
        assert answer.status == HTTPStatus.FORBIDDEN


def test_our_own_names_are_whole_names() -> None:
    assert own_names("watch.example", "news.example") == {
        "localhost",
        "watch.example",
        "news.example",
    }
