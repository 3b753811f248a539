"""The metrics: what they count, who may read them, and what Prometheus's own tool says of them."""

from __future__ import annotations

import asyncio
import subprocess
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_network

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection

from scheduler.config.settings import WebSettings
from scheduler.diagnosis.facts import FactsReader
from scheduler.diagnosis.metrics_collector import MetricsCollector
from scheduler.observability.metrics import Metrics
from storage.delivery import outbox
from storage.models.deliveries import Attempt, Draft
from storage.models.fetches import Fetch
from storage.models.recipients import Channel
from storage.operators.accounts import AccountRole
from storage.operators.tokens import TokenScope
from storage.process import counters, jobs, quarantine
from storage.process.quarantine import Step
from storage.sql.database import Database
from storage.stories import stories
from tests.fixtures.parts import PROMTOOL, need
from tests.scheduler.web.world import a_token, an_account, serving
from tests.storage.world import NOON, a_page, a_source, a_topic, a_verdict, an_article


def fetch(outcome: str) -> Fetch:
    return Fetch("https://x.example/a", "x.example", 1, 1, NOON, 0.3, 200, 1000, outcome)


async def read(metrics_collector: MetricsCollector, accept: str = "") -> dict[str, float]:
    body, _ = await metrics_collector.text(accept)
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


@pytest.fixture
def metrics_collector(db: Database) -> MetricsCollector:
    def clock() -> datetime:
        return NOON + timedelta(minutes=5)

    return MetricsCollector(Metrics("1.2.3"), db, clock, None, FactsReader(db, clock).problems)


async def test_requests_are_counted_by_how_they_ended(metrics_collector: MetricsCollector) -> None:
    for outcome in ("ok", "ok", "timeout", "robots_disallowed", "blocked_address", "never seen"):
        metrics_collector.metrics.fetched(fetch(outcome))
    found = await read(metrics_collector)
    assert found["wirewatch_fetch_requests_total['ok']"] == 2
    assert found["wirewatch_fetch_requests_total['timeout']"] == 1
    assert found["wirewatch_fetch_requests_total['other']"] == 1, "labels are bounded"
    assert found["wirewatch_fetch_bytes_total[]"] == 6000
    assert found["wirewatch_robots_denied_total[]"] == 1
    assert found["wirewatch_egress_blocked_total[]"] == 1
    assert found["wirewatch_fetch_duration_seconds_bucket['0.5']"] == 6


async def test_what_is_stored_is_counted_from_the_start_on_and_once(
    metrics_collector: MetricsCollector, db: Database
) -> None:
    with db.begin() as conn:
        source = a_source(conn)
        an_article(conn, a_page(conn, source, "before"))
    await metrics_collector.begin()
    with db.begin() as conn:
        first = an_article(conn, a_page(conn, source, "first"))
        copy = an_article(conn, a_page(conn, source, "copy"), first.story_id)
        stories.add_copy(conn, copy.id, a_verdict(first.id), NOON)
        a_topic(conn)
        draft = Draft(1, Channel.EMAIL, "desk@example.org", "alert_1_1", b"x")
        made = outbox.put(conn, alert_id=None, draft=draft, now=NOON)
        late, later = NOON + timedelta(seconds=4), NOON + timedelta(hours=2)
        outbox.delivered(conn, made.id, Attempt(late, "delivered", 250, "ok", 0.1))
        waits = Draft(1, Channel.EMAIL, "desk@example.org", "alert_1_2", b"x")
        waiting = outbox.put(conn, alert_id=None, draft=waits, now=NOON)
        # A try that failed makes nothing younger.
        outbox.deferred(conn, waiting.id, Attempt(late, "deferred", 451, "later", 0.1), later)
    for _ in range(2):
        found = await read(metrics_collector)
        assert found["wirewatch_articles_total['new']"] == 1
        assert found["wirewatch_articles_total['copy']"] == 1
        assert found["wirewatch_delivery_attempts_total['delivered', 'email']"] == 1
        assert found["wirewatch_delivery_latency_seconds_bucket['2.5']"] == 0
        assert found["wirewatch_delivery_latency_seconds_bucket['5.0']"] == 1
        assert found["wirewatch_outbox_pending[]"] == 1
        assert found["wirewatch_outbox_oldest_seconds[]"] == 300
        assert found["wirewatch_sources['new']"] == 1
        assert found["wirewatch_schedule_lag_seconds[]"] == 300


