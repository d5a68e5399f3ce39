"""Awards already running, and what an allocation line is charged to."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0117"
down_revision = "0116"

ORIGINS = ["school", "entered", "commissioned"]
CLAIMS = ["advance", "half_time", "final", "backfill"]
CHOICES = (
    ("bid", "origin", "ck_bid_origin", ORIGINS),
    ("claim", "kind", "ck_claim_claimkind", CLAIMS),
)


def upgrade() -> None:
    op.create_table(
        "opening",
        t.own_id(),
        t.key("fund_id", "fund.id", index=False),
        t.choice("state", "openingstate", "proposed confirmed refused"),
        t.whole("version"),
        t.line("name", 200),
        t.whole("size"),
        t.moment("entered_at"),
        t.key("entered_by_id", "person.id", index=False),
        t.moment("confirmed_at", null=True),
        t.key("confirmed_by_id", "person.id", index=False, null=True),
        t.check("size_counted", "size > 0"),
        t.check("two_people", "confirmed_by_id IS NULL OR confirmed_by_id != entered_by_id"),
        t.check("confirmed_by_somebody", "(state = 'confirmed') = (confirmed_by_id IS NOT NULL)"),
        t.index("ix_opening_fund_id_state", "fund_id", "state"),
    )
    op.create_table(
        "opening_award",
        t.own_id(),
        t.key("opening_id", "opening.id"),
        t.key("bid_id", "bid.id", index=False, null=True),
        t.key("school_id", "school.id", index=False),
        t.line("title", 140),
        t.line("title_key", 420),
        t.day("start_on"),
        t.day("end_on"),
        t.line("minute_reference", 120),
        t.line("minute_key", 360),
        t.day("minuted_on"),
        t.big("pence"),
        t.day("up_to"),
        t.line("contact_name", 120),
        t.line("contact_email", 254),
        t.data("held"),
        t.check("some_money", "pence > 0"),
        t.check("ends_after_it_starts", "end_on >= start_on"),
        t.check("minuted", "minute_reference != ''"),
        t.unique("bid_id"),
        t.index("ix_opening_award_school_id_title_key", "school_id", "title_key"),
    )
    op.create_table(
        "opening_earned",
        t.own_id(),
        t.key("bid_id", "bid.id"),
        t.key("line_id", "award_line.id", index=False),
        t.day("up_to"),
        t.whole("half_days", null=True),
        t.big("pence", null=True),
        t.unique("line_id"),
        t.check("one_of_both", "(half_days IS NULL) != (pence IS NULL)"),
        t.check("something", "half_days > 0 OR pence > 0"),
    )
    t.never_goes("opening")
    t.is_fixed("opening", "fund_id name size entered_at entered_by_id")
    t.is_said("opening", "OLD.state != 'proposed'", "state confirmed_at confirmed_by_id")
    t.never_goes("opening_award")
    t.is_fixed(
        "opening_award",
        "opening_id school_id title start_on end_on minute_reference minuted_on pence up_to contact_name contact_email",
    )
    t.is_said("opening_award", "OLD.bid_id IS NOT NULL", "bid_id")
    t.never_changes("opening_earned")
    for table, column, rule, before in CHOICES:
        op.change_choices(table, column, rule, now=[*before, "opening"], before=before)
    for name in ("cost_centre", "subjective"):
        op.add_column("allocation", t.line(name, 40, server_default=""))


def downgrade() -> None:
    for name in ("subjective", "cost_centre"):
        op.drop_column("allocation", name)
    for table, column, rule, before in reversed(CHOICES):
        op.change_choices(table, column, rule, now=before, before=[*before, "opening"])
    for table in ("opening_earned", "opening_award", "opening"):
        op.drop_table(table)
