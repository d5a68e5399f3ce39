"""The hash chains and their seals. Rows that exist are linked afterwards (`fundflow chain`, or by night)."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0150"
down_revision = "0149"


def upgrade() -> None:
    op.create_table(
        "chain_link",
        t.own_id(),
        t.line("chain", 40),
        t.big("number"),
        t.whole("form"),
        t.line("row_of", 40),
        t.row_id("row_id"),
        t.line("digest", 64),
        t.line("words", 64),
        t.line("salt", 32, null=True),
        t.line("hash", 64),
        t.unique("chain", "number"),
        t.index("ix_chain_link_row", "row_of", "row_id", "id"),
    )
    op.create_table("chain_head", t.line("chain", 40, primary_key=True), t.big("number"), t.big("sealed"))
    op.create_table(
        "seal",
        t.own_id(),
        t.day("day"),
        t.moment("at"),
        t.whole("count"),
        t.line("hash", 64),
        t.unique("day"),
    )
    op.create_table(
        "sealed_head",
        t.key("seal_id", "seal.id", index=False, primary_key=True),
        t.line("chain", 40, primary_key=True),
        t.big("number"),
        t.line("hash", 64),
    )
    t.never_goes("chain_link")
    t.is_fixed("chain_link", "chain number form row_of row_id digest words hash")
    t.never_changes("seal")
    t.never_changes("sealed_head")


def downgrade() -> None:
    for table in ("sealed_head", "seal", "chain_head", "chain_link"):
        op.drop_table(table)
