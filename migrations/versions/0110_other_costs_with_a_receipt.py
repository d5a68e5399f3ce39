"""Other costs of an award, each with its receipt."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema

revision = "0110"
down_revision = "0109"


def upgrade() -> None:
    op.create_table(
        "spent_cost",
        schema.own_id(),
        schema.row_id("bid_id"),
        schema.row_id("line_id"),
        schema.day("spent_on"),
        schema.big("pence"),
        schema.line("what", 200),
        schema.moment("entered_at"),
        schema.row_id("entered_by_id"),
        schema.row_id("by_school_id"),
        schema.moment("struck_at", null=True),
        schema.row_id("struck_by_id", null=True),
        schema.text("struck_reason"),
        schema.row_id("claim_id", null=True),
        sa.CheckConstraint("pence > 0", name=op.f("ck_spent_cost_some_money")),
        sa.CheckConstraint(
            "(struck_at IS NULL) = (struck_reason = '')", name=op.f("ck_spent_cost_struck_out_with_a_reason")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_spent_cost_bid_id")),
        sa.ForeignKeyConstraint(["line_id"], ["award_line.id"], name=op.f("fk_spent_cost_line_id")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_spent_cost_entered_by_id")),
        sa.ForeignKeyConstraint(["by_school_id"], ["school.id"], name=op.f("fk_spent_cost_by_school_id")),
        sa.ForeignKeyConstraint(["struck_by_id"], ["person.id"], name=op.f("fk_spent_cost_struck_by_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_spent_cost_claim_id")),
    )
    op.create_index(op.f("ix_spent_cost_bid_id"), "spent_cost", ["bid_id"], unique=False)
    op.create_index(op.f("ix_spent_cost_claim_id"), "spent_cost", ["claim_id"], unique=False)
    schema.never_goes("spent_cost")
    schema.is_fixed("spent_cost", ENTERED)
    op.add_column(
        "attachment",
        sa.Column(
            "spent_cost_id",
            schema.BIG,
            sa.ForeignKey("spent_cost.id", name="fk_attachment_spent_cost_id"),
            nullable=True,
        ),
    )
    op.create_index(op.f("ix_attachment_spent_cost_id"), "attachment", ["spent_cost_id"], unique=False)
    op.create_index(
        "ix_attachment_receipt",
        "attachment",
        ["sha256"],
        unique=False,
        sqlite_where=sa.text("spent_cost_id IS NOT NULL"),
        postgresql_where=sa.text("spent_cost_id IS NOT NULL"),
    )
    schema.is_said("attachment", IS_RECEIPT, RECEIPT)
    refusal = (
        "BEGIN SELECT RAISE(ABORT, 'attachment is append-only'); END"
        if _is_sqlite()
        else f"EXECUTE FUNCTION {schema.REFUSE}()"
    )
    op.execute(
        f"CREATE TRIGGER attachment_stays BEFORE DELETE ON attachment FOR EACH ROW WHEN ({IS_RECEIPT}) {refusal}"
    )


ENTERED = "bid_id line_id spent_on pence what entered_at entered_by_id by_school_id"
IS_RECEIPT = "OLD.spent_cost_id IS NOT NULL"
RECEIPT = "bid_id spent_cost_id name kind size sha256 store_key uploaded_at uploaded_by_id removed_at"


def downgrade() -> None:
    for rule in ("stays", "is_said"):
        op.execute(f"DROP TRIGGER attachment_{rule}{'' if _is_sqlite() else ' ON attachment'}")
    op.drop_index(
        "ix_attachment_receipt",
        table_name="attachment",
        sqlite_where=sa.text("spent_cost_id IS NOT NULL"),
        postgresql_where=sa.text("spent_cost_id IS NOT NULL"),
    )
    op.drop_index(op.f("ix_attachment_spent_cost_id"), table_name="attachment")
    op.drop_column("attachment", "spent_cost_id")
    op.drop_table("spent_cost")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
