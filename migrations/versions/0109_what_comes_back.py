"""Claims pay a school; what was paid and not earned comes back."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating.schema import (
    big,
    check,
    choice,
    day,
    is_fixed,
    key,
    line,
    moment,
    never_goes,
    own_id,
    text,
    unique,
    whole,
)
from fundflow.migrating.tables import must_be_given

revision = "0109"
down_revision = "0108"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATES = "requested asked_for invoiced set_against recovered let_go written_off cancelled"


def upgrade() -> None:
    op.create_table(
        "recovery",
        own_id(),
        key("bid_id", "bid.id", index=False),
        key("school_id", "school.id"),
        whole("number"),
        choice("state", "recoverystate", STATES, index=True),
        whole("version"),
        choice("ground", "ground", "not_earned misused"),
        big("pence"),
        text("reason"),
        moment("opened_at"),
        key("opened_by_id", "person.id", null=True),
        moment("approved_at", null=True),
        key("approved_by_id", "person.id", null=True),
        day("due_on", null=True),
        line("invoice_number", 60),
        key("claim_id", "claim.id", null=True),
        line("payment_reference", 60),
        line("authority", 60),
        moment("ended_at", null=True),
        unique("bid_id", "number"),
        check("some_money", "pence > 0"),
        check("two_people", "approved_by_id IS NULL OR approved_by_id != opened_by_id"),
        check(
            "approved_by_somebody",
            "state IN ('requested', 'let_go', 'cancelled') OR approved_by_id IS NOT NULL",
        ),
        check("set_against_a_claim", "state != 'set_against' OR claim_id IS NOT NULL"),
    )
    never_goes("recovery")
    is_fixed("recovery", "bid_id number ground pence reason opened_at opened_by_id")
    op.add_column("claim", sa.Column("school_id", BIG, sa.ForeignKey("school.id", name="fk_claim_school_id")))
    op.execute("UPDATE claim SET school_id = (SELECT lead_school_id FROM bid WHERE bid.id = claim.bid_id)")
    op.execute(
        "UPDATE claim SET school_id = (SELECT id FROM school WHERE urn = claim.payee_urn) "
        "WHERE payee_urn != '' AND EXISTS (SELECT 1 FROM school WHERE urn = claim.payee_urn)"
    )
    must_be_given("claim", "school_id")
    op.create_index("ix_claim_school_id", "claim", ["school_id"])
    op.add_column(
        "fund", sa.Column("pays_each_school", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("fund", sa.Column("let_go_pence", sa.BigInteger(), server_default="5000", nullable=False))


def downgrade() -> None:
    op.drop_column("fund", "let_go_pence")
    op.drop_column("fund", "pays_each_school")
    op.drop_index("ix_claim_school_id", table_name="claim")
    op.drop_column("claim", "school_id")
    op.drop_table("recovery")
