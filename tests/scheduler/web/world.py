"""A small installation with something in every state, and a server over it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Connection

from crawler.copies.text.overlap import passages
from crawler.copies.text.shingles import shingle
from scheduler.access.passwords import Passwords
from scheduler.config.loader import LoadedSettings
from scheduler.config.settings import Settings, WebSettings
from scheduler.web.app import Site, SiteParts
from scheduler.web.pages.login import SetupLink
from scheduler.web.pages.sources import Look
from scheduler.web.server import WebServer
from storage.crawl import fetches, pages, sources
from storage.delivery import alerts, outbox
from storage.models.articles import Article, ArticleDates, ExtractedArticle
from storage.models.deliveries import Attempt, Draft
from storage.models.fetches import Fetch
from storage.models.listings import ListedItem
from storage.models.matches import QueryMatch
from storage.models.pages import PageState
from storage.models.problems import Problem
from storage.models.recipients import Channel, NewRecipient
from storage.models.sources import Source
from storage.models.stories import CopyVerdict, Evidence, Origin, Relation
from storage.models.topics import Topic
from storage.operators import accounts, tokens
from storage.operators.accounts import Account, AccountRole
from storage.operators.tokens import TokenScope
from storage.process import jobs
from storage.sql.database import Database
from storage.stories import articles, stories
from storage.topics import matches, topics
from tests.crawler.copies import texts
from tests.storage.world import a_listed_page

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEB = WebSettings()
PASSWORD = "three wise ferrymen"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # tests have no secrets to keep
FERRY = texts.STORIES["ferry"]
COPIES = {
    Relation.NEAR: texts.edit(FERRY),
    Relation.CONTAINS: texts.farm(texts.lead(FERRY)),
    Relation.EXCERPT: texts.excerpt(FERRY),
    Relation.EXACT: FERRY,
}
NAUGHTY = "<script>alert(1)</script> \"'&{{ 7*7 }} \u202eevil"


def ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


@asynccontextmanager
async def serving(
    db: Database,
    *,
    settings: WebSettings = WEB,
    setup: SetupLink | None = None,
    look: Look | None = None,
    clock: Callable[[], datetime] = lambda: NOW,
) -> AsyncIterator[WebServer]:
    site = Site(
        SiteParts(
            db=db,
            clock=clock,
            started_at=ago(600),
            version="1.2.3",
            settings=settings,
            setup=setup or SetupLink(),
            passwords=Passwords(QUICK),
            listing=lambda: tuple(LoadedSettings(Settings(), None).listing()),
        )
    )
    if look is not None:
        site.open(look)
    server = WebServer(site.app, "127.0.0.1", 0)
    await server.start()
    try:
        yield server
    finally:
        site.close()
        await server.stop()


def a_token(db: Database, scope: TokenScope, topic_id: int | None = None) -> str:
    """Make a token, and give its secret."""
    with db.begin() as conn:
        return tokens.create(conn, name="a test", scope=scope, now=NOW, topic_id=topic_id)[1]


def an_account(db: Database, name: str, role: AccountRole, password: str = PASSWORD) -> Account:
    """Make an account with the tests' password."""
    with db.begin() as conn:
        hashed = QUICK.hash(password)
        return accounts.add(conn, name=name, password=hashed, role=role, now=NOW)


def fill(conn: Connection) -> None:
    """Store sources in each state, a folded story, two alerts and their deliveries."""
    herald, gazette, farm = (
        _healthy(conn, name, title)
        for name, title in (
            ("herald.example", "Harbor Herald"),
            ("gazette.example", "Torvel Gazette"),
            ("farm.example", "News 24 Daily Now"),
        )
    )
    _failing(conn, "gone.example", Problem.DNS_NOT_FOUND, "no address for gone.example")
    _failing(conn, "slow.example", Problem.TIMEOUT, "nothing came for 30 s")
    sources.pause(conn, _source(conn, "quiet.example", "Quiet Times").id)
    title = "Ferry crews in Ostrand begin a two-day strike over night shifts"
    root = _story(conn, herald, title, FERRY)
    for number, (source, relation) in enumerate(
        [(gazette, Relation.NEAR), (farm, Relation.CONTAINS), (gazette, Relation.EXCERPT)]
        + [(farm, Relation.EXACT)] * 3
    ):
        _copy(conn, root, source, relation, number)
    _weigh(conn, root)
    second = _story(conn, gazette, NAUGHTY)
    bells = _story(conn, herald, "Council votes to keep the library’s bells")
    said = Evidence(
        bells.id, "names_another", "herald.example opens with North Coast Wire's line.", -0.8
    )
    stories.set_origin(
        conn, bells.story_id, Origin(bells.id, 0.82, (said,), "North Coast Wire"), ago(290)
    )
    _ledger(conn, herald)
    topic = topics.add(
        conn,
        name="ferries",
        query="ferry",
        recipients=[
            NewRecipient(Channel.EMAIL, "desk@example.org", None),
            NewRecipient(
                Channel.WEBHOOK, "https://hooks.example.org/secret-path", "whsec_c2VjcmV0"
            ),
        ],
        now=ago(900),
    )
    _alert(conn, topic, root, dead=False)
    _alert(conn, topic, second, dead=True)
    jobs.started(conn, "poll_sources", ago(1))
    jobs.finished(conn, "poll_sources", ago(1))


