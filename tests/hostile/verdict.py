"""What holds of every case, and what its own expectation says."""

from __future__ import annotations

from scheduler.wording.formatters import words_of
from storage.models.pages import PageState
from storage.models.problems import Problem
from tests.hostile.case import Case, Expected, Fails, Lists, PageFails, Reads
from tests.hostile.web import Seen

MOST_MEMORY = 64 * 1024 * 1024
# Of the processor, by the loop that serves all sites: what it takes is taken from the others.
MOST_LOOP_SECONDS = 4.0


def judge(case: Case, seen: Seen) -> None:
    """Fail unless the case was survived as it must be."""
    _as_expected(case.expected, seen)
    assert seen.grown < MOST_MEMORY, f"it took {seen.grown / 2**20:.0f} MB"
    assert seen.loop_seconds < MOST_LOOP_SECONDS
    assert seen.complaints == ()


def _as_expected(expected: Expected, seen: Seen) -> None:
    match expected:
        case Fails(problem, says):
            assert seen.source.health.problem is problem, seen.source.health.problem_detail
            assert says in seen.source.health.problem_detail
            _names(seen, problem)
        case PageFails(problem, says):
            assert seen.source.health.problem is None, seen.source.health.problem_detail
            assert seen.page is not None
            assert seen.page.problem is problem, (seen.page.problem, seen.page.problem_detail)
            assert says in seen.page.problem_detail
            assert seen.article is None
            _names(seen, problem)
        case Reads():
            _reads(expected, seen)
        case Lists():
            _lists(expected, seen)


def _names(seen: Seen, problem: Problem) -> None:
    assert words_of(problem.value) in seen.shown, "the source's page does not name the reason"


def _reads(expected: Reads, seen: Seen) -> None:
    assert seen.page is not None
    assert seen.page.problem is None, (seen.page.problem, seen.page.problem_detail)
    assert seen.page.state is PageState.DUE or seen.page.state is PageState.DONE
    assert seen.article is not None
    for part in expected.has:
        assert part in seen.article.text
    for part in expected.hasnt:
        assert part not in seen.article.text
        assert part not in seen.article.title
    if expected.title is not None:
        assert seen.article.title == expected.title
    if expected.dated is not None:
        assert (seen.article.dates.published is not None) is expected.dated


def _lists(expected: Lists, seen: Seen) -> None:
    assert seen.source.health.problem is None, (
        seen.source.health.problem,
        seen.source.health.problem_detail,
    )
    assert len(seen.pages) == expected.pages
    assert expected.says in seen.source.health.degraded
    assert expected.says in seen.shown
    if expected.url:
        assert any(page.url.endswith(expected.url) for page in seen.pages), seen.pages
    if expected.undated:
        assert all(listing.published is None for listing in seen.listings)
