"""How many members were barred, had disclosed, or lost their vote stands beside a decision's sitting."""

import sqlalchemy as sa
from alembic import op

revision = "0145"
down_revision = "0144"

NAMES = ("barred", "disclosed", "disclosed_voted", "voided")
DECISION = sa.table(
    "decision", sa.column("id"), sa.column("sitting", sa.JSON), *(sa.column(name) for name in NAMES)
)


def upgrade() -> None:
    for name in NAMES:
        op.add_column("decision", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    connection = op.get_bind()
    counts = [
        {"number": number, **_counts(sitting["members"])}
        for number, sitting in connection.execute(sa.select(DECISION.c.id, DECISION.c.sitting))
        if sitting and sitting.get("members")
    ]
    if counts:
        one = sa.update(DECISION).where(DECISION.c.id == sa.bindparam("number"))
        connection.execute(one.values({name: sa.bindparam(name) for name in NAMES}), counts)


def _counts(members: list[dict[str, object]]) -> dict[str, int]:
    disclosed = [member for member in members if member["disclosed"] and not member["barred"]]
    return {
        "barred": sum(bool(member["barred"]) for member in members),
        "disclosed": len(disclosed),
        "disclosed_voted": sum(bool(member["vote"]) and not member["voided"] for member in disclosed),
        "voided": sum(bool(member["voided"]) for member in members),
    }


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_column("decision", name)
