"""Is this an old text under a new date? A stale repost is named so, with the reason; pure.

Its original gives it away, or the text itself: a date in its address, a dateline, a byline. Only
what presents itself as new is one: an archive's page that states the old date is none.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from crawler.copies.origin.text_date import dates_of_text
from crawler.copies.records import OriginCandidate, stated_time
from crawler.extract.dates.written_dates import date_of_address
from storage.models.articles import StaleRepost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from storage.models.articles import Article


def stale_repost(
    article: Article, original: Article | None, *, stale_days: int
) -> StaleRepost | None:
    """Tell whether an article presents a text as new that is older by so many days, and why.

    `original` is that of its story, as far as known; it may be the article itself.
    """
    appeared = _appeared(article)
    if appeared is None:
        return None
    newest = appeared - timedelta(days=stale_days)  # of what counts as old
    return _by_original(article, original, newest) or _by_itself(article, newest)


def stale_reposts(
    articles: Iterable[Article], original: Article, *, stale_days: int
) -> Mapping[int, StaleRepost]:
    """Return the stale reposts among a story's articles, by their ids."""
    judged = {
        article.id: stale_repost(article, original, stale_days=stale_days) for article in articles
    }
    return {article_id: stale for article_id, stale in judged.items() if stale is not None}


def _appeared(article: Article) -> datetime | None:
    """When an article presents itself as published.

    That is when we first saw it, for a page that states the moment of our visit, or nothing; of
    the backlog of a source, which may have stood there for long, nothing says it.
    """
    if _stated(article) is not None:
        return article.dates.published
    if article.dates.published is None and article.backlog:
        return None
    return article.first_seen


def _by_original(
    article: Article, original: Article | None, newest: datetime
) -> StaleRepost | None:
    if original is None or original.id == article.id:
        return None
    published = min(_stated(original) or original.first_seen, original.first_seen)
    if published > newest:
        return None
    says = f"{original.host} had this text on {published:%Y-%m-%d}; {_presents(article)}"
    return StaleRepost(published.date(), says)


def _by_itself(article: Article, newest: datetime) -> StaleRepost | None:
    """Date an article by its text and its address.

    A text that says it was changed since is not old. Of several old dates the newest counts; the
    address counts where the text does not give a newer date.
    """
    dates = dates_of_text(article.text)
    if any(dated.of_change and _end_of(dated.day) > newest for dated in dates):
        return None
    old = [dated for dated in dates if _end_of(dated.day) <= newest]
    if old:
        last = max(old, key=lambda dated: dated.day)
        return StaleRepost(last.day, f"The text is dated “{last.line}”; {_presents(article)}")
    day = date_of_address(article.url)
    if dates or day is None or _end_of(day) > newest:
        return None
    return StaleRepost(day, f"The address is dated {day:%Y-%m-%d}; {_presents(article)}")


def _presents(article: Article) -> str:
    if _stated(article) is None:
        return f"{article.host} had it as new on {article.first_seen:%Y-%m-%d}."
    return f"{article.host} states {article.dates.published:%Y-%m-%d}."


def _stated(article: Article) -> datetime | None:
    return stated_time(
        OriginCandidate(
            article_id=article.id,
            host=article.host,
            title=article.title,
            words=0,
            published=article.dates.published,
            first_seen=article.first_seen,
        )
    )


def _end_of(day: date) -> datetime:
    """Return the last moment that a day may mean: a day alone proves no earlier hour."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)
