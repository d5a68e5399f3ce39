"""What the school does with an offer."""

from datetime import datetime

from fundflow.applications.operations import begin
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.payment import ClaimKind
from fundflow.models.person import User
from fundflow.rules import returns
from fundflow.rules.awards import award_of, tranche_claims
from fundflow.rules.plans import pence_to_award
from fundflow.rules.quality_checks import first_checks
from fundflow.steps import take_step
from fundflow.workflow.working_days import london_date

ACCEPTED, TURNED_DOWN = "accepted", "turned_down"  # how an offer ended


def accept_offer(bid: Bid, *, agreement: bool, user: User, now: datetime, version: int | None) -> None:
    """Make the offer an award, schedule its reports and, if the fund pays one, claim the advance."""
    begin(bid, "accept_offer", user, now, version)
    with db.session.no_autoflush:  # what the step changes is written once
        bid.offer.ended_at, bid.offer.ended_how = now, ACCEPTED
        pence = pence_to_award(bid)
        returns.schedule(bid, pence, london_date(now))
        bid.awards.append(award_of(bid, pence, now))
        given = {"agreement": agreement}
        take_step(bid, "accept_offer", user=user, now=now, given=given, version=version, locked=True)
        db.session.add_all(tranche_claims(bid, ClaimKind.ADVANCE, now))
        db.session.add_all(first_checks(bid, london_date(now)))
    db.session.commit()


def turn_down_offer(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    begin(bid, "turn_down_offer", user, now, version)
    bid.offer.ended_at, bid.offer.ended_how = now, TURNED_DOWN
    bid.due_on = None
    take_step(bid, "turn_down_offer", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()
