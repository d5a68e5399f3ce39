"""A report that was sent back keeps what it said, for staff to read until the school sends it again."""

import sqlalchemy as sa
from alembic import op

revision = "0137"
down_revision = "0136"


def upgrade() -> None:
    op.add_column("impact_return", sa.Column("sent", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("impact_return", "sent")
