"""Rounds begin as drafts. Those that are there were published as they were added."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0147"
down_revision = "0146"


def upgrade() -> None:
    op.add_column("round", t.tick("is_draft", server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("round", "is_draft")
