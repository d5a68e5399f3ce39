"""Revised plans."""

import sqlalchemy as sa
from alembic import op

revision = "0105"
down_revision = "0104"


def upgrade() -> None:
    op.create_table(
        "revised_plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "proposed",
                "returned",
                "agreed",
                name="planstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_revised_plan_bid_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.id"], name=op.f("fk_revised_plan_offer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revised_plan")),
        sa.UniqueConstraint("offer_id", name=op.f("uq_revised_plan_offer_id")),
    )
    op.create_index(op.f("ix_revised_plan_bid_id"), "revised_plan", ["bid_id"], unique=False)
    op.create_index(op.f("ix_revised_plan_state"), "revised_plan", ["state"], unique=False)
    op.create_table(
        "plan_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("backfill_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cost_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("half_days", sa.Integer(), nullable=True),
        sa.Column("pence", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(backfill_line_id IS NULL) = (half_days IS NULL)", name=op.f("ck_plan_line_half_days_of_staff")
        ),
        sa.CheckConstraint(
            "(cost_line_id IS NULL) = (pence IS NULL)", name=op.f("ck_plan_line_pence_of_costs")
        ),
        sa.CheckConstraint("(half_days IS NULL) != (pence IS NULL)", name=op.f("ck_plan_line_one_of_both")),
        sa.CheckConstraint("half_days >= 0 AND pence >= 0", name=op.f("ck_plan_line_not_negative")),
        sa.ForeignKeyConstraint(
            ["backfill_line_id"], ["backfill_line.id"], name=op.f("fk_plan_line_backfill_line_id")
        ),
        sa.ForeignKeyConstraint(["cost_line_id"], ["cost_line.id"], name=op.f("fk_plan_line_cost_line_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["revised_plan.id"], name=op.f("fk_plan_line_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_line")),
        sa.UniqueConstraint(
            "plan_id", "backfill_line_id", name=op.f("uq_plan_line_plan_id_backfill_line_id")
        ),
        sa.UniqueConstraint("plan_id", "cost_line_id", name=op.f("uq_plan_line_plan_id_cost_line_id")),
    )


def downgrade() -> None:
    op.drop_table("plan_line")
    op.drop_index(op.f("ix_revised_plan_state"), table_name="revised_plan")
    op.drop_index(op.f("ix_revised_plan_bid_id"), table_name="revised_plan")
    op.drop_table("revised_plan")
