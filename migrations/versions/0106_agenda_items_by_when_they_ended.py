"""Agenda items by when they ended."""

from alembic import op

revision = "0106"
down_revision = "0105"


def upgrade() -> None:
    op.create_index("ix_agenda_item_outcome_at", "agenda_item", ["outcome_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_agenda_item_outcome_at", table_name="agenda_item")
