"""An installation of months, made by SQL: a million articles of 2,000 sources, and all round them."""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from storage.sql.database import Database

DAYS = 30
SOURCES = 2000
TOPICS = 200
_REQUESTS_AN_ARTICLE = 2
_TEXT = "The council of Port Ansel voted on Tuesday to keep its ferries running. " * 12

_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "


def fill(path: Path, *, articles: int, now: datetime) -> None:
    """Make the database; ages run evenly over the last 30 days."""
    Database.open(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("BEGIN")
    values = {
        "most": articles,
        "sources": SOURCES,
        "topics": TOPICS,
        "text": _TEXT,
        "begin": (now - timedelta(days=DAYS)).timestamp(),
        "step": DAYS * 86400 / articles,
        "now": now.strftime("%Y-%m-%d %H:%M:%S.000000"),
    }
    for statement, most in (
        (_SOURCES, SOURCES),
        (_PAGES, articles),
        (_LISTINGS, articles),
        (_STORIES, articles),
        (_ARTICLES, articles),
        (_COPIES, articles),
        (_FETCHES, articles * _REQUESTS_AN_ARTICLE),
        (_TALLIES, 0),
        (_ALL_TALLIES, 0),
        (_LEADS, 100_000),
        (_TOPICS, TOPICS),
        (_RECIPIENTS, TOPICS),
        (_MATCHES, articles // 20),
        (_ALERTS, articles // 40),
        (_OUTBOX, articles // 40),
        (_ATTEMPTS, articles // 40),
        (_JOBS, 1),
    ):
        connection.execute(statement, values | {"most": most})
    connection.execute("COMMIT")
    connection.close()


def _at(number: str) -> str:
    return f"strftime('%Y-%m-%d %H:%M:%S.000000', :begin + {number} * :step, 'unixepoch')"


_SOURCES = (
    _NUMBERS
    + "INSERT INTO sources (id, url, title, site_url, state, alert_backlog, added_at, primed_at, "
    "next_fetch_at, next_reason, last_fetch_at, last_success_at, failures, problem, "
    "problem_detail, article_rate, rate_at, rhythm) SELECT i, "
    "'https://paper' || i || '.example/feed.xml', 'The Paper of Place ' || i, "
    "'https://paper' || i || '.example/', 'active', 0, " + _at("0") + ", " + _at("1") + ", "
    ":now, 'its rhythm', :now, :now, CASE WHEN i % 50 = 0 THEN 4 ELSE 0 END, "
    "CASE WHEN i % 50 = 0 THEN 'timeout' END, CASE WHEN i % 50 = 0 THEN 'no answer' ELSE '' END, "
    "0.7, :now, NULL FROM n"
)
_PAGES = (
    _NUMBERS
    + "INSERT INTO pages (id, url, state, found_at, due_at, last_fetch_at, http_status, problem) "
    "SELECT i, 'https://paper' || (i % :sources + 1) || '.example/news/' || i, "
    "CASE WHEN i > :most - 5000 THEN 'due' WHEN i % 12 = 0 THEN 'refused' ELSE 'done' END, "
    + _at("i")
    + ", "
    + _at("i")
    + ", CASE WHEN i > :most - 2000 THEN NULL ELSE "
    + _at("i")
    + " END, 200, CASE WHEN i % 12 = 0 THEN 'not_an_article' END FROM n"
)
_LISTINGS = (
    _NUMBERS
    + "INSERT INTO page_listings (source_id, page_id, first_listed_at, last_listed_at, found_how, "
    "backlog) SELECT i % :sources + 1, i, " + _at("i") + ", " + _at("i") + ", 'feed', 0 FROM n"
)
# Each third article is a copy; it lies in the story of the one before.
_STORIES = (
    _NUMBERS
    + "INSERT INTO stories (id, root_article_id, first_seen, updated_at, confidence, evidence) "
    "SELECT i, i, " + _at("i") + ", " + _at("i") + ", 0.9, '[]' FROM n WHERE i % 3 <> 0"
)
_ARTICLES = (
    _NUMBERS
    + "INSERT INTO articles (id, page_id, source_id, story_id, url, canonical_url, host, site, "
    "title, text, authors, published, published_from, language, first_seen, fetched_at, revision, "
    "text_hash, backlog, signals) SELECT i, i, i % :sources + 1, "
    "CASE WHEN i % 3 = 0 THEN i - 1 ELSE i END, "
    "'https://paper' || (i % :sources + 1) || '.example/news/' || i, "
    "'https://paper' || (i % :sources + 1) || '.example/news/' || i, "
    "'paper' || (i % :sources + 1) || '.example', 'The Paper of Place ' || (i % :sources + 1), "
    "'Ferries run on in Port Ansel, says councillor ' || i, :text || i, '[]', "
    + _at("i - 40")
    + ", 'jsonld', 'en', "
    + _at("i")
    + ", "
    + _at("i")
    + ", 1, 'h' || i, 0, '[]' FROM n"
)
_COPIES = (
    _NUMBERS
    + "INSERT INTO copies (article_id, of_article_id, relation, share_of_article, share_of_other, "
    "passages, judged_at) SELECT i, i - 1, 'near', 0.9, 0.95, x'', "
    + _at("i")
    + " FROM n WHERE i % 3 = 0"
)
_FETCHES = (
    _NUMBERS
    + "INSERT INTO fetches (url, host, source_id, page_id, at, seconds, status, size, outcome, "
    "purpose, domain, gap) SELECT 'https://paper' || (i % :sources + 1) || '.example/news/' || i, "
    "'paper' || (i % :sources + 1) || '.example', i % :sources + 1, NULL, "
    + _at("i / 2.0")
    + ", 0.2, 200, 40000, CASE i % 10 WHEN 0 THEN 'timeout' WHEN 1 THEN 'not_modified' "
    "ELSE 'ok' END, 'page', 'paper' || (i % :sources + 1) || '.example', 5 FROM n"
)
_HOUR = "strftime('%Y-%m-%d %H:00:00.000000', at)"
_TALLIES = (
    f"INSERT INTO request_counts SELECT source_id, {_HOUR}, outcome, count(*), sum(size), sum(seconds) "
    "FROM fetches WHERE :most = 0 GROUP BY 1, 2, 3"
)
_ALL_TALLIES = (
    "INSERT INTO request_counts SELECT 0, hour, outcome, sum(requests), sum(size), sum(seconds) "
    "FROM request_counts WHERE :most = 0 GROUP BY 2, 3"
)
_LEADS = (
    _NUMBERS
    + "INSERT INTO domain_copies (host, other, copies) SELECT 'paper' || (i % 2000) || '.example', "
    "'farm' || (i / 2000) || '.example', i % 977 FROM n"
)
_TOPICS = (
    _NUMBERS + "INSERT INTO topics (id, name, query, created_at) SELECT i, 'topic ' || i, "
    "'ferry AND place' || i, " + _at("i") + " FROM n"
)
_RECIPIENTS = (
    _NUMBERS + "INSERT INTO recipients (id, topic_id, channel, address) SELECT i, i, 'email', "
    "'desk' || i || '@example.org' FROM n"
)
_MATCHES = (
    _NUMBERS + "INSERT INTO matches (topic_id, story_id, article_id, at, clauses, highlights) "
    "SELECT i % :topics + 1, i * 18 + 1, i * 18 + 1, "
    + _at("i * 18")
    + ", '[]', '[]' FROM n WHERE (i * 18 + 1) % 3 <> 0"
)
_ALERTS = (
    _NUMBERS + "INSERT INTO alerts (id, uid, topic_id, story_id, article_id, created_at, clauses, "
    "highlights) SELECT i, 'alert_' || i, i % :topics + 1, i * 36 + 1, i * 36 + 1, "
    + _at("i * 36 + 5")
    + ", '[]', '[]' FROM n"
)
_OUTBOX = (
    _NUMBERS
    + "INSERT INTO outbox (id, uid, alert_id, recipient_id, channel, endpoint, address, payload, "
    "state, attempts, created_at, next_attempt_at, delivered_at) SELECT i, 'delivery_' || i, i, "
    "i % :topics + 1, 'email', 'email', 'desk' || (i % :topics + 1) || '@example.org', x'00', "
    "CASE WHEN i % 500 = 0 THEN 'dead' WHEN i > :most - 50 THEN 'pending' ELSE 'delivered' END, 1, "
    + _at("i * 36 + 5")
    + ", "
    + _at("i * 36 + 6")
    + ", CASE WHEN i % 500 = 0 OR i > :most - 50 THEN NULL ELSE "
    + _at("i * 36 + 7")
    + " END FROM n"
)
_ATTEMPTS = (
    _NUMBERS
    + "INSERT INTO attempts (delivery_id, at, outcome, status, detail, seconds) SELECT i, "
    + _at("i * 36 + 7")
    + ", 'delivered', 250, 'taken', 0.1 FROM n"
)
_JOBS = (
    "INSERT INTO job_runs (name, started_at, finished_at, succeeded_at, runs) "
    "SELECT 'heartbeat', :now, :now, :now, :most"
)
