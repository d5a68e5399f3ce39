"""The school's reply to the officer's report and the facts beside its checklist; former employers."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0148"
down_revision = "0147"


def upgrade() -> None:
    op.add_column("fund", t.whole("former_employer_years", server_default="3"))
    op.add_column("fund", t.tick("asks_reply", server_default=sa.false()))
    op.add_column("registered_interest", t.whole("worked_until", null=True))
    op.add_column("review", t.text("reply", server_default=""))
    op.add_column("review", t.moment("replied_at", null=True))
    op.add_column("checklist_answer", t.data("facts", server_default="[]"))


def downgrade() -> None:
    for table, name in (
        ("checklist_answer", "facts"),
        ("review", "replied_at"),
        ("review", "reply"),
        ("registered_interest", "worked_until"),
        ("fund", "asks_reply"),
        ("fund", "former_employer_years"),
    ):
        op.drop_column(table, name)
