"""Who is paid, confirmed by two."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating.schema import is_fixed, is_said, never_goes

revision = "0107"
down_revision = "0106"


def upgrade() -> None:
    op.create_table(
        "payee_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "refused",
                name="batchstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)",
            name=op.f("ck_payee_batch_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id != proposed_by_id",
            name=op.f("ck_payee_batch_two_people"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_payee_batch_size_counted")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_payee_batch_confirmed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"], ["person.id"], name=op.f("fk_payee_batch_proposed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_batch")),
    )
    op.create_index(op.f("ix_payee_batch_confirmed_by_id"), "payee_batch", ["confirmed_by_id"], unique=False)
    op.create_index(op.f("ix_payee_batch_proposed_by_id"), "payee_batch", ["proposed_by_id"], unique=False)
    op.create_index(op.f("ix_payee_batch_state"), "payee_batch", ["state"], unique=False)
    op.create_table(
        "payee",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "confirmed",
                "ended",
                "refused",
                name="payeestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "paid",
            sa.Enum(
                "school", "trust", "other", name="paid", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("supplier_number", sa.String(length=40), nullable=False),
        sa.Column("supplier_key", sa.String(length=120), nullable=False),
        sa.Column(
            "route",
            sa.Enum(
                "journal",
                "bacs_own",
                "bacs_trust",
                "supplier",
                name="route",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("cost_centre", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("held_at", sa.String(length=200), nullable=False),
        sa.Column("for_urn", sa.String(length=6), nullable=False),
        sa.Column(
            "for_kind",
            sa.Enum(
                "maintained",
                "academy",
                "other",
                name="schoolkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("for_trust", sa.String(length=20), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(route = 'journal') = (cost_centre != '')", name=op.f("ck_payee_journal_to_a_cost_centre")
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_payee_ended_on_a_day")
        ),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'ended')) = (confirmed_by_id IS NOT NULL AND confirmed_at IS NOT NULL)",
            name=op.f("ck_payee_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "name != '' AND evidence != '' AND held_at != ''", name=op.f("ck_payee_named_with_evidence")
        ),
        sa.CheckConstraint("route != 'bacs_trust' OR paid = 'trust'", name=op.f("ck_payee_trust_paid")),
        sa.CheckConstraint(
            "route = 'journal' OR supplier_number != ''", name=op.f("ck_payee_paid_by_supplier_number")
        ),
        sa.CheckConstraint(
            "route NOT IN ('journal', 'bacs_own') OR paid = 'school'", name=op.f("ck_payee_own_money")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id != proposed_by_id", name=op.f("ck_payee_two_people")
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["payee_batch.id"], name=op.f("fk_payee_batch_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_payee_confirmed_by_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_payee_proposed_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_payee_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee")),
    )
    op.create_index(op.f("ix_payee_batch_id"), "payee", ["batch_id"], unique=False)
    op.create_index(op.f("ix_payee_confirmed_by_id"), "payee", ["confirmed_by_id"], unique=False)
    op.create_index(
        "ix_payee_proposed",
        "payee",
        ["school_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(op.f("ix_payee_proposed_by_id"), "payee", ["proposed_by_id"], unique=False)
    op.create_index("ix_payee_school_id_state", "payee", ["school_id", "state"], unique=False)
    op.create_index(op.f("ix_payee_state"), "payee", ["state"], unique=False)
    never_goes("payee_batch")
    is_fixed("payee_batch", "name size proposed_at proposed_by_id")
    is_said("payee_batch", "OLD.state <> 'proposed'", "state confirmed_at confirmed_by_id")
    never_goes("payee")
    is_fixed(
        "payee",
        "school_id batch_id paid name supplier_number route cost_centre valid_from evidence held_at"
        " for_urn for_kind for_trust proposed_at proposed_by_id",
    )
    is_said("payee", "OLD.confirmed_at IS NOT NULL", "confirmed_at confirmed_by_id")
    op.add_column(
        "claim",
        sa.Column(
            "payee_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("payee.id", name="fk_claim_payee_id"),
            nullable=True,
        ),
    )
    op.add_column(
        "claim", sa.Column("supplier_number", sa.String(length=40), server_default="", nullable=False)
    )
    op.change_choices(
        "claim",
        "route",
        "ck_claim_route",
        now=["journal", "bacs_own", "bacs_trust", "supplier"],
        before=["journal", "bacs_trust", "supplier"],
    )
    op.create_index(op.f("ix_claim_payee_id"), "claim", ["payee_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_claim_payee_id"), table_name="claim")
    op.change_choices(
        "claim",
        "route",
        "ck_claim_route",
        now=["journal", "bacs_trust", "supplier"],
        before=["journal", "bacs_own", "bacs_trust", "supplier"],
    )
    op.drop_column("claim", "supplier_number")
    op.drop_column("claim", "payee_id")
    op.drop_index(op.f("ix_payee_state"), table_name="payee")
    op.drop_index("ix_payee_school_id_state", table_name="payee")
    op.drop_index(op.f("ix_payee_proposed_by_id"), table_name="payee")
    op.drop_index(
        "ix_payee_proposed",
        table_name="payee",
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.drop_index(op.f("ix_payee_confirmed_by_id"), table_name="payee")
    op.drop_index(op.f("ix_payee_batch_id"), table_name="payee")
    op.drop_table("payee")
    op.drop_index(op.f("ix_payee_batch_state"), table_name="payee_batch")
    op.drop_index(op.f("ix_payee_batch_proposed_by_id"), table_name="payee_batch")
    op.drop_index(op.f("ix_payee_batch_confirmed_by_id"), table_name="payee_batch")
    op.drop_table("payee_batch")
