"""Topics: who is told when, what is kept under a name, marked hits, and the archive's words.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Widen topics, recipients, matches and alerts; make what is new."""
    _widen_topics()
    _widen_matches_and_alerts()
    op.create_table(
        "named_queries",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("changed_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.Column("managed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_named_queries")),
    )
    op.create_table(
        "marks",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_marks_article_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_marks_topic_id")),
        sa.PrimaryKeyConstraint("topic_id", "article_id", name=op.f("pk_marks")),
    )
    op.create_table(
        "archived",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_archived_article_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archived")),
        sa.UniqueConstraint("article_id", "revision", name=op.f("uq_archived_article_id_revision")),
    )
    # Words only, cut and folded by the same code that matches; no text, and no positions.
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE archive_words USING "
            "fts5(words, content='', detail=none, tokenize='ascii')"
        )
    else:
        op.execute("CREATE TABLE archive_words (id bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_archive_words_words ON archive_words USING gin (words)")


def _widen_topics() -> None:
    with op.batch_alter_table("topics") as topics:
        topics.add_column(sa.Column("muted", sa.Boolean(), nullable=False, server_default="0"))
        topics.add_column(sa.Column("snoozed_until", schema.UtcDateTime(timezone=True)))
        topics.add_column(sa.Column("managed_by", sa.Text()))
        topics.add_column(sa.Column("changed", sa.Integer(), nullable=False, server_default="0"))
        topics.create_index("ix_topics_changed", ["changed"])
    with op.batch_alter_table("recipients") as recipients:
        recipients.add_column(sa.Column("mode", sa.Text(), nullable=False, server_default="every"))
        recipients.add_column(
            sa.Column("updates", sa.Boolean(), nullable=False, server_default="0")
        )
        recipients.add_column(
            sa.Column("time_zone", sa.Text(), nullable=False, server_default="UTC")
        )
        recipients.add_column(sa.Column("quiet_from", sa.Text()))
        recipients.add_column(sa.Column("quiet_until", sa.Text()))
        recipients.add_column(sa.Column("muted", sa.Boolean(), nullable=False, server_default="0"))
        recipients.add_column(sa.Column("snoozed_until", schema.UtcDateTime(timezone=True)))
        recipients.add_column(sa.Column("removed_at", schema.UtcDateTime(timezone=True)))


def _widen_matches_and_alerts() -> None:
    with op.batch_alter_table("matches") as matches:
        matches.add_column(sa.Column("score", sa.Float(), nullable=False, server_default="0"))
        matches.create_index("ix_matches_topic_id_at", ["topic_id", "at"])
    with op.batch_alter_table("alerts") as alerts:
        alerts.add_column(sa.Column("score", sa.Float(), nullable=False, server_default="0"))
        alerts.add_column(sa.Column("change", sa.Text(), nullable=False, server_default=""))
        alerts.add_column(sa.Column("changes", sa.JSON(), nullable=False, server_default="[]"))
        alerts.add_column(sa.Column("held", sa.JSON(), nullable=False, server_default="[]"))
        alerts.add_column(sa.Column("original", sa.Text(), nullable=False, server_default=""))
        alerts.drop_constraint("uq_alerts_topic_id_story_id", type_="unique")
        alerts.create_unique_constraint(
            "uq_alerts_topic_id_story_id_change", ["topic_id", "story_id", "change"]
        )
