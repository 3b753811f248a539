"""How far a refusal reaches: one URL, the host, or the domain, by what the others answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.backoff import LONGEST_STRETCH, Backoffs
from crawler.fetch.refusal_scope import (
    ITSELF,
    BroughtBy,
    HostAnswer,
    RecentAnswers,
    RefusalScope,
    have_limits_of_their_own,
    scope_of,
)
from crawler.urls.publishers import registrable_domain

BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


class Domain:
    """A domain whose hosts answer one after the other, and what that closed."""

    def __init__(self) -> None:
        self.backoffs = Backoffs()
        self.now = BEGIN

    def says(
        self,
        host: str,
        status: int,
        path: str = "/",
        *,
        wish: int | None = None,
        wait: float = 5,
        brought_by: BroughtBy = ITSELF,
    ) -> RefusalScope | None:
        self.now += timedelta(seconds=wait)
        url = f"https://{host}{path}"
        answer = HostAnswer(self.now, url, host, "site.example", status, brought_by=brought_by)
        asked = None if wish is None else self.now + timedelta(seconds=wish)
        return self.backoffs.answered(answer, retry_after=asked, stretch=1.0)

    def wait(self, host: str, path: str = "/", brought_by: BroughtBy = ITSELF) -> float:
        url = f"https://{host}{path}"
        closed = self.backoffs.closed(url, host, "site.example", brought_by)
        return max((closed.until - self.now).total_seconds(), 0.0)


def test_a_refusal_of_one_url_leaves_a_host_open_that_answers_otherwise() -> None:
    domain = Domain()
    domain.says("a.site.example", 200, "/fine")
    assert domain.says("a.site.example", 429, "/busy") is RefusalScope.URL
    assert domain.wait("a.site.example", "/busy") == 30
    assert domain.wait("a.site.example", "/fine") == 0


def test_refusals_of_two_urls_in_a_row_close_the_host() -> None:
    domain = Domain()
    domain.says("a.site.example", 200, "/fine")
    domain.says("a.site.example", 429, "/busy")
    assert domain.says("a.site.example", 429, "/too") is RefusalScope.HOST
    assert domain.wait("a.site.example", "/fine") == 30
    assert domain.wait("b.site.example") == 0


def test_a_host_of_which_nothing_is_known_is_closed_as_a_whole() -> None:
    assert Domain().says("a.site.example", 503) is RefusalScope.HOST


def test_a_host_that_refuses_does_not_stall_innocent_ones_of_its_domain() -> None:
    # FreshRSS 7571 and 7870: one busy host closed all that shared its domain.
    domain = Domain()
    domain.says("a.site.example", 200)
    domain.says("b.site.example", 200)
    assert domain.says("a.site.example", 429) is RefusalScope.HOST
    assert domain.says("b.site.example", 200) is None
    assert domain.says("a.site.example", 429, wait=40) is RefusalScope.HOST
    assert domain.wait("b.site.example") == 0


def test_hosts_that_refuse_together_close_their_domain() -> None:
    # FreshRSS 8925: each blog has a host of its own, and the limit is the platform's.
    domain = Domain()
    domain.says("a.site.example", 200)
    assert domain.says("a.site.example", 429) is RefusalScope.HOST
    assert domain.says("b.site.example", 429) is RefusalScope.DOMAIN
    assert domain.wait("c.site.example") == 30
    assert domain.backoffs.is_shared("site.example", domain.now)


def test_a_first_request_that_is_refused_while_only_others_were_asked_closes_the_domain() -> None:
    domain = Domain()
    for _ in range(3):
        domain.says("a.site.example", 200)
    assert domain.says("b.site.example", 429) is RefusalScope.DOMAIN
    assert domain.says("b.site.example", 429, wait=3600) is RefusalScope.HOST, "it always does"


def test_hosts_that_recover_together_can_be_one_again() -> None:
    domain = Domain()
    for status in (429, 200, 429):
        domain.says("a.site.example", status, wait=31)
        last = domain.says("b.site.example", status, wait=31)
    assert last is RefusalScope.DOMAIN


def test_a_domain_whose_hosts_turn_out_to_differ_is_shared_no_longer() -> None:
    domain = Domain()
    domain.says("a.site.example", 200)
    domain.says("a.site.example", 429)
    domain.says("b.site.example", 429)
    domain.says("b.site.example", 200, wait=4000)
    domain.says("a.site.example", 429, wait=1)
    domain.says("b.site.example", 200, wait=1)
    domain.says("a.site.example", 429, wait=60)
    assert not domain.backoffs.is_shared("site.example", domain.now)


def test_a_domain_is_forgiven_after_a_day() -> None:
    domain = Domain()
    domain.says("a.site.example", 429)
    domain.says("b.site.example", 429)
    assert not domain.backoffs.is_shared("site.example", domain.now + timedelta(hours=25))


def test_recovery_goes_step_by_step() -> None:
    domain, slow = Domain(), []
    for _ in range(4):
        domain.says("a.site.example", 503, wait=domain.wait("a.site.example") + 1)
    for _ in range(4):
        domain.says("a.site.example", 200, wait=600)
        slow.append(domain.backoffs.slowness("a.site.example", "site.example").total_seconds())
    assert slow == [60, 30, 0, 0]


def test_robots_txt_that_is_served_is_no_sign_of_a_host_that_is_well() -> None:
    domain = Domain()
    domain.says("a.site.example", 200, "/robots.txt")
    assert domain.says("a.site.example", 429, "/page") is RefusalScope.HOST


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([200, 304, 404, 429, 503]))))
def test_no_back_off_lasts_longer_than_a_day(said: list[tuple[str, int]]) -> None:
    backoffs, now = Backoffs(), BEGIN
    for host, status in said:
        now += timedelta(seconds=1)
        answer = HostAnswer(now, f"https://{host}/", host, "site.example", status)
        backoffs.answered(answer, retry_after=None, stretch=LONGEST_STRETCH)
        assert backoffs.closed(answer.url, host, "site.example").until <= now + DAY


def test_the_memory_of_a_domain_is_bounded() -> None:
    answers = RecentAnswers()
    for n in range(1_000):
        answers.add(HostAnswer(BEGIN, f"https://a/{n}", "a", "site.example", 200))
    assert len(answers.of("site.example")) == 32


def test_of_a_domain_that_answers_well_only_the_last_minutes_are_kept() -> None:
    answers = RecentAnswers()
    for n in range(1_000):
        at = BEGIN + timedelta(minutes=n)
        answers.add(HostAnswer(at, "https://a/feed", "a", "site.example", 200))
    assert len(answers.of("site.example")) == 11


_SAID = st.tuples(
    st.sampled_from("ab"), st.sampled_from("xy"), st.sampled_from([200, 429]), st.integers(0, 15)
)


@given(st.lists(_SAID, max_size=30), st.sampled_from("ab"), st.sampled_from("xy"))
def test_what_is_not_kept_would_change_no_judgement(
    said: list[tuple[str, str, int, int]], host: str, path: str
) -> None:
    answers, every, now = RecentAnswers(), [], BEGIN

    def answer(host: str, path: str, status: int) -> HostAnswer:
        until = now + timedelta(minutes=20) if status == 429 else None
        return HostAnswer(now, f"https://{host}/{path}", host, "site.example", status, until)

    for its_host, its_path, status, minutes in said:
        now += timedelta(minutes=minutes)
        every.append(answer(its_host, its_path, status))
        answers.add(every[-1])
    refusal = answer(host, path, 429)
    kept = answers.of("site.example")
    assert scope_of(refusal, kept) is scope_of(refusal, every)
    assert have_limits_of_their_own(kept) is have_limits_of_their_own(every)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.harbour.co.uk", "harbour.co.uk"),
        ("a.tumblr.com:8080", "tumblr.com"),
        ("me.github.io", "me.github.io"),
        ("github.io", "github.io"),
        ("a.b.unheard", "b.unheard"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("[::1]:8080", "[::1]:8080"),
        ("localhost", "localhost"),
    ],
)
def test_the_registrable_domain_is_found_without_a_network(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


# --- who brought an address ---------------------------------------------------------------

MIRROR, OTHER = BroughtBy(7, foreign=True), BroughtBy(8, foreign=True)
HERALD = BroughtBy(1)


def test_what_a_stranger_brought_closes_a_host_for_that_stranger_alone() -> None:
    domain = Domain()
    domain.says("a.site.example", 200, "/feed", brought_by=HERALD)
    for number in range(12):
        domain.says("a.site.example", 503, f"/search?q={number}", brought_by=MIRROR)
    assert domain.wait("a.site.example", "/news", HERALD) == 0
    assert domain.wait("a.site.example", "/news", OTHER) == 0
    assert domain.wait("a.site.example", "/news", MIRROR) > 30 * 2**9


def test_a_host_that_refuses_what_two_strangers_brought_refuses_strangers() -> None:
    domain = Domain()
    domain.says("a.site.example", 503, "/1", brought_by=MIRROR)
    domain.says("a.site.example", 503, "/2", brought_by=OTHER)
    third = BroughtBy(9, foreign=True)
    assert domain.wait("a.site.example", "/3", third) == pytest.approx(60)
    assert domain.wait("a.site.example", "/3", HERALD) == 0


def test_a_host_that_refuses_its_own_listing_is_closed_for_all() -> None:
    domain = Domain()
    domain.says("a.site.example", 503, "/feed", brought_by=HERALD)
    assert domain.wait("a.site.example", "/1", MIRROR) == 30
    assert domain.wait("a.site.example", "/1") == 30


def test_strangers_do_not_lengthen_the_back_off_of_a_hosts_own_listing() -> None:
    domain = Domain()
    for number in range(8):
        domain.says("a.site.example", 503, f"/{number}", brought_by=MIRROR)
    domain.says("a.site.example", 503, "/feed", brought_by=HERALD)
    assert domain.wait("a.site.example", "/news", HERALD) == 30


def test_what_a_stranger_brought_of_several_hosts_does_not_close_their_domain() -> None:
    domain = Domain()
    for host in ("a.site.example", "b.site.example", "c.site.example"):
        domain.says(host, 503, brought_by=MIRROR)
    assert domain.wait("d.site.example", "/feed", BroughtBy(4)) == 0
    assert not domain.backoffs.is_shared("site.example", domain.now)
    assert domain.wait("d.site.example", "/1", MIRROR) > 0


def test_a_host_that_answers_recovers_for_strangers_too() -> None:
    domain = Domain()
    for number in range(4):
        domain.says("a.site.example", 503, f"/{number}", brought_by=MIRROR)
    slow = domain.backoffs.slowness("a.site.example", "site.example", MIRROR)
    domain.says("a.site.example", 200, "/feed", brought_by=HERALD)
    assert domain.backoffs.slowness("a.site.example", "site.example", MIRROR) < slow
    assert domain.backoffs.slowness("a.site.example", "site.example", HERALD) == timedelta(0)
