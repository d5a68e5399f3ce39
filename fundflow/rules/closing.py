"""What keeps a bid from being closed: everything at once, each with the page on which it is put right."""

from datetime import datetime
from typing import NamedTuple

from fundflow.models.bid import Bid
from fundflow.rules.award_sums import AwardSum
from fundflow.rules.change_requests import CHANGE_OPEN
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
    ask, report = Ask(now, None), bid.report_to_check
    holds = [
        (report_not_accepted(bid, ask), f"/{report.kind.place}/review" if report else "/impact"),
        (feedback_not_asked(bid, ask), "/impact"),
        (feedback_outstanding(bid, ask), "/impact"),
        (claim_open(bid, ask), "/money"),
        (CHANGE_OPEN if changes else None, "/changes"),
        (why_not_in_balance(found), "/money"),
    ]
    return [Hold(why, place) for why, place in holds if why]
