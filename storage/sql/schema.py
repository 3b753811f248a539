"""The tables of the truth, as SQLAlchemy Core metadata; migrations/ must agree with them (tested)."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from storage.sql.column_types import CleanText, UtcDateTime, Whole

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sources = Table(
    "sources",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("url", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("site_url", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("alert_backlog", Boolean, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("primed_at", UtcDateTime),
    Column("next_fetch_at", UtcDateTime, nullable=False),
    Column("next_reason", CleanText, nullable=False),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("body_hash", CleanText),
    Column("last_fetch_at", UtcDateTime),
    Column("last_success_at", UtcDateTime),
    Column("failures", Whole, nullable=False, server_default="0"),
    Column("problem", CleanText),
    Column("problem_detail", CleanText, nullable=False, server_default=""),
    Column("article_rate", Float, nullable=False, server_default="0"),
    Column("rate_at", UtcDateTime),
    Column("kind", CleanText, nullable=False, server_default="feed"),
    Column("hub_url", CleanText),
    Column("self_url", CleanText),
    Column("sitemap_url", CleanText),
    Column("daily_budget", Whole),
    Column("rhythm", JSON),
    Column("learned", JSON),
    Column("weight", Float, nullable=False, server_default="1"),
    Column("overlap", Float),
    Column("missed", Whole, nullable=False, server_default="0"),
    Column("listed", Whole),
    Column("trust", Whole, nullable=False, server_default="0"),
    Column("checked_at", UtcDateTime),
    Column("failing_reported_at", UtcDateTime),
    Column("quiet", CleanText, nullable=False, server_default=""),
    Column("degraded", CleanText, nullable=False, server_default=""),
    Index(
        "uq_sources_url_kept",
        "url",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
)

pages = Table(
    "pages",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("url", CleanText, nullable=False, unique=True),
    Column("state", CleanText, nullable=False),
    Column("found_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("attempts", Whole, nullable=False, server_default="0"),
    Column("last_fetch_at", UtcDateTime),
    Column("http_status", Whole),
    Column("problem", CleanText),
    Column("problem_detail", CleanText, nullable=False, server_default=""),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("next_reason", CleanText, nullable=False, server_default=""),
    Column("key", CleanText, nullable=False, server_default=""),
    Index("ix_pages_key", "key"),
    Index("ix_pages_state_due_at", "state", "due_at"),
    Index(
        "ix_pages_unfetched",
        "id",
        sqlite_where=text("state = 'due' AND last_fetch_at IS NULL"),
        postgresql_where=text("state = 'due' AND last_fetch_at IS NULL"),
    ),
    Index(
        "ix_pages_refused",
        "last_fetch_at",
        "problem",
        sqlite_where=text("problem IS NOT NULL"),
        postgresql_where=text("problem IS NOT NULL"),
    ),
)

page_listings = Table(
    "page_listings",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("page_id", ForeignKey("pages.id"), nullable=False, index=True),
    Column("first_listed_at", UtcDateTime, nullable=False),
    Column("last_listed_at", UtcDateTime, nullable=False),
    # The last visit of the source, before the first that showed the page, that did not show it.
    Column("absent_at", UtcDateTime),
    Column("found_how", CleanText, nullable=False),
    Column("backlog", Boolean, nullable=False),
    Column("guid", CleanText),
    Column("title", CleanText, nullable=False, server_default=""),
    Column("published", UtcDateTime),
    Column("credited_source", CleanText),
    UniqueConstraint("source_id", "page_id"),
    Index("ix_page_listings_source_id_guid", "source_id", "guid"),
)

listed_texts = Table(
    "listed_texts",
    metadata,
    Column("page_id", Whole, primary_key=True, autoincrement=False),
    Column("title", CleanText, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

fetches = Table(
    "fetches",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("url", CleanText, nullable=False),
    Column("host", CleanText, nullable=False),
    Column("source_id", Whole),
    Column("page_id", Whole),
    Column("at", UtcDateTime, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("status", Whole),
    Column("size", Whole, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("purpose", CleanText, nullable=False, server_default="page"),
    Column("domain", CleanText, nullable=False, server_default=""),
    Column("gap", Float, nullable=False, server_default="0"),
    Column("retry_after", UtcDateTime),
    Column("conditional", Boolean, nullable=False, server_default="0"),
    Column("is_foreign", Boolean, nullable=False, server_default="0"),
    Index("ix_fetches_at_outcome_source_id", "at", "outcome", "source_id"),
    Index("ix_fetches_times", "at", postgresql_using="brin").ddl_if(dialect="postgresql"),
    Index("ix_fetches_source_id_at", "source_id", "at"),
    Index("ix_fetches_url", "url"),
)

request_counts = Table(
    "request_counts",
    metadata,
    # 0 is no source's: all requests of the hour together.
    Column("source_id", Whole, primary_key=True, autoincrement=False),
    Column("hour", UtcDateTime, primary_key=True),
    Column("outcome", CleanText, primary_key=True),
    Column("requests", Whole, nullable=False),
    Column("size", Whole, nullable=False),  # bytes
    Column("seconds", Float, nullable=False),
    Index("ix_request_counts_hour", "hour"),
)

aliases = Table(
    "aliases",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("page_id", ForeignKey("pages.id"), nullable=False, index=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("kind", CleanText, nullable=False),  # "url" or "guid"
    Column("value", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "value", "source_id"),
)

source_moves = Table(
    "source_moves",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("from_url", CleanText, nullable=False),
    Column("to_url", CleanText, nullable=False),
    Column("how", CleanText, nullable=False),  # "redirect", or what the publisher said
    Column("at", UtcDateTime, nullable=False),
)

coverage_gaps = Table(
    "coverage_gaps",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("since", UtcDateTime, nullable=False),  # the poll before
    Column("at", UtcDateTime, nullable=False),
    Column("missed", Whole, nullable=False),  # articles, as far as can be told
    Column("filled", Whole),  # found in the sitemap since; NULL: not looked for yet
    Index("ix_coverage_gaps_source_id_at", "source_id", "at"),
)

listing_parts = (
    Table(  # the documents that a source's listing is made of: itself, or what its index names
        "listing_parts",
        metadata,
        Column("source_id", ForeignKey("sources.id"), primary_key=True),
        Column("url", CleanText, primary_key=True),
        Column("asked_at", UtcDateTime),  # NULL: never
        Column("memory", LargeBinary),  # what stood in one that was too long to be taken whole
    )
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, unique=True),
    Column("hub_url", CleanText, nullable=False),
    Column("topic_url", CleanText, nullable=False),
    Column(
        "token", CleanText, nullable=False, unique=True
    ),  # the last part of our callback's address
    Column("secret", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("asked_at", UtcDateTime),
    Column("lease_until", UtcDateTime),
    Column("next_at", UtcDateTime, nullable=False),
    Column("last_push_at", UtcDateTime),
    Column("pushes", Whole, nullable=False, server_default="0"),
    Column("failures", Whole, nullable=False, server_default="0"),
    Column("error", CleanText, nullable=False, server_default=""),
)

sites = Table(
    "sites",
    metadata,
    Column("host", CleanText, primary_key=True),
    Column("memory", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

gauges = Table(
    "gauges",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("root_article_id", Whole),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("evidence", JSON, nullable=False),
    Column("named_publisher", CleanText),
    Column("merged_into", ForeignKey("stories.id")),
    Column("lineage_id", Whole, index=True),  # the story that it was one with before; none: itself
    Index(
        "ix_stories_unmerged",
        "updated_at",
        sqlite_where=text("merged_into IS NULL"),
        postgresql_where=text("merged_into IS NULL"),
    ),
    Index(
        "ix_stories_merged_into",
        "merged_into",
        sqlite_where=text("merged_into IS NOT NULL"),
        postgresql_where=text("merged_into IS NOT NULL"),
    ),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("page_id", ForeignKey("pages.id"), nullable=False, unique=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("url", CleanText, nullable=False, index=True),
    Column("canonical_url", CleanText, nullable=False, index=True),
    Column("host", CleanText, nullable=False),
    Column("site", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published", UtcDateTime),
    Column("published_from", CleanText, nullable=False),
    Column("modified", UtcDateTime),
    Column("language", CleanText),
    Column("first_seen", UtcDateTime, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("text_hash", CleanText, nullable=False),
    Column("backlog", Boolean, nullable=False),
    Column("signals", JSON, nullable=False),
    Column("published_flag", CleanText, nullable=False, server_default=""),
    Column("modified_from", CleanText, nullable=False, server_default=""),
    Column("wrapper", JSON, nullable=False, server_default="[]"),
    Index("ix_articles_first_seen_source_id", "first_seen", "source_id"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Whole, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("replaced_at", UtcDateTime, nullable=False, index=True),
    UniqueConstraint("article_id", "revision"),
)

copies = Table(
    "copies",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("of_article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("relation", CleanText, nullable=False),
    Column("share_of_article", Float, nullable=False),
    Column("share_of_other", Float, nullable=False),
    Column("passages", LargeBinary, nullable=False),  # as storage.passages packs them
    Column("judged_at", UtcDateTime, nullable=False, index=True),
)

roundups = Table(
    "roundups",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("parts", JSON, nullable=False),
    Column("judged_at", UtcDateTime, nullable=False),
)

rulings = Table(
    "rulings",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("other_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("together", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("article_id", "other_id"),
)

divisions = Table(
    "divisions",
    metadata,
    Column("story_id", ForeignKey("stories.id"), primary_key=True),
    Column("division", Whole, primary_key=True),
)

doubts = Table(
    "doubts",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("raised", Whole, nullable=False),
    Column("settled", Whole, nullable=False),
)

domains = Table(
    "domains",
    metadata,
    Column("host", CleanText, primary_key=True),
    Column("score", Float, nullable=False),
    Column("farm", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

domain_copies = Table(
    "domain_copies",
    metadata,
    Column("host", CleanText, primary_key=True),
    Column("other", CleanText, primary_key=True),
    Column("copies", Whole, nullable=False),
    Index("ix_domain_copies_copies", "copies"),
)

topics = Table(
    "topics",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("query", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    Column("muted", Boolean, nullable=False, server_default="0"),
    Column("snoozed_until", UtcDateTime),
    Column("managed_by", CleanText),  # the file that it was applied from
    Column("changed", Whole, nullable=False, server_default="0", index=True),
    Index(
        "uq_topics_name_kept",
        "name",
        unique=True,
        sqlite_where=text("removed_at IS NULL"),
        postgresql_where=text("removed_at IS NULL"),
    ),
)

recipients = Table(
    "recipients",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False, index=True),
    Column("channel", CleanText, nullable=False),
    Column("address", CleanText, nullable=False),
    Column("secret", CleanText),
    Column("mode", CleanText, nullable=False, server_default="every"),
    Column("updates", Boolean, nullable=False, server_default="0"),
    Column("time_zone", CleanText, nullable=False, server_default="UTC"),
    Column("quiet_from", CleanText),  # local, HH:MM
    Column("quiet_until", CleanText),
    Column("muted", Boolean, nullable=False, server_default="0"),
    Column("snoozed_until", UtcDateTime),
    Column("removed_at", UtcDateTime),
    Column("digest", CleanText),  # cron, or its short names; none: told at once
    Column("digest_at", UtcDateTime, index=True),  # when what waits is put together
    Column("most_an_hour", Whole),
    Column("old_secret", CleanText),
    Column("old_secret_until", UtcDateTime),
    Column("headers", CleanText),  # fixed ones of a webhook, "Name: value" a line: secrets
)

named_queries = Table(
    "named_queries",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("query", CleanText, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("managed_by", CleanText),
)

marks = Table(
    "marks",
    metadata,
    Column("topic_id", ForeignKey("topics.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True, index=True),
    Column("relevant", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

archive_entries = Table(
    "archive_entries",
    metadata,
    Column("id", Whole, primary_key=True),  # the row of its words in archive_words
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("revision", Whole, nullable=False),
    UniqueConstraint("article_id", "revision"),
)

match_work = Table(
    "match_work",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
)

quarantine = Table(  # tries of work that has not ended well, and what is set aside for them
    "quarantine",
    metadata,
    Column("step", CleanText, primary_key=True),
    Column("subject", Whole, primary_key=True, autoincrement=False),
    Column("begun", Whole, nullable=False, server_default="0"),
    Column("failures", Whole, nullable=False, server_default="0"),
    Column("reason", CleanText, nullable=False, server_default=""),
    Column("since", UtcDateTime),
    Column("again_at", UtcDateTime),
)

matches = Table(
    "matches",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("clauses", JSON, nullable=False),
    Column("highlights", JSON, nullable=False),
    Column("held_by", CleanText),
    Column("covered_by", Whole),  # the alert that told its text; it may be forgotten by now
    Column("score", Float, nullable=False, server_default="0"),
    UniqueConstraint("topic_id", "article_id"),
    Index("ix_matches_topic_id_story_id", "topic_id", "story_id"),
    Index("ix_matches_topic_id_at", "topic_id", "at"),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("uid", CleanText, nullable=False, unique=True),
    Column("topic_id", ForeignKey("topics.id"), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("clauses", JSON, nullable=False),
    Column("highlights", JSON, nullable=False),
    Column("score", Float, nullable=False, server_default="0"),
    Column("change", CleanText, nullable=False, server_default=""),
    Column("changes", JSON, nullable=False, server_default="[]"),
    Column("held", JSON, nullable=False, server_default="[]"),
    Column("original", CleanText, nullable=False, server_default=""),
    Column("revision", Whole, nullable=False, server_default="1"),  # 0: it tells no text
    Column("made_in", Whole),  # the story then; the article may be in another one by now
    Index("ix_alerts_topic_id_article_id", "topic_id", "article_id"),
    Index(
        "uq_alerts_topic_id_change",
        "topic_id",
        "change",
        unique=True,
        sqlite_where=text("change <> ''"),
        postgresql_where=text("change <> ''"),
    ),
)

alert_recipients = Table(
    "alert_recipients",
    metadata,
    Column("alert_id", ForeignKey("alerts.id"), primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), primary_key=True, index=True),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("uid", CleanText, nullable=False, unique=True),
    Column("kind", CleanText, nullable=False, server_default="alert"),
    Column("alert_id", ForeignKey("alerts.id"), index=True),  # none: of no single alert
    Column("recipient_id", ForeignKey("recipients.id")),  # none: to the operator
    Column("channel", CleanText, nullable=False),
    Column("endpoint", CleanText, nullable=False, server_default=""),
    Column("address", CleanText, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("attempts", Whole, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("claimed_until", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("last_error", CleanText, nullable=False, server_default=""),
    Index("ix_outbox_state_next_attempt_at", "state", "next_attempt_at"),
    Index("ix_outbox_endpoint_state", "endpoint", "state"),
    Index("ix_outbox_address_created_at", "address", "created_at"),
    Index("ix_outbox_delivered_at", "delivered_at"),
)
digest_entries = Table(
    "digest_entries",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("recipient_id", ForeignKey("recipients.id"), nullable=False),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False, index=True),
    Column("added_at", UtcDateTime, nullable=False),
    Column("because", CleanText, nullable=False, server_default=""),
    Column("delivery_id", ForeignKey("outbox.id"), index=True),  # none: still waits
    UniqueConstraint("recipient_id", "alert_id"),
)
signing_keys = Table(
    "signing_keys",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)
endpoints = Table(
    "endpoints",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("failures", Whole, nullable=False, server_default="0"),
    Column("failing_since", UtcDateTime),
    Column("open_until", UtcDateTime),
    Column("last_error", CleanText, nullable=False, server_default=""),
    Column("noticed_at", UtcDateTime),
    Column("disabled_at", UtcDateTime),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("delivery_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("status", Whole),
    Column("detail", CleanText, nullable=False),
    Column("seconds", Float, nullable=False),
)

robots = Table(
    "robots",
    metadata,
    Column("authority", CleanText, primary_key=True),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("status", Whole),
    Column("body", LargeBinary, nullable=False),
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("succeeded_at", UtcDateTime),
    Column("error", CleanText, nullable=False, server_default=""),
    Column("runs", Whole, nullable=False, server_default="0"),
    Column("failures", Whole, nullable=False, server_default="0"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", Whole, nullable=False),
)

failed_checks = Table(  # what the daemon's last look at its own installation found
    "failed_checks",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("grade", Whole, nullable=False),
    Column("says", CleanText, nullable=False),
    Column("remedy", CleanText, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("name", CleanText, nullable=False, unique=True),
    Column("password", CleanText, nullable=False),  # as argon2 writes it
    Column("role", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("account_id", ForeignKey("accounts.id"), nullable=False, index=True),
    Column("hash", CleanText, nullable=False, unique=True),
    Column("csrf", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("client", CleanText, nullable=False, server_default=""),  # where it was begun from
)

login_attempts = Table(
    "login_attempts",
    metadata,
    Column("key", CleanText, primary_key=True),  # the hash of a name, or of a peer
    Column("number", Whole, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, index=True),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("hash", CleanText, nullable=False, unique=True),
    Column("scope", CleanText, nullable=False),
    Column("topic_id", ForeignKey("topics.id")),  # of a feed's token: the one topic it is for
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("used_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Whole, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("who", CleanText, nullable=False),
    Column("how", CleanText, nullable=False),  # web, api or cli
    Column("what", CleanText, nullable=False),
    Column("about", CleanText, nullable=False, server_default=""),
    Column("old_value", CleanText, nullable=False, server_default=""),
    Column("new_value", CleanText, nullable=False, server_default=""),
)


leases = Table(
    "leases",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("holder", CleanText, nullable=False),
    Column("token", Whole, nullable=False),  # grows with each holder: fences off the one before
    Column("taken_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

workers = Table(
    "workers",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("role", CleanText, nullable=False),
    Column("host", CleanText, nullable=False),
    Column("pid", Whole, nullable=False),
    Column("version", CleanText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("problem", CleanText, nullable=False, server_default=""),
    Column("numbers", JSON, nullable=False, server_default="{}"),  # what its gauges say
)
