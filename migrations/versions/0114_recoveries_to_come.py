"""Recoveries that are to come, in the order in which they were opened: those that ended are many more."""

import sqlalchemy as sa
from alembic import op

revision = "0114"
down_revision = "0113"

TO_COME = sa.text("state IN ('requested', 'asked_for', 'invoiced', 'set_against')")


def upgrade() -> None:
    op.create_index(
        "ix_recovery_to_come",
        "recovery",
        ["opened_at", "id"],
        sqlite_where=TO_COME,
        postgresql_where=TO_COME,
    )


def downgrade() -> None:
    op.drop_index("ix_recovery_to_come", table_name="recovery")
