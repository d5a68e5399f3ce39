"""How a returned bid of the demonstration is answered."""

from datetime import datetime, timedelta
from decimal import Decimal

from fundflow.applications import operations
from fundflow.demo.changing import add_row, change_row, save
from fundflow.demo.filling import school_day_before
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import PupilGroupKind
from fundflow.models.person import User
from fundflow.workflow.working_days import london_date


def answer(bid: Bid, head: User, now: datetime) -> None:
    """The head answers the officer’s three questions, and sends the bid back."""
    assert bid.end_on is not None  # a complete bid
    change_row(
        bid,
        "outcomes",
        "outcomes",
        user=head,
        now=now,
        target=Decimal(68),
        method="Reasoning paper of the tests of two summers ago, in December and in May",
    )
    add_row(
        bid,
        "outcomes",
        "outcomes",
        user=head,
        now=now,
        measure="Pupils who explain a method in a full sentence",
        unit="%",
        group=PupilGroupKind.ALL,
        method="Twelve pupils a class, heard by the partner’s lead",
        baseline=Decimal(35),
        baseline_on=school_day_before(london_date(now), bid.fund),
        target=Decimal(70),
        target_on=bid.end_on,
    )
    save(
        bid,
        "outcomes",
        user=head,
        now=now,
        replies=[
            "A second measure in December tells us early. Sixteen points is "
            "what the junior schools nearby reached."
        ],
    )
    add_row(
        bid,
        "plan",
        "activities",
        user=head,
        now=now,
        what="Our own leads teach the model lesson; the partner watches",
        who="Year 5 and 6 leads",
        starts_on=school_day_before(bid.end_on - timedelta(days=30), bid.fund),
        ends_on=bid.end_on,
        half_days=2,
    )
    save(
        bid,
        "plan",
        user=head,
        now=now,
        replies=["Our leads take over in the last month: see the new activity."],
    )
    change_row(bid, "costs", "backfill", user=head, now=now, half_days=10)
    save(
        bid,
        "costs",
        user=head,
        now=now,
        replies=["Five are enough: the last visit was to be a meeting."],
    )
    operations.resubmit(
        bid,
        agreement=True,
        why_odd="Our own leads need no cover for the last visit.",
        user=head,
        now=now,
        version=bid.version,
    )
