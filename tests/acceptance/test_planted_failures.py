"""Failures planted in a true daemon: status, first page, doctor, readiness, metrics and alert rules agree.

The daemon is started once; what can fail side by side is planted together. Each failure is named by its
code, and whoever is asked says the same of it, with the remedy.
"""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from markupsafe import escape
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection

from scheduler.demo.installation import Installation, free_port, stop
from scheduler.diagnosis.judge import FindingCode, Grade
from scheduler.runtime.clock import utc_now
from storage.crawl import sources
from storage.models.recipients import Channel, NewRecipient
from storage.process import jobs
from storage.sql.database import Database
from storage.topics import topics
from tests.acceptance.test_disk import more_than, small_disk
from tests.fixtures.alert_rules import DOWN, check_firing
from tests.kill_runs.newsroom import PLAIN
from tests.scheduler.alerts.relay import Relay, running
from tests.scheduler.diagnosis.test_one_judgement import break_topics, give_up, set_work_aside
from tests.waiting import eventually

__all__ = ["small_disk"]

MB = 1_000_000
TEXT = "The ferry to Ostrand stayed in port on Monday, and its crew told why at great length. " * 12
OF_PEOPLE = {  # what a ticket is enough for
    *(FindingCode.WORK_SET_ASIDE, FindingCode.JOB_FAILED, FindingCode.DELIVERIES_DEAD),
    *(FindingCode.TOPICS_UNREADABLE, FindingCode.SENTRY, FindingCode.HEARTBEAT),
}
ALWAYS = {FindingCode.DISK: Grade.WARNING}  # the disk of this test is a small one

NOT_SET_UP = ALWAYS | {
    FindingCode.MAIL_RELAY: Grade.BROKEN,  # no relay is set
    FindingCode.WEBHOOKS: Grade.BROKEN,  # the receiver is not there
    FindingCode.HEARTBEAT: Grade.BROKEN,  # nobody hears it
    FindingCode.SENTRY: Grade.BROKEN,  # the DSN is none
    FindingCode.CONTACT: Grade.WARNING,
    FindingCode.PUBLIC_ADDRESS: Grade.WARNING,
}
FAILS = {
    FindingCode.DISK_FULL: Grade.BROKEN,
    FindingCode.ENDPOINT_FAILING: Grade.BROKEN,  # the relay refuses us, and the receiver answers 503
    FindingCode.WORK_SET_ASIDE: Grade.BROKEN,
    FindingCode.JOB_FAILED: Grade.BROKEN,
    FindingCode.DELIVERIES_DEAD: Grade.BROKEN,
    FindingCode.TOPICS_UNREADABLE: Grade.BROKEN,
    FindingCode.SECRETS: Grade.WARNING,
}


