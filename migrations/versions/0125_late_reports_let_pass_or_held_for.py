"""Late reports are let pass or held for; what a report is returned about, part by part; its files."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0125"
down_revision = "0124"


def upgrade() -> None:
    for name in ("waived_at", "held_at"):
        op.add_column("impact_return", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("impact_return", sa.Column("late_reason", sa.Text(), server_default="", nullable=False))
    op.add_column("impact_return", sa.Column("questions", sa.JSON(), server_default="{}", nullable=False))
    held = sa.text("held_at IS NOT NULL")
    op.create_index(
        "ix_impact_return_held", "impact_return", ["bid_id"], sqlite_where=held, postgresql_where=held
    )
    unsent = sa.text("state IN ('scheduled', 'due', 'returned')")
    op.create_index(
        "ix_impact_return_unsent", "impact_return", ["bid_id"], sqlite_where=unsent, postgresql_where=unsent
    )
    op.add_column("attachment", t.key("report_id", "impact_return.id", index=False, null=True))
    op.create_index("ix_attachment_report_id", "attachment", ["report_id"])


def downgrade() -> None:
    op.drop_index("ix_attachment_report_id", table_name="attachment")
    op.drop_column("attachment", "report_id")
    op.drop_index("ix_impact_return_unsent", table_name="impact_return")
    op.drop_index("ix_impact_return_held", table_name="impact_return")
    for name in ("questions", "late_reason", "held_at", "waived_at"):
        op.drop_column("impact_return", name)
