"""Indexes of what waits."""

import sqlalchemy as sa
from alembic import op

revision = "0101"
down_revision = "0100"

LIVE = (
    "state IN ('draft', 'submitted', 'in_review', 'returned', 'at_panel', 'deferred', 'offered',"
    " 'in_delivery', 'suspended', 'in_monitoring')"
)


def upgrade() -> None:
    op.create_index(
        "ix_agenda_item_open",
        "agenda_item",
        ["bid_id"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_index(op.f("ix_approval_state"), "approval", ["state"], unique=False)
    op.create_index(op.f("ix_award_condition_state"), "award_condition", ["state"], unique=False)
    op.drop_index(op.f("ix_bid_state"), table_name="bid")  # each begins another index
    op.drop_index(op.f("ix_bid_fund_id"), table_name="bid")
    op.drop_index(op.f("ix_bid_lead_school_id"), table_name="bid")
    op.drop_index(op.f("ix_bid_officer_id"), table_name="bid")
    op.drop_index(op.f("ix_ledger_entry_fund_id"), table_name="ledger_entry")
    op.create_index("ix_bid_age_order", "bid", ["state_since", "id"], unique=False)
    op.create_index("ix_bid_sent_order", "bid", ["sent_pence", "id"], unique=False)
    op.create_index("ix_bid_requested_order", "bid", ["requested_pence", "id"], unique=False)
    op.create_index("ix_bid_deadline_order", "bid", ["due_on", "id"], unique=False)
    op.create_index(
        "ix_bid_live",
        "bid",
        ["officer_id"],
        unique=False,
        sqlite_where=sa.text(LIVE),
        postgresql_where=sa.text(LIVE),
    )
    op.create_index(
        "ix_bid_decision_held",
        "bid",
        ["decision_held_until"],
        unique=False,
        sqlite_where=sa.text("decision_held_until IS NOT NULL"),
        postgresql_where=sa.text("decision_held_until IS NOT NULL"),
    )
    op.create_index("ix_bid_lead_school_id_state", "bid", ["lead_school_id", "state"], unique=False)
    op.create_index("ix_bid_officer_id_state", "bid", ["officer_id", "state"], unique=False)
    op.create_index("ix_bid_reference_order", "bid", ["fund_id", "id"], unique=False)
    op.create_index(op.f("ix_confirmation_state"), "confirmation", ["state"], unique=False)
    op.create_index(
        "ix_confirmation_wants_account",
        "confirmation",
        ["bid_id"],
        unique=False,
        sqlite_where=sa.text("wants_account IS 1"),
        postgresql_where=sa.text("wants_account IS true"),
    )
    op.create_index("ix_decision_outcome_published_at", "decision", ["outcome", "published_at"], unique=False)
    op.create_index(
        "ix_late_interest_unsettled",
        "late_interest",
        ["decision_id"],
        unique=False,
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.create_index(
        "ix_ledger_entry_sums", "ledger_entry", ["fund_id", "allocation_id", "kind", "pence"], unique=False
    )
    op.create_index("ix_meeting_state_starts_at", "meeting", ["state", "starts_at"], unique=False)
    op.create_index(
        "ix_meeting_open",
        "meeting",
        ["starts_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('planned', 'papers_issued', 'in_session')"),
        postgresql_where=sa.text("state IN ('planned', 'papers_issued', 'in_session')"),
    )
    op.create_index(
        "ix_mention_unread",
        "mention",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_index(op.f("ix_named_person_state"), "named_person", ["state"], unique=False)
    op.create_index(
        "ix_review_request_unheard",
        "review_request",
        ["bid_id"],
        unique=False,
        sqlite_where=sa.text("heard_at IS NULL"),
        postgresql_where=sa.text("heard_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_review_request_unheard",
        table_name="review_request",
        sqlite_where=sa.text("heard_at IS NULL"),
        postgresql_where=sa.text("heard_at IS NULL"),
    )
    op.drop_index(op.f("ix_named_person_state"), table_name="named_person")
    op.drop_index(
        "ix_mention_unread",
        table_name="mention",
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index("ix_meeting_open", table_name="meeting")
    op.drop_index("ix_meeting_state_starts_at", table_name="meeting")
    op.drop_index("ix_ledger_entry_sums", table_name="ledger_entry")
    op.drop_index(
        "ix_late_interest_unsettled",
        table_name="late_interest",
        sqlite_where=sa.text("settled_at IS NULL"),
        postgresql_where=sa.text("settled_at IS NULL"),
    )
    op.drop_index("ix_decision_outcome_published_at", table_name="decision")
    op.drop_index("ix_confirmation_wants_account", table_name="confirmation")
    op.drop_index(op.f("ix_confirmation_state"), table_name="confirmation")
    op.drop_index("ix_bid_reference_order", table_name="bid")
    op.drop_index("ix_bid_officer_id_state", table_name="bid")
    op.drop_index("ix_bid_lead_school_id_state", table_name="bid")
    op.drop_index(
        "ix_bid_decision_held",
        table_name="bid",
        sqlite_where=sa.text("decision_held_until IS NOT NULL"),
        postgresql_where=sa.text("decision_held_until IS NOT NULL"),
    )
    op.drop_index("ix_bid_deadline_order", table_name="bid")
    op.drop_index("ix_bid_requested_order", table_name="bid")
    op.drop_index("ix_bid_sent_order", table_name="bid")
    op.drop_index("ix_bid_live", table_name="bid")
    op.drop_index("ix_bid_age_order", table_name="bid")
    op.create_index(op.f("ix_ledger_entry_fund_id"), "ledger_entry", ["fund_id"], unique=False)
    op.create_index(op.f("ix_bid_officer_id"), "bid", ["officer_id"], unique=False)
    op.create_index(op.f("ix_bid_lead_school_id"), "bid", ["lead_school_id"], unique=False)
    op.create_index(op.f("ix_bid_fund_id"), "bid", ["fund_id"], unique=False)
    op.create_index(op.f("ix_bid_state"), "bid", ["state"], unique=False)
    op.drop_index(op.f("ix_award_condition_state"), table_name="award_condition")
    op.drop_index(op.f("ix_approval_state"), table_name="approval")
    op.drop_index(
        "ix_agenda_item_open",
        table_name="agenda_item",
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
