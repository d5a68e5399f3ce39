"""Reports know whether their bid still asks for them, so that My work finds the late ones of a kind."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0135"
down_revision = "0134"

OFF = """
UPDATE impact_return SET off = {yes}
WHERE number = 1 AND bid_id IN (
  SELECT id FROM bid WHERE state = 'terminated'
  OR (state = 'closed' AND impact_return.kind IN ('interim', 'final'))
  OR (state = 'in_monitoring' AND impact_return.kind = 'interim'))
"""


def upgrade() -> None:
    op.add_column("impact_return", t.tick("off", server_default=sa.false()))
    op.execute(OFF.format(yes="1" if op.get_bind().dialect.name == "sqlite" else "true"))
    op.create_index(
        "ix_impact_return_kind_state",
        "impact_return",
        ["kind", "state", "due_on"],
        sqlite_where=sa.text("NOT off"),
        postgresql_where=sa.text("NOT off"),
    )


def downgrade() -> None:
    op.drop_index("ix_impact_return_kind_state", table_name="impact_return")
    op.drop_column("impact_return", "off")
