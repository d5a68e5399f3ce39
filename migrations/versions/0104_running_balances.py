"""Running balances of the ledger."""

import sqlalchemy as sa
from alembic import op

revision = "0104"
down_revision = "0103"


def upgrade() -> None:
    op.create_table(
        "line_balance",
        sa.Column("allocation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "allocated",
                "cut",
                "reserved",
                "unreserved",
                "awarded",
                "released",
                "paid",
                "recovered",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_line_balance_allocation_id")
        ),
        sa.PrimaryKeyConstraint("allocation_id", "kind", name=op.f("pk_line_balance")),
    )
    op.create_table(
        "bid_balance",
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("allocation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "allocated",
                "cut",
                "reserved",
                "unreserved",
                "awarded",
                "released",
                "paid",
                "recovered",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["allocation_id"], ["allocation.id"], name=op.f("fk_bid_balance_allocation_id")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_balance_bid_id")),
        sa.PrimaryKeyConstraint("bid_id", "allocation_id", "kind", name=op.f("pk_bid_balance")),
    )
    op.execute(
        "INSERT INTO line_balance (allocation_id, kind, pence) "
        "SELECT allocation_id, kind, sum(pence) FROM ledger_entry GROUP BY allocation_id, kind"
    )
    op.execute(
        "INSERT INTO bid_balance (bid_id, allocation_id, kind, pence) "
        "SELECT bid_id, allocation_id, kind, sum(pence) FROM ledger_entry WHERE bid_id IS NOT NULL "
        "GROUP BY bid_id, allocation_id, kind"
    )
    op.drop_index(op.f("ix_ledger_entry_sums"), table_name="ledger_entry")
    op.create_index(op.f("ix_ledger_entry_fund_id"), "ledger_entry", ["fund_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_ledger_entry_fund_id"), table_name="ledger_entry")
    op.create_index(
        op.f("ix_ledger_entry_sums"),
        "ledger_entry",
        ["fund_id", "allocation_id", "kind", "pence"],
        unique=False,
    )
    op.drop_table("bid_balance")
    op.drop_table("line_balance")
