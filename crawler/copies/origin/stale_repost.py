"""Is this an old text under a new date? A stale repost is named so, with the reason; pure.

Its story gives it away, by what was seen here or by two independent witnesses, or the text itself: a
date in its address, a dateline, a byline. One page's word of its own age says nothing of another's
article. Only what presents itself as new is one: an archive's page that states the old date is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from crawler.copies.origin.text_date import dates_of_text
from crawler.copies.origin.times import AGAINST_FORGING
from crawler.copies.records import OriginCandidate, stated_time
from crawler.extract.dates.written_dates import date_of_address
from crawler.urls.publishers import publisher_of
from storage.models.articles import StaleRepost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from storage.models.articles import Article
    from storage.models.stories import Evidence

WITNESSES = 2
"""Publishers, none of them the article's own, that must date a text before it counts as that old."""


def stale_repost(
    article: Article,
    original: Article | None,
    *,
    stale_days: int,
    others: Sequence[Article] = (),
    evidence: Sequence[Evidence] = (),
) -> StaleRepost | None:
    """Tell whether an article presents a text as new that is older by so many days, and why.

    `original` is that of its story, as far as known; it may be the article itself. `others` are the
    story's other articles, `evidence` is what is held against them.
    """
    story = [*others, *(() if original is None else (original,))]
    return _judged(article, _StoryDates.of(story, evidence), stale_days)


def stale_reposts(
    articles: Sequence[Article],
    original: Article,
    *,
    stale_days: int,
    evidence: Sequence[Evidence] = (),
) -> Mapping[int, StaleRepost]:
    """Return the stale reposts among a story's articles, by their ids."""
    dates = _StoryDates.of([*articles, original], evidence)
    judged = {article.id: _judged(article, dates, stale_days) for article in articles}
    return {article_id: stale for article_id, stale in judged.items() if stale is not None}


@dataclass(frozen=True, slots=True)
class _StoryDates:
    """Since when a story's text is known: who had it here, and what each publisher states, in order."""

    seen: Sequence[tuple[datetime, int, str]]  # with the article and its host
    stated: Sequence[tuple[datetime, str, str]]  # with the host and its publisher

    @staticmethod
    def of(articles: Iterable[Article], evidence: Iterable[Evidence]) -> _StoryDates:
        story = {article.id: article for article in articles}
        doubted = {said.article_id for said in evidence if said.kind in AGAINST_FORGING}
        stated: dict[str, tuple[datetime, str, str]] = {}
        for article in story.values():
            at, publisher = _stated(article), publisher_of(article.host)
            if at is not None and article.id not in doubted:
                says = (at, article.host, publisher)
                stated[publisher] = min(stated.get(publisher, says), says)
        seen = [(article.first_seen, article.id, article.host) for article in story.values()]
        return _StoryDates(sorted(seen), sorted(stated.values()))


def _judged(article: Article, dates: _StoryDates, stale_days: int) -> StaleRepost | None:
    appeared = _appeared(article)
    if appeared is None:
        return None
    newest = appeared - timedelta(days=stale_days)  # of what counts as old
    return (
        _as_seen(article, dates, newest)
        or _by_witnesses(article, dates, newest)
        or _by_itself(article, newest)
    )


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


def _as_seen(article: Article, dates: _StoryDates, newest: datetime) -> StaleRepost | None:
    """Date it by whose article with this text was seen here first."""
    others = ((at, host) for at, article_id, host in dates.seen if article_id != article.id)
    at, host = next(others, (newest, ""))
    if not host or at > newest:
        return None
    says = f"{host} had this text on {at:%Y-%m-%d}; {_presents(article)}"
    return StaleRepost(at.date(), says)


def _by_witnesses(article: Article, dates: _StoryDates, newest: datetime) -> StaleRepost | None:
    """Date it by what others state, back to a day by which several publishers state to have had it."""
    own = publisher_of(article.host)
    others = ((at, host) for at, host, publisher in dates.stated if publisher != own)
    witnesses = list(islice(others, WITNESSES))
    if len(witnesses) < WITNESSES or witnesses[-1][0] > newest:
        return None
    since = witnesses[-1][0].date()
    hosts = " and ".join(host for _, host in witnesses)
    return StaleRepost(
        since, f"{hosts} both date this text {since} or before; {_presents(article)}"
    )


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