def _source(conn: Connection, name: str, title: str) -> Source:
    return sources.add(
        conn,
        url=f"https://{name}/feed.xml",
        title=title,
        site_url=f"https://{name}/",
        alert_backlog=False,
        now=ago(900),
    )


def _healthy(conn: Connection, name: str, title: str) -> Source:
    source = _source(conn, name, title)
    sources.fetched(
        conn,
        source.id,
        now=ago(4),
        next_fetch_at=NOW + timedelta(minutes=11),
        next_reason="it publishes about 2.4 articles an hour",
        article_rate=2.4,
        etag=None,
        last_modified=None,
        body_hash=None,
    )
    return sources.get(conn, source.id)


def _failing(conn: Connection, name: str, problem: Problem, detail: str) -> None:
    source = _source(conn, name, name)
    sources.failed(
        conn,
        source.id,
        now=ago(9),
        problem=problem,
        detail=detail,
        next_fetch_at=NOW + timedelta(hours=3),
        next_reason="failed, so it waits longer",
    )


def _article(  # noqa: PLR0917 - a row of the story
    conn: Connection,
    source: Source,
    title: str,
    story_id: int,
    minutes: float,
    text: str = "The ferry stayed in port.",
) -> Article:
    url = f"{source.site_url}{len(articles.search(conn, 1000))}"
    item = ListedItem(url=url, title=title)
    page = a_listed_page(conn, source, item, now=ago(minutes))
    extracted = ExtractedArticle(
        url=url,
        canonical_url=url,
        site=source.title,
        title=title,
        text=text,
        authors=("Ida Lund",),
        dates=ArticleDates(published=ago(minutes + 5)),
    )
    article = articles.insert_new(
        conn,
        page=page,
        source_id=source.id,
        story_id=story_id,
        host=source.title,
        extracted=extracted,
        backlog=False,
        now=ago(minutes),
    )
    pages.settle(conn, page.id, state=PageState.DONE, now=ago(minutes), http_status=200)
    return article


def _story(
    conn: Connection, source: Source, title: str, text: str = "The ferry stayed in port."
) -> Article:
    article = _article(conn, source, title, stories.begin(conn, ago(300)), 300, text)
    stories.set_origin(conn, article.story_id, Origin(article.id, 1.0, ()), ago(300))
    return article


def _copy(conn: Connection, root: Article, source: Source, relation: Relation, number: int) -> None:
    text = COPIES[relation]
    copy = _article(conn, source, root.title, root.story_id, 200 - 20 * number, text)
    shared = passages(shingle(text), shingle(root.text))
    verdict = CopyVerdict(root.id, relation, 0.97 - number / 10, 1.0 - number / 9, shared)
    stories.add_copy(conn, copy.id, verdict, ago(200))


def make_stale(conn: Connection, story_id: int) -> Article:
    """Let a story's last article say on top that it is years old."""
    article = stories.members(conn, story_id)[-1].article
    old = ExtractedArticle(
        url=article.url,
        canonical_url=article.url,
        site=article.site,
        title=article.title,
        text=f"LONDON, 3 March 2021 (Reuters) - {article.text}",
        dates=ArticleDates(published=article.dates.published),
    )
    return articles.revise(conn, article, old, NOW)


def _weigh(conn: Connection, root: Article) -> None:
    evidence = (
        Evidence(root.id, "named", "Torvel Gazette credits Harbor Herald in its byline.", 3.0),
        Evidence(root.id, "first", "Harbor Herald published it 95 minutes before any other.", 1.0),
        Evidence(root.id + 1, "place", "Torvel Gazette has no dateline.", -0.5),
    )
    stories.set_origin(conn, root.story_id, Origin(root.id, 0.94, evidence), ago(100))


def _ledger(conn: Connection, source: Source) -> None:
    outcomes = ["ok"] * 20 + ["not_modified"] * 46 + ["timeout"] * 3 + ["dns_not_found"] * 2
    fetches.add(
        conn,
        [
            Fetch(
                url=source.url,
                host="herald.example",
                source_id=source.id,
                page_id=None,
                at=ago(number),
                seconds=0.2,
                status=200,
                size=1000,
                outcome=outcome,
            )
            for number, outcome in enumerate(outcomes)
        ],
    )


def _alert(conn: Connection, topic: Topic, article: Article, *, dead: bool) -> None:
    told: dict[str, Any] = {
        "topic_id": topic.id,
        "story_id": article.story_id,
        "article_id": article.id,
    }
    matched = QueryMatch(("ferry",), ())
    matches.record(conn, **told, matched=matched, now=ago(40), held_by=None)
    alert = alerts.create(conn, **told, matched=matched, now=ago(40))
    assert alert is not None
    for person in topic.recipients:
        draft = Draft(
            person.id, person.channel, person.address, f"{alert.uid}_{person.id}", b"payload"
        )
        delivery = outbox.put(conn, alert_id=alert.id, draft=draft, now=ago(40))
        refused = dead and person.channel is Channel.WEBHOOK
        outcome = "refused" if refused else "delivered"
        attempt = Attempt(ago(39), outcome, 410 if refused else 250, NAUGHTY, 0.1)
        (outbox.dead if refused else outbox.delivered)(conn, delivery.id, attempt)
