"""Blocks of payments, which pauses of an award become; the order of bids by what was awarded."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0111"
down_revision = "0110"


def upgrade() -> None:
    op.create_table(
        "payment_block",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.choice("kind", "blockkind", "condition report payee other paused"),
        t.choice("state", "blockstate", "new standing lifted"),
        t.whole("version"),
        t.text("reason"),
        t.moment("put_at"),
        t.key("put_by_id", "person.id", index=False),
        t.moment("lifted_at", null=True),
        t.key("lifted_by_id", "person.id", index=False, null=True),
        t.text("lift_reason"),
        t.check("put_with_a_reason", "reason != ''"),
        t.check(
            "lifted_with_a_reason",
            "(state = 'lifted') = (lifted_at IS NOT NULL) AND (lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
        ),
    )
    standing = sa.text("state = 'standing'")
    op.create_index(
        "ix_payment_block_standing",
        "payment_block",
        ["bid_id"],
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.execute(PAUSES)
    op.execute(PAUSES_WITHOUT_HISTORY)
    for name, column, rows in ORDERS:
        if rows:
            op.drop_index(name, table_name="bid")
        only = {"sqlite_where": sa.text(rows), "postgresql_where": sa.text(rows)} if rows else {}
        op.create_index(name, "bid", [column, "id"], **only)
    t.never_goes("payment_block")
    t.is_fixed("payment_block", "bid_id kind reason put_at put_by_id")
    t.is_said("payment_block", "OLD.state = 'lifted'", "state lifted_at lifted_by_id lift_reason")


# The order by amount: what was awarded, else as last sent, else what is asked for.
ORDERS = (
    ("ix_bid_awarded_order", "awarded_pence", ""),
    ("ix_bid_sent_order", "sent_pence", "awarded_pence IS NULL"),
    ("ix_bid_requested_order", "requested_pence", "sent_pence IS NULL"),
)
# A pause ended as payments resumed or the funding was stopped. Words may have been erased since.
PAUSES = """
INSERT INTO payment_block (bid_id, kind, state, version, reason, put_at, put_by_id,
  lifted_at, lifted_by_id, lift_reason)
SELECT bid.id, 'paused', CASE WHEN ended.id IS NULL THEN 'standing' ELSE 'lifted' END, 1,
  coalesce(nullif(put_words.reason, ''), 'Payments were paused.'),
  put.at, coalesce(put.user_id, bid.officer_id, bid.created_by_id),
  ended.at,
  CASE WHEN ended.id IS NOT NULL THEN coalesce(ended.user_id, bid.officer_id, bid.created_by_id) END,
  CASE WHEN ended.id IS NULL THEN '' ELSE coalesce(nullif(end_words.reason, ''), 'Payments resumed.') END
FROM history_entry AS put
JOIN bid ON bid.id = put.record_id
LEFT JOIN history_words AS put_words ON put_words.entry_id = put.id
LEFT JOIN history_entry AS ended ON ended.id = (
  SELECT min(later.id) FROM history_entry AS later
  WHERE later.process = 'application' AND later.record_id = put.record_id AND later.id > put.id
    AND later.step IN ('resume', 'terminate'))
LEFT JOIN history_words AS end_words ON end_words.entry_id = ended.id
WHERE put.process = 'application' AND put.step = 'suspend'
ORDER BY put.id
"""
PAUSES_WITHOUT_HISTORY = """
INSERT INTO payment_block (bid_id, kind, state, version, reason, put_at, put_by_id, lift_reason)
SELECT id, 'paused', 'standing', 1, 'Payments were paused.', state_since, coalesce(officer_id, created_by_id), ''
FROM bid WHERE state = 'suspended'
  AND NOT EXISTS (SELECT 1 FROM payment_block WHERE bid_id = bid.id AND payment_block.state = 'standing')
"""


def downgrade() -> None:
    op.drop_table("payment_block")
    for name, column, rows in ORDERS:
        op.drop_index(name, table_name="bid")
        if rows:
            op.create_index(name, "bid", [column, "id"])
