"""The schema of the first release.

Revision: 0001, after none
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.sql.column_types import UtcDateTime, Whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables, and the index of the archive's words."""
    _create_crawl()
    _create_stories()
    _create_topics()
    _create_delivery()
    _create_operation()
    _create_archive_words()


_Kind = sa.types.TypeEngine[Any] | type[sa.types.TypeEngine[Any]]


def _required(kind: _Kind, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _optional(kind: _Kind, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind) for name in names]


def _create_partial_index(
    name: str, table: str, columns: list[str], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )


def _create_archive_words() -> None:
    # Words only, cut and folded by the same code that matches; no text, and no positions.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE archive_words USING "
            "fts5(words, content='', detail=none, tokenize='ascii')"
        )
    else:
        op.execute("CREATE TABLE archive_words (id bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_archive_words_words ON archive_words USING gin (words)")


def _create_crawl() -> None:
    op.create_table(
        "fetches",
        sa.Column("id", Whole, primary_key=True),
        *_required(sa.Text, "url", "host"),
        *_optional(Whole, "source_id", "page_id"),
        *_required(UtcDateTime, "at"),
        *_required(sa.Float, "seconds"),
        *_optional(Whole, "status"),
        *_required(Whole, "size"),
        *_required(sa.Text, "outcome"),
        sa.Column("purpose", sa.Text, nullable=False, server_default="page"),
        sa.Column("domain", sa.Text, nullable=False, server_default=""),
        sa.Column("gap", sa.Float, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "retry_after"),
        sa.Column("conditional", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("is_foreign", sa.Boolean, nullable=False, server_default="0"),
    )
    op.create_index("ix_fetches_at_outcome_source_id", "fetches", ["at", "outcome", "source_id"])
    op.create_index("ix_fetches_source_id_at", "fetches", ["source_id", "at"])
    op.create_index("ix_fetches_url", "fetches", ["url"])
    op.create_table(
        "gauges",
        sa.Column("name", sa.Text, primary_key=True),
        *_required(sa.Float, "value"),
        *_required(UtcDateTime, "at"),
    )
    op.create_table(
        "request_counts",
        sa.Column("source_id", Whole, primary_key=True, autoincrement=False),
        sa.Column("hour", UtcDateTime, primary_key=True),
        sa.Column("outcome", sa.Text, primary_key=True),
        *_required(Whole, "requests", "size"),
        *_required(sa.Float, "seconds"),
    )
    op.create_index("ix_request_counts_hour", "request_counts", ["hour"])
    op.create_table(
        "robots",
        sa.Column("authority", sa.Text, primary_key=True),
        *_required(UtcDateTime, "fetched_at"),
        *_optional(Whole, "status"),
        *_required(sa.LargeBinary, "body"),
    )
    op.create_table(
        "sites",
        sa.Column("host", sa.Text, primary_key=True),
        *_required(sa.LargeBinary, "memory"),
        *_required(UtcDateTime, "at"),
    )
    op.create_table(
        "sources",
        sa.Column("id", Whole, primary_key=True),
        *_required(sa.Text, "url", "title", "site_url", "state"),
        *_required(sa.Boolean, "alert_backlog"),
        *_required(UtcDateTime, "added_at"),
        *_optional(UtcDateTime, "removed_at", "primed_at"),
        *_required(UtcDateTime, "next_fetch_at"),
        *_required(sa.Text, "next_reason"),
        *_optional(sa.Text, "etag", "last_modified", "body_hash"),
        *_optional(UtcDateTime, "last_fetch_at", "last_success_at"),
        sa.Column("failures", Whole, nullable=False, server_default="0"),
        *_optional(sa.Text, "problem"),
        sa.Column("problem_detail", sa.Text, nullable=False, server_default=""),
        sa.Column("article_rate", sa.Float, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "rate_at"),
        sa.Column("kind", sa.Text, nullable=False, server_default="feed"),
        *_optional(sa.Text, "hub_url", "self_url", "sitemap_url"),
        *_optional(Whole, "daily_budget"),
        *_optional(sa.JSON, "rhythm", "learned"),
        sa.Column("weight", sa.Float, nullable=False, server_default="1"),
        *_optional(sa.Float, "overlap"),
        sa.Column("missed", Whole, nullable=False, server_default="0"),
        *_optional(Whole, "listed"),
        sa.Column("trust", Whole, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "checked_at", "failing_reported_at"),
        sa.Column("quiet", sa.Text, nullable=False, server_default=""),
        sa.Column("degraded", sa.Text, nullable=False, server_default=""),
    )
    _create_partial_index(
        "uq_sources_url_kept", "sources", ["url"], "removed_at IS NULL", unique=True
    )
    op.create_table(
        "coverage_gaps",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), nullable=False),
        *_required(UtcDateTime, "since", "at"),
        *_required(Whole, "missed"),
        *_optional(Whole, "filled"),
    )
    op.create_index("ix_coverage_gaps_source_id_at", "coverage_gaps", ["source_id", "at"])
    op.create_table(
        "listing_parts",
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), primary_key=True),
        sa.Column("url", sa.Text, primary_key=True),
        *_optional(UtcDateTime, "asked_at"),
        *_optional(sa.LargeBinary, "memory"),
    )
    op.create_table(
        "pages",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("url", sa.Text, nullable=False, unique=True),
        *_required(sa.Text, "state"),
        *_required(UtcDateTime, "found_at", "due_at"),
        sa.Column("attempts", Whole, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "last_fetch_at"),
        *_optional(Whole, "http_status"),
        *_optional(sa.Text, "problem"),
        sa.Column("problem_detail", sa.Text, nullable=False, server_default=""),
        *_optional(sa.Text, "etag", "last_modified"),
        sa.Column("next_reason", sa.Text, nullable=False, server_default=""),
        sa.Column("key", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_pages_key", "pages", ["key"])
    _create_partial_index(
        "ix_pages_refused", "pages", ["last_fetch_at", "problem"], "problem IS NOT NULL"
    )
    op.create_index("ix_pages_state_due_at", "pages", ["state", "due_at"])
    _create_partial_index(
        "ix_pages_unfetched", "pages", ["id"], "state = 'due' AND last_fetch_at IS NULL"
    )
    op.create_table(
        "page_listings",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), nullable=False),
        sa.Column("page_id", Whole, sa.ForeignKey("pages.id"), nullable=False, index=True),
        *_required(UtcDateTime, "first_listed_at", "last_listed_at"),
        *_optional(UtcDateTime, "absent_at"),
        *_required(sa.Text, "found_how"),
        *_required(sa.Boolean, "backlog"),
        *_optional(sa.Text, "guid"),
        sa.Column("title", sa.Text, nullable=False, server_default=""),
        *_optional(UtcDateTime, "published"),
        *_optional(sa.Text, "credited_source"),
        sa.UniqueConstraint("source_id", "page_id"),
    )
    op.create_index("ix_page_listings_source_id_guid", "page_listings", ["source_id", "guid"])
    op.create_table(
        "listed_texts",
        sa.Column("page_id", Whole, primary_key=True, autoincrement=False),
        *_required(sa.Text, "title"),
        *_required(sa.LargeBinary, "body"),
        *_required(UtcDateTime, "at"),
    )
    op.create_table(
        "source_moves",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), nullable=False, index=True),
        *_required(sa.Text, "from_url", "to_url", "how"),
        *_required(UtcDateTime, "at"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), nullable=False, unique=True),
        *_required(sa.Text, "hub_url", "topic_url"),
        sa.Column("token", sa.Text, nullable=False, unique=True),
        *_required(sa.Text, "secret", "state"),
        *_optional(UtcDateTime, "asked_at", "lease_until"),
        *_required(UtcDateTime, "next_at"),
        *_optional(UtcDateTime, "last_push_at"),
        sa.Column("pushes", Whole, nullable=False, server_default="0"),
        sa.Column("failures", Whole, nullable=False, server_default="0"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
    )
    op.create_table(
        "aliases",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("page_id", Whole, sa.ForeignKey("pages.id"), nullable=False, index=True),
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), nullable=False),
        *_required(sa.Text, "kind", "value"),
        *_required(UtcDateTime, "at"),
        sa.UniqueConstraint("kind", "value", "source_id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Lines come in the order of their times: a few pages of this index cover millions of them.
        op.create_index("ix_fetches_times", "fetches", ["at"], postgresql_using="brin")


def _create_stories() -> None:
    op.create_table(
        "domain_copies",
        sa.Column("host", sa.Text, primary_key=True),
        sa.Column("other", sa.Text, primary_key=True),
        *_required(Whole, "copies"),
    )
    op.create_index("ix_domain_copies_copies", "domain_copies", ["copies"])
    op.create_table(
        "domains",
        sa.Column("host", sa.Text, primary_key=True),
        *_required(sa.Float, "score"),
        *_required(sa.Boolean, "farm"),
        *_required(UtcDateTime, "at"),
    )
    op.create_table(
        "stories",
        sa.Column("id", Whole, primary_key=True),
        *_optional(Whole, "root_article_id"),
        *_required(UtcDateTime, "first_seen", "updated_at"),
        *_required(sa.Float, "confidence"),
        *_required(sa.JSON, "evidence"),
        *_optional(sa.Text, "named_publisher"),
        sa.Column("merged_into", Whole, sa.ForeignKey("stories.id")),
        sa.Column("lineage_id", Whole, index=True),
    )
    _create_partial_index(
        "ix_stories_merged_into", "stories", ["merged_into"], "merged_into IS NOT NULL"
    )
    _create_partial_index("ix_stories_unmerged", "stories", ["updated_at"], "merged_into IS NULL")
    op.create_table(
        "articles",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("page_id", Whole, sa.ForeignKey("pages.id"), nullable=False, unique=True),
        sa.Column("source_id", Whole, sa.ForeignKey("sources.id"), nullable=False, index=True),
        sa.Column("story_id", Whole, sa.ForeignKey("stories.id"), nullable=False, index=True),
        sa.Column("url", sa.Text, nullable=False, index=True),
        sa.Column("canonical_url", sa.Text, nullable=False, index=True),
        *_required(sa.Text, "host", "site", "title", "text"),
        *_required(sa.JSON, "authors"),
        *_optional(UtcDateTime, "published"),
        *_required(sa.Text, "published_from"),
        *_optional(UtcDateTime, "modified"),
        *_optional(sa.Text, "language"),
        *_required(UtcDateTime, "first_seen", "fetched_at"),
        *_required(Whole, "revision"),
        *_required(sa.Text, "text_hash"),
        *_required(sa.Boolean, "backlog"),
        *_required(sa.JSON, "signals"),
        sa.Column("published_flag", sa.Text, nullable=False, server_default=""),
        sa.Column("modified_from", sa.Text, nullable=False, server_default=""),
        sa.Column("wrapper", sa.JSON, nullable=False, server_default="[]"),
    )
    op.create_index("ix_articles_first_seen_source_id", "articles", ["first_seen", "source_id"])
    op.create_table(
        "archive_entries",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), nullable=False),
        *_required(Whole, "revision"),
        sa.UniqueConstraint("article_id", "revision"),
    )
    op.create_table(
        "copies",
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("of_article_id", Whole, sa.ForeignKey("articles.id"), nullable=False, index=True),
        *_required(sa.Text, "relation"),
        *_required(sa.Float, "share_of_article", "share_of_other"),
        *_required(sa.LargeBinary, "passages"),
        sa.Column("judged_at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "revisions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), nullable=False),
        *_required(Whole, "revision"),
        *_required(sa.Text, "title", "text"),
        *_required(UtcDateTime, "fetched_at"),
        sa.Column("replaced_at", UtcDateTime, nullable=False, index=True),
        sa.UniqueConstraint("article_id", "revision"),
    )
    op.create_table(
        "roundups",
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), primary_key=True),
        *_required(sa.JSON, "parts"),
        *_required(UtcDateTime, "judged_at"),
    )
    op.create_table(
        "rulings",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("other_id", Whole, sa.ForeignKey("articles.id"), nullable=False, index=True),
        *_required(sa.Boolean, "together"),
        *_required(UtcDateTime, "at"),
        sa.UniqueConstraint("article_id", "other_id"),
    )
    op.create_table(
        "divisions",
        sa.Column("story_id", Whole, sa.ForeignKey("stories.id"), primary_key=True),
        sa.Column("division", Whole, primary_key=True),
    )
    op.create_table(
        "doubts",
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), primary_key=True),
        *_required(Whole, "raised", "settled"),
    )


