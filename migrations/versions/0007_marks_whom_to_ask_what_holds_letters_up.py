"""Marks, whom to ask, what holds letters up."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "demonstration",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demonstration_one_mark")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demonstration")),
    )
    op.add_column("fund", sa.Column("contact_name", sa.String(length=120), server_default="", nullable=False))
    op.add_column(
        "fund", sa.Column("contact_email", sa.String(length=254), server_default="", nullable=False)
    )
    op.add_column("fund", sa.Column("contact_phone", sa.String(length=40), server_default="", nullable=False))
    op.add_column(
        "fund", sa.Column("data_protection_contact", sa.String(length=300), server_default="", nullable=False)
    )
    op.add_column("fund", sa.Column("retention", sa.Text(), server_default="", nullable=False))
    op.add_column("fund", sa.Column("accessibility_tests", sa.Text(), server_default="", nullable=False))
    op.add_column("heartbeat", sa.Column("trouble", sa.String(length=500), server_default="", nullable=False))
    op.add_column("heartbeat", sa.Column("since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("reply_to", sa.String(length=254), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("letter", "reply_to")
    op.drop_column("heartbeat", "since")
    op.drop_column("heartbeat", "trouble")
    op.drop_column("fund", "accessibility_tests")
    op.drop_column("fund", "retention")
    op.drop_column("fund", "data_protection_contact")
    op.drop_column("fund", "contact_phone")
    op.drop_column("fund", "contact_email")
    op.drop_column("fund", "contact_name")
    op.drop_table("demonstration")
