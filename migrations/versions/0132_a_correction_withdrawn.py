"""A corrected version of a report that was asked for by mistake is withdrawn."""

from alembic import op
from sqlalchemy import text

from fundflow.migrating.tables import rewrite_table

revision = "0132"
down_revision = "0131"

STATES = ("scheduled", "due", "submitted", "returned", "accepted")
NAME = "ck_impact_return_returnstate"


def upgrade() -> None:
    _states(STATES, (*STATES, "withdrawn"))


def downgrade() -> None:
    op.execute("UPDATE impact_return SET state = 'returned' WHERE state = 'withdrawn'")
    _states((*STATES, "withdrawn"), STATES)


def _states(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(NAME, "impact_return", type_="check")
        op.create_check_constraint(NAME, "impact_return", f"state IN ({_listed(after)})")
        return
    sql = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'impact_return'"))
    old, new = (f"CHECK (state IN ({_listed(states)}))" for states in (before, after))
    if sql.count(old) != 1:
        raise RuntimeError(f"{NAME} is not as it was made")
    rewrite_table(connection, "impact_return", sql.replace(old, new))


def _listed(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state}'" for state in states)