def _create_topics() -> None:
    op.create_table(
        "named_queries",
        sa.Column("name", sa.Text, primary_key=True),
        *_required(sa.Text, "query"),
        *_required(UtcDateTime, "changed_at"),
        *_optional(sa.Text, "managed_by"),
    )
    op.create_table(
        "topics",
        sa.Column("id", Whole, primary_key=True),
        *_required(sa.Text, "name", "query"),
        *_required(UtcDateTime, "created_at"),
        *_optional(UtcDateTime, "removed_at"),
        sa.Column("muted", sa.Boolean, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "snoozed_until"),
        *_optional(sa.Text, "managed_by"),
        sa.Column("changed", Whole, nullable=False, index=True, server_default="0"),
    )
    _create_partial_index(
        "uq_topics_name_kept", "topics", ["name"], "removed_at IS NULL", unique=True
    )
    op.create_table(
        "recipients",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("topic_id", Whole, sa.ForeignKey("topics.id"), nullable=False, index=True),
        *_required(sa.Text, "channel", "address"),
        *_optional(sa.Text, "secret"),
        sa.Column("mode", sa.Text, nullable=False, server_default="every"),
        sa.Column("updates", sa.Boolean, nullable=False, server_default="0"),
        sa.Column("time_zone", sa.Text, nullable=False, server_default="UTC"),
        *_optional(sa.Text, "quiet_from", "quiet_until"),
        sa.Column("muted", sa.Boolean, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "snoozed_until", "removed_at"),
        *_optional(sa.Text, "digest"),
        sa.Column("digest_at", UtcDateTime, index=True),
        *_optional(Whole, "most_an_hour"),
        *_optional(sa.Text, "old_secret"),
        *_optional(UtcDateTime, "old_secret_until"),
        *_optional(sa.Text, "headers"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("uid", sa.Text, nullable=False, unique=True),
        sa.Column("topic_id", Whole, sa.ForeignKey("topics.id"), nullable=False),
        sa.Column("story_id", Whole, sa.ForeignKey("stories.id"), nullable=False, index=True),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), nullable=False, index=True),
        sa.Column("created_at", UtcDateTime, nullable=False, index=True),
        *_required(sa.JSON, "clauses", "highlights"),
        sa.Column("score", sa.Float, nullable=False, server_default="0"),
        sa.Column("change", sa.Text, nullable=False, server_default=""),
        sa.Column("changes", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("held", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("original", sa.Text, nullable=False, server_default=""),
        sa.Column("revision", Whole, nullable=False, server_default="1"),
        *_optional(Whole, "made_in"),
    )
    op.create_index("ix_alerts_topic_id_article_id", "alerts", ["topic_id", "article_id"])
    _create_partial_index(
        "uq_alerts_topic_id_change", "alerts", ["topic_id", "change"], "change <> ''", unique=True
    )
    op.create_table(
        "alert_recipients",
        sa.Column("alert_id", Whole, sa.ForeignKey("alerts.id"), primary_key=True),
        sa.Column(
            "recipient_id", Whole, sa.ForeignKey("recipients.id"), primary_key=True, index=True
        ),
    )
    op.create_table(
        "marks",
        sa.Column("topic_id", Whole, sa.ForeignKey("topics.id"), primary_key=True),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), primary_key=True, index=True),
        *_required(sa.Boolean, "relevant"),
        *_required(UtcDateTime, "at"),
    )
    op.create_table(
        "match_work",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("story_id", Whole, sa.ForeignKey("stories.id"), nullable=False),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), nullable=False),
        *_required(UtcDateTime, "added_at"),
        *_optional(UtcDateTime, "claimed_until"),
    )
    op.create_table(
        "quarantine",
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("subject", Whole, primary_key=True, autoincrement=False),
        sa.Column("begun", Whole, nullable=False, server_default="0"),
        sa.Column("failures", Whole, nullable=False, server_default="0"),
        sa.Column("reason", sa.Text, nullable=False, server_default=""),
        *_optional(UtcDateTime, "since", "again_at"),
    )
    op.create_table(
        "matches",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("topic_id", Whole, sa.ForeignKey("topics.id"), nullable=False),
        sa.Column("story_id", Whole, sa.ForeignKey("stories.id"), nullable=False, index=True),
        sa.Column("article_id", Whole, sa.ForeignKey("articles.id"), nullable=False, index=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        *_required(sa.JSON, "clauses", "highlights"),
        *_optional(sa.Text, "held_by"),
        *_optional(Whole, "covered_by"),
        sa.Column("score", sa.Float, nullable=False, server_default="0"),
        sa.UniqueConstraint("topic_id", "article_id"),
    )
    op.create_index("ix_matches_topic_id_at", "matches", ["topic_id", "at"])
    op.create_index("ix_matches_topic_id_story_id", "matches", ["topic_id", "story_id"])


def _create_delivery() -> None:
    op.create_table(
        "endpoints",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("failures", Whole, nullable=False, server_default="0"),
        *_optional(UtcDateTime, "failing_since", "open_until"),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
        *_optional(UtcDateTime, "noticed_at", "disabled_at"),
    )
    op.create_table(
        "signing_keys",
        sa.Column("name", sa.Text, primary_key=True),
        *_required(sa.LargeBinary, "value"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("uid", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False, server_default="alert"),
        sa.Column("alert_id", Whole, sa.ForeignKey("alerts.id"), index=True),
        sa.Column("recipient_id", Whole, sa.ForeignKey("recipients.id")),
        *_required(sa.Text, "channel"),
        sa.Column("endpoint", sa.Text, nullable=False, server_default=""),
        *_required(sa.Text, "address"),
        *_required(sa.LargeBinary, "payload"),
        *_required(sa.Text, "state"),
        sa.Column("attempts", Whole, nullable=False, server_default="0"),
        *_required(UtcDateTime, "created_at", "next_attempt_at"),
        *_optional(UtcDateTime, "claimed_until", "delivered_at"),
        sa.Column("last_error", sa.Text, nullable=False, server_default=""),
    )
    op.create_index("ix_outbox_address_created_at", "outbox", ["address", "created_at"])
    op.create_index("ix_outbox_delivered_at", "outbox", ["delivered_at"])
    op.create_index("ix_outbox_endpoint_state", "outbox", ["endpoint", "state"])
    op.create_index("ix_outbox_state_next_attempt_at", "outbox", ["state", "next_attempt_at"])
    op.create_table(
        "attempts",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("delivery_id", Whole, sa.ForeignKey("outbox.id"), nullable=False, index=True),
        *_required(UtcDateTime, "at"),
        *_required(sa.Text, "outcome"),
        *_optional(Whole, "status"),
        *_required(sa.Text, "detail"),
        *_required(sa.Float, "seconds"),
    )
    op.create_table(
        "digest_entries",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("recipient_id", Whole, sa.ForeignKey("recipients.id"), nullable=False),
        sa.Column("alert_id", Whole, sa.ForeignKey("alerts.id"), nullable=False, index=True),
        *_required(UtcDateTime, "added_at"),
        sa.Column("because", sa.Text, nullable=False, server_default=""),
        sa.Column("delivery_id", Whole, sa.ForeignKey("outbox.id"), index=True),
        sa.UniqueConstraint("recipient_id", "alert_id"),
    )


def _create_operation() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        *_required(sa.Text, "password", "role"),
        *_required(UtcDateTime, "created_at"),
        *_optional(UtcDateTime, "disabled_at"),
    )
    op.create_table(
        "audit",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("at", UtcDateTime, nullable=False, index=True),
        *_required(sa.Text, "who", "how", "what"),
        sa.Column("about", sa.Text, nullable=False, server_default=""),
        sa.Column("old_value", sa.Text, nullable=False, server_default=""),
        sa.Column("new_value", sa.Text, nullable=False, server_default=""),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text, primary_key=True),
        *_required(Whole, "value"),
    )
    op.create_table(
        "failed_checks",
        sa.Column("id", Whole, primary_key=True),
        *_required(sa.Text, "name"),
        *_required(Whole, "grade"),
        *_required(sa.Text, "says", "remedy"),
    )
    op.create_table(
        "job_runs",
        sa.Column("name", sa.Text, primary_key=True),
        *_required(UtcDateTime, "started_at"),
        *_optional(UtcDateTime, "finished_at", "succeeded_at"),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("runs", Whole, nullable=False, server_default="0"),
        sa.Column("failures", Whole, nullable=False, server_default="0"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text, primary_key=True),
        *_required(sa.Text, "holder"),
        *_required(Whole, "token"),
        *_required(UtcDateTime, "taken_at", "expires_at"),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text, primary_key=True),
        *_required(sa.Text, "role", "host"),
        *_required(Whole, "pid"),
        *_required(sa.Text, "version"),
        *_required(UtcDateTime, "started_at", "seen_at"),
        sa.Column("problem", sa.Text, nullable=False, server_default=""),
        sa.Column("numbers", sa.JSON, nullable=False, server_default="{}"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("account_id", Whole, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        *_required(sa.Text, "csrf"),
        *_required(UtcDateTime, "created_at", "seen_at", "expires_at"),
        sa.Column("client", sa.Text, nullable=False, server_default=""),
    )
    op.create_table(
        "login_attempts",
        sa.Column("key", sa.Text, primary_key=True),
        *_required(Whole, "number"),
        sa.Column("last_at", UtcDateTime, nullable=False, index=True),
    )
    op.create_table(
        "tokens",
        sa.Column("id", Whole, primary_key=True),
        *_required(sa.Text, "name"),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        *_required(sa.Text, "scope"),
        sa.Column("topic_id", Whole, sa.ForeignKey("topics.id")),
        *_required(UtcDateTime, "created_at"),
        *_optional(UtcDateTime, "expires_at", "used_at", "revoked_at"),
    )
