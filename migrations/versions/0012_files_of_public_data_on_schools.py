"""Files of public data on schools."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "register_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "register",
            sa.Enum(
                "schools",
                "links",
                "premium",
                name="register",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("file_on", sa.Date(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("lacks", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("store_key", sa.String(length=100), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["looked_at_by_id"], ["person.id"], name=op.f("fk_register_file_looked_at_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_file")),
    )
    op.create_index(
        op.f("ix_register_file_looked_at_by_id"), "register_file", ["looked_at_by_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_register_file_looked_at_by_id"), table_name="register_file")
    op.drop_table("register_file")
