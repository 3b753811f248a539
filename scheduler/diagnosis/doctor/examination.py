"""The whole examination: every check, those of the network beside each other."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from crawler.fetch.egress import Egress
from scheduler.config.loader import LoadedSettings, environment
from scheduler.diagnosis.doctor import configured, reached, stored
from scheduler.diagnosis.doctor.records import (
    CheckResult,
    ExaminedInstallation,
    broken,
    well,
)
from scheduler.diagnosis.judge import DaemonFacts, Facts, Grade
from scheduler.runtime.clock import utc_now
from scheduler.runtime.file_budget import file_limit
from storage.crawl import sources
from storage.errors import StorageError, UnreachableError
from storage.models.sources import Source
from storage.models.topics import Topic
from storage.process.lock import holder
from storage.reports.installation import installation_facts
from storage.sql.database import Database
from storage.topics import topics

_ORDER = (
    *("config", "secrets", "packages", "time zones", "open files", "contact", "public address"),
    *("sentry", "data directory", "disk", "database", "daemon", "jobs", "web port"),
    *("certificates", "names", "clock", "robots", "sources", "proxy", "topics", "deliveries"),
    *("mail relay", "webhooks", "heartbeat", "redis"),
)


async def examine(installation: ExaminedInstallation, wrong: str = "") -> list[CheckResult]:
    """Examine an installation whose settings are `wrong` in this way, or right."""
    found: list[CheckResult] = [_config(installation, wrong)]
    for check in (
        *configured.CHECKS,
        stored.check_data,
        stored.check_room,
        stored.check_disk,
        stored.check_database,
    ):
        found += check(installation)
    is_whole = not any(each.check == "database" and each.grade is not Grade.WELL for each in found)
    known_sources, known_topics = _stored(installation, found) if is_whole else ([], [])
    found += await _network(installation, known_sources, known_topics, found)
    found += [each async for each in reached.check_redis(installation)]
    return sorted(found, key=lambda each: _ORDER.index(each.check))


def _config(installation: ExaminedInstallation, wrong: str) -> CheckResult:
    if wrong:
        return broken("config", wrong, "Correct it; then: wirewatch config check")
    file = installation.loaded.file if installation.loaded else None
    return well("config", f"{file or 'no file'}: right")


def _stored(
    installation: ExaminedInstallation, found: list[CheckResult]
) -> tuple[list[Source], list[Topic]]:
    """Check what is in the database, and give what is checked over the network."""
    try:
        db = Database.open(installation.place, patience=installation.seconds)
    except UnreachableError as error:
        remedy = "Start the server, or correct storage.database."
        found.append(broken("database", str(error), remedy))
        return [], []
    except StorageError as error:
        found.append(broken("database", str(error), "Restore a backup: wirewatch restore FILE"))
        return [], []
    try:
        with db.connect() as conn:
            found += stored.check_wellness(
                Facts(
                    # What the daemon saw of settings and relay is looked at anew here.
                    stored=replace(
                        installation_facts(conn, installation.clock()), failed_checks=()
                    ),
                    daemon=_daemon(installation),
                )
            )
            for check in (stored.check_topics, stored.check_mail_wanted):
                found += check(installation, conn)
            return sources.list_all(conn), topics.list_all(conn)
    finally:
        db.close()


def _daemon(installation: ExaminedInstallation) -> DaemonFacts:
    return DaemonFacts(holder(installation.data) if installation.data.is_dir() else None)


async def _network(
    installation: ExaminedInstallation,
    known_sources: list[Source],
    known_topics: list[Topic],
    found: list[CheckResult],
) -> list[CheckResult]:
    roots, way_out = reached.check_roots(installation)
    if way_out is None:
        return [roots]
    runs = _daemon(installation).pid is not None
    return [
        roots,
        *await _together(
            [
                reached.check_port(installation, way_out, daemon_runs=runs),
                reached.check_sources(installation, way_out, known_sources),
                *_service_checks(installation, way_out, known_topics, found),
            ]
        ),
    ]


async def examine_services(
    installation: ExaminedInstallation, known_topics: Sequence[Topic], found: Sequence[CheckResult]
) -> list[CheckResult]:
    """Examine what the daemon leans on over the network: relay, receivers, proxy, Redis.

    `found` is what was found before: of a relay that is not set nothing is asked.
    """
    roots, way_out = reached.check_roots(installation)
    checks = [reached.check_redis(installation)]
    if way_out is not None:
        checks += _service_checks(installation, way_out, known_topics, found)
    return [roots, *await _together(checks)]


def _service_checks(
    installation: ExaminedInstallation,
    way_out: Egress,
    known_topics: Sequence[Topic],
    found: Sequence[CheckResult],
) -> list[AsyncIterator[CheckResult]]:
    checks = [
        reached.check_proxy(installation, way_out),
        reached.check_webhooks(installation, way_out, known_topics),
        reached.check_heartbeat(installation, way_out),
    ]
    if not any(each.check == "mail relay" for each in found):
        checks.append(reached.check_mail(installation, way_out, known_topics))
    return checks


async def _together(checks: Sequence[AsyncIterator[CheckResult]]) -> list[CheckResult]:
    return [each for results in await asyncio.gather(*map(_all, checks)) for each in results]


async def _all(check: AsyncIterator[CheckResult]) -> list[CheckResult]:
    return [each async for each in check]


def this_installation(loaded: LoadedSettings | None, data: Path) -> ExaminedInstallation:
    """Return the installation that this process is of, for an examination."""
    return ExaminedInstallation(
        loaded=loaded,
        data=data,
        environ=environment(),
        clock=utc_now,
        free=_room,
        files=file_limit,
        origin=_origin,
    )


def _room(folder: Path) -> tuple[int, int]:
    usage = shutil.disk_usage(folder)
    return usage.total, usage.free


def _origin(package: str) -> str:
    spec = find_spec(package)
    return "" if spec is None or spec.origin is None else spec.origin
