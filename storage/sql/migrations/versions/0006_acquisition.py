"""Acquisition: kinds of sources, what is learned of them and of sites, what the ledger proves.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TIME = schema.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Widen sources, pages, the ledger and articles; make what is new."""
    _widen()
    _make_of_sources()
    op.create_table(
        "sites",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_sites")),
    )
    op.create_table(
        "steering",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_steering")),
    )


def _widen() -> None:
    op.add_column("sources", sa.Column("kind", sa.Text(), nullable=False, server_default="feed"))
    op.add_column("sources", sa.Column("hub_url", sa.Text()))
    op.add_column("sources", sa.Column("self_url", sa.Text()))
    op.add_column("sources", sa.Column("sitemap_url", sa.Text()))
    op.add_column("sources", sa.Column("daily_budget", sa.Integer()))
    op.add_column("sources", sa.Column("rhythm", sa.JSON()))
    op.add_column("sources", sa.Column("learned", sa.JSON()))
    op.add_column("sources", sa.Column("weight", sa.Float(), nullable=False, server_default="1"))
    op.add_column("sources", sa.Column("overlap", sa.Float()))
    op.add_column("sources", sa.Column("missed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("listed", sa.Integer()))
    op.add_column("sources", sa.Column("trust", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("sources", sa.Column("checked_at", _TIME))
    op.add_column("sources", sa.Column("told_failing_at", _TIME))
    op.add_column("pages", sa.Column("next_reason", sa.Text(), nullable=False, server_default=""))
    op.add_column("pages", sa.Column("key", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_pages_key", "pages", ["key"])
    op.add_column("fetches", sa.Column("purpose", sa.Text(), nullable=False, server_default="page"))
    op.add_column("fetches", sa.Column("domain", sa.Text(), nullable=False, server_default=""))
    op.add_column("fetches", sa.Column("gap", sa.Float(), nullable=False, server_default="0"))
    op.add_column("fetches", sa.Column("retry_after", _TIME))
    op.add_column(
        "fetches", sa.Column("conditional", sa.Boolean(), nullable=False, server_default="0")
    )
    op.add_column(
        "articles", sa.Column("published_flag", sa.Text(), nullable=False, server_default="")
    )
    op.add_column(
        "articles", sa.Column("modified_from", sa.Text(), nullable=False, server_default="")
    )
    op.add_column("articles", sa.Column("wrapper", sa.JSON(), nullable=False, server_default="[]"))


def _make_of_sources() -> None:
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_aliases_page_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_aliases_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aliases")),
        sa.UniqueConstraint(
            "kind", "value", "source_id", name=op.f("uq_aliases_kind_value_source_id")
        ),
    )
    op.create_index("ix_aliases_page_id", "aliases", ["page_id"])
    op.create_table(
        "moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("from_url", sa.Text(), nullable=False),
        sa.Column("to_url", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_moves_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moves")),
    )
    op.create_index("ix_moves_source_id", "moves", ["source_id"])
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("since", _TIME, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("filled", sa.Integer()),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_gaps_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    op.create_index("ix_gaps_source_id_at", "gaps", ["source_id", "at"])
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("hub_url", sa.Text(), nullable=False),
        sa.Column("topic_url", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", _TIME),
        sa.Column("lease_until", _TIME),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("last_push_at", _TIME),
        sa.Column("pushes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.id"], name=op.f("fk_subscriptions_source_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("source_id", name=op.f("uq_subscriptions_source_id")),
        sa.UniqueConstraint("token", name=op.f("uq_subscriptions_token")),
    )
