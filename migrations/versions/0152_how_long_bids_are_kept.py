"""How many years a fund keeps its bids, by how they ended."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0152"
down_revision = "0151"

DEFAULTS = {"keep_awards_years": "6", "keep_refused_years": "2", "keep_drafts_years": "1"}


def upgrade() -> None:
    for name, years in DEFAULTS.items():
        op.add_column("fund", t.whole(name, server_default=years))


def downgrade() -> None:
    for name in reversed(DEFAULTS):
        op.drop_column("fund", name)
