"""A change of an award that asks for more money is an item of the panel's agenda."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0118"
down_revision = "0117"

STATES = [
    "new",
    "to_confirm",
    "with_schools",
    "with_officer",
    "with_decider",
    "agreed",
    "refused",
    "withdrawn",
]
OPEN = STATES[1:5]


def upgrade() -> None:
    op.change_choices(
        "change_request",
        "state",
        "ck_change_request_changestate",
        now=[*STATES, "at_panel"],
        before=STATES,
    )
    _open_ones([*OPEN, "at_panel"])
    op.add_column(
        "change_request", sa.Column("more", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("change_request", sa.Column("advice", sa.Text(), server_default="", nullable=False))
    op.add_column("agenda_item", t.key("change_id", "change_request.id", index=False, null=True))
    op.create_index("ix_agenda_item_change_id", "agenda_item", ["change_id"])
    op.add_column("decision", t.key("change_id", "change_request.id", index=False, null=True))


def downgrade() -> None:
    op.drop_column("decision", "change_id")
    op.drop_index("ix_agenda_item_change_id", table_name="agenda_item")
    op.drop_column("agenda_item", "change_id")
    op.drop_column("change_request", "advice")
    op.drop_column("change_request", "more")
    op.change_choices(
        "change_request",
        "state",
        "ck_change_request_changestate",
        now=STATES,
        before=[*STATES, "at_panel"],
    )
    _open_ones(OPEN)


def _open_ones(states: list[str]) -> None:
    """A bid has one change that nobody has decided."""
    op.drop_index("ix_change_request_open", table_name="change_request")
    which = sa.text(f"state IN ({', '.join(repr(state) for state in states)})")
    op.create_index(
        "ix_change_request_open",
        "change_request",
        ["bid_id"],
        unique=True,
        sqlite_where=which,
        postgresql_where=which,
    )
