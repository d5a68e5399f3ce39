"""A fund may pay by order and invoice, with VAT."""

import sqlalchemy as sa
from alembic import op

revision = "0120"
down_revision = "0119"

# Written out: SQLite adds a column with its rule, and no rule by itself.
PAYS_BY = (
    "ALTER TABLE fund ADD COLUMN pays_by VARCHAR(40) DEFAULT 'grant' NOT NULL "
    "CONSTRAINT ck_fund_paysby CHECK (pays_by IN ('grant', 'purchase'))"
)


def upgrade() -> None:
    _tick("fund", "journals_maintained", sa.true())
    _tick("fund", "vat_recoverable", sa.true())
    _tick("fund", "vat_on_costs", sa.false())
    op.execute(PAYS_BY)
    _tick("staff_grade", "standard_rated", sa.false())
    op.add_column("bid", sa.Column("order_number", sa.String(length=40), server_default="", nullable=False))
    op.add_column("claim", sa.Column("invoiced_on", sa.Date(), nullable=True))
    op.add_column("claim", sa.Column("vat_pence", sa.BigInteger(), server_default="0", nullable=False))
    _tick("claim", "vat_recovered", sa.true())
    op.add_column("claim", sa.Column("invoice_lines", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    for name in ("invoice_lines", "vat_recovered", "vat_pence", "invoiced_on"):
        op.drop_column("claim", name)
    op.drop_column("bid", "order_number")
    op.drop_column("staff_grade", "standard_rated")
    for name in ("pays_by", "vat_on_costs", "vat_recoverable", "journals_maintained"):
        op.drop_column("fund", name)


def _tick(table: str, name: str, default: object) -> None:
    op.add_column(table, sa.Column(name, sa.Boolean(), server_default=default, nullable=False))
