"""What the school does with an offer."""

from datetime import datetime

from fundflow.applications.operations import begin
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.impact import ImpactReturn
from fundflow.models.payment import ClaimKind
from fundflow.models.person import User
from fundflow.rules.awards import award_of, tranche_claims
from fundflow.rules.plans import pence_to_award
from fundflow.steps import take_step
from fundflow.workflow.working_days import add_working_days, london_date

ACCEPTED, TURNED_DOWN = "accepted", "turned_down"  # how an offer ended


def accept_offer(bid: Bid, *, agreement: bool, user: User, now: datetime, version: int | None) -> None:
    """Make the offer an award, schedule the report and, if the fund pays one, claim the advance."""
    begin(bid, "accept_offer", user, now, version)
    with db.session.no_autoflush:  # what the step changes is written once
        bid.offer.ended_at, bid.offer.ended_how = now, ACCEPTED
        ends = bid.end_on or london_date(now)
        bid.due_on = add_working_days(ends, bid.fund.report_days, bid.fund.schools_off)
        db.session.add(ImpactReturn(bid=bid, due_on=bid.due_on))
        bid.awards.append(award_of(bid, pence_to_award(bid), now))
        given = {"agreement": agreement}
        take_step(bid, "accept_offer", user=user, now=now, given=given, version=version, locked=True)
    db.session.add_all(tranche_claims(bid, ClaimKind.ADVANCE, now))
    db.session.commit()


def turn_down_offer(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    begin(bid, "turn_down_offer", user, now, version)
    bid.offer.ended_at, bid.offer.ended_how = now, TURNED_DOWN
    bid.due_on = None
    take_step(bid, "turn_down_offer", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()
