"""The whole examination: every check, those of the network beside each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from scheduler.diagnosis.doctor import configured, reached, shared, stored
from scheduler.diagnosis.doctor.records import Finding, Grade, Patient, broken, well
from storage.crawl import sources
from storage.errors import StorageError, UnreachableError
from storage.models.sources import Source
from storage.models.topics import Topic
from storage.process.lock import holder
from storage.sql.database import Database
from storage.topics import topics

_ORDER = (
    *("config", "secrets", "packages", "time zones", "open files", "contact", "public address"),
    *("sentry", "data directory", "disk", "database", "daemon", "jobs", "web port"),
    *("certificates", "names", "clock", "robots", "sources", "proxy", "topics", "deliveries"),
    *("mail relay", "webhooks", "heartbeat", "redis"),
)


async def examine(patient: Patient, wrong: str = "") -> list[Finding]:
    """Examine an installation whose settings are `wrong` in this way, or right."""
    found: list[Finding] = [_config(patient, wrong)]
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
        found += check(patient)
    is_whole = not any(each.check == "database" and each.grade is not Grade.WELL for each in found)
    known_sources, known_topics = _stored(patient, found) if is_whole else ([], [])
    found += [each async for each in _network(patient, known_sources, known_topics, found)]
    found += [each async for each in shared.check_redis(patient)]
    return sorted(found, key=lambda each: _ORDER.index(each.check))


def _config(patient: Patient, wrong: str) -> Finding:
    if wrong:
        return broken("config", wrong, "Correct it; then: wirewatch config check")
    file = patient.loaded.file if patient.loaded else None
    return well("config", f"{file or 'no file'}: right")


def _stored(patient: Patient, found: list[Finding]) -> tuple[list[Source], list[Topic]]:
    """Check what is in the database, and give what is checked over the network."""
    try:
        db = Database.open(patient.place, patience=patient.seconds)
    except UnreachableError as error:
        remedy = "Start the server, or correct storage.database."
        found.append(broken("database", str(error), remedy))
        return [], []
    except StorageError as error:
        found.append(broken("database", str(error), "Restore a backup: wirewatch restore FILE"))
        return [], []
    try:
        with db.connect() as conn:
            for check in (
                stored.check_daemon,
                stored.check_topics,
                stored.check_deliveries,
                stored.check_mail_wanted,
            ):
                found += check(patient, conn)
            return sources.list_all(conn), topics.list_all(conn)
    finally:
        db.close()


async def _network(
    patient: Patient,
    known_sources: list[Source],
    known_topics: list[Topic],
    found: list[Finding],
) -> AsyncIterator[Finding]:
    roots, way_out = reached.check_roots(patient)
    yield roots
    runs = holder(patient.data) is not None if patient.data.is_dir() else False
    checks: list[AsyncIterator[Finding]] = []
    if way_out is not None:
        checks += [
            reached.check_proxy(patient, way_out),
            reached.check_port(patient, way_out, daemon_runs=runs),
            reached.check_sources(patient, way_out, known_sources),
            reached.check_webhooks(patient, way_out, known_topics),
            reached.check_heartbeat(patient, way_out),
        ]
        if not any(each.check == "mail relay" for each in found):
            checks.append(reached.check_mail(patient, way_out))
    for findings in await asyncio.gather(*map(_all, checks)):
        for finding in findings:
            yield finding


async def _all(check: AsyncIterator[Finding]) -> list[Finding]:
    return [each async for each in check]
