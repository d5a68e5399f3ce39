"""Visits to schools, and the actions that follow them."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0128"
down_revision = "0127"


def upgrade() -> None:
    op.create_table(
        "visit",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.key("school_id", "school.id", index=False),
        t.choice("state", "visitstate", "new planned done missed"),
        t.whole("version"),
        t.day("planned_on"),
        t.whole("half_days"),
        t.text("purpose"),
        t.moment("planned_at"),
        t.key("planned_by_id", "person.id", index=False),
        t.day("visited_on", null=True),
        t.text("note"),
        t.tick("shared"),
        t.whole("teaching", null=True),
        t.text("teaching_note"),
        t.text("reason"),
        t.check("some_time", "half_days > 0"),
        t.check("teaching_on_the_scale", "teaching BETWEEN 1 AND 4"),
        t.check("done_with_a_note", "state != 'done' OR (visited_on IS NOT NULL AND note != '')"),
    )
    planned = sa.text("state = 'planned'")
    op.create_index(
        "ix_visit_planned", "visit", ["planned_on"], sqlite_where=planned, postgresql_where=planned
    )
    op.add_column("follow_up", t.key("visit_id", "visit.id", index=False, null=True))
    t.never_goes("visit")
    t.is_fixed("visit", "bid_id school_id purpose planned_at planned_by_id")
    t.is_said(
        "visit",
        "OLD.state IN ('done', 'missed')",
        "state visited_on half_days note shared teaching teaching_note reason",
    )


def downgrade() -> None:
    op.drop_column("follow_up", "visit_id")
    op.drop_table("visit")
