"""A code is asked before a council account is connected."""

from alembic import op

revision = "0162"
down_revision = "0161"

ACTS = ["money", "appointments"]
NAME = "ck_fresh_proof_prooffor"


def upgrade() -> None:
    op.change_choices("fresh_proof", "act", NAME, now=[*ACTS, "connect"], before=ACTS)


def downgrade() -> None:
    op.execute("DELETE FROM fresh_proof WHERE act = 'connect'")  # it counts for minutes
    op.change_choices("fresh_proof", "act", NAME, now=ACTS, before=[*ACTS, "connect"])
