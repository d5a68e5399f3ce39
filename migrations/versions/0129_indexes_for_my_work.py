"""Indexes that hold what My work asks of decisions and reports."""

import sqlalchemy as sa
from alembic import op

revision = "0129"
down_revision = "0128"

UNREAD = "pence IS NOT NULL AND published_at IS NULL AND undone_at IS NULL"


def _unread(condition: str) -> None:
    op.drop_index("ix_decision_unread", table_name="decision")
    which = sa.text(condition)
    op.create_index("ix_decision_unread", "decision", ["bid_id"], sqlite_where=which, postgresql_where=which)


def upgrade() -> None:
    _unread(f"{UNREAD} AND change_id IS NULL")
    op.drop_index("ix_impact_return_state", table_name="impact_return")
    op.create_index("ix_impact_return_state_due_on", "impact_return", ["state", "due_on"])


def downgrade() -> None:
    op.drop_index("ix_impact_return_state_due_on", table_name="impact_return")
    op.create_index("ix_impact_return_state", "impact_return", ["state"])
    _unread(UNREAD)
