"""What an award has on a line that lapses moves to another line."""

from alembic import op

revision = "0119"
down_revision = "0118"

KINDS = [
    "allocated",
    "cut",
    "reserved",
    "unreserved",
    "awarded",
    "released",
    "paid",
    "reversed",
    "recovered",
    "unrecovered",
]
NOW = [*KINDS, "moved_out", "moved_in"]
TABLES = ("ledger_entry", "line_balance", "bid_balance")


def upgrade() -> None:
    for table in TABLES:
        op.change_choices(table, "kind", f"ck_{table}_entrykind", now=NOW, before=KINDS)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.change_choices(table, "kind", f"ck_{table}_entrykind", now=KINDS, before=NOW)
