"""Delivery: what waits for a digest, how endpoints are doing, deliveries of no single alert.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from storage.sql import schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = schema.UtcDateTime(timezone=True)


def upgrade() -> None:
    """Widen recipients and the outbox; make what is new."""
    _widen()
    op.create_table(
        "waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("because", sa.Text(), nullable=False, server_default=""),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_waiting_alert_id")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["outbox.id"], name=op.f("fk_waiting_delivery_id")
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipients.id"], name=op.f("fk_waiting_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting")),
        sa.UniqueConstraint(
            "recipient_id", "alert_id", name=op.f("uq_waiting_recipient_id_alert_id")
        ),
    )
    op.create_index("ix_waiting_alert_id", "waiting", ["alert_id"])
    op.create_index("ix_waiting_delivery_id", "waiting", ["delivery_id"])
    op.create_table(
        "keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_keys")),
    )
    op.create_table(
        "endpoints",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("failing_since", _TIME, nullable=True),
        sa.Column("open_until", _TIME, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False, server_default=""),
        sa.Column("noticed_at", _TIME, nullable=True),
        sa.Column("disabled_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_endpoints")),
    )


def _widen() -> None:
    with op.batch_alter_table("recipients") as recipients:
        recipients.add_column(sa.Column("digest", sa.Text()))
        recipients.add_column(sa.Column("digest_at", _TIME))
        recipients.add_column(sa.Column("most_an_hour", sa.Integer()))
        recipients.add_column(sa.Column("old_secret", sa.Text()))
        recipients.add_column(sa.Column("old_secret_until", _TIME))
        recipients.create_index("ix_recipients_digest_at", ["digest_at"])
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="alert"))
        outbox.add_column(sa.Column("endpoint", sa.Text(), nullable=False, server_default=""))
        outbox.alter_column("alert_id", existing_type=sa.Integer(), nullable=True)
        outbox.alter_column("recipient_id", existing_type=sa.Integer(), nullable=True)
    op.execute(
        "UPDATE outbox SET endpoint = CASE channel WHEN 'email' THEN 'email' ELSE address END"
    )
    op.create_index("ix_outbox_endpoint_state", "outbox", ["endpoint", "state"])
    op.create_index("ix_outbox_address_created_at", "outbox", ["address", "created_at"])
    op.create_index("ix_alerts_article_id", "alerts", ["article_id"])
