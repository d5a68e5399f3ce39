"""The parts of the service that a fund may leave off."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0167"
down_revision = "0164"

COLUMNS = ("sells_services", "has_advisers", "checks_support")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("fund", t.tick(name, server_default=sa.false()))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("fund", name)
