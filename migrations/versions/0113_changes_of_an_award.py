"""Changes of an award."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0113"
down_revision = "0112"

STATES = "new to_confirm with_schools with_officer with_decider agreed refused withdrawn"
OPEN = "state IN ('to_confirm', 'with_schools', 'with_officer', 'with_decider')"


def upgrade() -> None:
    op.add_column("award_line", t.key("first_id", "award_line.id", index=False, null=True))
    op.create_table(
        "change_request",
        t.own_id(),
        t.key("bid_id", "bid.id", index=False),
        t.whole("number"),
        t.choice("state", "changestate", STATES),
        t.whole("version"),
        t.key("award_id", "award.id", index=False),
        t.tick("by_council"),
        t.tick("unwanted"),
        t.tick("for_decider"),
        t.day("old_start_on", null=True),
        t.day("old_end_on", null=True),
        t.day("start_on", null=True),
        t.day("end_on", null=True),
        t.big("pence"),
        t.text("outcomes"),
        t.text("why"),
        t.moment("asked_at"),
        t.key("asked_by_id", "person.id"),
        t.key("confirmed_by_id", "person.id", index=False, null=True),
        t.moment("waits_since"),
        t.moment("decided_at", null=True),
        t.key("decided_by_id", "person.id", index=False, null=True),
        t.text("answer"),
        t.key("made_id", "award.id", index=False, null=True),
        t.check("some_money", "pence > 0"),
        t.check("asked_with_a_reason", "why != ''"),
        t.check("two_people", "decided_by_id IS NULL OR decided_by_id != asked_by_id"),
        t.check("agreed_makes_a_version", "(state = 'agreed') = (made_id IS NOT NULL)"),
        t.unique("bid_id", "number"),
    )
    op.create_index("ix_change_request_state", "change_request", ["state"])
    op.create_index(
        "ix_change_request_open",
        "change_request",
        ["bid_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_table(
        "change_line",
        t.own_id(),
        t.key("change_id", "change_request.id", index=False),
        t.key("line_id", "award_line.id", index=False),
        t.whole("half_days", null=True),
        t.big("pence", null=True),
        t.line("what", 200),
        t.line("staff_code", 20),
        t.check("one_of_both", "(half_days IS NULL) != (pence IS NULL)"),
        t.check("not_negative", "half_days >= 0 AND pence >= 0"),
        t.unique("change_id", "line_id"),
    )
    op.create_table(
        "change_answer",
        t.own_id(),
        t.key("change_id", "change_request.id", index=False),
        t.key("school_id", "school.id"),
        t.moment("agreed_at", null=True),
        t.key("agreed_by_id", "person.id", index=False, null=True),
        t.unique("change_id", "school_id"),
    )
    t.never_goes("change_request")
    t.is_fixed(
        "change_request",
        "bid_id number award_id by_council unwanted for_decider old_start_on old_end_on start_on end_on pence outcomes"
        " why asked_at asked_by_id",
    )
    t.is_said(
        "change_request",
        "OLD.state IN ('agreed', 'refused', 'withdrawn')",
        "state decided_at decided_by_id answer made_id",
    )
    t.never_changes("change_line")
    t.never_goes("change_answer")


def downgrade() -> None:
    for table in ("change_answer", "change_line", "change_request"):
        op.drop_table(table)
    op.drop_column("award_line", "first_id")
