"""The metrics themselves: names, labels and buckets, in a registry of our own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from storage.models.fetches import Fetch
from storage.models.problems import Problem
from storage.models.recipients import Channel

_OUTCOMES = frozenset({"ok", "not_modified", *Problem})
_ENDS = ("delivered", "deferred", "refused")
_QUICK = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_SLOW = (0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)


class Metrics:
    """All that is counted and measured, since this process started; label values are bounded."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        build = Gauge(
            "wirewatch_build_info", "Which version runs.", ["version"], registry=self.registry
        )
        build.labels(version).set(1)
        self.requests = self._counter("fetch_requests", "Requests, by how they ended.", ["outcome"])
        self.fetch_bytes = self._counter("fetch_bytes", "Bytes of bodies, decoded.")
        self.fetch_seconds = self._histogram(
            "fetch_duration_seconds", "Seconds from a request to its whole answer.", _QUICK
        )
        self.robots_denied = self._counter("robots_denied", "Pages that robots.txt forbids.")
        self.egress_blocked = self._counter(
            "egress_blocked", "Addresses that were not connected to."
        )
        self.articles = self._counter("articles", "Articles stored, by what they were.", ["result"])
        self.revisions = self._counter("revisions", "Articles that changed.")
        self.matches = self._counter("matches", "Stories that matched a topic.")
        self.alerts = self._counter("alerts_created", "Alerts made.")
        self.deliveries = self._counter(
            "delivery_attempts",
            "Tries at deliveries, by channel and outcome.",
            ["channel", "outcome"],
        )
        self.delivery_seconds = self._histogram(
            "delivery_latency_seconds", "Seconds from an alert to its delivery.", _SLOW
        )
        self.publish_seconds = self._histogram(
            "discovery_latency_seconds", "Seconds from publication to the first sight.", _SLOW
        )
        self.pending = self._gauge("outbox_pending", "Deliveries that wait.")
        self.oldest = self._gauge(
            "outbox_oldest_seconds",
            "How long ago the oldest was written that should have left by now, quiet hours kept.",
        )
        self.given_up = self._counter(
            "deliveries_given_up", "Deliveries given up, by channel.", ["channel"]
        )
        self.set_aside = self._counter("work_set_aside", "Pieces of work set aside as they failed.")
        self.checked = self._counter(
            "matching_checks", "Articles that were matched without the index of topics too."
        )
        self.missed = self._counter("matching_missed", "Matches that the index of topics missed.")
        self.job_runs = self._counter("job_runs", "Runs of jobs.", ["job"])
        self.job_failures = self._counter("job_failures", "Runs of jobs that failed.", ["job"])
        self.dead = self._gauge("outbox_dead", "Deliveries given up, replayable.")
        self.failing = self._gauge("endpoints_failing", "Endpoints that fail or are disabled.")
        self.sources = self._gauge("sources", "Sources, by how they are.", ["state"])
        self.problems = self._gauge(
            "problems", "What is not well, by the judge's codes and grades.", ["code", "grade"]
        )
        self.work = self._gauge("work_to_match", "Stories that wait to be matched.")
        self.pages_due = self._gauge("pages_due", "Pages that are due.")
        self.lag = self._gauge(
            "schedule_lag_seconds", "How late the source is that is due longest."
        )
        self.db_bytes = self._gauge("db_size_bytes", "Bytes of the database and its log.")
        self.loop_lag = self._gauge(
            "event_loop_lag_seconds", "How late the event loop woke up last."
        )
        self.job_success = self._gauge(
            "job_last_success_timestamp_seconds", "When a job last ended well.", ["job"]
        )
        self.job_failed = self._gauge("job_failed", "1 when a job's last run failed.", ["job"])
        self._begin()

    def _begin(self) -> None:
        """Let counters stand at 0 before anything is counted: no rate is seen of what is not there."""
        for outcome in sorted(_OUTCOMES):
            self.requests.labels(outcome)
        for result in ("new", "copy"):
            self.articles.labels(result)
        for channel in Channel:
            self.given_up.labels(channel.value)
            for outcome in _ENDS:
                self.deliveries.labels(channel.value, outcome)

    def fetched(self, fetch: Fetch) -> None:
        """Count a request."""
        outcome = fetch.outcome if fetch.outcome in _OUTCOMES else "other"
        self.requests.labels(outcome).inc()
        self.fetch_bytes.inc(fetch.size)
        self.fetch_seconds.observe(max(fetch.seconds, 0.0))
        if outcome == Problem.ROBOTS_DISALLOWED:
            self.robots_denied.inc()
        elif outcome == Problem.BLOCKED_ADDRESS:
            self.egress_blocked.inc()

    def tried(self, channel: str, outcome: str) -> None:
        """Count a try at a delivery."""
        known = channel if channel in list(Channel) else "other"
        ended = outcome if outcome in _ENDS else "other"
        self.deliveries.labels(known, ended).inc()

    def _counter(self, name: str, says: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"wirewatch_{name}", says, labels or [], registry=self.registry)

    def _gauge(self, name: str, says: str, labels: list[str] | None = None) -> Gauge:
        return Gauge(f"wirewatch_{name}", says, labels or [], registry=self.registry)

    def _histogram(self, name: str, says: str, buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"wirewatch_{name}", says, buckets=buckets, registry=self.registry)
