"""An old text under a new date is a stale repost; what is honest about its age is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from crawler.copies.origin.stale_repost import stale_repost, stale_reposts
from storage.models.articles import Article, StaleRepost
from storage.models.stories import Evidence
from tests.scheduler.alerts import drafts

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TEXT = "The ship left the quay at noon, said the harbour master.\nNobody was hurt."
DATED = f"LONDON, 3 March 2021 (Reuters) - {TEXT}"


def article(number: int, host: str, **changes: Any) -> Article:
    """Return an article that states no date and was first seen at noon."""
    undated = {"url": f"https://{host}/ship", "host": host, "text": TEXT, "published": None}
    return drafts.article(number, **(undated | {"first_seen": NOON} | changes))


def ago(**length: float) -> datetime:
    return NOON - timedelta(**length)


def judged(repost: Article, original: Article | None = None) -> StaleRepost | None:
    return stale_repost(repost, original, stale_days=10)


ORIGINAL = article(1, "harbor.example", published=ago(days=30, hours=1), first_seen=ago(days=30))


@pytest.mark.parametrize(
    ("published", "says"),
    [
        (ago(hours=2), "farm.example states 2026-06-01."),
        (NOON, "farm.example had it as new on 2026-06-01."),
        (NOON + timedelta(days=1), "farm.example had it as new on 2026-06-01."),
        (None, "farm.example had it as new on 2026-06-01."),
    ],
)
def test_a_copy_of_an_old_original_that_appears_as_new(
    published: datetime | None, says: str
) -> None:
    found = judged(article(2, "farm.example", published=published), ORIGINAL)
    assert found == StaleRepost(
        date(2026, 5, 2), f"harbor.example had this text on 2026-05-02; {says}"
    )


def test_an_original_counts_from_when_it_was_seen_when_its_date_is_not_believed() -> None:
    unsure = replace(ORIGINAL, dates=replace(ORIGINAL.dates, published=ago(days=1)))
    found = judged(article(2, "farm.example"), unsure)
    assert found is not None
    assert found.dated == date(2026, 5, 2)


OLD_CLAIMS = replace(
    ORIGINAL, dates=replace(ORIGINAL.dates, published=ago(days=40)), first_seen=ago(minutes=5)
)


def test_one_pages_word_that_it_is_old_makes_nothing_stale() -> None:
    """A forger pastes a fresh article and dates it forty days back."""
    fresh = article(2, "victim.example", published=ago(hours=2))
    assert judged(fresh, OLD_CLAIMS) is None
    own_other = replace(OLD_CLAIMS, id=3, host="www.harbor.example")
    assert stale_reposts([fresh, OLD_CLAIMS, own_other], OLD_CLAIMS, stale_days=10) == {}


def test_two_publishers_that_date_a_text_make_a_later_one_stale() -> None:
    other = replace(
        OLD_CLAIMS,
        id=3,
        host="archive.example",
        dates=replace(ORIGINAL.dates, published=ago(days=300)),
    )
    fresh = article(2, "farm.example")
    found = stale_reposts([fresh, OLD_CLAIMS, other], OLD_CLAIMS, stale_days=10)
    day = ago(days=40).date()
    assert found == {
        2: StaleRepost(
            day,
            f"archive.example and harbor.example both date this text {day} or before;"
            " farm.example had it as new on 2026-06-01.",
        )
    }
    early = Evidence(3, "claims_early", "archive.example claims it.", -1.0)
    doubted = stale_reposts([fresh, OLD_CLAIMS, other], OLD_CLAIMS, stale_days=10, evidence=[early])
    assert doubted == {}


def test_an_article_is_no_witness_against_its_own_publisher() -> None:
    others = [
        replace(OLD_CLAIMS, id=n, host=host)
        for n, host in ((3, "www.victim.example"), (4, "forger.example"))
    ]
    fresh = article(2, "victim.example", published=ago(hours=2))
    assert stale_repost(fresh, None, stale_days=10, others=others) is None


@pytest.mark.parametrize("days", [0.1, 1, 2, 7, 9])
def test_a_reprint_that_is_late_is_not_stale(days: float) -> None:
    late = article(2, "weekly.example", published=ORIGINAL.first_seen + timedelta(days=days))
    assert judged(late, ORIGINAL) is None


def test_a_page_that_states_the_old_date_is_an_archive() -> None:
    archived = article(2, "archive.example", published=ago(days=29))
    assert judged(archived, ORIGINAL) is None
    old = datetime(2021, 3, 4, tzinfo=UTC)
    assert judged(article(2, "archive.example", published=old, text=DATED)) is None


def test_the_original_is_no_repost_of_itself() -> None:
    assert judged(ORIGINAL, ORIGINAL) is None


def test_a_text_that_dates_itself_needs_no_original() -> None:
    found = judged(article(2, "farm.example", text=DATED, published=ago(hours=1)))
    assert found is not None
    assert found.dated == date(2021, 3, 3)
    assert "LONDON, 3 March 2021 (Reuters)" in found.says


def test_the_date_on_top_that_a_farm_invents_does_not_hide_the_dateline() -> None:
    wrapped = article(2, "farm.example", text=f"Mon. Jun 01, 2026\n{DATED}")
    assert judged(wrapped) is not None


def test_a_text_that_was_changed_since_is_not_stale() -> None:
    guide = article(
        2, "herald.example", text=f"Published 3 March 2021\nUpdated 31 May 2026\n{TEXT}"
    )
    assert judged(guide) is None


def test_an_address_dates_what_the_text_does_not() -> None:
    old = article(2, "herald.example", url="https://herald.example/2021/03/03/ship")
    found = judged(old)
    assert found == StaleRepost(
        date(2021, 3, 3),
        "The address is dated 2021-03-03; herald.example had it as new on 2026-06-01.",
    )
    assert judged(replace(old, text=f"1 June 2026\n{TEXT}")) is None


def test_the_backlog_of_a_source_does_not_appear_when_we_first_see_it() -> None:
    listed = article(2, "herald.example", text=DATED, backlog=True)
    assert judged(listed, ORIGINAL) is None
    assert (
        judged(replace(listed, dates=replace(listed.dates, published=ago(hours=1))), ORIGINAL)
        is not None
    )


def test_the_days_can_be_set() -> None:
    copy = article(2, "farm.example")
    assert stale_repost(copy, ORIGINAL, stale_days=31) is None
    assert stale_repost(copy, ORIGINAL, stale_days=29) is not None


def test_a_story_names_its_stale_reposts_by_their_articles() -> None:
    prompt = article(2, "weekly.example", published=ago(days=29), first_seen=ago(days=29))
    stale = article(3, "farm.example")
    found = stale_reposts([ORIGINAL, prompt, stale], ORIGINAL, stale_days=10)
    assert set(found) == {3}
