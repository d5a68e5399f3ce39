"""A change of an award that the panel decided wrongly goes back to the panel."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0122"
down_revision = "0121"

DECIDED = "OLD.state IN ('agreed', 'refused', 'withdrawn')"
COLUMNS = "state decided_at decided_by_id answer made_id"


def upgrade() -> None:
    _drop()
    t.is_said("change_request", f"{DECIDED} AND NEW.state != 'at_panel'", COLUMNS)


def downgrade() -> None:
    _drop()
    t.is_said("change_request", DECIDED, COLUMNS)


def _drop() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON change_request"
    op.execute(f"DROP TRIGGER change_request_is_said{on}")