@dataclass
class World:
    """A site with a feed and a receiver of webhooks, a relay, and the installation that meets them."""

    installation: Installation
    relay: Relay
    site: int
    away: int = field(default_factory=free_port)
    pages: int = field(default_factory=free_port)
    articles: int = 1
    taken: int = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.pages}"

    def config(self, *, well: bool = True) -> str:
        """Write out settings that are right, or in which much is wrong."""
        contact = 'contact = "https://desk.example/"\n' if well else ""
        host = 'host = "127.0.0.1"\n' if well else ""
        heard = self.site if well else self.away
        wrong = "" if well else '[sentry]\ndsn = "sentry.example"\n'
        public = "" if well else 'public_url = "http://watch.example/"\n'
        return (
            f'[fetch]\n{contact}allow_networks = ["127.0.0.0/8"]\n'
            f"allow_ports = [{self.site}, {self.away}]\nhost_delay_seconds = 0.05\n"
            f"[recrawl]\nmin_minutes = 0.02\nmax_hours = 0.0003\nrequests_per_hour = 100000\n"
            f'[email]\n{host}port = {self.relay.port}\ntls = "none"\nsender = "w@desk.example"\n'
            f'[heartbeat]\nurl = "http://127.0.0.1:{heard}/beat"\n{wrong}'
            f'[web]\nport = {self.pages}\nmetrics_networks = ["127.0.0.0/8"]\n{public}'
        )

    def configure(self, text: str) -> None:
        self.installation.configure(text, min_free_mb=40)
        self.installation.data.chmod(0o700)
        self.installation.log.touch(0o600)
        self.installation.config.chmod(0o600)

    def tell(self, address: str) -> None:
        """Let the topic tell by mail, and this webhook."""
        told = [
            NewRecipient(Channel.EMAIL, "desk@example.org"),
            NewRecipient(Channel.WEBHOOK, address, "whsec_c2VjcmV0"),
        ]

        def change(conn: Connection) -> None:
            if not topics.list_all(conn):
                topics.add(conn, name="ferries", query="ferry", recipients=told, now=utc_now())
                url = f"http://127.0.0.1:{self.site}"
                sources.add(
                    conn,
                    url=f"{url}/feed.xml",
                    title="Harbor Herald",
                    site_url=f"{url}/",
                    alert_backlog=False,
                    now=utc_now(),
                )
            topics.set_recipients(conn, topics.list_all(conn)[0].id, told, utc_now())

        self.store(change)

    def store(self, *changes: Any) -> None:
        db = Database.open(self.installation.data / "wirewatch.db")
        with db.begin() as conn:
            for change in changes:
                change(conn)
        db.close()

    async def feed(self, _request: web.Request) -> web.Response:
        items = "".join(
            f"<item><title>Ferry news {number}</title><link>http://127.0.0.1:{self.site}/{number}.html"
            f"</link><guid>{number}</guid></item>"
            for number in range(self.articles)
        )
        text = f'<rss version="2.0"><channel><title>Herald</title>{items}</channel></rss>'
        return web.Response(text=text, content_type="application/rss+xml")

    async def article(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        paragraphs = "".join(f"<p>{number}: {line}.</p>" for line in TEXT.split(". "))
        html = f"<html><head><title>Ferry news {number}</title></head><body><article>{paragraphs}</article>"
        return web.Response(text=html, content_type="text/html")

    async def hook(self, _request: web.Request) -> web.Response:
        return web.Response(status=self.taken)


@pytest.fixture
async def world(small_disk: Path) -> AsyncIterator[World]:
    async with running(Relay()) as relay:
        listener = socket.create_server(("127.0.0.1", 0))
        made = World(Installation(small_disk / "room", PLAIN), relay, listener.getsockname()[1])
        app = web.Application()
        app.router.add_get("/feed.xml", made.feed)
        app.router.add_get(r"/{number:\d+}.html", made.article)
        app.router.add_post("/hook", made.hook)
        app.router.add_post("/beat", made.hook)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, listener).start()
        yield made
        await runner.cleanup()


