"""Records that the tests of the recrawl policy begin with."""

from __future__ import annotations

from datetime import UTC, datetime

from scheduler.config.settings import RecrawlSettings
from storage.models.pages import Page, PageState
from storage.models.sources import Source, SourceHealth, SourceSchedule, SourceState

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SETTINGS = RecrawlSettings()


def a_source(failures: int = 0) -> Source:
    return Source(
        id=1,
        url="https://h.example/feed",
        title="H",
        site_url="https://h.example/",
        state=SourceState.ACTIVE,
        alert_backlog=False,
        added_at=NOON,
        health=SourceHealth(primed_at=None, failures=failures),
        schedule=SourceSchedule(next_fetch_at=NOON, next_reason=""),
    )


def a_page(attempts: int = 0) -> Page:
    return Page(
        id=1,
        url="https://h.example/a",
        state=PageState.DUE,
        found_at=NOON,
        due_at=NOON,
        attempts=attempts,
    )
