"""The whole examination: every check, those of the network beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from scheduler.diagnosis.doctor import configured, reached, stored
from scheduler.diagnosis.doctor.records import (
    CheckResult,
    ExaminedInstallation,
    broken,
    well,
)
from scheduler.diagnosis.judge import DaemonFacts, Facts, Grade
from scheduler.runtime.disk_guard import DiskGuard
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
        configured.check_secrets,
        configured.check_packages,
        configured.check_zones,
        configured.check_files,
        configured.check_contact,
        configured.check_public,
        configured.check_sentry,
        stored.check_data,
        stored.check_disk,
        stored.check_database,
    ):
        found += check(installation)
    is_whole = not any(each.check == "database" and each.grade is not Grade.WELL for each in found)
    known_sources, known_topics = _stored(installation, found) if is_whole else ([], [])
    found += [each async for each in _network(installation, known_sources, known_topics, found)]
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
                    stored=installation_facts(conn, installation.clock()),
                    daemon=_daemon(installation),
                    shortage=_shortage(installation),
                )
            )
            for check in (stored.check_topics, stored.check_mail_wanted):
                found += check(installation, conn)
            return sources.list_all(conn), topics.list_all(conn)
    finally:
        db.close()


def _daemon(installation: ExaminedInstallation) -> DaemonFacts:
    return DaemonFacts(holder(installation.data) if installation.data.is_dir() else None)


def _shortage(installation: ExaminedInstallation) -> str:
    """Return why nothing is fetched any more, where the disk has no room for it."""
    settings, path = installation.settings.storage, installation.place.path
    guard = DiskGuard(
        None if path is None else installation.data,
        settings.min_free_mb,
        free=lambda folder: installation.free(folder)[1],
    )
    shortage = guard.shortage()
    return "" if shortage is None else str(shortage)


async def _network(
    installation: ExaminedInstallation,
    known_sources: list[Source],
    known_topics: list[Topic],
    found: list[CheckResult],
) -> AsyncIterator[CheckResult]:
    roots, way_out = reached.check_roots(installation)
    yield roots
    runs = _daemon(installation).pid is not None
    checks: list[AsyncIterator[CheckResult]] = []
    if way_out is not None:
        checks += [
            reached.check_proxy(installation, way_out),
            reached.check_port(installation, way_out, daemon_runs=runs),
            reached.check_sources(installation, way_out, known_sources),
            reached.check_webhooks(installation, way_out, known_topics),
            reached.check_heartbeat(installation, way_out),
        ]
        if not any(each.check == "mail relay" for each in found):
            checks.append(reached.check_mail(installation, way_out, known_topics))
    for findings in await asyncio.gather(*map(_all, checks)):
        for finding in findings:
            yield finding


async def _all(check: AsyncIterator[CheckResult]) -> list[CheckResult]:
    return [each async for each in check]
