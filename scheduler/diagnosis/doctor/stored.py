"""Checks of the data directory, its disk, the database, the daemon and what waits in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection

from scheduler.diagnosis.doctor.records import (
    CheckResult,
    ExaminedInstallation,
    broken,
    skipped,
    warning,
    well,
)
from scheduler.diagnosis.judge import Facts, FindingCode, judge, running
from scheduler.runtime.disk_guard import DiskGuard
from scheduler.wording.formatters import count, size
from storage.errors import ConfigError, FullError, SchemaTooNewError, StorageError, UnreachableError
from storage.models.recipients import Channel
from storage.topics import topics
from storage.upkeep import integrity

_LEAST_SHARE, _LEAST_BYTES = 0.1, 1_000_000_000
_LARGE_WAL = 500_000_000

_CHECKS = {
    **dict.fromkeys(FindingCode, "daemon"),
    FindingCode.CONFIG: "config",
    FindingCode.DISK_FULL: "disk",
    FindingCode.JOB_FAILED: "jobs",
    **dict.fromkeys(
        (
            *(FindingCode.NO_SOURCES, FindingCode.NEVER_READ, FindingCode.NOTHING_READ),
            *(FindingCode.SOURCE_FAILING, FindingCode.SOURCE_OVERRUN, FindingCode.SOURCE_QUIET),
        ),
        "sources",
    ),
    **dict.fromkeys(
        (FindingCode.TOPICS_UNREADABLE, FindingCode.TOPIC_ODD, FindingCode.INDEX_MISSED), "topics"
    ),
    **dict.fromkeys(
        (
            *(
                FindingCode.DELIVERIES_DEAD,
                FindingCode.DELIVERIES_LATE,
                FindingCode.DELIVERIES_WAITING,
            ),
            *(FindingCode.ENDPOINT_DISABLED, FindingCode.ENDPOINT_FAILING),
        ),
        "deliveries",
    ),
}
"""Under which check the doctor names what the judge found."""


def check_data(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that the data directory is there, is ours alone, and can be written."""
    data = installation.data
    if not data.exists():
        yield warning(
            "data directory", f"{data} is not there yet", "The first `wirewatch run` makes it."
        )
    elif not data.is_dir():
        yield broken("data directory", f"{data} is no directory", "Name another with --data.")
    elif not os.access(data, os.W_OK | os.X_OK):
        yield broken(
            "data directory",
            f"{data} can't be written",
            f"Run: chown -R {os.getuid()} {data}, or run as its owner.",
        )
    else:
        yield well("data directory", str(data))


def check_room(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that there is as much room as the daemon wants for what it fetches."""
    if (shortage := _shortage(installation)) is not None:
        yield from check_wellness(Facts(shortage=str(shortage)))


def _shortage(installation: ExaminedInstallation) -> FullError | None:
    def free(folder: Path) -> int:
        return installation.free(folder)[1]

    folder = None if installation.place.path is None else installation.data
    return DiskGuard(folder, installation.settings.storage.min_free_mb, free=free).shortage()


def check_disk(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that there is room to go on for long; `check_room` says when there is too little at all."""
    if _shortage(installation) is not None:
        return
    where = installation.data if installation.data.is_dir() else installation.data.parent
    if not where.is_dir():
        yield skipped("disk", f"{where} is not there")
        return
    total, free = installation.free(where)
    says = f"{size(free)} of {size(total)} are free"
    if free < _LEAST_BYTES or free < _LEAST_SHARE * total:
        yield warning(
            "disk",
            says,
            "Make room, or keep less: see [retention] and `wirewatch db size`.",
        )
    else:
        yield well("disk", says)


def _check_server(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that the server answers, and that its schema is of this version."""
    try:
        found = integrity.examine_server(installation.place, patience=installation.seconds)
    except ConfigError as error:
        yield broken("database", str(error), "Install it, or leave storage.database out.")
    except UnreachableError as error:
        yield broken("database", str(error), "Start the server, or correct storage.database.")
    except SchemaTooNewError as error:
        yield broken("database", str(error), "Install the newer version, or restore a backup.")
    except StorageError as error:
        yield broken("database", str(error), "Look into the server's own log.")
    else:
        if found.version < integrity.LEAST_SERVER:
            least = integrity.LEAST_SERVER
            says = f"the server is PostgreSQL {found.version}, {least} is the oldest that will do"
            yield broken("database", says, "Upgrade the server.")
        elif found.is_old:
            yield warning(
                "database",
                f"it has schema {found.revision or 'none'}, this version needs {found.newest}",
                "The next start migrates it; make a backup before, with pg_dump.",
            )
        else:
            says = (
                f"PostgreSQL {found.version} at {installation.place.shown}, schema {found.revision}"
            )
            yield well("database", f"{says}, {size(found.bytes)}")


def check_database(installation: ExaminedInstallation) -> Iterator[CheckResult]:
    """See that the database is whole, and of this version."""
    path = installation.place.path
    if path is None:
        yield from _check_server(installation)
        return
    if not path.exists():
        yield skipped("database", "there is none yet")
        return
    try:
        found = integrity.examine(path)
    except SchemaTooNewError as error:
        yield broken("database", str(error), "Install the newer version, or restore a backup.")
        return
    except StorageError as error:
        yield broken("database", str(error), "Restore a backup: wirewatch restore FILE")
        return
    if found.faults:
        yield broken(
            "database",
            f"it is damaged: {found.faults[0]}",
            "Stop the daemon and restore a backup: wirewatch restore FILE",
        )
    elif found.is_old:
        yield warning(
            "database",
            f"it has schema {found.revision}, this version needs {found.newest}",
            "The next start migrates it; make a backup before: wirewatch backup",
        )
    elif found.wal_bytes > _LARGE_WAL:
        yield warning(
            "database",
            f"its log has grown to {size(found.wal_bytes)}",
            "Restart the daemon; look for a program that keeps the database open.",
        )
    else:
        yield well("database", f"whole, schema {found.revision}, {size(found.bytes)}")


def check_wellness(facts: Facts) -> Iterator[CheckResult]:
    """Return what the judge of wellness finds of the daemon and of what is stored."""
    findings = judge(facts)
    for finding in findings:
        remedy = f"{finding.remedy} {finding.command}".rstrip()
        yield CheckResult(_CHECKS[finding.code], finding.grade, finding.says, remedy)
    found = {_CHECKS[finding.code] for finding in findings}
    if facts.stored is None:
        return
    if "daemon" not in found:
        yield well("daemon", running(facts))
    if "deliveries" not in found:
        yield well("deliveries", "nothing is stuck")


def check_topics(_installation: ExaminedInstallation, conn: Connection) -> Iterator[CheckResult]:
    """See that there are topics, and that somebody is told of them."""
    found = topics.list_all(conn)
    if not found:
        yield warning("topics", "there is none", "Run: wirewatch topic add NAME --query …")
    elif not any(topic.recipients for topic in found):
        yield warning("topics", "nobody is told of any", "Run: wirewatch topic tell NAME …")
    else:
        yield well("topics", f"{count(len(found), 'topic')}")


def check_mail_wanted(
    installation: ExaminedInstallation, conn: Connection
) -> Iterator[CheckResult]:
    """See that there is a relay when somebody is to be told by e-mail."""
    wanted = any(
        recipient.channel is Channel.EMAIL
        for topic in topics.list_all(conn)
        for recipient in topic.recipients
    )
    if wanted and installation.settings.email.host is None:
        yield broken(
            "mail relay",
            "somebody is to be told by e-mail, and no relay is set: it waits",
            "Set host under [email].",
        )
