"""A school's bids in the order of their ids: its last one, and the list by school."""

from alembic import op

revision = "0161"
down_revision = "0153"


def upgrade() -> None:
    op.create_index("ix_bid_school_order", "bid", ["lead_school_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_bid_school_order", "bid")
