"""Agenda items by when they ended, awards by when they were made."""

from alembic import op

revision = "0106"
down_revision = "0105"


def upgrade() -> None:
    op.create_index("ix_agenda_item_outcome_at", "agenda_item", ["outcome_at"], unique=False)
    op.create_index("ix_ledger_entry_kind_at", "ledger_entry", ["kind", "at", "bid_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_ledger_entry_kind_at", table_name="ledger_entry")
    op.drop_index("ix_agenda_item_outcome_at", table_name="agenda_item")
