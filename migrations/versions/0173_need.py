"""Need assessed before money, how to report wrongdoing, and whose response a recommendation got when."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0173"
down_revision = "0172"

WORDS = "known seen tried asked"


def upgrade() -> None:
    op.add_column("fund", t.tick("assesses_need", server_default=sa.false()))
    op.add_column("fund", t.text("whistleblowing", server_default=""))
    op.add_column("priority", t.tick("asks_assessment", server_default=sa.false()))
    op.create_table(
        "need_assessment",
        t.own_id(),
        t.key("review_id", "review.id", index=False),
        t.whole("number"),
        t.day("assessed_on"),
        *(t.text(name) for name in WORDS.split()),
        t.moment("at"),
        t.key("by_id", "person.id", index=False),
        t.unique("review_id", "number"),
    )
    t.never_changes("need_assessment")
    op.add_column("recommendation", t.line("answered_for", 120, server_default=""))
    op.add_column("recommendation", t.moment("answered_at", null=True))
    op.add_column("recommendation", t.text("outcome", server_default=""))


def downgrade() -> None:
    for column in ("outcome", "answered_at", "answered_for"):
        op.drop_column("recommendation", column)
    op.drop_table("need_assessment")
    op.drop_column("priority", "asks_assessment")
    for column in ("whistleblowing", "assesses_need"):
        op.drop_column("fund", column)
