"""The log of days: what claims had of their own becomes the log of the award."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema

revision = "0108"
down_revision = "0107"


def upgrade() -> None:
    op.create_table(
        "worked_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_code", sa.String(length=20), nullable=False),
        sa.Column("staff_key", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=200), nullable=False),
        sa.Column("where_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by_school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirms_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("confirmed_name", sa.String(length=120), nullable=False),
        sa.Column("struck_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("struck_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (struck_reason = '')", name=op.f("ck_worked_day_struck_out_with_a_reason")
        ),
        sa.CheckConstraint("half_days IN (1, 2)", name=op.f("ck_worked_day_a_half_or_a_whole_day")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_worked_day_bid_id")),
        sa.ForeignKeyConstraint(["by_school_id"], ["school.id"], name=op.f("fk_worked_day_by_school_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_worked_day_claim_id")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_worked_day_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(["confirms_id"], ["school.id"], name=op.f("fk_worked_day_confirms_id")),
        sa.ForeignKeyConstraint(["line_id"], ["award_line.id"], name=op.f("fk_worked_day_line_id")),
        sa.ForeignKeyConstraint(["logged_by_id"], ["person.id"], name=op.f("fk_worked_day_logged_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_worked_day_school_id")),
        sa.ForeignKeyConstraint(["struck_by_id"], ["person.id"], name=op.f("fk_worked_day_struck_by_id")),
        sa.ForeignKeyConstraint(["where_id"], ["school.id"], name=op.f("fk_worked_day_where_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worked_day")),
    )
    op.create_index(op.f("ix_worked_day_bid_id"), "worked_day", ["bid_id"], unique=False)
    op.create_index(op.f("ix_worked_day_claim_id"), "worked_day", ["claim_id"], unique=False)
    op.create_index("ix_worked_day_staff_day", "worked_day", ["school_id", "staff_key", "day"], unique=False)
    op.create_index(
        "ix_worked_day_to_confirm",
        "worked_day",
        ["confirms_id", "bid_id"],
        unique=False,
        sqlite_where=sa.text("confirmed_at IS NULL AND struck_at IS NULL"),
        postgresql_where=sa.text("confirmed_at IS NULL AND struck_at IS NULL"),
    )
    op.create_table(
        "days_ask",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        schema.choice("state", "daysaskstate", "asked confirmed questioned"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("day_ids", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state = 'asked' OR answered_at IS NOT NULL", name=op.f("ck_days_ask_answer_has_its_moment")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_days_ask_bid_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_days_ask_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_days_ask")),
    )
    op.create_index(op.f("ix_days_ask_bid_id"), "days_ask", ["bid_id"], unique=False)
    op.create_index(op.f("ix_days_ask_school_id"), "days_ask", ["school_id"], unique=False)
    op.execute(CARRY_OVER)
    op.execute(WHO_CONFIRMS)
    op.drop_table("claim_day")
    op.add_column(
        "claim",
        sa.Column(
            "split_from_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("claim.id", name="fk_claim_split_from_id"),
            nullable=True,
        ),
    )
    op.create_index(op.f("ix_claim_split_from_id"), "claim", ["split_from_id"], unique=False)
    schema.never_goes("worked_day")
    schema.is_fixed("worked_day", LOGGED)
    schema.never_goes("days_ask")
    schema.is_fixed("days_ask", "bid_id school_id name email asked_at")


LOGGED = (
    "bid_id line_id school_id staff_code day half_days activity where_id logged_at logged_by_id by_school_id"
)
# The lead school logged them all. They were spent where the support went: at the first school named so,
# else at the lead school. A refused claim's days are struck out, since they may be claimed again.
CARRY_OVER = """
INSERT INTO worked_day (bid_id, line_id, school_id, staff_code, staff_key, day, half_days, activity,
  where_id, logged_at, by_school_id, confirmed_at, confirmed_by_id, confirmed_name, struck_at, struck_reason,
  claim_id)
SELECT bid.id,
  (SELECT max(award_line.id) FROM award_line WHERE award_line.backfill_line_id = claim_day.line_id),
  claim_day.school_id, staff_code, staff_key, day, half_days, activity,
  coalesce((SELECT partner.school_id FROM partner WHERE partner.bid_id = bid.id AND partner.part = 'supported'
    ORDER BY partner.id LIMIT 1), bid.lead_school_id),
  coalesce(claim.submitted_at, claim.created_at), bid.lead_school_id,
  claim.days_confirmed_at, claim.days_confirmed_by_id, '',
  CASE WHEN claim.state = 'refused' THEN coalesce(claim.submitted_at, claim.created_at) END,
  CASE WHEN claim.state = 'refused' THEN 'The claim with this day was refused.' ELSE '' END,
  CASE WHEN claim.state != 'draft' THEN claim.id END
FROM claim_day JOIN claim ON claim.id = claim_day.claim_id JOIN bid ON bid.id = claim.bid_id
ORDER BY claim_day.id
"""
# The head where it was spent, or else the head of the releasing school; the officer, where both are the lead.
WHO_CONFIRMS = """
UPDATE worked_day SET confirms_id = CASE WHEN where_id != by_school_id THEN where_id ELSE school_id END
WHERE where_id != by_school_id OR school_id != by_school_id
"""


def downgrade() -> None:
    op.drop_index(op.f("ix_claim_split_from_id"), table_name="claim")
    op.drop_column("claim", "split_from_id")
    op.create_table(
        "claim_day",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_code", sa.String(length=20), nullable=False),
        sa.Column("staff_key", sa.String(length=60), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column("activity", sa.String(length=200), nullable=False),
        sa.CheckConstraint("half_days IN (1, 2)", name=op.f("ck_claim_day_a_half_or_a_whole_day")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_day_claim_id")),
        sa.ForeignKeyConstraint(["line_id"], ["backfill_line.id"], name=op.f("fk_claim_day_line_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_claim_day_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_day")),
    )
    op.create_index(
        op.f("ix_claim_day_staff_day"), "claim_day", ["school_id", "staff_key", "day"], unique=False
    )
    op.create_index(op.f("ix_claim_day_school_id"), "claim_day", ["school_id"], unique=False)
    op.create_index(op.f("ix_claim_day_line_id"), "claim_day", ["line_id"], unique=False)
    op.create_index(op.f("ix_claim_day_claim_id"), "claim_day", ["claim_id"], unique=False)
    op.drop_table("worked_day")
    op.drop_table("days_ask")
