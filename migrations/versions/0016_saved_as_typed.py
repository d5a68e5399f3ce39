"""What is saved as typed until it is put right."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("bid", sa.Column("unfinished", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("bid", "unfinished")
