"""The one judge of wellness: facts of an installation in, graded findings with remedies out; pure.

`wirewatch status`, the pages, the API, the doctor, readiness, the heartbeat, the metric
`wirewatch_problems` and the alert rules over it all read these findings, each those that it is for.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum

from scheduler.config.roles import ALL_OF_IT, ProcessRole
from scheduler.diagnosis.topic_health import topic_health
from scheduler.wording.formatters import count, host, moment, span, words_of
from scheduler.wording.formatters import endpoint as endpoint_name
from storage.models.problems import Problem
from storage.models.recipients import Channel
from storage.models.sources import Source, SourceState
from storage.process.failed_checks import FailedCheck
from storage.process.jobs import RELOAD
from storage.process.workers import WorkerOverview
from storage.reports.installation import InstallationFacts

_SIGN_OF_LIFE = timedelta(seconds=60)  # the daemon gives one every 15 seconds
_LATE = timedelta(minutes=15)  # a delivery may wait that long without anyone being told
_TRIES = 2  # that fail in a row, 5 seconds apart, before an endpoint is one for someone to look at
_UNREACHED = timedelta(seconds=30)  # the same, of one that asked us to come back later
_STUCK = timedelta(hours=1)  # what greylisting held has left by then
_SILENCE = timedelta(hours=25)  # the slowest source is asked once a day
_NAMED_TOPICS = 5  # that are named one by one
_MANY_MISSED = 50  # articles that a source may have missed before someone should look
_ACCIDENTS = 3  # failures in a row that a site may have before someone should look

_ADVICE = {
    Problem.BLOCKED_ADDRESS: "Its address is private. If it is yours, add its network to fetch.allow_networks.",
    Problem.BAD_URL: "Correct its address: remove the source and add the right one.",
    Problem.DNS_NOT_FOUND: "The host name no longer exists. Look for the site's new feed.",
    Problem.TLS_ERROR: "Its certificate can't be trusted. For a private authority, set fetch.ca_file.",
    Problem.ROBOTS_DISALLOWED: "Its robots.txt forbids this page. Ask the publisher, or remove it.",
    Problem.NOT_FOUND: "The feed is gone from this address. Look for its new one.",
    Problem.GONE: "The publisher took the feed away for good. Remove the source.",
    Problem.FORBIDDEN: "The site refuses us. Ask the publisher, or remove the source.",
    Problem.BOT_WALL: "The site asks whether we are human. Ask the publisher to let us in, or remove it.",
    Problem.CONSENT_WALL: "It shows a consent dialog in place of text. Look for the site's feed with full texts.",
    Problem.LOGIN_WALL: "It wants a login. Ask the publisher for access, or remove it.",
    Problem.PAYWALL: "It shows no text before its paywall. Ask the publisher for a feed with full texts, or remove it.",
    Problem.PARKED: "The domain is for sale. Look for the site's new address, or remove it.",
    Problem.SOFT_404: "It answers, but says that the page is not there. Look for its new address.",
    Problem.NOT_A_FEED: "What it serves is no feed. Add the feed's own address.",
    Problem.RATE_LIMITED: "The site asks for fewer requests; it gets them. Nothing to do.",
    Problem.TOO_LARGE: "It is larger than the limit on bodies. Look for a shorter feed of the site.",
}
_OTHERWISE = "It is tried again by itself, less and less often. Open it to see what it says."


class Grade(IntEnum):
    """How grave a finding is: a warning mends by itself or may hurt later."""

    WELL = 0
    SKIPPED = -1  # there is nothing to look at
    WARNING = 1
    BROKEN = 2


class FindingCode(StrEnum):
    """What a finding is of; the codes stay, for alert rules and programs name them."""

    NO_DATA = "no_data"
    NO_DAEMON = "no_daemon"
    DAEMON_SILENT = "daemon_silent"
    NOBODY_WORKS = "nobody_works"
    ROLE_MISSING = "role_missing"
    PROCESS_WAITS = "process_waits"
    NO_SOURCES = "no_sources"
    NEVER_READ = "never_read"
    NOT_READY = "not_ready"
    DISK_FULL = "disk_full"
    NOTHING_READ = "nothing_read"
    DELIVERIES_DEAD = "deliveries_dead"
    DELIVERIES_WAITING = "deliveries_waiting"
    DELIVERIES_LATE = "deliveries_late"
    ENDPOINT_DISABLED = "endpoint_disabled"
    ENDPOINT_FAILING = "endpoint_failing"
    SOURCE_FAILING = "source_failing"
    SOURCE_OVERRUN = "source_overrun"
    SOURCE_QUIET = "source_quiet"
    JOB_FAILED = "job_failed"
    TOPICS_UNREADABLE = "topics_unreadable"
    TOPIC_ODD = "topic_odd"
    INDEX_MISSED = "index_missed"
    WORK_SET_ASIDE = "work_set_aside"
    # Of the checks of the doctor, under whose name each stands with spaces in place of the strokes.
    CONFIG = "config"
    SECRETS = "secrets"
    PACKAGES = "packages"
    TIME_ZONES = "time_zones"
    OPEN_FILES = "open_files"
    CONTACT = "contact"
    PUBLIC_ADDRESS = "public_address"
    SENTRY = "sentry"
    DATA_DIRECTORY = "data_directory"
    DISK = "disk"
    CERTIFICATES = "certificates"
    PROXY = "proxy"
    TOPICS = "topics"
    MAIL_RELAY = "mail_relay"
    WEBHOOKS = "webhooks"
    HEARTBEAT = "heartbeat"
    REDIS = "redis"

    @classmethod
    def of_check(cls, name: str) -> FindingCode:
        """Return the code of one of the doctor's checks. Raises ValueError for one that has none."""
        return cls(name.replace(" ", "_"))


