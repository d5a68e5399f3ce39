"""PDFs made by the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"


def upgrade() -> None:
    op.create_table(
        "pdf",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("instead", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "made",
                "failed",
                name="pdfstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("store_key", sa.String(length=100), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("lost", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'made') = (store_key IS NOT NULL)", name=op.f("ck_pdf_made_is_stored")),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_pdf_attempts_counted")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pdf")),
        sa.UniqueConstraint("key", name=op.f("uq_pdf_key")),
        sa.UniqueConstraint("store_key", name=op.f("uq_pdf_store_key")),
    )
    op.create_index(op.f("ix_pdf_asked_at"), "pdf", ["asked_at"], unique=False)
    op.create_index("ix_pdf_due", "pdf", ["state", "due"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_pdf_due", table_name="pdf")
    op.drop_index(op.f("ix_pdf_asked_at"), table_name="pdf")
    op.drop_table("pdf")
