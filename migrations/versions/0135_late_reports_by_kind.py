"""An index by which My work finds the late reports of one kind."""

from alembic import op

revision = "0135"
down_revision = "0134"


def upgrade() -> None:
    op.create_index("ix_impact_return_kind_state", "impact_return", ["kind", "state", "due_on"])


def downgrade() -> None:
    op.drop_index("ix_impact_return_kind_state", table_name="impact_return")
