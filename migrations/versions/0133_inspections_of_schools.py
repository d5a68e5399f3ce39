"""Ofsted's inspections of schools, and the register they come from."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0133"
down_revision = "0131"

BEFORE = ["schools", "links", "premium"]
NOW = [*BEFORE, "inspections"]
RULE = "ck_register_file_register"


def upgrade() -> None:
    op.change_choices("register_file", "register", RULE, now=NOW, before=BEFORE)
    op.create_table(
        "inspection",
        t.own_id(),
        t.key("school_id", "school.id"),
        t.line("regime", 40),
        t.day("inspected_on"),
        t.day("published_on", null=True),
        t.choice("source", "inspectionsource", "typed imported"),
        t.moment("at"),
        t.key("by_id", "person.id", index=False, null=True),
        t.moment("removed_at", null=True),
        t.key("removed_by_id", "person.id", index=False, null=True),
        t.text("removal_reason"),
        t.check("removed_with_a_reason", "(removed_at IS NULL) = (removal_reason = '')"),
        t.check("published_afterwards", "published_on >= inspected_on"),
    )
    stands = sa.text("removed_at IS NULL")
    op.create_index(
        "ix_inspection_standing",
        "inspection",
        ["school_id", "regime", "inspected_on"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_table(
        "inspection_grade",
        t.own_id(),
        t.key("inspection_id", "inspection.id"),
        t.line("area", 80),
        t.line("grade", 40),
    )
    t.never_goes("inspection")
    t.is_fixed("inspection", "school_id regime inspected_on published_on source at by_id")
    t.is_said("inspection", "OLD.removed_at IS NOT NULL", "removed_at removed_by_id removal_reason")
    t.never_changes("inspection_grade")


def downgrade() -> None:
    op.drop_table("inspection_grade")
    op.drop_table("inspection")
    op.change_choices("register_file", "register", RULE, now=BEFORE, before=NOW)
