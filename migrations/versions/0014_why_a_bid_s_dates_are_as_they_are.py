"""Why a bid’s dates are as they are."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("bid", sa.Column("why_odd", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("bid", "why_odd")
