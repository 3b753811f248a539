"""The proof of politeness: a polite ledger holds, and each broken rule is found with its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.politeness.proof import LedgerChecker, Promises
from scheduler.politeness.records import PolitenessProof, PolitenessRule
from storage.models.fetches import Fetch, Purpose

BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
KEPT = (
    BEGIN + timedelta(seconds=0.2),
    200,
    b"User-agent: *\nCrawl-delay: 10\nDisallow: /private",
)


def line(after: float, path: str = "/page", host: str = "a.site.example", **facts: Any) -> Fetch:
    made = Fetch(
        url=f"https://{host}{path}",
        host=host,
        source_id=1,
        page_id=1,
        at=BEGIN + timedelta(seconds=after),
        seconds=0.2,
        status=200,
        size=100,
        outcome="ok",
        purpose=Purpose.PAGE,
        domain="site.example",
        gap=2.0,
    )
    return replace(made, **facts)


def robots_line(after: float, **facts: Any) -> Fetch:
    return line(after, "/robots.txt", source_id=None, purpose=Purpose.ROBOTS, **facts)


POLITE = (
    robots_line(0),
    line(11, "/listing", purpose=Purpose.LISTING),
    line(22, "/1", status=304, outcome="not_modified", conditional=True),
    line(33, "/moved", status=301),
    line(44, "/target"),
    line(
        55, "/busy", status=429, outcome="rate_limited", retry_after=BEGIN + timedelta(seconds=175)
    ),
    line(66, "/fine"),
    line(180, "/busy"),
    robots_line(24 * 3600 + 1),
)


def prove(lines: Iterable[Fetch], *, since: datetime = BEGIN, **promised: Any) -> PolitenessProof:
    promises = Promises(
        robots={"https://a.site.example": KEPT}.get,
        longest_crawl_delay=300,
        budget=100,
        contact="https://watch.example/about",
    )
    checker = LedgerChecker(replace(promises, **promised), since)
    for each in lines:
        checker.take(each)
    return checker.proof()


def test_a_polite_ledger_holds_and_is_counted_by_host() -> None:
    proof = prove(POLITE)
    assert proof.holds
    assert proof.broken == ()
    [host] = proof.hosts
    assert (host.requests, host.not_modified, host.size, host.refusals) == (9, 1, 900, 1)
    assert host.least_gap == pytest.approx(10.8)
    assert proof.proved[PolitenessRule.GAP] == 8
    assert proof.proved[PolitenessRule.ROBOTS] == 7
    assert proof.unproved == {}


def changed(number: int, **facts: Any) -> tuple[Fetch, ...]:
    lines = list(POLITE)
    lines[number] = replace(lines[number], **facts)
    return tuple(sorted(lines, key=lambda each: each.at))


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("rule", "lines", "url"),
    [
        (PolitenessRule.ONE_AT_A_TIME, changed(2, at=at(11.1)), "/1"),
        (PolitenessRule.GAP, changed(4, at=at(43)), "/target"),
        (PolitenessRule.GAP, changed(4, gap=12.0), "/target"),
        (PolitenessRule.CLOSED, changed(7, at=at(120)), "/busy"),
        (PolitenessRule.CLOSED, changed(7, at=at(174.9)), "/busy"),
        (PolitenessRule.ROBOTS, changed(4, url="https://a.site.example/private/x"), "/private/x"),
        (PolitenessRule.ROBOTS_DAILY, changed(8, at=at(12 * 3600)), "/robots.txt"),
    ],
    ids=lambda value: value.name if isinstance(value, PolitenessRule) else "",
)
def test_one_broken_rule_is_found_with_its_line(
    rule: PolitenessRule, lines: tuple[Fetch, ...], url: str
) -> None:
    proof = prove(lines)
    assert not proof.holds
    [broken] = proof.broken
    assert broken.rule is rule
    assert broken.line is not None
    assert broken.line.url == f"https://a.site.example{url}"
    assert proof.hosts[0].broken == 1


def test_the_crawl_delay_is_read_from_robots_txt_and_not_believed_from_the_line() -> None:
    lines = [replace(each, gap=0.0) for each in changed(4, at=at(43))]
    assert [broken.rule for broken in prove(lines).broken] == [PolitenessRule.GAP]


def test_a_crawl_delay_that_was_cut_is_proved_as_cut() -> None:
    proof = prove(changed(4, at=at(43)), longest_crawl_delay=9)
    assert proof.holds
    assert proof.hosts[0].cut_delay == 10


def test_a_budget_that_was_overdrawn_is_found() -> None:
    proof = prove(POLITE, budgets={1: 6})
    assert [broken.rule for broken in proof.broken] == [PolitenessRule.BUDGET]
    assert prove(POLITE, budget=6, budgets={1: 0}).holds


def test_a_user_agent_without_a_contact_is_found() -> None:
    assert [broken.rule for broken in prove(POLITE, contact=" ").broken] == [PolitenessRule.CONTACT]


def test_a_back_off_is_proved_without_a_retry_after_and_doubles() -> None:
    busy: dict[str, Any] = {"status": 503, "outcome": "server_error", "domain": "b.example"}
    first, second = line(0, host="b.example", **busy), line(31, host="b.example", **busy)
    late = line(92, host="b.example", domain="b.example")
    early = line(60, host="b.example", domain="b.example")
    assert prove([first, second, late]).holds
    assert [b.rule for b in prove([first, second, early]).broken] == [PolitenessRule.CLOSED]


def test_a_domain_that_refused_as_one_is_closed_for_a_host_that_was_not_asked() -> None:
    busy: dict[str, Any] = {"status": 429, "outcome": "rate_limited"}
    refused = [line(0, host="x.site.example", **busy), line(5, host="y.site.example", **busy)]
    assert [b.rule for b in prove([*refused, line(10, host="z.site.example")]).broken] == [
        PolitenessRule.CLOSED
    ]
    assert prove([*refused, line(36, host="z.site.example")]).holds


def test_a_refusal_before_the_window_counts_and_is_not_told() -> None:
    lines = changed(7, at=at(120))
    assert [b.line.at for b in prove(lines, since=at(100)).broken if b.line] == [at(120)]
    assert prove(lines, since=at(130)).holds


def test_a_robots_txt_that_failed_may_be_asked_again() -> None:
    lines = [robots_line(0, status=503, outcome="server_error"), robots_line(700)]
    assert prove(lines).holds


def test_what_can_not_be_proved_is_named() -> None:
    lines = [
        line(0, host="old.example", domain=""),
        line(1, host="old.example", domain=""),
        line(2, host="a.site.example", at=BEGIN),
        line(60, host="a.site.example", purpose=Purpose.LOOK),
    ]
    proof = prove(sorted(lines, key=lambda each: each.at))
    assert proof.holds
    assert sorted(proof.unproved.values()) == [1, 1, 1, 2]


@given(st.floats(0, 0.0009), st.floats(0.001, 5))
def test_rounding_never_makes_a_break(error: float, took: float) -> None:
    first = line(0, host="c.example", seconds=took, domain="c.example")
    again = line(took + 2 - error, host="c.example", domain="c.example")
    assert prove([first, again]).holds
