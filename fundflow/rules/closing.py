"""What keeps a bid from being closed: everything at once, each with the page on which it is put right."""

from datetime import datetime
from typing import NamedTuple

from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.rules.award_sums import AwardSum, sum_of
from fundflow.rules.change_requests import CHANGE_OPEN, open_change
from fundflow.rules.guards.application import (
    claim_open,
    feedback_not_asked,
    feedback_outstanding,
    report_not_accepted,
)
from fundflow.rules.recoveries import why_not_in_balance
from fundflow.workflow.engine import Ask


class Hold(NamedTuple):
    """Why a bid can't be closed yet, and where under its address that is put right."""

    why: str
    place: str


def held_by(bid: Bid, found: AwardSum, *, changes: bool, now: datetime) -> list[Hold]:
    """What the step `close` waits for of a bid whose report was accepted; none where it can be closed.

    found    the sum of its award
    changes  whether a change of the award is open
    """
    report, why = bid.report_to_check, report_not_accepted(bid, Ask(now, None))
    holds = [
        (why, f"/{report.kind.place}/review" if report else "/impact"),
        *_not_ended(bid, now),
        (CHANGE_OPEN if changes else None, "/changes"),
        (why_not_in_balance(found), "/money"),
    ]
    return [Hold(why, place) for why, place in holds if why]


def is_last_to_do(report: ImpactReturn, now: datetime) -> bool:
    """Whether a bid can be closed in the act that accepts this final report: nothing else is open, and what
    was paid is what was earned."""
    bid = report.bid
    if not report.is_final or report.number > 1 or bid.report_to_check is not report or open_change(bid):
        return False
    found = sum_of(bid)
    settled = all(payee.sum.paid == payee.sum.earned for payee in found.payees) and not found.to_come
    return settled and not any(why for why, _ in _not_ended(bid, now))


def _not_ended(bid: Bid, now: datetime) -> list[tuple[str | None, str]]:
    ask = Ask(now, None)
    return [
        (feedback_not_asked(bid, ask), "/impact"),
        (feedback_outstanding(bid, ask), "/impact"),
        (claim_open(bid, ask), "/money"),
    ]
