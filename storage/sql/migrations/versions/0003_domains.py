"""What is known of publishers' domains.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; a job of the daemon fills them."""
    op.create_table(
        "domains",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("farm", sa.Boolean(), nullable=False),
        sa.Column("at", schema.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_domains")),
    )
    op.create_table(
        "leads",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("host", "other", name=op.f("pk_leads")),
    )
