"""A bid may have an interim, a final and a follow-up report; what was asked so far is its final one."""

import sqlalchemy as sa
from alembic import op

revision = "0124"
down_revision = "0123"

# Written out: SQLite adds a column with its rule, and no rule by itself.
KIND = (
    "ALTER TABLE impact_return ADD COLUMN kind VARCHAR(40) DEFAULT 'final' NOT NULL "
    "CONSTRAINT ck_impact_return_returnkind CHECK (kind IN ('interim', 'final', 'follow_up'))"
)
ANSWER_BY = """
UPDATE impact_return SET answer_by = (SELECT due_on FROM bid WHERE bid.id = impact_return.bid_id)
WHERE state = 'returned'
"""


def upgrade() -> None:
    op.execute(KIND)
    op.drop_index("ix_impact_return_bid_id", table_name="impact_return")
    op.add_column("impact_return", sa.Column("number", sa.Integer(), server_default="1", nullable=False))
    op.create_index("ix_impact_return_version", "impact_return", ["bid_id", "kind", "number"], unique=True)
    op.add_column("impact_return", sa.Column("answer_by", sa.Date(), nullable=True))
    op.execute(ANSWER_BY)
    op.add_column("impact_return", _line("taught_judged", 300))
    op.add_column("impact_return", sa.Column("helped", sa.Text(), server_default="", nullable=False))
    op.add_column("impact_return", sa.Column("hindered", sa.Text(), server_default="", nullable=False))
    op.add_column("actual", _line("method", 500))
    op.add_column("actual", _line("next_step", 500))
    op.add_column("actual", _line("next_owner", 120))
    op.add_column("actual", sa.Column("next_on", sa.Date(), nullable=True))
    op.add_column(
        "fund", sa.Column("returns_from_pence", sa.BigInteger(), server_default="500000", nullable=False)
    )
    op.add_column("fund", sa.Column("asks_interim", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("fund", sa.Column("asks_follow_up", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("fund", sa.Column("follow_up_months", sa.Integer(), server_default="12", nullable=False))


def downgrade() -> None:
    for name in ("follow_up_months", "asks_follow_up", "asks_interim", "returns_from_pence"):
        op.drop_column("fund", name)
    for name in ("next_on", "next_owner", "next_step", "method"):
        op.drop_column("actual", name)
    for name in ("hindered", "helped", "taught_judged", "answer_by"):
        op.drop_column("impact_return", name)
    op.drop_index("ix_impact_return_version", table_name="impact_return")
    op.drop_column("impact_return", "number")
    op.create_index("ix_impact_return_bid_id", "impact_return", ["bid_id"], unique=True)
    op.drop_column("impact_return", "kind")


def _line(name: str, most: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=most), server_default="", nullable=False)
