"""The title of an award as an officer has read it for the public."""

import sqlalchemy as sa
from alembic import op

revision = "0144"
down_revision = "0143"


def upgrade() -> None:
    op.add_column("decision", sa.Column("published_title", sa.String(140), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("decision", "published_title")
