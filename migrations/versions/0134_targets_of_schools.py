"""Two-year targets of schools, with their figures."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0134"
down_revision = "0133"


def upgrade() -> None:
    op.create_table(
        "school_target",
        t.own_id(),
        t.key("school_id", "school.id"),
        t.key("measure_id", "measure.id"),
        t.decimal("baseline", 10, 2),
        t.day("baseline_on"),
        t.whole("version"),
        t.moment("ended_at", null=True),
        t.key("ended_by_id", "person.id", index=False, null=True),
        t.text("end_reason"),
        t.check("ended_with_a_reason", "(ended_at IS NULL) = (end_reason = '')"),
    )
    runs = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_school_target_running",
        "school_target",
        ["school_id", "measure_id"],
        unique=True,
        sqlite_where=runs,
        postgresql_where=runs,
    )
    op.create_table(
        "target_terms",
        t.own_id(),
        t.key("target_id", "school_target.id"),
        t.decimal("target", 10, 2),
        t.day("target_on"),
        t.key("owner_id", "person.id"),
        t.text("reason"),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
    )
    op.create_table(
        "target_figure",
        t.own_id(),
        t.key("target_id", "school_target.id"),
        t.decimal("value", 10, 2),
        t.day("measured_on"),
        t.line("source", 200),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.moment("removed_at", null=True),
        t.key("removed_by_id", "person.id", index=False, null=True),
        t.text("removal_reason"),
        t.check("removed_with_a_reason", "(removed_at IS NULL) = (removal_reason = '')"),
    )
    t.never_goes("school_target")
    t.is_fixed("school_target", "school_id measure_id baseline baseline_on")
    t.is_said("school_target", "OLD.ended_at IS NOT NULL", "ended_at ended_by_id end_reason")
    t.never_changes("target_terms")
    t.never_goes("target_figure")
    t.is_fixed("target_figure", "target_id value measured_on source at by_id")
    t.is_said("target_figure", "OLD.removed_at IS NOT NULL", "removed_at removed_by_id removal_reason")


def downgrade() -> None:
    op.drop_table("target_figure")
    op.drop_table("target_terms")
    op.drop_table("school_target")
