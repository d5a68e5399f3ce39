"""My work says which changes of awards wait, and for whom."""

from fundflow.desk.work import waiting_for
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeAnswer
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState as S
from fundflow.workflow.meeting import MeetingState
from tests.factories import NOW, Make

DECIDE = "Decide about a change of the award"
RECORD = "Ask the schools about a change, or record what they said"


def lines(user: User) -> list[str]:
    """What waits about changes, for this person."""
    return [line.what for line in waiting_for(user, NOW).lines if "change" in line.what]


def waiting(user: User) -> list[str]:
    """What waits about more money, for this person."""
    return [line.what for line in waiting_for(user, NOW).lines if "more money" in line.what]


def an_award(make: Make) -> tuple[Bid, User, User]:
    """A bid in delivery, its officer and its head."""
    officer, lead = make.staff(R.OFFICER), make.school()
    head = make.member(lead)
    return make.bid(state=BidState.IN_DELIVERY, officer=officer, lead=lead, leader=head), officer, head


def test_a_change_waits_for_the_bids_officer(make: Make) -> None:
    bid, officer, head = an_award(make)
    other = make.staff(R.OFFICER)
    make.change_request(bid, head)
    assert (lines(officer), lines(other), lines(head)) == ([DECIDE], [], [])


def test_what_an_officer_entered_waits_for_a_colleague(make: Make) -> None:
    bid, officer, _head = an_award(make)
    other = make.staff(R.OFFICER)
    make.change_request(bid, officer, by_council=True)
    assert (lines(officer), lines(other)) == ([], [DECIDE])


def test_a_change_waits_for_the_head_then_for_the_other_schools(make: Make) -> None:
    bid, officer, head = an_award(make)
    change = make.change_request(bid, officer, by_council=True, state=S.TO_CONFIRM, answers=[])
    assert lines(head) == ["Say whether you want the change of your award"]
    change.state, change.answers = S.WITH_SCHOOLS, [ChangeAnswer(school=bid.providers[0])]
    make.session.flush()
    assert (lines(head), lines(officer)) == ([], [RECORD])
    provider = make.member(bid.providers[0])
    assert (lines(provider), lines(officer)) == (["Say whether your school agrees to a change"], [])


def test_a_large_change_waits_for_the_chair_until_the_bid_is_over(make: Make) -> None:
    bid, officer, head = an_award(make)
    chair = make.panel(bid.fund)[0].user
    make.change_request(bid, head, state=S.WITH_DECIDER)
    assert (lines(chair), lines(officer)) == (["Decide about a change of an award"], [])
    bid.state = BidState.TERMINATED
    make.session.flush()
    assert lines(chair) == []


def test_more_money_waits_for_the_officer_then_for_the_chair_once_the_panel_can_vote(make: Make) -> None:
    bid, officer, head = an_award(make)
    chair = make.panel(bid.fund)[0].user
    change = make.change_request(bid, head, more=True)
    assert (waiting(officer), lines(officer)) == (["Put more money to the panel"], [])
    change.state = S.AT_PANEL
    meeting = make.meeting(bid.fund)
    make.item(bid, meeting).change = change
    make.session.flush()
    assert (waiting(officer), waiting(chair)) == ([], [])
    meeting.state = MeetingState.IN_SESSION
    make.session.flush()
    assert waiting(chair) == ["Record the decision on more money"]
