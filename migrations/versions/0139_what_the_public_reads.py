"""Summaries read for the public; what the public is told of a fund, and its identifiers for open data."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0139"
down_revision = "0137"

LINES = {"org_identifier": 60, "grants_prefix": 40}


def upgrade() -> None:
    op.add_column(
        "impact_return", sa.Column("published_summary", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("impact_return", t.moment("summary_published_at", null=True))
    op.add_column("impact_return", t.key("summary_published_by_id", "person.id", index=False, null=True))
    unread = sa.text(
        "kind = 'final' AND state = 'accepted' AND summary != '' AND summary_published_at IS NULL"
    )
    op.create_index(
        "ix_impact_return_summary_unread",
        "impact_return",
        ["state", "bid_id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    for name, most in LINES.items():
        op.add_column("fund", sa.Column(name, sa.String(most), server_default="", nullable=False))
    op.add_column("fund", sa.Column("purpose", sa.Text(), server_default="", nullable=False))
    op.add_column("fund", sa.Column("complaints", sa.Text(), server_default="", nullable=False))
    op.add_column("fund", t.tick("publishes_ratings", server_default=sa.false()))


def downgrade() -> None:
    for name in ("publishes_ratings", "complaints", "purpose", *reversed(LINES)):
        op.drop_column("fund", name)
    op.drop_index("ix_impact_return_summary_unread", table_name="impact_return")
    for name in ("summary_published_by_id", "summary_published_at", "published_summary"):
        op.drop_column("impact_return", name)
