"""Names and codes are kept folded too: what is searched, and what must not be used twice.

Where two claims of one school have the same invoice reference already, both stay as they were written.
The later one gets a key of its own (the folded reference, “#” and the claim's number), which no
reference that somebody types can have, so that the database can keep the next one from being used twice.
"""

import sqlalchemy as sa
from alembic import op

from fundflow.names import identifier, searchable

revision = "0011"
down_revision = "0010"

AT_ONCE = 1000  # rows
FOLDED = (
    ("backfill_line", "staff_key", identifier, ("staff_code",), 60),
    ("bid", "search_text", searchable, ("reference", "shown_title", "contact_name", "contact_email"), None),
    ("claim", "invoice_key", identifier, ("invoice_reference",), 180),
    ("claim_day", "staff_key", identifier, ("staff_code",), 60),
    ("person", "search_text", searchable, ("name", "email"), 400),
    ("school", "search_name", searchable, ("name",), 200),
    ("support_offer", "search_text", searchable, ("title", "description", "who"), None),
    ("trust", "search_name", searchable, ("name",), 200),
)
SHOWN = {"shown_title": "coalesce(sent_title, title)"}


def upgrade() -> None:
    op.add_column(
        "backfill_line", sa.Column("staff_key", sa.String(length=60), server_default="", nullable=False)
    )
    op.add_column("bid", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    op.add_column("claim", sa.Column("invoice_key", sa.String(length=180), server_default="", nullable=False))
    op.add_column(
        "claim",
        sa.Column(
            "invoice_school_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("school.id", name="fk_claim_invoice_school_id"),
            nullable=True,
        ),
    )
    op.create_index(op.f("ix_claim_invoice_school_id"), "claim", ["invoice_school_id"], unique=False)
    op.add_column(
        "claim_day", sa.Column("staff_key", sa.String(length=60), server_default="", nullable=False)
    )
    op.drop_index(op.f("ix_claim_day_staff_day"), table_name="claim_day")
    op.create_index("ix_claim_day_staff_day", "claim_day", ["school_id", "staff_key", "day"], unique=False)
    op.add_column(
        "person", sa.Column("search_text", sa.String(length=400), server_default="", nullable=False)
    )
    op.add_column("support_offer", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    op.add_column("trust", sa.Column("search_name", sa.String(length=200), server_default="", nullable=False))
    op.create_index(op.f("ix_trust_search_name"), "trust", ["search_name"], unique=False)
    for table, column, fold, of, most in FOLDED:
        _fill(table, column, lambda text, fold=fold, most=most: fold(text)[:most], of)
    op.execute(
        "UPDATE claim SET invoice_school_id = (SELECT lead_school_id FROM bid WHERE bid.id = claim.bid_id) "
        "WHERE invoice_reference != ''"
    )
    _tell_repeated_invoices_apart()
    op.create_index(
        "uq_claim_invoice",
        "claim",
        ["invoice_school_id", "invoice_key"],
        unique=True,
        sqlite_where=sa.text("invoice_key != '' AND state != 'refused'"),
        postgresql_where=sa.text("invoice_key != '' AND state != 'refused'"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_trust_search_name"), table_name="trust")
    op.drop_column("trust", "search_name")
    op.drop_column("support_offer", "search_text")
    op.drop_column("person", "search_text")
    op.drop_index("ix_claim_day_staff_day", table_name="claim_day")
    op.create_index(
        op.f("ix_claim_day_staff_day"), "claim_day", ["school_id", "staff_code", "day"], unique=False
    )
    op.drop_column("claim_day", "staff_key")
    op.drop_index(
        "uq_claim_invoice",
        table_name="claim",
        sqlite_where=sa.text("invoice_key != '' AND state != 'refused'"),
        postgresql_where=sa.text("invoice_key != '' AND state != 'refused'"),
    )
    op.drop_index(op.f("ix_claim_invoice_school_id"), table_name="claim")
    op.drop_column("claim", "invoice_school_id")
    op.drop_column("claim", "invoice_key")
    op.drop_column("bid", "search_text")
    op.drop_column("backfill_line", "staff_key")


def _fill(table, column, fold, of):
    """Fold the columns' texts, a thousand rows at a time."""
    connection, last = op.get_bind(), 0
    texts = ", ".join(SHOWN.get(name, name) for name in of)
    read = sa.text(f"SELECT id, {texts} FROM {table} WHERE id > :last ORDER BY id LIMIT {AT_ONCE}")  # noqa: S608 (names of ours)
    write = sa.text(f"UPDATE {table} SET {column} = :folded WHERE id = :number")  # noqa: S608 (names of ours)
    while rows := connection.execute(read, {"last": last}).all():
        last = rows[-1].id
        values = [{"number": number, "folded": fold(" ".join(filter(None, said)))} for number, *said in rows]
        connection.execute(write, values)


def _tell_repeated_invoices_apart():
    connection, seen = op.get_bind(), set()
    read = (
        "SELECT id, invoice_school_id, invoice_key FROM claim WHERE invoice_key != '' AND state != 'refused'"
    )
    for number, school, key in connection.execute(sa.text(f"{read} ORDER BY id")).all():
        if (school, key) in seen:
            own = {"number": number, "own": f"{key[:150]}#{number}"}
            connection.execute(sa.text("UPDATE claim SET invoice_key = :own WHERE id = :number"), own)
        seen.add((school, key))