async def test_what_is_given_up_set_aside_and_failed_is_counted_for_good(
    metrics_collector: MetricsCollector, db: Database
) -> None:
    with db.begin() as conn:
        _plant_failures(conn, "before")
    await metrics_collector.begin()
    with db.begin() as conn:
        _plant_failures(conn, "after")
        quarantine.done(conn, Step.MATCH, 7)
        jobs.finished(conn, "expiry", NOON)
    for _ in range(2):
        found = await read(metrics_collector)
        assert found["wirewatch_deliveries_given_up_total['webhook']"] == 1
        assert found["wirewatch_delivery_attempts_total['deferred', 'webhook']"] == 1
        assert found["wirewatch_work_set_aside_total[]"] == 1
        assert found["wirewatch_job_runs_total['expiry']"] == 1
        assert found["wirewatch_job_failures_total['expiry']"] == 1
        assert found["wirewatch_matching_checks_total[]"] == 4
        assert found["wirewatch_matching_missed_total[]"] == 1


def _plant_failures(conn: Connection, name: str) -> None:
    draft = Draft(None, Channel.WEBHOOK, "https://hooks.example/x", name, b"{}")
    made = outbox.put(conn, alert_id=None, draft=draft, now=NOON)
    outbox.deferred(conn, made.id, Attempt(NOON, "deferred", 503, "no", 0.1), NOON)
    outbox.dead(conn, made.id, Attempt(NOON, "refused", 400, "no", 0.1))
    jobs.started(conn, "expiry", NOON)
    jobs.finished(conn, "expiry", NOON, "OSError: disk full")
    counters.add(conn, counters.SHADOW_RUNS, 4)
    counters.add(conn, counters.SHADOW_DIFFERENCES, 1)
    for _ in range(quarantine.MOST_FAILURES):
        quarantine.begin(conn, Step.MATCH, 7, NOON)
        quarantine.failed(conn, Step.MATCH, 7, "ValueError: odd", NOON)
    quarantine.done(conn, Step.MATCH, 7)


def test_every_counter_stands_at_0_from_the_start() -> None:
    """A rate over what is not there is nothing, and no rule that asks for it would ever fire."""
    families = Metrics("1.2.3").registry.collect()
    counts = {family.name for family in families if family.type == "counter" and family.samples}
    assert {
        "wirewatch_fetch_requests",
        "wirewatch_articles",
        "wirewatch_delivery_attempts",
    } <= counts
    assert {"wirewatch_deliveries_given_up", "wirewatch_work_set_aside"} <= counts


async def test_promtool_has_nothing_to_say_of_names_and_labels(
    metrics_collector: MetricsCollector,
) -> None:
    metrics_collector.metrics.fetched(fetch("ok"))
    metrics_collector.metrics.tried("email", "delivered")
    body, _ = await metrics_collector.text("")
    check = [str(need(PROMTOOL)), "check", "metrics"]
    done = await asyncio.to_thread(
        lambda: subprocess.run(check, input=body, capture_output=True, check=False)
    )
    assert (done.returncode, done.stderr + done.stdout) == (0, b"")


async def test_openmetrics_is_given_to_who_asks_for_it(metrics_collector: MetricsCollector) -> None:
    body, media_type = await metrics_collector.text("application/openmetrics-text; version=1.0.0")
    assert media_type.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


async def test_only_who_may_reads_them(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    secrets = {
        scope: a_token(db, scope)
        for scope in (TokenScope.METRICS, TokenScope.READ, TokenScope.FEED)
    }
    async with serving(db) as server:
        for scope, status in (
            (TokenScope.METRICS, HTTPStatus.OK),
            (TokenScope.READ, HTTPStatus.OK),
            (TokenScope.FEED, HTTPStatus.UNAUTHORIZED),
            (None, HTTPStatus.UNAUTHORIZED),
        ):
            headers = {"Authorization": f"Bearer {secrets[scope]}"} if scope else {}
            async with (
                aiohttp.ClientSession(server.url, headers=headers) as session,
                session.get("/metrics") as response,
            ):
                assert response.status == status, scope


async def test_a_network_may_read_them_and_nobody_through_a_proxy_of_it(db: Database) -> None:
    an_account(db, "ada", AccountRole.ADMIN)
    settings = WebSettings(metrics_networks=(ip_network("127.0.0.0/8"),))
    async with (
        serving(db, settings=settings) as server,
        aiohttp.ClientSession(server.url, trust_env=False) as session,
    ):
        async with session.get("/metrics") as response:
            assert response.status == HTTPStatus.OK
        forwarded = {"X-Forwarded-For": "198.51.100.7"}
        async with session.get("/metrics", headers=forwarded) as response:
            assert response.status == HTTPStatus.UNAUTHORIZED
