"""The hostile web: what of a listing could not be read is kept, for its source's page.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("sources", sa.Column("degraded", sa.Text(), nullable=False, server_default=""))