@asynccontextmanager
async def asking(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(world.url, trust_env=False) as session:
        yield session


async def found(session: aiohttp.ClientSession) -> dict[str, str]:
    """Return the grade of each code that the API names."""
    status = await (await session.get("/api/v1/status")).json()
    return {each["code"]: each["grade"] for each in status["findings"]}


def as_told(expected: dict[FindingCode, Grade]) -> dict[str, str]:
    return {code.value: grade.name.lower() for code, grade in expected.items()}


async def all_say(
    world: World, session: aiohttp.ClientSession, expected: dict[FindingCode, Grade], folder: Path
) -> None:
    """Wait until the pages know of just these failures, and see what each of the six places says."""
    told = as_told(expected)

    async def known() -> bool:
        return await found(session) == told

    await eventually(known)
    said = await world.installation.command("status", "--json")
    status = json.loads(said.out)
    findings = status["findings"]
    broken = {code.value for code, grade in expected.items() if grade is Grade.BROKEN}
    assert {each["code"]: each["grade"] for each in findings} == told
    assert all(each["remedy"] for each in findings)
    assert (said.status, status["status"]) == ((1, "degraded") if broken else (0, "well"))

    page = await (await session.get("/")).text()
    for each in findings:
        assert str(escape(each["subject"][:1].upper() + each["subject"][1:])) in page
        assert str(escape(each["remedy"])) in page
    assert ("Well, and" in page) is not bool(broken)

    answer = await session.get("/readyz")
    ready = await answer.json()
    assert {each["code"] for each in ready["problems"]} == broken
    assert ready["status"] == status["status"]
    assert (answer.status == 503) is (FindingCode.DISK_FULL in expected)

    metrics = await (await session.get("/metrics")).text()
    counts = Counter[str]()
    for family in text_string_to_metric_families(metrics):
        for sample in family.samples:
            if sample.name == "wirewatch_problems":
                assert told[sample.labels["code"]] == sample.labels["grade"]
                counts[sample.labels["code"]] += int(sample.value)
    assert set(counts) == set(told)
    tickets = {code: number for code, number in counts.items() if code in broken & OF_PEOPLE}
    firing = {
        "WirewatchBroken": {code: counts[code] for code in broken - OF_PEOPLE},
        "WirewatchNeedsYou": tickets,
        "WirewatchMayHurt": {code: counts[code] for code in set(told) - broken},
    }
    check_firing(metrics, firing, folder)

    examined = await world.installation.command("doctor", "--json")
    results = json.loads(examined.out)
    worst = max(grade for grade in expected.values())
    assert examined.status == int(worst)
    bad = {(each["state"], each["check"], each["says"]) for each in results if each["remedy"]}
    for each in findings:
        of_check, subject = each["code"].replace("_", " "), each["subject"]
        assert any(
            state == each["grade"] and (check == of_check or says.startswith(subject))
            for state, check, says in bad
        ), each


async def test_all_six_places_say_the_same_of_each_failure(
    world: World, small_disk: Path, tmp_path: Path
) -> None:
    world.configure(world.config(well=False))
    world.tell(f"http://127.0.0.1:{world.away}/hook")
    process = await world.installation.start_daemon()
    try:
        await eventually(lambda: "daemon_started" in world.installation.last_words())
        async with asking(world) as session:
            await all_say(world, session, NOT_SET_UP, tmp_path)
            await _settings_that_nobody_read(world, session)
            world.tell(f"http://127.0.0.1:{world.site}/hook")
            await all_say(world, session, ALWAYS, tmp_path)
            await _what_fails_while_it_runs(world, session)
            ballast = small_disk / "ballast"
            ballast.write_bytes(b"x" * more_than(small_disk, 30 * MB))
            await all_say(world, session, FAILS, tmp_path)
            metrics = await (await session.get("/metrics")).text()
    finally:
        await stop(process)
    said = await world.installation.command("status", "--json")
    status = json.loads(said.out)
    assert (said.status, status["findings"][0]["code"]) == (2, "no_daemon")
    assert (await world.installation.command("doctor")).status == 2
    gone = "\n".join(line for line in metrics.splitlines() if "wirewatch_problems{" not in line)
    check_firing(gone, {DOWN: {"": 1}}, tmp_path, up=False)


async def _settings_that_nobody_read(world: World, session: aiohttp.ClientSession) -> None:
    """Change the file: first so that it can't be read, then so that all is right; and have it read."""
    world.configure("[fetch")

    async def wrong() -> bool:
        status = await (await session.get("/api/v1/status")).json()
        reasons = [each["reason"] for each in status["findings"] if each["code"] == "config"]
        return any("wirewatch.toml" in reason for reason in reasons)

    await eventually(wrong)
    world.configure(world.config())

    async def unread() -> bool:
        status = await (await session.get("/api/v1/status")).json()
        reasons = [each["reason"] for each in status["findings"] if each["code"] == "config"]
        return any("email.host" in reason and "changed" in reason for reason in reasons)

    await eventually(unread)
    said = await world.installation.command("status")
    assert (said.status, "wirewatch reload" in said.out) == (1, True)
    assert "in force" in await world.installation.must("reload")


async def _what_fails_while_it_runs(world: World, session: aiohttp.ClientSession) -> None:
    world.relay.mail, world.taken = "550 5.7.1 not you", 503
    world.articles += 1

    async def both_fail() -> bool:
        status = await (await session.get("/api/v1/status")).json()
        failing = [each for each in status["findings"] if each["code"] == "endpoint_failing"]
        return len(failing) == 2 and all(each["grade"] == "broken" for each in failing)

    await eventually(both_fail)
    now = utc_now()
    world.store(
        lambda conn: set_work_aside(conn, now),
        lambda conn: jobs.finished(conn, "expiry", now, "OSError: disk full"),
        lambda conn: give_up(conn, now),
        lambda conn: break_topics(conn, now),
    )
    (world.installation.data / "old.backup").touch(0o640)
