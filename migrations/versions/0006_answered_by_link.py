"""What others are asked is answered by link, whatever it is; people whom a bid names are settled.

`approval_id` of links and letters becomes `asked_process` and `asked_id`. SQLite can drop a column that
a key or a check names only by making its table anew.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

LETTER, LINK = "letter", "one_time_link"
BEFORE = ["sign_in", "invitation", "approval"]
NOW = ["sign_in", "invitation", "answer"]


def upgrade() -> None:
    op.create_table(
        "named_person",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("bid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "to_settle",
                "interest",
                "no_interest",
                name="namedstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("named_as", sa.String(length=120), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "none",
                "disclosed",
                "barred",
                name="interestkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("before_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_named_person_bid_id")),
        sa.ForeignKeyConstraint(["user_id"], ["person.id"], name=op.f("fk_named_person_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_person")),
        sa.UniqueConstraint("bid_id", "user_id", name=op.f("uq_named_person_bid_id_user_id")),
    )
    op.create_index(op.f("ix_named_person_bid_id"), "named_person", ["bid_id"], unique=False)
    op.create_index(op.f("ix_named_person_user_id"), "named_person", ["user_id"], unique=False)
    op.add_column(
        "approval",
        sa.Column(
            "tie",
            sa.Enum(
                "lead",
                "contact",
                "head",
                "approver",
                "council",
                name="tie",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
    )
    op.add_column("approval", sa.Column("why", sa.String(length=300), server_default="", nullable=False))
    op.add_column("approval", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "approval",
        sa.Column(
            "replaces_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("approval.id", name="fk_approval_replaces_id"),
            nullable=True,
        ),
    )
    op.change_choices(
        "approval",
        "state",
        "ck_approval_approvalstate",
        now=["proposed", "asked", "signed", "refused", "turned_down", "cancelled"],
        before=["asked", "signed", "refused", "cancelled"],
    )
    op.create_index(op.f("ix_approval_replaces_id"), "approval", ["replaces_id"], unique=False)
    op.add_column("bid", sa.Column("approver_why", sa.String(length=300), server_default="", nullable=False))
    op.add_column(
        "confirmation", sa.Column("signed_name", sa.String(length=120), server_default="", nullable=False)
    )
    op.add_column(
        "confirmation", sa.Column("link_email", sa.String(length=254), server_default="", nullable=False)
    )
    op.add_column(
        "confirmation",
        sa.Column("wants_account", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
    )
    for table in (LETTER, LINK):
        _add(table, "asked_process", sa.String(length=40))
        _add(table, "asked_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
    op.execute("UPDATE letter SET asked_process = 'approval', asked_id = approval_id WHERE approval_id > 0")
    op.execute(
        "UPDATE one_time_link SET asked_process = 'approval', asked_id = approval_id WHERE approval_id > 0"
    )
    _change_purposes(BEFORE, NOW, "approval", "answer")
    op.add_column(LINK, sa.Column("email", sa.String(length=254), server_default="", nullable=False))
    op.execute(
        "UPDATE one_time_link SET email = (SELECT approval.email FROM approval WHERE approval.id = asked_id) "
        "WHERE asked_id IS NOT NULL"
    )
    for table in (LETTER, LINK):
        with op.batch_alter_table(table) as batch:
            if table == LINK:
                batch.drop_constraint(op.f("ck_one_time_link_for_one_subject"), type_="check")
                batch.create_check_constraint(
                    op.f("ck_one_time_link_signs_in_or_answers"), "(user_id IS NULL) != (asked_id IS NULL)"
                )
                batch.create_check_constraint(
                    op.f("ck_one_time_link_asked_has_its_process"),
                    "(asked_process IS NULL) = (asked_id IS NULL)",
                )
            batch.drop_index(op.f(f"ix_{table}_approval_id"))
            batch.drop_constraint(op.f(f"fk_{table}_approval_id"), type_="foreignkey")
            batch.drop_column("approval_id")
    op.create_index("ix_one_time_link_asked", LINK, ["asked_process", "asked_id"], unique=False)
    _note_named()


def downgrade() -> None:
    op.drop_index("ix_one_time_link_asked", table_name="one_time_link")
    op.execute("DELETE FROM one_time_link WHERE asked_process != 'approval'")
    op.execute("UPDATE letter SET link_purpose = NULL, asked_id = NULL WHERE asked_process != 'approval'")
    for table in (LETTER, LINK):
        op.execute(f"ALTER TABLE {table} ADD COLUMN approval_id BIGINT")
    op.execute("UPDATE letter SET approval_id = asked_id")
    op.execute("UPDATE one_time_link SET approval_id = asked_id")
    _change_purposes(NOW, BEFORE, "answer", "approval")
    for table in (LETTER, LINK):
        with op.batch_alter_table(table) as batch:
            if table == LINK:
                batch.drop_constraint(op.f("ck_one_time_link_signs_in_or_answers"), type_="check")
                batch.drop_constraint(op.f("ck_one_time_link_asked_has_its_process"), type_="check")
                batch.create_check_constraint(
                    op.f("ck_one_time_link_for_one_subject"), "(user_id IS NULL) != (approval_id IS NULL)"
                )
                batch.drop_column("email")
            batch.drop_column("asked_process")
            batch.drop_column("asked_id")
            batch.create_foreign_key(op.f(f"fk_{table}_approval_id"), "approval", ["approval_id"], ["id"])
            batch.create_index(op.f(f"ix_{table}_approval_id"), ["approval_id"])
    _drop_the_rest()


def _drop_the_rest() -> None:
    op.drop_column("confirmation", "wants_account")
    op.drop_column("confirmation", "link_email")
    op.drop_column("confirmation", "signed_name")
    op.drop_column("bid", "approver_why")
    op.drop_index("ix_approval_replaces_id", table_name="approval")
    op.execute("UPDATE approval SET state = 'cancelled' WHERE state IN ('proposed', 'turned_down')")
    op.change_choices(
        "approval",
        "state",
        "ck_approval_approvalstate",
        now=["asked", "signed", "refused", "cancelled"],
        before=["proposed", "asked", "signed", "refused", "turned_down", "cancelled"],
    )
    op.drop_column("approval", "replaces_id")
    op.drop_column("approval", "agreed_at")
    op.drop_column("approval", "why")
    op.drop_column("approval", "tie")
    op.drop_index(op.f("ix_named_person_user_id"), table_name="named_person")
    op.drop_index(op.f("ix_named_person_bid_id"), table_name="named_person")
    op.drop_table("named_person")


def _add(table: str, name: str, kind: Any) -> None:
    op.add_column(table, sa.Column(name, kind, nullable=True))


def _change_purposes(before: list[str], now: list[str], old: str, new: str) -> None:
    """Links and letters that were for one purpose are for another."""
    for table, column in ((LETTER, "link_purpose"), (LINK, "purpose")):
        rule, both = f"ck_{table}_linkpurpose", [*before, new]
        op.change_choices(table, column, rule, now=both, before=before)
        held = sa.table(table, sa.column(column))
        op.execute(held.update().where(held.c[column] == old).values({column: new}))
        op.change_choices(table, column, rule, now=now, before=both)


NAMED = (
    "FROM bid JOIN person ON (person.email IN (lower(bid.contact_email), lower(bid.approver_email)) "
    "OR person.email IN (SELECT lower(contact_email) FROM partner WHERE partner.bid_id = bid.id)) "
    "WHERE bid.submitted_at IS NOT NULL AND bid.state {among} ('submitted', 'in_review', 'returned') "
    "AND (EXISTS (SELECT 1 FROM role_grant WHERE role_grant.user_id = person.id) "
    "OR EXISTS (SELECT 1 FROM seat WHERE seat.user_id = person.id))"
)


DECLARED = (
    "INSERT INTO declaration (bid_id, user_id, kind, text, declared_at, recorded_by_id) "
    "SELECT bid.id, person.id, 'barred', 'Named in the bid.', bid.submitted_at, person.id"
)
UNDECLARED = (
    "AND NOT EXISTS (SELECT 1 FROM declaration AS known "
    "WHERE known.bid_id = bid.id AND known.user_id = person.id)"
)


def _note_named() -> None:
    """People whom a bid that was sent names, and who were barred by that alone: while the officer has it a
    colleague settles it; later they stay barred, as if they had declared it."""
    op.execute(
        "INSERT INTO named_person (bid_id, user_id, state, version, named_as, named_at, before_text) "
        "SELECT bid.id, person.id, 'to_settle', 1, 'one of the school’s people', bid.submitted_at, '' "
        + NAMED.format(among="IN")
    )
    op.execute(f"{DECLARED} {NAMED.format(among='NOT IN')} {UNDECLARED}")
