"""Good practice that schools share, and the log of contacts with schools that take no part."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0174"
down_revision = "0173"

EXPERTISE = (
    "early_reading english maths curriculum early_years send disadvantage eal behaviour leadership "
    "governance assessment wellbeing"
)


def upgrade() -> None:
    op.add_column("fund", t.tick("shares_practice", server_default=sa.false()))
    op.create_table(
        "practice_entry",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.key("school_id", "school.id"),
        t.choice("state", "practicestate", "new proposed agreed declined withdrawn"),
        t.moment("state_since"),
        t.whole("version"),
        t.choice("kind", "practicekind", "unit does_well"),
        t.choice("expertise", "expertise", EXPERTISE),
        t.line("title", 140),
        t.text("what"),
        t.key("measure_id", "measure.id", index=False, null=True),
        t.line("figure", 60),
        t.line("source", 200),
        t.line("contact", 300),
        t.text("search_text"),
        t.day("review_on"),
        t.moment("proposed_at"),
        t.key("proposed_by_id", "person.id", index=False),
        t.moment("agreed_at", null=True),
        t.key("agreed_by_id", "person.id", index=False, null=True),
        t.moment("withdrawn_at", null=True),
        t.text("reason"),
        t.check("says_something", "title != '' AND what != ''"),
        t.check("figure_of_a_measure", "(measure_id IS NULL) = (figure = '')"),
        t.check("figure_with_its_source", "figure = '' OR source != ''"),
        t.check(
            "agreed_by_somebody",
            "state != 'agreed' OR (agreed_at IS NOT NULL AND agreed_by_id IS NOT NULL)",
        ),
        t.check("withdrawn_at_a_moment", "(withdrawn_at IS NOT NULL) = (state = 'withdrawn')"),
    )
    _some("practice_entry", "review", "state = 'agreed'", "review_on")
    _some("practice_entry", "agreed", "state = 'agreed'", "agreed_at", "id")
    t.never_goes("practice_entry")
    t.is_fixed("practice_entry", "fund_id school_id")
    op.create_table(
        "engagement",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.key("school_id", "school.id"),
        t.day("on"),
        t.choice("how", "contactway", "letter email call visit trust office"),
        t.line("with_whom", 200),
        t.text("said"),
        t.day("next_on", null=True),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.check("next_after_this", 'next_on > "on"'),
        t.check("says_what_came_of_it", "said != ''"),
        t.index("ix_engagement_school", "fund_id", "school_id", "id"),
    )
    _some("engagement", "next", "next_on IS NOT NULL", "next_on")
    t.never_changes("engagement")


def _some(table: str, name: str, which: str, *columns: str) -> None:
    """An index of the rows that meet a condition."""
    rows = sa.text(which)
    op.create_index(f"ix_{table}_{name}", table, [*columns], sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    op.drop_table("engagement")
    op.drop_table("practice_entry")
    op.drop_column("fund", "shares_practice")
