"""Payment runs, the layouts of their files, and payments that are reversed."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0115"
down_revision = "0114"

ROUTES = "journal bacs_own bacs_trust supplier"
KINDS = ["allocated", "cut", "reserved", "unreserved", "awarded", "released", "paid", "recovered"]
NEW_KINDS = [*KINDS, "reversed", "unrecovered"]
HELD_KINDS = ("ledger_entry", "line_balance", "bid_balance")


def upgrade() -> None:
    op.create_table(
        "payment_run",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.whole("number"),
        t.choice(
            "state", "runstate", "new gathered approved exported answered settled cancelled", index=True
        ),
        t.whole("version"),
        t.line("layout_name", 120),
        t.text("layout"),
        t.moment("gathered_at"),
        t.key("gathered_by_id", "person.id", index=False),
        t.moment("approved_at", null=True),
        t.key("approved_by_id", "person.id", index=False, null=True),
        t.whole("size"),
        t.big("pence"),
        t.line("file_name", 80),
        t.line("sha256", 64),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        t.unique("fund_id", "number"),
        t.check("two_people", "approved_by_id IS NULL OR approved_by_id != gathered_by_id"),
        t.check(
            "frozen_once_approved",
            "state IN ('new', 'gathered', 'cancelled') OR (approved_by_id IS NOT NULL AND"
            " approved_at IS NOT NULL AND content IS NOT NULL AND sha256 != '' AND size > 0 AND pence > 0)",
        ),
    )
    t.never_goes("payment_run")
    t.is_fixed("payment_run", "fund_id number layout_name layout gathered_at gathered_by_id")
    t.is_said(
        "payment_run",
        "OLD.approved_by_id IS NOT NULL",
        "approved_at approved_by_id size pence file_name sha256 content",
    )
    op.create_table(
        "run_line",
        t.own_id(),
        t.key("run_id", "payment_run.id", index=False),
        t.whole("number"),
        t.key("claim_id", "claim.id"),
        t.choice("outcome", "outcome", "waiting left_out paid rejected returned cancelled"),
        t.line("why", 300),
        t.big("pence"),
        t.key("payee_id", "payee.id", index=False, null=True),
        t.line("payee_name", 200),
        t.line("payee_urn", 6),
        t.choice("route", "route", ROUTES, null=True),
        t.line("supplier_number", 40),
        t.line("cost_centre", 40),
        t.data("parts"),
        t.moment("answered_at", null=True),
        t.line("payment_reference", 60),
        t.unique("run_id", "number"),
        t.check("pence_not_negative", "pence >= 0"),
        t.check("says_why", "outcome NOT IN ('left_out', 'rejected', 'returned') OR why != ''"),
    )
    _one_at_a_time("uq_run_line_claim", "run_line", "outcome = 'waiting'")
    t.never_goes("run_line")
    t.is_fixed("run_line", "run_id number claim_id")
    op.create_table(
        "payment_layout",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.line("name", 120),
        t.whole("version"),
        t.text("document"),
        t.tick("retired"),
        t.unique("fund_id", "name"),
    )
    op.create_table(
        "reversal",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.key("claim_id", "claim.id"),
        t.key("line_id", "run_line.id", null=True),
        t.key("paid_entry_id", "history_entry.id", null=True),
        t.choice("state", "reversalstate", "new requested reversed refused", index=True),
        t.whole("version"),
        t.big("pence"),
        t.text("reason"),
        t.moment("requested_at"),
        t.key("requested_by_id", "person.id", index=False),
        t.moment("approved_at", null=True),
        t.key("approved_by_id", "person.id", index=False, null=True),
        t.moment("paid_at"),
        t.key("paid_by_id", "person.id", index=False),
        t.line("payment_reference", 60),
        t.line("payee_name", 200),
        t.line("payee_urn", 6),
        t.choice("route", "route", ROUTES, null=True),
        t.line("supplier_number", 40),
        t.check("some_money", "pence > 0"),
        t.check("requested_with_a_reason", "reason != ''"),
        t.check("two_people", "approved_by_id IS NULL OR approved_by_id != requested_by_id"),
        t.check(
            "approved_by_somebody",
            "(state = 'reversed') = (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
        ),
    )
    _one_at_a_time("uq_reversal_requested", "reversal", "state = 'requested'")
    t.never_goes("reversal")
    t.is_fixed(
        "reversal",
        "bid_id claim_id line_id paid_entry_id pence reason requested_at requested_by_id paid_at paid_by_id"
        " payment_reference payee_name payee_urn route supplier_number",
    )
    for table in HELD_KINDS:
        op.change_choices(table, "kind", f"ck_{table}_entrykind", now=NEW_KINDS, before=KINDS)
    op.add_column("fund", sa.Column("pays_in_runs", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("payee", sa.Column("hold_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payee", sa.Column("hold_reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("payee", "hold_reason")
    op.drop_column("payee", "hold_since")
    op.drop_column("fund", "pays_in_runs")
    for table in reversed(HELD_KINDS):
        op.change_choices(table, "kind", f"ck_{table}_entrykind", now=KINDS, before=NEW_KINDS)
    for table in ("reversal", "payment_layout", "run_line", "payment_run"):
        op.drop_table(table)


def _one_at_a_time(name: str, table: str, condition: str) -> None:
    """A claim has one such row at most."""
    only = {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}
    op.create_index(name, table, ["claim_id"], unique=True, **only)