_DOWN = (
    FindingCode.NO_DATA,
    FindingCode.NO_DAEMON,
    FindingCode.NOBODY_WORKS,
)
_OF_THE_PROCESS = (
    *_DOWN,
    FindingCode.NO_SOURCES,
    FindingCode.NEVER_READ,
    FindingCode.DAEMON_SILENT,
    FindingCode.ROLE_MISSING,
    FindingCode.PROCESS_WAITS,
)
_UNREADY = (FindingCode.NOT_READY, FindingCode.DISK_FULL)
_OF_THE_DAEMON = (
    FindingCode.JOB_FAILED,
    FindingCode.NOTHING_READ,
    FindingCode.DELIVERIES_LATE,
    FindingCode.DISK_FULL,
    FindingCode.CONFIG,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not well: what, why, and what to do about it.

    `command` shows more or mends it, `page` is where to look at it.
    """

    code: FindingCode
    grade: Grade
    subject: str
    reason: str
    remedy: str
    command: str = ""
    page: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether it will not mend by itself."""
        return self.grade is Grade.BROKEN

    @property
    def heading(self) -> str:
        """The subject as it stands above the reason."""
        return self.subject[:1].upper() + self.subject[1:]

    @property
    def says(self) -> str:
        """The subject and the reason in one sentence."""
        return f"{self.subject}: {self.reason}" if self.reason else self.subject


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    """Whose process holds the data directory; None when none does."""

    pid: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is judged; of what was not looked at nothing is found.

    `daemon` is looked at from outside alone: a process that answers runs. `shortage` says that the
    disk has no room, `unready` why the database or Redis is of no use just now.
    """

    stored: InstallationFacts | None = None
    has_data: bool = True
    daemon: DaemonFacts | None = None
    shortage: str = ""
    unready: tuple[str, ...] = ()


class Verdict(IntEnum):
    """How an installation is; the numbers are the exit statuses of `wirewatch status`."""

    WELL = 0
    DEGRADED = 1
    DOWN = 2


@dataclass(frozen=True, slots=True)
class InstallationHealth:
    """How an installation is, in a word and in a sentence, with all that was found."""

    verdict: Verdict
    says: str
    findings: tuple[Finding, ...]


def judge(facts: Facts) -> tuple[Finding, ...]:
    """Return what is not well: first what is of the processes, then the graver things."""
    findings = [*_processes(facts), *_readiness(facts)]
    if facts.stored is not None:
        stored = facts.stored
        findings += [
            *(*_deliveries(stored), *_endpoints(stored), *_sources(stored), *_jobs(stored)),
            *(*_reading(stored), *_matching(stored), *_quarantined(stored), *_topics(stored)),
            *_checks(stored),
        ]
    return tuple(sorted(findings, key=_urgency))


def health(facts: Facts) -> InstallationHealth:
    """Return how an installation is: down, degraded when anything is broken, or well."""
    findings = judge(facts)
    first = next((each for each in findings if _is_of_the_process(each)), None)
    runs = running(facts)
    if first is not None:
        verdict = Verdict.DOWN if first.code in _DOWN else Verdict.DEGRADED
        reads = first.code in (FindingCode.NO_SOURCES, FindingCode.NEVER_READ)
        return InstallationHealth(
            verdict, f"{runs}, but {first.says}" if reads else first.says, findings
        )
    if any(finding.is_broken for finding in findings):
        return InstallationHealth(Verdict.DEGRADED, f"{runs}, and something needs you", findings)
    return InstallationHealth(Verdict.WELL, runs, findings)


def _is_of_the_process(finding: Finding) -> bool:
    return finding.is_broken and finding.code in _OF_THE_PROCESS


def _urgency(finding: Finding) -> tuple[bool, bool, int]:
    code = finding.code
    return code not in _OF_THE_PROCESS, code not in _DOWN, -finding.grade


def unready(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings for which a process is not ready for its work."""
    return [finding for finding in findings if finding.code in _UNREADY]


def of_the_daemon(findings: Sequence[Finding]) -> list[Finding]:
    """Return what is broken in the daemon itself; a site or a recipient that fails is none of it."""
    return [each for each in findings if each.is_broken and each.code in _OF_THE_DAEMON]


def running(facts: Facts) -> str:
    """Return who works, in words: the daemon, or how many processes."""
    crew = None if facts.stored is None else facts.stored.crew
    if crew is not None:
        return f"{len(crew.alive)} processes work"
    pid = None if facts.daemon is None else facts.daemon.pid
    return "the daemon runs" if pid is None else f"the daemon runs (pid {pid})"


def _processes(facts: Facts) -> Iterator[Finding]:
    stored = facts.stored
    if not facts.has_data:
        yield _broken(
            FindingCode.NO_DATA,
            "there is no data yet",
            remedy="Begin with a source.",
            command="wirewatch source add URL",
        )
    if stored is None:
        return
    if stored.crew is not None:
        yield from _crew(stored.crew)
    elif facts.daemon is not None:
        yield from _daemon(facts.daemon, stored)
    if not stored.words:
        yield _broken(
            FindingCode.NO_SOURCES,
            "no source was ever read",
            "there is none",
            "Add a site whose news you want.",
            command="wirewatch source add URL",
            page="/sources/add",
        )
    elif stored.last_read is None:
        added = stored.newest_success  # of what was never read, when it was added
        is_new = added is not None and stored.at - added <= _LATE
        yield Finding(
            FindingCode.NEVER_READ,
            Grade.WARNING if is_new else Grade.BROKEN,
            "no source was ever read",
            "",
            "They are read within minutes after the start; if not, see why they fail.",
            command="wirewatch source list",
            page="/sources",
        )


def _daemon(daemon: DaemonFacts, stored: InstallationFacts) -> Iterator[Finding]:
    if daemon.pid is None:
        yield _broken(
            FindingCode.NO_DAEMON, "no daemon runs", remedy="Start it.", command="wirewatch run"
        )
        return
    newest = max((job.started_at for job in stored.jobs), default=None)
    if newest is None or stored.at - newest > _SIGN_OF_LIFE:
        since = "ever" if newest is None else f"for {span(stored.at - newest)}"
        yield _broken(
            FindingCode.DAEMON_SILENT,
            f"the daemon (pid {daemon.pid})",
            f"no sign of life {since}; it starts or hangs",
            "Look at its log, and restart it.",
        )


def _crew(crew: WorkerOverview) -> Iterator[Finding]:
    """Find what the processes that share the work lack."""
    if not crew.alive:
        yield _broken(
            FindingCode.NOBODY_WORKS,
            "no process works",
            remedy="Start some.",
            command="wirewatch run --role ROLE",
        )
        return
    there = {role for worker in crew.alive for role in worker.role.split("+")}
    missing = () if ALL_OF_IT in there else [role for role in ProcessRole if role not in there]
    if missing:
        yield _broken(
            FindingCode.ROLE_MISSING,
            f"no process has the role {' or '.join(missing)}",
            remedy="Start what is missing.",
            command=f"wirewatch run --role {missing[0]}",
        )
    for worker in crew.alive:
        if worker.problem:
            yield _broken(
                FindingCode.PROCESS_WAITS,
                f"{worker.id} ({worker.role}) waits",
                worker.problem,
                "See its log for what it waits for.",
            )


def _readiness(facts: Facts) -> Iterator[Finding]:
    if facts.shortage:
        yield _broken(
            FindingCode.DISK_FULL,
            "The disk is nearly full",
            facts.shortage,
            "Make room: wirewatch db size shows what takes it, and [retention] forgets sooner.",
            command="wirewatch db size",
        )
    for reason in facts.unready:
        yield _broken(
            FindingCode.NOT_READY,
            "This process is not ready",
            reason,
            "It goes on by itself as soon as that is mended.",
            command="wirewatch doctor",
        )


def _deliveries(stored: InstallationFacts) -> Iterator[Finding]:
    if stored.dead:
        yield _broken(
            FindingCode.DELIVERIES_DEAD,
            f"{count(stored.dead, 'delivery', 'deliveries')} given up",
            "The recipient refused for good, or every attempt failed.",
            "Mend the recipient, then send again what it missed: wirewatch delivery retry ID.",
            command="wirewatch delivery dead",
            page="/deliveries?state=dead",
        )
    stuck = stored.stuck_since
    if stuck is not None and stored.at - stuck > _LATE:
        yield Finding(
            FindingCode.DELIVERIES_LATE,
            Grade.BROKEN,
            f"deliveries wait since {stuck:%Y-%m-%d %H:%M} UTC, and no recipient failed",
            f"The oldest is due for {span(stored.at - stuck)}.",
            "See that a process runs that delivers: wirewatch run, or wirewatch deliver.",
            command="wirewatch delivery list",
            page="/deliveries?state=pending",
        )
    waiting = stored.oldest_undelivered
    if waiting is not None and stored.at - waiting > _LATE:
        yield Finding(
            FindingCode.DELIVERIES_WAITING,
            Grade.BROKEN if stored.at - waiting > _STUCK else Grade.WARNING,
            f"{count(stored.pending, 'delivery', 'deliveries')} still waiting",
            f"The oldest was written {moment(waiting, stored.at)}.",
            "It is tried again by itself; its last error is under Alerts.",
            command="wirewatch delivery list",
            page="/deliveries?state=pending",
        )


def _endpoints(stored: InstallationFacts) -> Iterator[Finding]:
    for endpoint in stored.endpoints:
        if endpoint.name == Channel.EMAIL:
            subject, mend = "The mail relay", "Look at its settings under [email], and at its log."
        else:
            subject, mend = f"The recipient at {endpoint_name(endpoint.name)}", "Mend the receiver."
        since, command = endpoint.failing_since, "wirewatch delivery endpoints"
        if endpoint.disabled_at is not None:
            yield _broken(
                FindingCode.ENDPOINT_DISABLED,
                subject,
                f"It is disabled, for it said that it is gone for good: {endpoint.last_error}",
                "What is for it waits. Remove the recipient, or: wirewatch delivery enable.",
                command=command,
                page="/deliveries",
            )
        elif since is not None:
            lasts = endpoint.failures >= _TRIES or stored.at - since > _UNREACHED
            yield Finding(
                FindingCode.ENDPOINT_FAILING,
                Grade.BROKEN if lasts else Grade.WARNING,
                subject,
                f"Failing since {moment(since, stored.at)}: {endpoint.last_error}",
                f"{mend} What is for it waits, and goes by itself when it is well again.",
                command=command,
                page="/deliveries",
            )


def _sources(stored: InstallationFacts) -> Iterator[Finding]:
    for source in stored.sources:
        problem = source.health.problem
        if problem is not None and source.state is not SourceState.PAUSED:
            yield _failing(source, problem)
            continue
        if source.listing.overlap == 0.0 and source.listing.missed >= _MANY_MISSED:
            yield _source_warning(
                source,
                FindingCode.SOURCE_OVERRUN,
                "It lists more between two polls than its feed holds: "
                f"{source.listing.missed} articles may have been missed so far.",
                "It is polled more often by itself. A sitemap or more of its feeds would show all.",
            )
        if source.health.quiet:
            yield _source_warning(
                source,
                FindingCode.SOURCE_QUIET,
                f"It answers, but is {source.health.quiet}.",
                "Look whether its site has moved to another feed, or publishes no more.",
            )


def _failing(source: Source, problem: Problem) -> Finding:
    health = source.health
    times = f" {health.failures} times in a row" if health.failures > 1 else ""
    if health.failing_reported_at is not None:
        since = health.last_success_at or source.added_at
        times += f" over {span(health.failing_reported_at - since)} and more"
    detail = f": {health.problem_detail}" if health.problem_detail else ""
    needs_someone = problem in _ADVICE or health.failures >= _ACCIDENTS
    return Finding(
        FindingCode.SOURCE_FAILING,
        Grade.BROKEN if needs_someone else Grade.WARNING,
        source.title or host(source.url),
        f"Failed{times}, {words_of(problem)}{detail}",
        _ADVICE.get(problem, _OTHERWISE),
        command=f"wirewatch source check {source.id}",
        page=f"/sources/{source.id}",
    )


def _source_warning(source: Source, code: FindingCode, reason: str, remedy: str) -> Finding:
    return Finding(
        code,
        Grade.WARNING,
        source.title or host(source.url),
        reason,
        remedy,
        command=f"wirewatch source show {source.id}",
        page=f"/sources/{source.id}",
    )


def _reading(stored: InstallationFacts) -> Iterator[Finding]:
    newest = stored.newest_success
    if newest is not None and stored.at - newest > _SILENCE:
        yield _broken(
            FindingCode.NOTHING_READ,
            f"no source could be read since {newest:%Y-%m-%d %H:%M} UTC",
            remedy="The doctor looks at names, certificates and the proxy.",
            command="wirewatch doctor",
            page="/sources?state=failing",
        )


def _jobs(stored: InstallationFacts) -> Iterator[Finding]:
    for job in stored.jobs:
        if job.name == RELOAD:
            # Once the daemon compares them itself, that says whether what was refused still stands.
            if job.error and stored.failed_checks is None:
                yield _unread(job.error)
        elif job.error:
            yield _broken(
                FindingCode.JOB_FAILED,
                f"the job {words_of(job.name)} failed",
                job.error,
                "It runs again at its next time; the log has the whole error.",
            )


def _unread(reason: str) -> Finding:
    return _broken(
        FindingCode.CONFIG,
        "The settings as they stand are not in force",
        reason,
        "Correct them where they are wrong, then have them read.",
        command="wirewatch reload",
    )


def _checks(stored: InstallationFacts) -> Iterator[Finding]:
    """Find what the daemon's own look at settings, secrets, relay and receivers found."""
    failing = {endpoint.name for endpoint in stored.endpoints}
    reload = next((job.error for job in stored.jobs if job.name == RELOAD), "")
    for check in stored.failed_checks or ():
        code = FindingCode.of_check(check.name)
        if code is FindingCode.CONFIG:
            yield _unread("; ".join(filter(None, (check.says, reload))))
        elif code is not FindingCode.MAIL_RELAY or Channel.EMAIL.value not in failing:
            yield _failed_check(code, check)


def _failed_check(code: FindingCode, check: FailedCheck) -> Finding:
    return Finding(
        code,
        Grade(check.grade),
        check.name,
        check.says,
        check.remedy,
        command="wirewatch doctor",
    )


def _matching(stored: InstallationFacts) -> Iterator[Finding]:
    check = stored.matching_check
    if check.unreadable:
        yield _broken(
            FindingCode.TOPICS_UNREADABLE,
            f"{count(check.unreadable, 'topic')} that can't be read",
            "Nothing matches them, for their queries can't be read any more.",
            "Correct them, or keep again the named queries that they hold.",
            command="wirewatch topic list --unreadable",
            page="/topics",
        )
    if check.missed:
        yield Finding(
            FindingCode.INDEX_MISSED,
            Grade.WARNING,
            "The index of the topics",
            f"It missed {count(check.missed, 'match', 'matches')} in "
            f"{count(check.checked, 'article')} that were matched without it too.",
            "None of these was lost, others may be. Report it, with “matcher_missed” in the log.",
        )


def _quarantined(stored: InstallationFacts) -> Iterator[Finding]:
    if not stored.quarantined:
        return
    named = [f"{work.step} {work.subject}: {work.reason}" for work in stored.quarantined]
    if stored.quarantined_number > len(named):
        named.append(f"and {stored.quarantined_number - len(named)} more")
    yield _broken(
        FindingCode.WORK_SET_ASIDE,
        f"{count(stored.quarantined_number, 'piece')} of work set aside",
        f"Each was tried, failed, and would have held up the rest. {'; '.join(named)}",
        "See what it is, and have it tried again: wirewatch work retry STEP ID. Report it if it "
        "fails once more.",
        command="wirewatch work list",
    )


def _topics(stored: InstallationFacts) -> Iterator[Finding]:
    judged = [(topic, topic_health(topic, stored.at)) for topic in stored.topics]
    odd = [(topic, health) for topic, health in judged if health.needs_a_look]
    for topic, health in odd[:_NAMED_TOPICS]:
        yield Finding(
            FindingCode.TOPIC_ODD,
            Grade.WARNING,
            f"The topic “{topic.name}”",
            f"It has {health.says}.",
            "Try its query on what is stored, and correct it if it asks for something else.",
            command=f"wirewatch topic test {shlex.quote(topic.name)}",
        )
    if len(odd) > _NAMED_TOPICS:
        yield Finding(
            FindingCode.TOPIC_ODD,
            Grade.WARNING,
            f"{count(len(odd) - _NAMED_TOPICS, 'more topic')}",
            "They never matched, or match far over their usual rate.",
            "All topics with what they match are on the page of topics, under /topics.",
        )


def _broken(
    code: FindingCode,
    subject: str,
    reason: str = "",
    remedy: str = "",
    *,
    command: str = "",
    page: str = "",
) -> Finding:
    return Finding(code, Grade.BROKEN, subject, reason, remedy, command, page)
