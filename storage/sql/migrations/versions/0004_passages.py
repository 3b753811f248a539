"""Passages of copies as a few bytes each, not as objects.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from storage.models import Passage
from storage.stories.passages import pack

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    """Pack what is stored into a new column that takes the place of the old one."""
    op.add_column("copies", sa.Column("packed", sa.LargeBinary(), nullable=True))
    _pack_all(op.get_bind())
    with op.batch_alter_table("copies") as table:
        table.drop_column("passages")
        table.alter_column(
            "packed",
            new_column_name="passages",
            existing_type=sa.LargeBinary(),
            nullable=False,
        )


def _pack_all(conn: sa.Connection) -> None:
    copies = sa.table(
        "copies",
        sa.column("article_id", sa.Integer),
        sa.column("passages", sa.JSON),
        sa.column("packed", sa.LargeBinary),
    )
    some = sa.select(copies.c.article_id, copies.c.passages).order_by(copies.c.article_id)
    change = (
        sa.update(copies)
        .where(copies.c.article_id == sa.bindparam("id"))
        .values(packed=sa.bindparam("bytes"))
    )
    last = 0
    while rows := conn.execute(some.where(copies.c.article_id > last).limit(_AT_ONCE)).all():
        packed = [
            {"id": row.article_id, "bytes": pack(Passage(**each) for each in row.passages)}
            for row in rows
        ]
        conn.execute(change, packed)
        last = rows[-1].article_id
