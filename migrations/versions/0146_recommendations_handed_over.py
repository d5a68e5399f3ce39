"""Recommendations handed over with everything else: another may own one that still waits."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0146"
down_revision = "0145"

ASKED, OWNED = "fund_id body what due_on recorded_at", "owner_id owner_role"


def upgrade() -> None:
    _drop("is_fixed")
    t.is_fixed("recommendation", ASKED)
    t.is_said("recommendation", "OLD.state IN ('not_accepted', 'done', 'let_go')", OWNED)


def downgrade() -> None:
    _drop("is_said")
    _drop("is_fixed")
    t.is_fixed("recommendation", "fund_id body what owner_id owner_role due_on recorded_at")


def _drop(rule: str) -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON recommendation"
    op.execute(f"DROP TRIGGER recommendation_{rule}{on}")
