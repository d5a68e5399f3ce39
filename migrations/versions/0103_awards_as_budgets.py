"""Awards as budgets."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema

revision = "0103"
down_revision = "0102"


def upgrade() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.CheckConstraint("pence > 0", name=op.f("ck_award_some_money")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_award_bid_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("bid_id", "number", name=op.f("uq_award_bid_id_number")),
    )
    op.create_table(
        "award_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("award_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("payee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("backfill_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("cost_line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("staff_code", sa.String(length=20), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=True),
        sa.Column("day_rate_pence", sa.BigInteger(), nullable=True),
        sa.Column("on_cost_basis_points", sa.Integer(), nullable=False),
        sa.Column("pence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(half_days IS NULL) = (staff_code = '')", name=op.f("ck_award_line_days_are_somebodys")
        ),
        sa.CheckConstraint(
            "(half_days IS NULL) = (day_rate_pence IS NULL)", name=op.f("ck_award_line_days_have_a_rate")
        ),
        sa.CheckConstraint("pence >= 0", name=op.f("ck_award_line_pence_not_negative")),
        sa.ForeignKeyConstraint(["award_id"], ["award.id"], name=op.f("fk_award_line_award_id")),
        sa.ForeignKeyConstraint(
            ["backfill_line_id"], ["backfill_line.id"], name=op.f("fk_award_line_backfill_line_id")
        ),
        sa.ForeignKeyConstraint(["cost_line_id"], ["cost_line.id"], name=op.f("fk_award_line_cost_line_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["school.id"], name=op.f("fk_award_line_payee_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_award_line_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_line")),
    )
    op.create_index(op.f("ix_award_line_award_id"), "award_line", ["award_id"], unique=False)
    op.create_index(op.f("ix_award_line_payee_id"), "award_line", ["payee_id"], unique=False)
    op.create_index(op.f("ix_award_line_school_id"), "award_line", ["school_id"], unique=False)
    op.add_column("bid", sa.Column("half_time_at", sa.DateTime(timezone=True), nullable=True))
    op.change_choices(
        "claim",
        "kind",
        "ck_claim_claimkind",
        now=["advance", "half_time", "final", "backfill"],
        before=["advance", "backfill"],
    )
    op.add_column(
        "fund", sa.Column("lean_half_time_percent", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "fund", sa.Column("full_half_time_percent", sa.Integer(), server_default="30", nullable=False)
    )
    op.execute(
        "UPDATE fund SET full_half_time_percent = 100 - full_advance_percent WHERE full_advance_percent > 70"
    )
    _freeze_awards()
    for table in ("award", "award_line"):
        schema.never_changes(table)


def _freeze_awards() -> None:
    """Awards accepted before: their bid's lines, paid as was said then, with nothing kept to the end."""
    connection = op.get_bind()
    for bid in connection.execute(sa.text(AWARDED)).mappings().all():
        lean = bid["awarded_pence"] < bid["full_from_pence"]
        percent = bid["lean_advance_percent"] if lean else bid["full_advance_percent"]
        award = {
            "bid_id": bid["id"],
            "number": 1,
            "pence": bid["awarded_pence"],
            "made_at": bid["made_at"],
            "schedule": json.dumps([["accepted", percent]] if percent else []),
        }
        award_id = connection.scalar(sa.text(INTO_AWARD), award)
        for line in _lines(connection, bid):
            connection.execute(sa.text(INTO_LINE), {"award_id": award_id, **line})


def _lines(connection: sa.Connection, bid: Any) -> Iterator[dict[str, Any]]:
    for line in connection.execute(sa.text(STAFF), {"bid": bid["id"]}).mappings().all():
        days = line["half_days"] * line["day_rate_pence"] * (10_000 + line["on_cost_basis_points"])
        yield {
            **line,
            "payee_id": bid["lead_school_id"],
            "cost_line_id": None,
            "pence": (days + 10_000) // 20_000,
        }
    for cost in connection.execute(sa.text(COSTS), {"bid": bid["id"]}).mappings().all():
        yield {
            **dict.fromkeys(("backfill_line_id", "half_days", "day_rate_pence")),
            **cost,
            "payee_id": bid["lead_school_id"],
            "school_id": bid["lead_school_id"],
            "staff_code": "",
            "on_cost_basis_points": 0,
        }


AWARDED = """
SELECT bid.id, bid.lead_school_id, bid.awarded_pence, coalesce(max(offer.ended_at), bid.state_since) made_at,
  fund.full_from_pence, fund.lean_advance_percent, fund.full_advance_percent
FROM bid JOIN fund ON fund.id = bid.fund_id LEFT JOIN offer ON offer.bid_id = bid.id
WHERE bid.awarded_pence > 0 GROUP BY bid.id, fund.id
"""
INTO_AWARD = """
INSERT INTO award (bid_id, number, pence, made_at, schedule)
VALUES (:bid_id, :number, :pence, :made_at, :schedule) RETURNING id
"""
INTO_LINE = """
INSERT INTO award_line (award_id, payee_id, school_id, backfill_line_id, cost_line_id, what, staff_code,
  half_days, day_rate_pence, on_cost_basis_points, pence)
VALUES (:award_id, :payee_id, :school_id, :backfill_line_id, :cost_line_id, :what, :staff_code,
  :half_days, :day_rate_pence, :on_cost_basis_points, :pence)
"""
STAFF = """
SELECT id AS backfill_line_id, school_id, staff_role AS what, staff_code, half_days, day_rate_pence,
  on_cost_basis_points FROM backfill_line WHERE bid_id = :bid ORDER BY id
"""
COSTS = """
SELECT id AS cost_line_id, description AS what, pence FROM cost_line WHERE bid_id = :bid ORDER BY id
"""


def downgrade() -> None:
    op.drop_column("fund", "full_half_time_percent")
    op.drop_column("fund", "lean_half_time_percent")
    op.change_choices(
        "claim",
        "kind",
        "ck_claim_claimkind",
        now=["advance", "backfill"],
        before=["advance", "half_time", "final", "backfill"],
    )
    op.drop_column("bid", "half_time_at")
    op.drop_index(op.f("ix_award_line_school_id"), table_name="award_line")
    op.drop_index(op.f("ix_award_line_payee_id"), table_name="award_line")
    op.drop_index(op.f("ix_award_line_award_id"), table_name="award_line")
    op.drop_table("award_line")
    op.drop_table("award")
