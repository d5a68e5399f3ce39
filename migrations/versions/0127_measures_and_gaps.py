"""The fund's library of measures; outcomes pick one, or measure a gap to peers."""

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
    t.never_goes("measure")
    t.is_fixed("measure", "fund_id name unit better method source least greatest")


def downgrade() -> None:
    op.drop_column("outcome", "compared_with")
    op.drop_index("ix_outcome_measure_id", table_name="outcome")
    op.drop_column("outcome", "measure_id")
    op.drop_table("measure")
