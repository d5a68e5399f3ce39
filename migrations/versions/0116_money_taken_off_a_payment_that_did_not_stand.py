"""What was taken off a payment that is reversed did not come back."""

from alembic import op

revision = "0116"
down_revision = "0115"

KINDS = ["allocated", "cut", "reserved", "unreserved", "awarded", "released", "paid", "reversed", "recovered"]
NOW = [*KINDS, "unrecovered"]
TABLES = ("ledger_entry", "line_balance", "bid_balance")


def upgrade() -> None:
    for table in TABLES:
        op.change_choices(table, "kind", f"ck_{table}_entrykind", now=NOW, before=KINDS)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.change_choices(table, "kind", f"ck_{table}_entrykind", now=KINDS, before=NOW)
