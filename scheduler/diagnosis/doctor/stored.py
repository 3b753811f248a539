"""Checks of the data directory, its disk, the database, the daemon and what waits in it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Connection

from scheduler.diagnosis.doctor.records import Finding, Patient, broken, skipped, warning, well
from scheduler.diagnosis.health import judge_crew
from scheduler.wording.formatters import count, size, span
from scheduler.wording.formatters import endpoint as named
from storage.delivery import endpoints, outbox
from storage.errors import ConfigError, SchemaTooNewError, StorageError, UnreachableError
from storage.models.deliveries import DeliveryState
from storage.models.recipients import Channel
from storage.process import counters, jobs, workers
from storage.process.jobs import JobRun
from storage.process.lock import holder
from storage.process.workers import WorkerOverview
from storage.topics import topics
from storage.upkeep import integrity

_LEAST_SHARE, _LEAST_BYTES = 0.1, 1_000_000_000
_LARGE_WAL = 500_000_000
_SIGN_OF_LIFE = timedelta(seconds=60)
_LATE = timedelta(minutes=15)


def check_data(patient: Patient) -> Iterator[Finding]:
    """See that the data directory is there, is ours alone, and can be written."""
    data = patient.data
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


def check_disk(patient: Patient) -> Iterator[Finding]:
    """See that there is room to go on."""
    where = patient.data if patient.data.is_dir() else patient.data.parent
    if not where.is_dir():
        yield skipped("disk", f"{where} is not there")
        return
    total, free = patient.free(where)
    says = f"{size(free)} of {size(total)} are free"
    if free < _LEAST_BYTES or free < _LEAST_SHARE * total:
        yield warning(
            "disk",
            says,
            "Make room, or keep less: see [retention] and `wirewatch db size`.",
        )
    else:
        yield well("disk", says)


def _check_server(patient: Patient) -> Iterator[Finding]:
    """See that the server answers, and that its schema is of this version."""
    try:
        found = integrity.examine_server(patient.place, patience=patient.seconds)
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
            says = f"PostgreSQL {found.version} at {patient.place.shown}, schema {found.revision}"
            yield well("database", f"{says}, {size(found.bytes)}")


def check_database(patient: Patient) -> Iterator[Finding]:
    """See that the database is whole, and of this version."""
    path = patient.place.path
    if path is None:
        yield from _check_server(patient)
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


def check_daemon(patient: Patient, conn: Connection) -> Iterator[Finding]:
    """See that a daemon runs, gives signs of life, and that its jobs end well."""
    if patient.place.is_shared:
        yield _crew(workers.overview(conn, patient.clock()))
        yield from _jobs(jobs.list_all(conn))
        return
    pid = holder(patient.data)
    if pid is None:
        yield warning("daemon", "none runs", "Start it: wirewatch run")
        return
    now, found = patient.clock(), jobs.list_all(conn)
    newest = max((job.started_at for job in found), default=None)
    if newest is None or now - newest > _SIGN_OF_LIFE:
        since = "ever" if newest is None else f"for {span(now - newest)}"
        yield broken(
            "daemon",
            f"process {pid} gave no sign of life {since}",
            "Look at its log, and restart it.",
        )
    else:
        yield well("daemon", f"process {pid} runs")
    yield from _jobs(found)


def _crew(found: WorkerOverview) -> Finding:
    """See that processes have all roles between them, and wait for no store."""
    judged = judge_crew(found)
    if judged is None:
        return well("daemon", f"{count(len(found.alive), 'process', 'processes')} share the work")
    remedy = "Start what is missing: wirewatch run --role ROLE; see its log for what it waits for."
    return broken("daemon", judged, remedy)


def _jobs(found: list[JobRun]) -> Iterator[Finding]:
    for job in found:
        if job.error:
            yield broken(
                "jobs",
                f"the job {job.name} failed: {job.error}",
                "It runs again at its next time; the log has the whole error.",
            )


def check_topics(_patient: Patient, conn: Connection) -> Iterator[Finding]:
    """See that all topics can be read, and that somebody is told."""
    unreadable = counters.get(conn, counters.TOPICS_UNREADABLE)
    found = topics.list_all(conn)
    if unreadable:
        yield broken(
            "topics",
            f"{count(unreadable, 'topic')} can't be read, so nothing matches",
            "See: wirewatch topic list --unreadable",
        )
    elif not found:
        yield warning("topics", "there is none", "Run: wirewatch topic add NAME --query …")
    elif not any(topic.recipients for topic in found):
        yield warning("topics", "nobody is told of any", "Run: wirewatch topic tell NAME …")
    else:
        yield well("topics", f"{count(len(found), 'topic')}")


def check_deliveries(patient: Patient, conn: Connection) -> Iterator[Finding]:
    """See that what is to be told leaves."""
    now, found = patient.clock(), 0
    for endpoint in endpoints.unwell(conn).values():
        if endpoint.disabled_at is not None or endpoint.failing_since is not None:
            found += 1
            state = "is disabled" if endpoint.disabled_at else "fails"
            yield broken(
                "deliveries",
                f"{named(endpoint.name)} {state}: {endpoint.last_error}",
                "Mend it, then: wirewatch delivery enable",
            )
    dead = outbox.count_by_state(conn).get(DeliveryState.DEAD, 0)
    if dead:
        yield warning(
            "deliveries",
            f"{count(dead, 'delivery was', 'deliveries were')} given up",
            "See: wirewatch delivery dead; send one again: wirewatch delivery retry ID",
        )
    late = outbox.waits_since(conn, now)
    if late is not None and now - late > _LATE:
        yield broken(
            "deliveries",
            f"one is due for {span(now - late)}",
            "See that a daemon runs that delivers: wirewatch run, or wirewatch deliver",
        )
    elif not found and not dead:
        yield well("deliveries", "nothing is stuck")


def check_mail_wanted(patient: Patient, conn: Connection) -> Iterator[Finding]:
    """See that there is a relay when somebody is to be told by e-mail."""
    wanted = any(
        recipient.channel is Channel.EMAIL
        for topic in topics.list_all(conn)
        for recipient in topic.recipients
    )
    if wanted and patient.settings.email.host is None:
        yield broken(
            "mail relay",
            "somebody is to be told by e-mail, and no relay is set: it waits",
            "Set host under [email].",
        )
