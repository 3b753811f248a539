"""Status, pages, API, doctor, readiness, heartbeat, metric and alert rules say the same of an installation."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
import yaml
from markupsafe import escape
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Connection

from scheduler.diagnosis.doctor.stored import check_wellness
from scheduler.diagnosis.heartbeat import daemon_problems
from scheduler.diagnosis.judge import Facts, Finding, FindingCode, Grade, judge, unready
from scheduler.runtime.clock import utc_now
from storage.crawl import sources
from storage.delivery import endpoints, outbox
from storage.models.deliveries import Attempt, Draft, Endpoint
from storage.models.problems import Problem
from storage.models.recipients import Channel
from storage.operators.tokens import TokenScope
from storage.process import counters, jobs, quarantine
from storage.process.quarantine import Step
from storage.reports.installation import installation_facts
from storage.sql.database import Database
from tests.scheduler.cli.conftest import Wirewatch
from tests.scheduler.web.world import a_token, serving
from tests.storage.world import a_source

HOOK = "https://hooks.example/x"
HOUR = timedelta(hours=1)
RULES = Path(__file__).parents[3] / "deploy/prometheus/alerts.yaml"


def a_read_source(conn: Connection, at: datetime) -> int:
    source_id = a_source(conn).id
    sources.fetched(
        conn,
        source_id,
        now=at,
        next_fetch_at=at,
        next_reason="",
        article_rate=0.0,
        etag=None,
        last_modified=None,
        body_hash=None,
    )
    return source_id


def a_delivery(conn: Connection, at: datetime) -> int:
    draft = Draft(None, Channel.WEBHOOK, HOOK, "alert_1", b"{}")
    return outbox.put(conn, alert_id=None, draft=draft, now=at).id


def fail_job(conn: Connection, now: datetime) -> None:
    jobs.started(conn, "expiry", now)
    jobs.finished(conn, "expiry", now, "OSError: disk full")


def give_up(conn: Connection, now: datetime) -> None:
    outbox.dead(conn, a_delivery(conn, now), Attempt(now, "refused", 400, "no", 0.1))


def be_late(conn: Connection, now: datetime) -> None:
    a_delivery(conn, now - 2 * HOUR)


def fail_endpoint(conn: Connection, now: datetime) -> None:
    endpoints.put(conn, Endpoint(HOOK, 3, now - HOUR, now))


def disable_endpoint(conn: Connection, now: datetime) -> None:
    endpoints.put(conn, Endpoint(HOOK, last_error="410 Gone", disabled_at=now))


def fail_source(conn: Connection, now: datetime) -> None:
    sources.failed(
        conn,
        a_source(conn, "gone.example").id,
        now=now,
        problem=Problem.GONE,
        detail="",
        next_fetch_at=now,
        next_reason="",
    )


def break_topics(conn: Connection, _now: datetime) -> None:
    counters.put(conn, counters.TOPICS_UNREADABLE, 2)


def set_work_aside(conn: Connection, now: datetime) -> None:
    for _ in range(quarantine.MOST_FAILURES):
        quarantine.begin(conn, Step.MATCH, 7, now)
        quarantine.failed(conn, Step.MATCH, 7, "ValueError: odd", now)


BREAKS: dict[FindingCode, Callable[[Connection, datetime], None]] = {
    FindingCode.JOB_FAILED: fail_job,
    FindingCode.DELIVERIES_DEAD: give_up,
    FindingCode.DELIVERIES_LATE: be_late,
    FindingCode.ENDPOINT_FAILING: fail_endpoint,
    FindingCode.ENDPOINT_DISABLED: disable_endpoint,
    FindingCode.SOURCE_FAILING: fail_source,
    FindingCode.TOPICS_UNREADABLE: break_topics,
    FindingCode.WORK_SET_ASIDE: set_work_aside,
}


def broken(db: Database, code: FindingCode) -> list[Finding]:
    """Break an installation, and return what is found of it."""
    now = utc_now()
    with db.begin() as conn:
        a_read_source(conn, now)
        BREAKS[code](conn, now)
        return list(judge(Facts(stored=installation_facts(conn, now))))


@pytest.mark.parametrize("code", BREAKS)
async def test_all_say_what_is_broken(db: Database, code: FindingCode) -> None:
    findings = broken(db, code)
    [finding] = [each for each in findings if each.code is code]
    assert finding.is_broken
    with db.connect() as conn:
        facts = Facts(stored=installation_facts(conn, utc_now()))
        heard = daemon_problems(conn, utc_now())
    [checked] = [each for each in check_wellness(facts) if each.says == finding.says]
    assert checked.grade is Grade.BROKEN
    own = (FindingCode.JOB_FAILED, FindingCode.DELIVERIES_LATE)
    assert (finding.says in heard) is (code in own), "of sites and recipients no heartbeat tells"
    headers = {"Authorization": f"Bearer {a_token(db, TokenScope.READ)}"}
    async with (
        serving(db, clock=utc_now) as server,
        aiohttp.ClientSession(server.url, headers=headers) as session,
    ):
        status = await (await session.get("/api/v1/status")).json()
        page = await (await session.get("/")).text()
        metrics = await (await session.get("/metrics")).text()
        ready = await (await session.get("/readyz")).json()
    assert status["status"] == "degraded"
    assert [each["code"] for each in status["findings"]] == [each.code for each in findings]
    assert all(str(escape(each.heading)) in page for each in findings)
    assert f"{len(findings)} thing" in page
    assert str(escape(finding.remedy)) in page
    counted = {
        (sample.labels["code"], sample.labels["grade"])
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if sample.name == "wirewatch_problems"
    }
    assert counted == {(each.code.value, each.grade.name.lower()) for each in findings}
    assert (ready["ready"], ready["reasons"]) == (True, []), "it can do its work all the same"
    assert ready["status"] == "degraded"
    broken_ones = [each for each in findings if each.is_broken]
    assert ready["problems"] == [
        {"code": each.code.value, "remedy": each.remedy} for each in broken_ones
    ]


def test_a_command_says_it_too(wirewatch: Wirewatch, tmp_path: Path) -> None:
    db = Database.open(tmp_path / "wirewatch.db")
    findings = broken(db, FindingCode.JOB_FAILED)
    db.close()
    said = wirewatch("status", "--data", str(tmp_path), "--json")
    codes = [each["code"] for each in said.json["findings"]]
    assert codes == [FindingCode.NO_DAEMON, *(each.code for each in findings)]
    assert said.status == 2


def test_a_full_disk_and_a_store_that_is_away_are_broken_and_not_ready() -> None:
    findings = judge(Facts(shortage="10 MB are free", unready=("Redis is away",)))
    assert unready(findings) == list(findings)
    assert {each.code for each in findings} == {FindingCode.DISK_FULL, FindingCode.NOT_READY}
    assert all(each.is_broken for each in findings)


def _codes_of_rules(grade: Grade) -> dict[str, set[str]]:
    """Return which codes of this grade each rule over the judge's findings fires for."""
    [group] = yaml.safe_load(RULES.read_text())["groups"]
    selectors = {
        rule["alert"]: re.search(
            rf'wirewatch_problems{{grade="{grade.name.lower()}",code(=~|!~)"([^"]+)"}}',
            rule["expr"],
        )
        for rule in group["rules"]
    }
    return {
        alert: {
            code.value
            for code in FindingCode
            if (re.fullmatch(selector[2], code.value) is not None) == (selector[1] == "=~")
        }
        for alert, selector in selectors.items()
        if selector is not None
    }


def test_whatever_is_broken_one_alert_rule_fires() -> None:
    fires = _codes_of_rules(Grade.BROKEN)
    assert set(fires) == {"WirewatchBroken", "WirewatchNeedsYou"}
    assert fires["WirewatchBroken"].isdisjoint(fires["WirewatchNeedsYou"])
    assert fires["WirewatchBroken"] | fires["WirewatchNeedsYou"] == set(FindingCode)
    named = re.findall(r'grade="broken",code=~"([a-z_|]+)"', RULES.read_text())
    assert {code for codes in named for code in codes.split("|")} <= set(FindingCode)


def test_a_warning_that_does_not_mend_by_itself_has_a_rule_too() -> None:
    [warned] = _codes_of_rules(Grade.WARNING).values()
    assert warned >= {"secrets", "contact", "open_files", "public_address", "disk", "mail_relay"}
    assert warned.isdisjoint({"source_failing", "source_quiet", "topic_odd", "deliveries_waiting"})
