"""Ratings in versions, with the fund's bounds; follow-up actions; results too early to rate."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0126"
down_revision = "0125"

RAG = ["green", "amber", "red"]
NOW = [*RAG, "too_early"]
# A rating that stood before with a reason may have been another than the one worked out.
RATINGS = """
INSERT INTO rating (report_id, number, rag, worked_out, reason, given_at, given_by_id)
SELECT r.id, 1, r.rag, CASE WHEN r.rag_reason = '' THEN r.rag END, r.rag_reason, r.accepted_at,
  coalesce(r.accepted_by_id, bid.officer_id, bid.created_by_id)
FROM impact_return AS r JOIN bid ON bid.id = r.bid_id
WHERE r.state = 'accepted' AND r.accepted_at IS NOT NULL
ORDER BY r.id
"""
WANTED = """
UPDATE impact_return SET wants_follow_up = {yes}
WHERE state = 'accepted' AND rag IN ('red', 'amber')
  AND bid_id IN (SELECT id FROM bid WHERE state = 'in_monitoring')
"""


def upgrade() -> None:
    op.add_column("fund", t.whole("green_from_percent", server_default="80"))
    op.add_column("fund", t.whole("amber_from_percent", server_default="40"))
    op.add_column("fund", t.whole("feedback_days", server_default="10"))
    op.change_choices("impact_return", "rag", "ck_impact_return_rag", now=NOW, before=RAG)
    op.add_column("impact_return", t.tick("wants_follow_up", server_default=sa.false()))
    wanted = sa.text("wants_follow_up")
    op.create_index(
        "ix_impact_return_wants_follow_up",
        "impact_return",
        ["bid_id"],
        sqlite_where=wanted,
        postgresql_where=wanted,
    )
    op.create_table(
        "rating",
        t.own_id(),
        t.key("report_id", "impact_return.id", index=False),
        t.whole("number"),
        t.choice("rag", "rag", " ".join(NOW)),
        t.choice("worked_out", "worked_out", " ".join(NOW), null=True),
        t.text("reason"),
        t.moment("given_at"),
        t.key("given_by_id", "person.id", index=False),
        t.check("another_with_a_reason", "coalesce(rag = worked_out, false) OR reason != ''"),
        t.unique("report_id", "number"),
    )
    op.create_table(
        "follow_up",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.key("report_id", "impact_return.id", null=True),
        t.choice("state", "followupstate", "new open done let_go"),
        t.whole("version"),
        t.text("what"),
        t.line("owner", 120),
        t.day("due_on"),
        t.moment("asked_at"),
        t.key("asked_by_id", "person.id", index=False),
        t.text("note"),
        t.moment("changed_at"),
    )
    open_ones = sa.text("state = 'open'")
    op.create_index(
        "ix_follow_up_open",
        "follow_up",
        ["due_on"],
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    op.execute(RATINGS)
    op.execute(WANTED.format(yes="1" if op.get_bind().dialect.name == "sqlite" else "true"))
    t.never_changes("rating")
    t.never_goes("follow_up")
    t.is_fixed("follow_up", "bid_id report_id what owner due_on asked_at asked_by_id")
    t.is_said("follow_up", "OLD.state IN ('done', 'let_go')", "state note")


def downgrade() -> None:
    op.drop_table("follow_up")
    op.drop_table("rating")
    op.drop_index("ix_impact_return_wants_follow_up", table_name="impact_return")
    op.drop_column("impact_return", "wants_follow_up")
    op.change_choices("impact_return", "rag", "ck_impact_return_rag", now=RAG, before=NOW)
    for column in ("feedback_days", "amber_from_percent", "green_from_percent"):
        op.drop_column("fund", column)
