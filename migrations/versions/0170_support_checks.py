"""Quality checks of support, and independent providers with their due diligence."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0170"
down_revision = "0169"

ITEMS = ("insurance", "safeguarding", "dbs", "references", "off_payroll")


def upgrade() -> None:
    op.create_table(
        "quality_check",
        t.own_id(),
        t.key("bid_id", "bid.id", index=False),
        t.choice("stage", "stage", "plan midway end"),
        t.choice("state", "checkstate", "to_do green to_act acted green_again"),
        t.whole("version"),
        t.day("due_on"),
        t.day("checked_on", null=True),
        t.key("checked_by_id", "person.id", index=False, null=True),
        t.choice("rating", "checkrating", "green amber red", null=True),
        t.text("found"),
        t.text("note"),
        t.text("action"),
        t.line("owner", 120),
        t.day("action_due_on", null=True),
        t.text("done_note"),
        t.day("done_on", null=True),
        t.text("again_found"),
        t.day("again_on", null=True),
        t.unique("bid_id", "stage"),
        t.check(
            "rated_when_checked",
            "(state = 'to_do') = (rating IS NULL) AND (rating IS NULL) = (checked_on IS NULL)",
        ),
        t.check(
            "action_after_a_concern",
            "state NOT IN ('to_act', 'acted', 'green_again') OR (action != '' AND action_due_on IS NOT NULL)",
        ),
    )
    for name, column in (("to_do", "due_on"), ("to_act", "action_due_on")):
        rows = sa.text(f"state = '{name}'")
        op.create_index(
            f"ix_quality_check_{name}", "quality_check", [column], sqlite_where=rows, postgresql_where=rows
        )
    t.never_goes("quality_check")
    t.is_fixed("quality_check", "bid_id stage")
    t.is_said(
        "quality_check",
        "OLD.state != 'to_do'",
        "due_on checked_on checked_by_id rating found note action owner action_due_on",
    )
    op.create_table(
        "provider",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.choice("state", "providerstate", "proposed approved suspended ended"),
        t.moment("state_since"),
        t.whole("version"),
        t.line("name", 200),
        t.line("search_name", 200),
        t.line("number", 40),
        t.line("contact_name", 120),
        t.line("contact_email", 254),
        t.data("expertise"),
        *(t.day(f"{name}_{when}", null=True) for name in ITEMS for when in ("seen_on", "due_on")),
        t.moment("proposed_at"),
        t.key("proposed_by_id", "person.id", index=False),
        t.moment("approved_at", null=True),
        t.key("approved_by_id", "person.id", index=False, null=True),
        t.text("reason"),
        t.unique("fund_id", "name"),
        t.check("two_people", "approved_by_id IS NULL OR approved_by_id != proposed_by_id"),
        t.check(
            "approved_by_somebody",
            "state NOT IN ('approved', 'suspended') OR (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
        ),
        t.check("named_with_an_address", "name != '' AND contact_email != ''"),
    )
    t.never_goes("provider")
    t.is_fixed("provider", "fund_id name proposed_at proposed_by_id")


def downgrade() -> None:
    op.drop_table("provider")
    op.drop_table("quality_check")
