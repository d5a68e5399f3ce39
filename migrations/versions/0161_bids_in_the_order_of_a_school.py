"""A school's bids in the order of their ids, and the bids that somebody is barred from."""

import sqlalchemy as sa
from alembic import op

revision = "0161"
down_revision = "0159"


def upgrade() -> None:
    op.create_index("ix_bid_school_order", "bid", ["lead_school_id", "id"])
    barred = sa.text("kind = 'barred'")
    op.create_index(
        "ix_declaration_barred",
        "declaration",
        ["user_id", "bid_id"],
        sqlite_where=barred,
        postgresql_where=barred,
    )


def downgrade() -> None:
    op.drop_index("ix_declaration_barred", table_name="declaration")
    op.drop_index("ix_bid_school_order", table_name="bid")
