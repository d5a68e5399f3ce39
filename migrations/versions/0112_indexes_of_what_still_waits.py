"""Offers that are out, awards whose reasons nobody has read, ends that officers asked for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0112"
down_revision = "0111"

LIVE = (
    "state IN ('draft', 'submitted', 'in_review', 'returned', 'at_panel', 'deferred', 'offered', "
    "'in_delivery', 'suspended', 'in_monitoring')"
)
INDEXES = (
    ("ix_offer_out", "offer", "bid_id", "ended_at IS NULL"),
    (
        "ix_decision_unread",
        "decision",
        "bid_id",
        "pence IS NOT NULL AND published_at IS NULL AND undone_at IS NULL",
    ),
    (
        "ix_bid_end_asked",
        "bid",
        "fund_id",
        "termination_asked_at IS NOT NULL AND state IN ('in_delivery', 'suspended', 'in_monitoring')",
    ),
)


def upgrade() -> None:
    _index_live_bids("officer_id", "state", "lead_school_id")
    op.drop_index("ix_decision_outcome_published_at", table_name="decision")
    for name, table, column, condition in INDEXES:
        op.create_index(name, table, [column], unique=False, **_where(condition))


def downgrade() -> None:
    for name, table, _column, _condition in reversed(INDEXES):
        op.drop_index(name, table_name=table)
    op.create_index("ix_decision_outcome_published_at", "decision", ["outcome", "published_at"], unique=False)
    _index_live_bids("officer_id")


def _index_live_bids(*columns: str) -> None:
    op.drop_index("ix_bid_live", table_name="bid")
    op.create_index("ix_bid_live", "bid", list(columns), unique=False, **_where(LIVE))


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
