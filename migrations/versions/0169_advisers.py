"""Advisers, the schools they are allocated to, and their visits."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0169"
down_revision = "0168"

WAITING = "state IN ('to_plan', 'planned', 'missed', 'done')"
STATES = "to_plan planned done rated not_rated missed caught_up let_go cancelled"


def upgrade() -> None:
    op.create_table(
        "adviser",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.whole("version"),
        t.line("name", 120),
        t.line("email", 254),
        t.line("search_text", 400),
        t.choice("kind", "adviserkind", "serving_head retired_head council independent"),
        t.key("account_id", "person.id", null=True),
        t.key("school_id", "school.id", null=True),
        t.data("subjects"),
        t.whole("half_days"),
        t.text("availability"),
        t.choice("off_payroll", "offpayroll", "not_individual inside outside to_decide"),
        t.day("off_payroll_on", null=True),
        t.moment("left_at", null=True),
        t.check("half_days_not_negative", "half_days >= 0"),
        t.check(
            "determined_on_a_day", "(off_payroll IN ('inside', 'outside')) = (off_payroll_on IS NOT NULL)"
        ),
        t.check("head_of_a_school", "kind != 'serving_head' OR school_id IS NOT NULL"),
        t.unique("fund_id", "email"),
    )
    op.create_table(
        "adviser_record",
        t.own_id(),
        t.key("adviser_id", "adviser.id"),
        t.choice("kind", "recordkind", "training quality"),
        t.line("what", 140),
        t.day("done_on", null=True),
        t.choice("outcome", "recordoutcome", "met not_yet done", null=True),
        t.day("due_on", null=True),
        t.text("note"),
        t.key("renews_id", "adviser_record.id", null=True, index=False),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.unique("renews_id"),
        t.check("outcome_once_done", "(done_on IS NULL) = (outcome IS NULL)"),
        t.check("done_or_due", "done_on IS NOT NULL OR due_on IS NOT NULL"),
    )
    _index("ix_adviser_record_due", "adviser_record", "due_on", only="due_on IS NOT NULL")
    op.create_table(
        "adviser_allocation",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.key("adviser_id", "adviser.id"),
        t.key("school_id", "school.id"),
        t.whole("version"),
        t.day("starts_on"),
        t.day("ends_on", null=True),
        t.whole("visits"),
        t.text("why"),
        t.text("end_reason"),
        t.check("some_visits", "visits BETWEEN 1 AND 12"),
        t.check("in_order", "ends_on >= starts_on"),
    )
    _index(
        "ix_adviser_allocation_open",
        "adviser_allocation",
        "fund_id",
        "school_id",
        only="ends_on IS NULL",
        unique=True,
    )
    op.create_table(
        "adviser_visit",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.key("allocation_id", "adviser_allocation.id", index=False),
        t.key("adviser_id", "adviser.id"),
        t.key("school_id", "school.id"),
        t.choice("state", "adviservisitstate", STATES),
        t.moment("state_since"),
        t.whole("version"),
        t.whole("school_year"),
        t.whole("term"),
        t.whole("number", null=True),
        t.key("makes_up_for_id", "adviser_visit.id", null=True, index=False),
        t.day("due_on"),
        t.day("planned_on", null=True),
        t.text("purpose"),
        t.text("reason"),
        t.day("visited_on", null=True),
        t.text("note"),
        t.data("actions"),
        t.moment("chased_at", null=True),
        t.whole("usefulness", null=True),
        t.tick("helped", null=True),
        t.text("feedback"),
        t.moment("rated_at", null=True),
        t.key("rated_by_id", "person.id", null=True, index=False),
        t.unique("allocation_id", "school_year", "number"),
        t.unique("makes_up_for_id"),
        t.check("planned_for_a_day", "state != 'planned' OR planned_on IS NOT NULL"),
        t.check(
            "done_with_a_note",
            "state NOT IN ('done', 'rated', 'not_rated') OR (visited_on IS NOT NULL AND note != '')",
        ),
        t.check("rated_in_full", "(state = 'rated') = (usefulness IS NOT NULL AND helped IS NOT NULL)"),
        t.check("usefulness_on_the_scale", "usefulness BETWEEN 1 AND 5"),
    )
    _index("ix_adviser_visit_waiting", "adviser_visit", "due_on", only=WAITING)


def _index(name: str, table: str, *columns: str, only: str, unique: bool = False) -> None:
    where = sa.text(only)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in ("adviser_visit", "adviser_allocation", "adviser_record", "adviser"):
        op.drop_table(table)
