"""Faults are planted in a well installation, one by one; the doctor names each, with its remedy."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import Connection

from scheduler.config.loader import LoadedSettings, load_settings
from scheduler.config.settings import Settings
from scheduler.diagnosis.doctor.examination import examine
from scheduler.diagnosis.doctor.records import CheckResult, ExaminedInstallation
from scheduler.diagnosis.judge import Grade
from scheduler.runtime.clock import utc_now
from storage.crawl import sources
from storage.delivery import endpoints, outbox
from storage.errors import ConfigError
from storage.models.deliveries import Attempt, Draft, Endpoint
from storage.models.recipients import Channel, NewRecipient
from storage.process import counters, jobs
from storage.process.lock import data_lock
from storage.sql.database import Database
from storage.topics import topics
from tests.scheduler.alerts.relay import PASSWORD, Relay, running

GIGABYTE = 10**9


@dataclass
class Installation:
    """An installation on loopback, and what a test does to it."""

    folder: Path
    site: int  # the port of a site that is polled, which takes webhooks too
    relay: Relay
    robots: str = "User-agent: *\nAllow: /\n"
    date: str = ""
    toml: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    disk: tuple[int, int] = (100 * GIGABYTE, 60 * GIGABYTE)
    files: int = 4096
    homes: dict[str, str] = field(default_factory=dict)
    locks: ExitStack = field(default_factory=ExitStack)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def file(self) -> Path:
        return self.folder / "wirewatch.toml"

    def set(self, old: str, new: str) -> None:
        """Change a line of the configuration."""
        assert old in self.toml, old
        self.toml = self.toml.replace(old, new)

    def store(self, change: Callable[[Connection], object]) -> None:
        """Change what is stored."""
        db = Database.open(self.data / "wirewatch.db")
        with db.begin() as conn:
            change(conn)
        db.close()

    async def examined(self) -> list[CheckResult]:
        loaded, wrong = self.read()
        return await examine(self.patient(loaded), wrong)

    def read(self) -> tuple[LoadedSettings | None, str]:
        """Read the configuration as it stands, or what is wrong with it."""
        self.file.write_text(self.toml)
        try:
            return load_settings(self.file, self.environ), ""
        except ConfigError as error:
            return None, str(error)

    def patient(self, loaded: LoadedSettings | None) -> ExaminedInstallation:
        ours = "/env/lib/{}/__init__.py"
        return ExaminedInstallation(
            loaded=loaded,
            data=self.data,
            environ=self.environ,
            clock=self.clock,
            free=lambda _where: self.disk,
            files=lambda: self.files,
            origin=lambda package: self.homes.get(package, ours.format(package)),
            seconds=1.0,
        )


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """Yield an installation in which nothing is wrong, and whose daemon seems to run."""
    server = web.Application()
    runner = web.AppRunner(server)
    async with running(Relay(), auth=True) as relay:
        made = Installation(tmp_path, 0, relay)

        async def robots(_request: web.Request) -> web.Response:
            headers = {"Date": made.date} if made.date else {}
            return web.Response(text=made.robots, headers=headers)

        async def alive(_request: web.Request) -> web.Response:
            return web.Response(text="alive\n")

        server.router.add_get("/robots.txt", robots)
        server.router.add_get("/livez", alive)
        await runner.setup()
        listener = socket.create_server(("127.0.0.1", 0))
        await web.SockSite(runner, listener).start()
        made.site = listener.getsockname()[1]
        made.toml = f"""
