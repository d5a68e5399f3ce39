"""What the school does with an offer."""

from datetime import datetime

from fundflow.applications.operations import begin
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import User
from fundflow.steps import take_step
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.working_days import add_working_days, london_date

ACCEPTED, TURNED_DOWN = "accepted", "turned_down"  # how an offer ended


def accept_offer(bid: Bid, *, agreement: bool, user: User, now: datetime, version: int | None) -> None:
    """Make the offer an award, schedule the report and, if the fund pays one, claim the advance."""
    begin(bid, "accept_offer", user, now, version)
    bid.offer.ended_at, bid.offer.ended_how = now, ACCEPTED
    ends = bid.end_on or london_date(now)
    report = ImpactReturn(
        bid_id=bid.id, due_on=add_working_days(ends, bid.fund.report_days, bid.fund.schools_off)
    )
    bid.due_on = report.due_on
    db.session.add(report)
    pence = advance_pence(bid.fund, bid.offer.pence)
    if pence:
        db.session.add(
            Claim(
                bid_id=bid.id,
                number=1,
                kind=ClaimKind.ADVANCE,
                state=ClaimState.SUBMITTED,
                pence=pence,
                created_at=now,
                submitted_at=now,
            )
        )
    take_step(bid, "accept_offer", user=user, now=now, given={"agreement": agreement}, version=version)
    db.session.commit()


def advance_pence(fund: Fund, awarded: int) -> int:
    """What the fund pays on acceptance of this award, in pence, rounded down."""
    return awarded * fund.advance_percent(awarded) // 100


def turn_down_offer(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    begin(bid, "turn_down_offer", user, now, version)
    bid.offer.ended_at, bid.offer.ended_how = now, TURNED_DOWN
    bid.due_on = None
    take_step(bid, "turn_down_offer", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()
