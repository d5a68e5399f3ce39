"""What is unusual about a bid's dates and days: allowed, with a reason of the school's."""

from datetime import date

from fundflow.models.bid import Bid
from fundflow.models.money import days_words
from fundflow.workflow.application import BidState as S
from fundflow.workflow.date_words import day_words

UNDECIDED = (S.DRAFT, S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.AT_PANEL, S.DEFERRED)

UNDECIDED_YET = "before the fund has decided."
SAY_WHY = "Say why, or change the dates or days"


def remarks_on(bid: Bid, today: date) -> list[str]:
    """Sentences about what may be a slip of the pen; empty for most bids."""
    start, worked, covered = bid.start_on, *_half_days(bid)
    odd = bid.fund.why_off(start) if start else None
    differ = f"The activities take {days_words(worked)}, the backfill pays for {days_words(covered)}."
    found = (
        early_start(bid, today),
        odd and start and f"The project starts on {day_words(start)}, which is {odd}.",
        differ if worked and covered and worked != covered else None,
    )
    return [remark for remark in found if remark]


def why_unexplained(bid: Bid, reason: str, today: date) -> str | None:
    """The remarks, and that a reason is wanted; None where there is nothing to explain, or it is."""
    remarks = [] if reason.strip() else remarks_on(bid, today)
    return " ".join([*remarks, f"{SAY_WHY}."]) if remarks else None


def early_start(bid: Bid, today: date) -> str | None:
    """The sentence about support that begins before anybody has decided to fund it, or None."""
    if bid.start_on is None or bid.start_on >= today or bid.state not in UNDECIDED:
        return None
    return f"The project starts on {day_words(bid.start_on)}, {UNDECIDED_YET}"


def _half_days(bid: Bid) -> tuple[int, int]:
    """Half days of all activities, and of all backfill."""
    return (
        sum(activity.half_days for activity in bid.activities),
        sum(line.half_days for line in bid.backfill_lines),
    )