[fetch]
contact = "https://desk.example/"
allow_networks = ["127.0.0.0/8"]
allow_ports = [{made.site}]
[email]
host = "127.0.0.1"
port = {relay.port}
tls = "none"
username = "desk"
password = "{PASSWORD}"
[web]
port = {made.site}
"""
        made.file.touch(0o600)
        made.data.mkdir(0o700)
        made.store(lambda conn: _fill(conn, made.site))
        made.locks.enter_context(data_lock(made.data))
        yield made
        made.locks.close()
        await runner.cleanup()


def _fill(conn: Connection, port: int) -> None:
    now = utc_now()
    source = sources.add(
        conn,
        url=f"http://127.0.0.1:{port}/feed.xml",
        title="Harbor Herald",
        site_url=f"http://127.0.0.1:{port}/",
        alert_backlog=False,
        now=now,
    )
    sources.fetched(
        conn,
        source.id,
        now=now,
        next_fetch_at=now,
        next_reason="",
        article_rate=0.0,
        etag=None,
        last_modified=None,
        body_hash=None,
    )
    told = [
        NewRecipient(Channel.EMAIL, "desk@example.org"),
        NewRecipient(Channel.WEBHOOK, f"http://127.0.0.1:{port}/hook", "whsec_c2VjcmV0"),
    ]
    topics.add(conn, name="ferries", query="ferry", recipients=told, now=now)
    jobs.started(conn, "heartbeat", now)
    jobs.finished(conn, "heartbeat", now)


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _expose(it: Installation) -> None:
    it.file.chmod(0o644)


def _leave_open(it: Installation, name: str, mode: int) -> None:
    path = it.data / name
    if not path.exists():
        path.touch(mode=0o600)
    path.chmod(mode)


def _secret_file(it: Installation, mode: int) -> None:
    path = it.folder / "password"
    path.write_text(PASSWORD)
    path.chmod(mode)
    it.set(f'password = "{PASSWORD}"\n', "")
    it.environ["WIREWATCH_EMAIL__PASSWORD_FILE"] = str(path)


def _no_secret_file(it: Installation) -> None:
    it.environ["WIREWATCH_EMAIL__PASSWORD_FILE"] = str(it.folder / "nowhere")


def _damage(it: Installation) -> None:
    path = it.data / "wirewatch.db"
    body = bytearray(path.read_bytes())
    for at in range(4096 * 3, len(body), 4096):
        body[at : at + 64] = b"\xde" * 64
    path.write_bytes(bytes(body))


def _no_database(it: Installation) -> None:
    (it.data / "wirewatch.db").write_bytes(b"this is no database, whatever its name says" * 100)


def _schema(it: Installation, revision: str) -> None:
    it.store(
        lambda conn: conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    )


def _silent(it: Installation) -> None:
    it.store(lambda conn: jobs.started(conn, "heartbeat", utc_now() - timedelta(minutes=9)))


def _failed_job(it: Installation) -> None:
    it.store(lambda conn: jobs.finished(conn, "heartbeat", utc_now(), "KeyError: 'x'"))


def _file_for_data(it: Installation) -> None:
    it.locks.close()
    for each in it.data.iterdir():
        each.unlink()
    it.data.rmdir()
    it.data.touch()


def _taken_port(it: Installation) -> None:
    """Let something else listen where the pages should."""
    listener = socket.create_server(("127.0.0.1", 0))
    it.locks.callback(listener.close)
    it.set(f"[web]\nport = {it.site}", f"[web]\nport = {listener.getsockname()[1]}")


def _forbid(it: Installation) -> None:
    it.robots = "User-agent: *\nDisallow: /\n"


def _clock_off(it: Installation, off: timedelta) -> None:
    it.clock = lambda: utc_now() + off
    it.store(lambda conn: jobs.started(conn, "heartbeat", utc_now() + off))


def _source(it: Installation, url: str) -> None:
    it.store(
        lambda conn: sources.add(
            conn, url=url, title="X", site_url=url, alert_backlog=False, now=utc_now()
        )
    )


def _no_webhook(it: Installation) -> None:
    port = _closed_port()
    it.set("allow_ports = [", f"allow_ports = [{port}, ")
    _topic(it, Channel.WEBHOOK, f"http://127.0.0.1:{port}/x")


def _unheard(it: Installation) -> None:
    port = _closed_port()
    it.set("allow_ports = [", f"allow_ports = [{port}, ")
    it.set("[web]\n", f'[heartbeat]\nurl = "http://127.0.0.1:{port}/x"\n[web]\n')


def _topic(it: Installation, channel: Channel, address: str) -> None:
    told = [NewRecipient(channel, address, "whsec_c2VjcmV0")]
    it.store(lambda conn: topics.add(conn, name="x", query="x", recipients=told, now=utc_now()))


def _dead_letter(it: Installation) -> None:
    def give_up(conn: Connection) -> None:
        draft = Draft(1, Channel.WEBHOOK, "https://hooks.example/x", "alert_1", b"{}")
        made = outbox.put(conn, alert_id=None, draft=draft, now=utc_now())
        outbox.dead(conn, made.id, Attempt(utc_now(), "refused", 400, "no", 0.1))

    it.store(give_up)


def _disabled(it: Installation) -> None:
    gone = Endpoint("https://hooks.example/x", last_error="410 Gone", disabled_at=utc_now())
    it.store(lambda conn: endpoints.put(conn, gone))


def _unreadable(it: Installation) -> None:
    it.store(lambda conn: counters.put(conn, counters.TOPICS_UNREADABLE, 2))


FAULTS: dict[str, tuple[Callable[[Installation], object], str, str, str]] = {
    # what is planted: how, the check that names it, what it says, a word of the remedy
    "a config that can't be read": (
        lambda it: it.set("[fetch]", "[fetch"), "config", "wirewatch.toml", "config check"),
    "a misspelt key": (
        lambda it: it.set("contact", "contcat"), "config", "did you mean 'contact'", "Correct"),
    "a config with secrets that all may read": (
        _expose, "secrets", "others may read it", "chmod 600"),
    "a secret file that all may read": (
        lambda it: _secret_file(it, 0o644), "secrets", "others may read it", "chmod 600"),
    "a data directory that all may look into": (
        lambda it: it.data.chmod(0o755), "secrets", "open to others", "chmod -R go-rwx"),
    "a database that all may read": (
        lambda it: _leave_open(it, "wirewatch.db", 0o644), "secrets", "wirewatch.db", "chmod -R go-rwx"),
    "a backup that a group may read": (
        lambda it: _leave_open(it, "old.backup", 0o640), "secrets", "old.backup", "chmod -R go-rwx"),
    "a secret file that is not there": (
        _no_secret_file, "config", "can't be read", "config check"),
    "another package named scheduler": (
        lambda it: it.homes.update(crawler="/other/crawler/__init__.py"),
        "packages", "not Wirewatch's", "pip uninstall"),
    "nobody whom publishers can reach": (
        lambda it: it.set('contact = "https://desk.example/"\n', ""),
        "contact", "project's page", "contact under [fetch]"),
    "pages open to a network": (
        lambda it: it.set("[web]\n", '[web]\nhost = "0.0.0.0"\n'),
        "public address", "listen on 0.0.0.0", "web.public_url"),
    "passwords in the clear": (
        lambda it: it.set("[web]\n", '[web]\npublic_url = "http://watch.example/"\n'),
        "public address", "in the clear", "TLS"),
    "few open files": (
        lambda it: setattr(it, "files", 256), "open files", "only 256", "ulimit"),
    "a DSN that is none": (
        lambda it: it.set("[web]\n", '[sentry]\ndsn = "sentry.example"\n[web]\n'),
        "sentry", "DSN is none", "Sentry"),
    "a file in place of the data directory": (
        _file_for_data, "data directory", "is no directory", "--data"),
    "a disk that is nearly full": (
        lambda it: setattr(it, "disk", (100 * GIGABYTE, GIGABYTE // 2)),
        "disk", "500.0 MB of 100.0 GB", "retention"),
    "a damaged database": (_damage, "database", "", "restore"),
    "a database that is none": (_no_database, "database", "can't be read", "restore"),
    "a database from the future": (
        lambda it: _schema(it, "9999"), "database", "schema 9999", "newer version"),
    "no daemon": (lambda it: it.locks.close(), "daemon", "no daemon runs", "wirewatch run"),
    "a daemon that hangs": (_silent, "daemon", "no sign of life for 9 min", "restart"),
    "a job that failed": (_failed_job, "jobs", "KeyError", "log"),
    "a port that another program has": (
        _taken_port, "web port", "another program listens", "web.port"),
    "a clock that is a minute off": (
        lambda it: _clock_off(it, timedelta(seconds=70)), "clock", "1 min off", "timedatectl"),
    "a clock that is an hour off": (
        lambda it: _clock_off(it, timedelta(hours=1)), "clock", "1 h off", "timedatectl"),
    "a name without an address": (
        lambda it: _source(it, "http://nowhere.invalid:80/feed"), "names", "nowhere.invalid", "resolver"),
    "no certificate authorities": (
        lambda it: it.set("[fetch]", f'[fetch]\nca_file = "{it.folder}/nowhere.pem"'),
        "certificates", "can't be read", "PEM"),
    "robots.txt that forbids a source": (_forbid, "robots", "forbids", "Ask the publisher"),
    "a proxy that is not there": (
        lambda it: it.set("[fetch]", f'[fetch]\nproxy = "http://127.0.0.1:{_closed_port()}"'),
        "proxy", "does not answer", "fetch.proxy"),
    "a relay that is not there": (
        lambda it: it.set(f"port = {it.relay.port}", f"port = {_closed_port()}"),
        "mail relay", "port", "[email]"),
    "a relay that refuses the password": (
        lambda it: it.set(PASSWORD, "wrong"), "mail relay", "", "password"),
    "a relay without encryption": (
        lambda it: it.set('tls = "none"', 'tls = "starttls"'), "mail relay", "", "tls"),
    "a relay that refuses our sender": (
        lambda it: setattr(it.relay, "mail", "550 5.7.1 not you"),
        "mail relay", "refuses our sender", "sender"),
    "a relay that refuses our sender with the recipient": (
        lambda it: setattr(it.relay, "rcpt", "553 5.7.1 Sender address rejected: not owned by desk"),
        "mail relay", "refuses our sender", "[email]"),
    "a recipient whom the relay does not know": (
        lambda it: setattr(it.relay, "rcpt", "550 5.1.1 User unknown"),
        "mail relay", "User unknown", "topic untell"),
    "a relay that wants more time": (
        lambda it: setattr(it.relay, "rcpt", "451 4.7.1 Greylisted"),
        "mail relay", "Greylisted", "by itself"),
    "a disk on which nothing is fetched any more": (
        lambda it: setattr(it, "disk", (100 * GIGABYTE, GIGABYTE // 50)),
        "disk", "nothing is fetched until there is room", "db size"),
    "letters without a relay": (
        lambda it: it.set('host = "127.0.0.1"\nport', "port"),
        "mail relay", "no relay is set", "host under [email]"),
    "a webhook that is not there": (
        _no_webhook,
        "webhooks", "does not answer", "receiver"),
    "a webhook at a private address": (
        lambda it: _topic(it, Channel.WEBHOOK, f"http://10.0.0.1:{it.site}/x"),
        "webhooks", "10.0.0.1", "allow_networks"),
    "topics that can't be read": (_unreadable, "topics", "2 topics", "--unreadable"),
    "a delivery that was given up": (_dead_letter, "deliveries", "given up", "delivery retry"),
    "an endpoint that is disabled": (_disabled, "deliveries", "is disabled", "delivery enable"),
    "a heartbeat that nobody hears": (
        _unheard,
        "heartbeat", "does not answer", "heartbeat.url"),
}  # fmt: skip


ONE_LINE = ("config", "disk", "database", "mail relay", "proxy", "heartbeat")
"""Checks that look at one thing: of it nothing good is said beside what is not well."""


async def test_in_a_well_installation_nothing_is_wrong(installation: Installation) -> None:
    found = await installation.examined()
    assert [each for each in found if each.grade > Grade.WELL] == []
    assert {each.check for each in found if each.grade is Grade.WELL} >= {
        *("config", "secrets", "packages", "database", "daemon", "clock", "names", "robots"),
        *("mail relay", "webhooks", "web port", "certificates", "disk", "deliveries", "topics"),
    }


@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_is_named_with_its_remedy(installation: Installation, fault: str) -> None:
    plant, check, says, remedy = FAULTS[fault]
    plant(installation)
    found = await installation.examined()
    named = [each for each in found if each.check == check and each.grade > Grade.WELL]
    assert named, f"not found: {[each for each in found if each.grade > Grade.WELL]}"
    assert any(says in each.says and remedy in each.remedy for each in named), named
    if check in ONE_LINE:
        assert len(named) == len([each for each in found if each.check == check]), "✓ and ✗ of one"
    assert all(PASSWORD not in each.says + each.remedy for each in found), "a secret is shown"


def test_more_than_twenty_faults_are_planted() -> None:
    assert len(FAULTS) >= 20
    assert Settings().fetch.names_operator is False
