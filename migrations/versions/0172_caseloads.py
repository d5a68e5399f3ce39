"""Concerns about schools, caseloads, looked-after children’s focus, and reviews of each term."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0172"
down_revision = "0171"

TEXTS = ("tier_1_brings", "tier_2_brings", "tier_3_brings", "tier_4_brings", "concern_floors")
TICKS = ("keeps_caseloads", "academies_concern_only")


def upgrade() -> None:
    for name in TICKS:
        op.add_column("fund", t.tick(name, server_default=sa.false()))
    for name in TEXTS:
        op.add_column("fund", t.text(name, server_default=""))
    op.add_column("fund", t.data("concern_outcomes", server_default="[]"))
    op.create_table(
        "concern",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.key("school_id", "school.id"),
        t.choice("kind", "concernkind", "floor inspection judgement"),
        t.choice("state", "concernstate", "new open ended"),
        t.moment("state_since"),
        t.whole("version"),
        t.text("reason"),
        t.day("review_on"),
        t.moment("raised_at"),
        t.key("raised_by_id", "person.id", index=False),
        t.text("found"),
        t.day("reviewed_on", null=True),
        t.text("end_reason"),
        t.check("ended_with_a_reason", "(state = 'ended') = (end_reason != '')"),
        t.check("raised_with_a_reason", "reason != ''"),
    )
    rows = sa.text("state = 'open'")
    op.create_index(
        "ix_concern_open",
        "concern",
        ["fund_id", "school_id", "kind"],
        unique=True,
        sqlite_where=rows,
        postgresql_where=rows,
    )
    t.never_goes("concern")
    t.is_fixed("concern", "fund_id school_id kind reason raised_at raised_by_id")
    op.create_table(
        "caseload_entry",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.key("school_id", "school.id"),
        t.choice("caseload", "caseload", "challenge traded neither"),
        t.key("officer_id", "person.id", index=False, null=True),
        t.text("reason"),
        t.day("from_on"),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.check("with_a_reason", "reason != ''"),
    )
    op.create_table(
        "focus_entry",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.key("school_id", "school.id"),
        t.text("focus"),
        t.day("review_on", null=True),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.check("says_something", "focus != ''"),
    )
    op.create_table(
        "term_review",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.key("school_id", "school.id"),
        t.whole("school_year"),
        t.whole("term"),
        t.day("reviewed_on"),
        t.choice("outcome", "reviewoutcome", "confirmed raised lowered concern no_concern"),
        t.whole("tier", null=True),
        t.text("note"),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.check("of_a_term", "term BETWEEN 1 AND 3"),
        t.check("with_a_note", "note != ''"),
        t.check("tier_that_changed", "outcome NOT IN ('raised', 'lowered') OR tier IS NOT NULL"),
    )
    op.create_index("ix_term_review_term", "term_review", ["school_year", "term"])
    for table in ("caseload_entry", "focus_entry", "term_review"):
        t.never_changes(table)


def downgrade() -> None:
    for table in ("term_review", "focus_entry", "caseload_entry", "concern"):
        op.drop_table(table)
    for name in reversed((*TICKS, *TEXTS, "concern_outcomes")):
        op.drop_column("fund", name)
