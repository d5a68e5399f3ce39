"""The seal of the records, in agreed minutes and in approved payment runs."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0154"
down_revision = "0153"


def upgrade() -> None:
    for table in ("minutes", "payment_run"):
        op.add_column(table, t.line("seal", 64, server_default=""))


def downgrade() -> None:
    for table in ("minutes", "payment_run"):
        op.drop_column(table, "seal")
