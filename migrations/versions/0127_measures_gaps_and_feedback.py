"""Measures of the fund, and gaps to peers; feedback is chased, and asks about the council too."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0127"
down_revision = "0126"


def upgrade() -> None:
    op.create_table(
        "measure",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.line("name", 200),
        t.line("unit", 40),
        t.choice("better", "better", "up down"),
        t.line("method", 200),
        t.line("source", 200),
        t.decimal("least", 10, 2, null=True),
        t.decimal("greatest", 10, 2, null=True),
        t.tick("retired"),
        t.check("least_below_greatest", "least < greatest"),
        t.unique("fund_id", "name"),
    )
    op.add_column("outcome", t.key("measure_id", "measure.id", index=False, null=True))
    op.create_index("ix_outcome_measure_id", "outcome", ["measure_id"])
    op.add_column("outcome", sa.Column("compared_with", sa.String(120), server_default="", nullable=False))
    op.add_column("change_outcome", t.key("measure_id", "measure.id", index=False, null=True))
    op.add_column(
        "change_outcome", sa.Column("compared_with", sa.String(120), server_default="", nullable=False)
    )
    t.is_said("change_outcome", "OLD.id IS NOT NULL", "measure_id compared_with")
    for column in FEEDBACK:
        op.execute(f"ALTER TABLE feedback ADD COLUMN {column}")
    for name in CHASES:
        op.add_column("feedback", t.moment(name, null=True))
    op.add_column("feedback", sa.Column("council_text", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE feedback SET state = 'given' WHERE given_at IS NOT NULL")
    op.execute(NEVER_GIVEN)
    asked = sa.text("state = 'asked'")
    op.create_index("ix_feedback_asked", "feedback", ["bid_id"], sqlite_where=asked, postgresql_where=asked)
    t.never_goes("measure")
    t.is_fixed("measure", "fund_id name unit better method source least greatest")


# Written out: SQLite adds a column with its rule, and no rule by itself.
FEEDBACK = (
    "state VARCHAR(40) DEFAULT 'asked' NOT NULL "
    "CONSTRAINT ck_feedback_feedbackstate CHECK (state IN ('asked', 'given', 'not_given'))",
    "version INTEGER DEFAULT 1 NOT NULL",
    "council INTEGER CONSTRAINT ck_feedback_council_on_the_scale CHECK (council BETWEEN 1 AND 5)",
)
CHASES = ("chased_at", "chased_again_at")
# Nobody is chased about a bid that is over.
NEVER_GIVEN = """
UPDATE feedback SET state = 'not_given'
WHERE given_at IS NULL AND bid_id IN (SELECT id FROM bid WHERE state IN ('closed', 'terminated'))
"""


def downgrade() -> None:
    op.drop_index("ix_feedback_asked", table_name="feedback")
    for name in ("council_text", *CHASES, "council", "version", "state"):
        op.drop_column("feedback", name)
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON change_outcome"
    op.execute(f"DROP TRIGGER change_outcome_is_said{on}")
    op.drop_column("change_outcome", "compared_with")
    op.drop_column("change_outcome", "measure_id")
    op.drop_column("outcome", "compared_with")
    op.drop_index("ix_outcome_measure_id", table_name="outcome")
    op.drop_column("outcome", "measure_id")
    op.drop_table("measure")
