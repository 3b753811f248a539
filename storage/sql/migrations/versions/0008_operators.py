"""Operators: who may do what, what they did, and counts that stay quick with a million articles.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = schema.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Make what is new, and count the ledger so far by the hour."""
    op.add_column("sources", sa.Column("quiet", sa.Text(), nullable=False, server_default=""))
    _make_access()
    _make_tallies()
    _index()


def _make_access() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("disabled_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name", name=op.f("uq_accounts_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("client", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("hash", name=op.f("uq_sessions_hash")),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=True),
        sa.Column("used_at", _TIME, nullable=True),
        sa.Column("revoked_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_tokens_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("hash", name=op.f("uq_tokens_hash")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False, server_default=""),
        sa.Column("detail", sa.Text(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def _make_tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("source_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", _TIME, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "hour", "outcome", name=op.f("pk_tallies")),
    )
    op.create_index("ix_tallies_hour", "tallies", ["hour"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    hour = "strftime('%Y-%m-%d %H:00:00.000000', at)" if is_sqlite else "date_trunc('hour', at)"
    for source, where in (("source_id", "WHERE source_id IS NOT NULL"), ("0", "")):
        op.execute(
            "INSERT INTO tallies (source_id, hour, outcome, requests, size, seconds) "  # noqa: S608 - our own words  # nosec B608
            f"SELECT {source}, {hour}, outcome, count(*), sum(size), sum(seconds) "
            f"FROM fetches {where} GROUP BY 1, 2, 3"
        )


def _index() -> None:
    op.drop_index("ix_fetches_at", "fetches")
    op.create_index("ix_fetches_at_outcome_source_id", "fetches", ["at", "outcome", "source_id"])
    op.create_index(
        "ix_pages_unfetched",
        "pages",
        ["source_id"],
        sqlite_where=sa.text("state = 'due' AND last_fetch_at IS NULL"),
        postgresql_where=sa.text("state = 'due' AND last_fetch_at IS NULL"),
    )
    op.create_index(
        "ix_pages_refused",
        "pages",
        ["last_fetch_at", "problem"],
        sqlite_where=sa.text("problem IS NOT NULL"),
        postgresql_where=sa.text("problem IS NOT NULL"),
    )
    op.drop_index("ix_stories_updated_at", "stories")
    op.create_index(
        "ix_stories_standing",
        "stories",
        ["updated_at"],
        sqlite_where=sa.text("merged_into IS NULL"),
        postgresql_where=sa.text("merged_into IS NULL"),
    )
    op.create_index(
        "ix_stories_merged_into",
        "stories",
        ["merged_into"],
        sqlite_where=sa.text("merged_into IS NOT NULL"),
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.drop_index("ix_articles_first_seen", "articles")
    op.create_index("ix_articles_first_seen_source_id", "articles", ["first_seen", "source_id"])
    # An article that goes is looked for in what may refer to it.
    op.create_index("ix_copies_of_article_id", "copies", ["of_article_id"])
    op.create_index("ix_matches_article_id", "matches", ["article_id"])
    op.create_index("ix_marks_article_id", "marks", ["article_id"])
    op.create_index("ix_leads_copies", "leads", ["copies"])
    op.create_index("ix_outbox_delivered_at", "outbox", ["delivered_at"])
