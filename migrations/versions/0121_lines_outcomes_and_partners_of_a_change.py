"""A change of an award may add lines, change outcomes one by one, and let schools join or leave."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0121"
down_revision = "0120"

GROUPS = "all disadvantaged sen_support ehcp eal looked_after ethnic_group low_prior most_able boys girls exclusion"

PARTS = "provider supported partner"


def upgrade() -> None:
    op.add_column("award_line", t.day("from_on", null=True))
    op.add_column("award_line", t.key("grade_id", "staff_grade.id", index=False, null=True))
    op.add_column("outcome", t.day("dropped_on", null=True))
    op.add_column("partner", sa.Column("joins", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("partner", t.day("left_on", null=True))
    op.create_table(
        "change_new_line",
        t.own_id(),
        t.key("change_id", "change_request.id"),
        t.key("school_id", "school.id", index=False),
        t.line("what", 200),
        t.line("staff_code", 20),
        t.key("grade_id", "staff_grade.id", index=False, null=True),
        t.whole("half_days", null=True),
        t.big("day_rate_pence", null=True),
        t.whole("on_cost_basis_points"),
        t.day("from_on", null=True),
        t.big("pence"),
        t.check("some_money", "pence > 0"),
        t.check("some_time", "half_days > 0"),
        t.check("days_have_a_rate", "(half_days IS NULL) = (day_rate_pence IS NULL)"),
        t.check("days_are_somebodys", "(half_days IS NULL) = (staff_code = '')"),
    )
    op.create_table(
        "change_outcome",
        t.own_id(),
        t.key("change_id", "change_request.id", index=False),
        t.key("outcome_id", "outcome.id", index=False, null=True),
        t.tick("dropped"),
        t.line("measure", 200),
        t.line("unit", 40),
        t.choice("group", "group", GROUPS),
        t.line("method", 200),
        t.decimal("baseline", 10, 2),
        t.day("baseline_on"),
        t.decimal("target", 10, 2),
        t.day("target_on"),
        t.decimal("old_target", 10, 2, null=True),
        t.day("old_target_on", null=True),
        t.key("made_id", "outcome.id", index=False, null=True),
        t.check("drops_what_is_there", "NOT dropped OR outcome_id IS NOT NULL"),
        t.check("target_differs_from_baseline", "target != baseline"),
        t.check("says_what_it_was", "(outcome_id IS NULL) = (old_target IS NULL)"),
        t.unique("change_id", "outcome_id"),
    )
    op.create_table(
        "change_partner",
        t.own_id(),
        t.key("change_id", "change_request.id", index=False),
        t.key("school_id", "school.id", index=False),
        t.tick("leaves"),
        t.choice("part", "part", PARTS),
        t.choice("old_part", "old_part", PARTS, null=True),
        t.day("old_left_on", null=True),
        t.line("contact_name", 120),
        t.line("contact_email", 254),
        t.unique("change_id", "school_id"),
    )
    t.never_changes("change_new_line")
    t.never_goes("change_partner")
    t.is_fixed("change_partner", "change_id school_id leaves part old_part old_left_on")
    t.never_goes("change_outcome")
    t.is_fixed(
        "change_outcome",
        'change_id outcome_id dropped measure unit "group" method baseline baseline_on target target_on '
        "old_target old_target_on",
    )


def downgrade() -> None:
    for table in ("change_partner", "change_outcome", "change_new_line"):
        op.drop_table(table)
    op.drop_column("partner", "left_on")
    op.drop_column("partner", "joins")
    op.drop_column("outcome", "dropped_on")
    op.drop_column("award_line", "grade_id")
    op.drop_column("award_line", "from_on")
