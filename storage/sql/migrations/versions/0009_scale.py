"""Scale: who leads, who works, and numbers that hold on a server what many machines give.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIME = schema.UtcDateTime(timezone=True)
_WHOLE = schema.Whole


def upgrade() -> None:
    """Make what is new; on a server, widen the numbers and index the ledger by its times."""
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", _WHOLE, nullable=False),
        sa.Column("taken_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", _WHOLE, nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("numbers", sa.JSON(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _widen()
        # Lines come in the order of their times: a few pages of this index cover millions of them.
        op.create_index("ix_fetches_times", "fetches", ["at"], postgresql_using="brin")


def _widen() -> None:
    """Make every number of 32 bits one of 64, keys and their sequences too."""
    found = sa.inspect(op.get_bind())
    for table in found.get_table_names():
        narrow = [
            f'ALTER COLUMN "{column["name"]}" TYPE bigint'
            for column in found.get_columns(table)
            if isinstance(column["type"], sa.Integer)
            and not isinstance(column["type"], sa.BigInteger)
        ]
        if narrow and table != "alembic_version":
            op.execute(f'ALTER TABLE "{table}" {", ".join(narrow)}')
            _widen_sequence(table)


def _widen_sequence(table: str) -> None:
    sequence = sa.text("SELECT pg_get_serial_sequence(:table, 'id')")
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}
    if "id" in columns:
        name = op.get_bind().execute(sequence, {"table": table}).scalar()
        if name is not None:
            op.execute(f"ALTER SEQUENCE {name} AS bigint")
