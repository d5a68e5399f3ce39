"""What a report keeps: the targets it was sent against. A correction asked for by mistake is withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0131"
down_revision = "0129"

STATES = ["scheduled", "due", "submitted", "returned", "accepted"]
WITH_WITHDRAWN = [*STATES, "withdrawn"]
NAME = "ck_impact_return_returnstate"
KEPT = ("baseline", "target", "target_on")
SENT = "WHERE report_id IN (SELECT id FROM impact_return WHERE state IN ('submitted', 'accepted'))"
# As it was when the report was sent: before the first change of the outcome that was agreed after it.
BEFORE = """
UPDATE actual SET {name} = coalesce((
    SELECT changed.old_{name} FROM change_outcome AS changed
    JOIN change_request AS change ON change.id = changed.change_id
    JOIN impact_return AS report ON report.id = actual.report_id
    WHERE changed.outcome_id = actual.outcome_id AND change.state = 'agreed'
    AND change.decided_at > report.submitted_at
    ORDER BY change.decided_at, change.id LIMIT 1
), {name})
"""
NOW = "UPDATE actual SET {name} = (SELECT {name} FROM outcome WHERE outcome.id = actual.outcome_id) "


def upgrade() -> None:
    for name in ("baseline", "target"):
        op.add_column("actual", sa.Column(name, sa.Numeric(10, 2), nullable=True))
    op.add_column("actual", sa.Column("target_on", sa.Date(), nullable=True))
    for name in KEPT:
        op.execute(NOW.format(name=name) + SENT)
    for name in KEPT[1:]:
        op.execute(BEFORE.format(name=name) + SENT)
    op.change_choices("impact_return", "state", NAME, now=WITH_WITHDRAWN, before=STATES)


def downgrade() -> None:
    op.execute("UPDATE impact_return SET state = 'returned' WHERE state = 'withdrawn'")
    op.change_choices("impact_return", "state", NAME, now=STATES, before=WITH_WITHDRAWN)
    for name in reversed(KEPT):
        op.drop_column("actual", name)
