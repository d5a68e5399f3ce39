"""Files a fund takes."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.change_choices(
        "attachment",
        "kind",
        "ck_attachment_filekind",
        now=["pdf", "docx", "xlsx", "csv", "odt", "ods", "jpg", "png"],
        before=["pdf", "docx", "xlsx", "csv"],
    )
    op.add_column(
        "fund",
        sa.Column("takes_opendocument", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
    )
    op.add_column(
        "fund", sa.Column("takes_photographs", sa.Boolean(), server_default=sa.text("(true)"), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("fund", "takes_photographs")
    op.drop_column("fund", "takes_opendocument")
    op.change_choices(
        "attachment",
        "kind",
        "ck_attachment_filekind",
        now=["pdf", "docx", "xlsx", "csv"],
        before=["pdf", "docx", "xlsx", "csv", "odt", "ods", "jpg", "png"],
    )
