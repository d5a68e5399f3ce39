"""Days off."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("fund", sa.Column("days_off", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("fund", "days_off")
