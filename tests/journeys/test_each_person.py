"""One act of each person through the pages: the head applies, the officer reviews, the chair decides,
finance pays, the impact officer accepts the report. Whole walks are in the rest."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.payment import ClaimKind
from fundflow.models.person import RoleName, User
from fundflow.models.review import Recommendation
from fundflow.workflow.application import BidState
from fundflow.workflow.panel_rules import Choice
from tests.concurrency.hall import a_claim
from tests.factories import NOW, Make
from tests.impact.conftest import LATER, Ended
from tests.journeys import acts, award_acts
from tests.journeys.conftest import World
from tests.journeys.council import address
from tests.journeys.invented import OFFICER, InventedCouncil, Places, found

pytestmark = pytest.mark.browser

HEAD, LEAD = "Amara Cole", "Hazelmere Primary School"
CLERK, CHAIR, OWEN, FATIMA, IMPACT = "Grace Lin", "Marcus Webb", "Owen Clarke", "Fatima Noor", "Helen Abbott"
STAFF = {
    CLERK: RoleName.CLERK,
    OWEN: RoleName.FINANCE,
    FATIMA: RoleName.FINANCE,
    IMPACT: RoleName.IMPACT_OFFICER,
}
DRAFT, SENT, VOTED, CLAIMED, REPORTED = (f"BRK-000{number}" for number in range(1, 6))


def test_each_person_does_what_is_theirs_to_do(new_world: Callable[..., World]) -> None:
    world = new_world(NOW)
    with ExitStack() as closing:
        council = found(world, closing, more=bids_of_every_stage)
        acts.submit(council[HEAD], DRAFT, LEAD)
        assert council.state(DRAFT) == "submitted"
        acts.take_up(council[OFFICER], SENT)
        acts.review(council[OFFICER], SENT, "3000")
        acts.recommend(council[OFFICER], SENT)
        assert council.state(SENT) == "at_panel"
        meeting = meeting_of(council, VOTED)
        acts.record_item(council[CLERK], meeting, VOTED, {CHAIR: "For"})
        acts.fund(council[CHAIR], meeting, VOTED, "A clear need.")
        assert council.state(VOTED) == "offered"
        award_acts.certify(council[OWEN], CLAIMED, "Claim 1: advance")
        award_acts.pay(council[FATIMA], CLAIMED, "Claim 1: advance", "BACS 5001")
        council[FATIMA].reads("Paid")
        world.moment = LATER
        award_acts.accept_report(council[IMPACT], REPORTED)
        assert council.happened(REPORTED)[-2:] == ["accept", "close"]  # nothing else is open
        assert not world.trouble


def meeting_of(council: InventedCouncil, reference: str) -> int:
    with council.world.app.app_context():
        bid = db.session.query(Bid).filter_by(reference=reference).one()
        number = bid.items[0].meeting_id
        db.session.remove()
    return number


def bids_of_every_stage(make: Make, places: Places) -> None:
    fund, officer = places.round.fund, places.people[OFFICER]
    staff = {name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()}
    chair = make.panel(fund)[0].user
    chair.name, chair.email = CHAIR, address(CHAIR)
    make.meeting(fund)

    def bid(state: BidState, head: User | None = None) -> Bid:
        lead = places.schools[LEAD] if head else make.school()
        return make.bid(state=state, fund=fund, lead=lead, leader=head or make.member(lead), officer=officer)

    bid(BidState.DRAFT, places.people[HEAD])
    make.confirmed(bid(BidState.SUBMITTED))
    voted = bid(BidState.AT_PANEL)
    assert voted.review is not None
    voted.review.recommendation, voted.review.recommended_pence = Recommendation.FUND, 300_000
    make.voted(voted.items[0], *[Choice.FUND] * 5)  # as the members present, by the clerk's page
    a_claim(bid(BidState.IN_DELIVERY), 300_000).kind = ClaimKind.ADVANCE
    reported = bid(BidState.IN_MONITORING)
    ended = Ended(make, reported, reported.created_by, staff[IMPACT], officer)
    ended.write()
    ended.send()
