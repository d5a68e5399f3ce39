"""Case studies of closed bids, and the consent of the schools that they name."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0143"
down_revision = "0141"

STATES = "new draft asked to_change agreed refused published withdrawn taken_down discarded"
EXPERTISE = (
    "early_reading english maths curriculum early_years send disadvantage eal behaviour leadership "
    "governance assessment wellbeing"
)


def upgrade() -> None:
    op.create_table(
        "case_study",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.choice("state", "casestate", STATES),
        t.whole("version"),
        t.choice("expertise", "expertise", EXPERTISE),
        t.line("title", 140),
        t.text("need"),
        t.text("support"),
        t.text("change"),
        t.text("lessons"),
        t.text("search_text"),
        t.text("suggestion"),
        t.moment("drafted_at"),
        t.key("drafted_by_id", "person.id", index=False),
        t.moment("published_at", null=True),
        t.check("published_at_a_moment", "(published_at IS NULL) = (state <> 'published')"),
    )
    _index("ix_case_study_live", "state <> 'discarded'", "bid_id", unique=True)
    op.create_index("ix_case_study_state", "case_study", ["state", "bid_id"])
    _index("ix_case_study_published", "state = 'published'", "published_at", "id")
    op.create_table(
        "case_consent",
        t.own_id(),
        t.key("study_id", "case_study.id", index=False),
        t.key("school_id", "school.id"),
        t.moment("agreed_at", null=True),
        t.key("agreed_by_id", "person.id", index=False, null=True),
        t.unique("study_id", "school_id"),
        t.check("agreed_by_somebody", "(agreed_at IS NULL) = (agreed_by_id IS NULL)"),
    )
    t.never_goes("case_study")
    t.is_fixed("case_study", "bid_id drafted_at drafted_by_id")


def _index(name: str, condition: str, *columns: str, unique: bool = False) -> None:
    rows = sa.text(condition)
    op.create_index(name, "case_study", [*columns], unique=unique, sqlite_where=rows, postgresql_where=rows)


def downgrade() -> None:
    op.drop_table("case_consent")
    op.drop_table("case_study")
