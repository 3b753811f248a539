"""Round-ups, and operators' rulings on what belongs together.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "roundups",
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("judged_at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_roundups_article_id")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_roundups")),
    )
    op.create_table(
        "rulings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_rulings_article_id")
        ),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name=op.f("fk_rulings_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulings")),
        sa.UniqueConstraint("article_id", "other_id", name=op.f("uq_rulings_article_id_other_id")),
    )
    op.create_index(op.f("ix_rulings_other_id"), "rulings", ["other_id"], unique=False)
