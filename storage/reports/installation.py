"""All that is stored of how the installation is, gathered once for whoever judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, not_, select

from storage.crawl import sources
from storage.delivery import endpoints, outbox
from storage.models.deliveries import DeliveryState, Endpoint
from storage.models.sources import Source, SourceState
from storage.process import counters, failed_checks, jobs, quarantine, workers
from storage.process.failed_checks import FailedCheck
from storage.process.jobs import JobRun
from storage.process.quarantine import QuarantinedWork
from storage.process.workers import WorkerOverview
from storage.sql import schema
from storage.topics import topic_activity
from storage.topics.topic_activity import TopicActivity

_NAMED_WORK = 3  # of what is set aside, the newest


@dataclass(frozen=True, slots=True)
class MatchingCheck:
    """Whether topics are matched as they should be; counted from the beginning.

    `checked` articles were matched without the index too, which had missed topics `missed` times.
    `unreadable` topics match nothing.
    """

    checked: int = 0
    missed: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """How the installation is, as far as it is stored.

    `sources` are those that someone may have to look at, `words` counts all by how they are, and
    `newest_success` is when one of those that are polled was read or added last. The oldest
    delivery that should have left by now, quiet hours kept, was written at `oldest_undelivered`; that
    which is due longest where no endpoint is at fault has been so since `stuck_since`.
    `quarantined` is the newest of the work that is set aside, of so much in all. `failed_checks` are
    what the daemon found wrong of settings, secrets, relay and receivers within the last minutes;
    None when it did not look.
    """

    at: datetime
    sources: tuple[Source, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict)
    last_read: datetime | None = None
    newest_success: datetime | None = None
    next_visit_due: datetime | None = None
    jobs: tuple[JobRun, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    pending: int = 0
    dead: int = 0
    oldest_undelivered: datetime | None = None
    stuck_since: datetime | None = None
    topics: tuple[TopicActivity, ...] = ()
    matching_check: MatchingCheck = MatchingCheck()
    quarantined: tuple[QuarantinedWork, ...] = ()
    quarantined_number: int = 0
    failed_checks: tuple[FailedCheck, ...] | None = None
    crew: WorkerOverview | None = None


def installation_facts(conn: Connection, now: datetime) -> InstallationFacts:
    """Return the facts; the workers among them where several processes share the work."""
    is_shared = conn.dialect.name != "sqlite"
    counts = outbox.count_by_state(conn)
    unwell = endpoints.unwell(conn)
    runs = tuple(jobs.list_all(conn))
    looked = failed_checks.still_hold(runs, now)
    return InstallationFacts(
        at=now,
        sources=tuple(sources.failing_or_quiet(conn)),
        words=sources.count_by_health(conn),
        last_read=sources.last_read(conn),
        newest_success=_newest_success(conn),
        next_visit_due=_next_visit_due(conn),
        jobs=runs,
        endpoints=tuple(unwell.values()),
        pending=counts.get(DeliveryState.PENDING, 0),
        dead=counts.get(DeliveryState.DEAD, 0),
        oldest_undelivered=_oldest_undelivered(conn, now),
        stuck_since=outbox.overdue_since(conn, now, but_not=unwell),
        topics=tuple(topic_activity.activity(conn, now)),
        matching_check=MatchingCheck(
            checked=counters.get(conn, counters.SHADOW_RUNS),
            missed=counters.get(conn, counters.SHADOW_DIFFERENCES),
            unreadable=counters.get(conn, counters.TOPICS_UNREADABLE),
        ),
        quarantined=tuple(quarantine.set_aside(conn, _NAMED_WORK)),
        quarantined_number=quarantine.number(conn),
        failed_checks=tuple(failed_checks.list_all(conn)) if looked else None,
        crew=workers.overview(conn, now) if is_shared else None,
    )


def _newest_success(conn: Connection) -> datetime | None:
    s = schema.sources.c
    newest = func.max(func.coalesce(s.last_success_at, s.added_at))
    return conn.execute(select(newest).where(_is_polled())).scalar()


def _next_visit_due(conn: Connection) -> datetime | None:
    return conn.execute(
        select(func.min(schema.sources.c.next_fetch_at)).where(_is_polled())
    ).scalar()


def _is_polled() -> ColumnElement[bool]:
    s = schema.sources.c
    return and_(s.removed_at.is_(None), s.state == SourceState.ACTIVE)


def _oldest_undelivered(conn: Connection, now: datetime) -> datetime | None:
    """Return when the oldest was written that should have been sent by now; quiet hours are kept."""
    table = schema.outbox
    quiet = and_(table.c.last_error.startswith(outbox.WAITS), table.c.next_attempt_at > now)
    query = select(func.min(table.c.created_at)).where(
        table.c.state == DeliveryState.PENDING, not_(quiet)
    )
    return conn.execute(query).scalar()
