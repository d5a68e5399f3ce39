"""More money for an award: an item of the panel's agenda of its own, voted on, given or refused."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid_parts import Part, Partner, PupilGroupKind
from fundflow.models.change import ChangeRequest
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.feedback import Feedback
from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter
from fundflow.models.minutes import Paper
from fundflow.models.panel import AgendaItem, ItemOutcome, Meeting, Presence
from fundflow.models.payment import ClaimKind
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.panel.minutes.drafting import draft
from fundflow.panel.operations import agenda, interests, items, meetings, proposals, scores
from fundflow.panel.queries import standing_decision
from fundflow.payments import changes, panel_changes, recoveries, taken_back
from fundflow.payments.change_parts import OutcomeTo
from fundflow.rules.award_sums import sum_of
from fundflow.rules.awards import tranche_claims
from fundflow.rules.change_requests import effect_of, why_impossible
from fundflow.rules.recoveries import recoveries_of
from fundflow.steps import AlreadyTaken, open_steps
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.engine import Refused
from fundflow.workflow.feedback import FeedbackState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award
from tests.payments.test_change_parts import attendance, joins
from tests.payments.test_changes import act, agreed_by_all, ask, line, told
from tests.payments.test_recoveries import terminate

pytestmark = pytest.mark.usefixtures("today")

S = ChangeState
FOR, AGAINST = Choice.FUND, Choice.DO_NOT_FUND
WHY, ADVICE = "A second phonics lead takes part.", "Good value: two more days."
REASONS = {
    "reasons": "The work goes well.",
    "equality_note": "Pupils with English as a second language gain.",
}


def more(award: Award, user: User | None = None, pence: int = 370_000, half_days: int = 16) -> ChangeRequest:
    """Two more days of the first line, £350 each, asked for and agreed by the school that releases them."""
    step = "enter" if user else "ask"
    change = ask(award, user, step, lines=line(award, 0, half_days), pence=pence, why=WHY)
    if user:
        act(changes.confirm, change, award.head, agreement=True)
    return agreed_by_all(award, change)


def put(award: Award, change: ChangeRequest, meeting: Meeting | None = None) -> AgendaItem:
    """On the agenda of a meeting in a week."""
    meeting = meeting or award.make.meeting(award.bid.fund, starts_at=LATER + timedelta(days=7))
    panel_changes.put_to_panel(
        change, ADVICE, meeting.id, user=award.officer, now=LATER, version=change.version
    )
    item = change.open_item
    assert item is not None
    return item


def before_the_panel(award: Award, *votes: Choice, user: User | None = None) -> tuple[ChangeRequest, User]:
    """A change that the panel has voted on in its meeting, and the chair."""
    seats = award.bid.fund.seats or award.make.panel(award.bid.fund)
    change = more(award, user)
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    award.make.voted(item, *votes)
    award.make.session.commit()
    return change, seats[0].user


def decide(change: ChangeRequest, step: str, user: User) -> None:
    act(getattr(panel_changes, step), change, user, **REASONS)


def free(award: Award) -> int:
    return ledger.may_still_offer(award.bid, LATER)


def test_more_money_is_checked_by_the_officer_who_can_only_put_it_to_the_panel(award: Award) -> None:
    change = more(award)
    assert (change.state, change.more, change.for_decider) == (S.WITH_OFFICER, True, False)
    assert "only the panel gives" in told(award, "go_to_officer")["officer"].body
    steps = {found.step.name for found in open_steps(change, award.officer, LATER)}
    assert steps == {"put_to_panel"}
    for step, given in ((changes.agree, {}), (changes.refuse, {"reason": "No."})):
        with pytest.raises(Refused, match="Only the panel can give more money"):
            act(step, change, award.officer, **given)


@pytest.mark.both_databases
def test_it_becomes_an_item_of_its_own_and_the_schools_are_told_the_date(award: Award) -> None:
    change = more(award)
    item = put(award, change)
    bid = award.bid
    assert change.state is S.AT_PANEL
    assert (item.change, item.bid, item.title) == (change, bid, f"More money for {bid.title}")
    assert (item.voted_pence, item.scores_individually, item.is_before_panel) == (370_000, False, True)
    assert bid.open_item is None
    letters = told(award, "put_to_panel")
    assert set(letters) == {"school", "concerned"}
    assert letters["school"].subject == f"{bid.reference}: more money goes to the panel on 27 January"


def test_a_bid_keeps_its_own_items_and_decision(award: Award) -> None:
    bid, own = award.bid, award.bid.latest_item
    change, chair = before_the_panel(award, *[FOR] * 5)
    decide(change, "award_more", chair)
    assert bid.latest_item is own
    assert standing_decision(bid) is None or standing_decision(bid).change_id is None  # type: ignore[union-attr]
    assert bid.deferrals == 0


@pytest.mark.both_databases
def test_the_panel_gives_it_and_ledger_award_and_sum_follow_at_once(award: Award) -> None:
    bid, room = award.bid, free(award)
    change, chair = before_the_panel(award, FOR, FOR, FOR, FOR, AGAINST)
    assert effect_of(change, LATER).added == 70_000
    decide(change, "award_more", chair)
    assert (change.state, bid.awarded_pence) == (S.AGREED, 370_000)
    assert [(version.number, version.pence) for version in bid.awards] == [(1, 300_000), (2, 370_000)]
    assert ledger.bid_totals(bid.id).awarded == ledger.bid_totals(bid.id).outstanding == 370_000
    assert free(award) == room - 70_000
    assert sum_of(bid).whole.share == 370_000
    (decision,) = award.make.session.query(Decision).filter(Decision.change_id == change.id)
    assert (decision.outcome, decision.pence) == (ItemOutcome.APPROVED, 370_000)
    assert (decision.votes_for, decision.votes_against, decision.equality_note) == (
        4,
        1,
        REASONS["equality_note"],
    )
    assert decision.sitting
    assert decision.sitting["counted"] == 5
    assert change.items[0].outcome is ItemOutcome.APPROVED
    letters = told(award, "award_more")
    assert set(letters) == {"school", "concerned", "finance", "officer"}
    assert letters["school"].subject == f"{bid.reference}: your award is now £3,700"
    assert "The award: £3,000.00 before, £3,700.00 after" in letters["school"].body
    assert "The work goes well." in letters["school"].body


@pytest.mark.both_databases
def test_the_panel_refuses_it_with_reasons_and_the_award_stays(award: Award) -> None:
    bid, room = award.bid, free(award)
    change, chair = before_the_panel(award, AGAINST, AGAINST, AGAINST, FOR, FOR)
    with pytest.raises(Refused, match="There is no majority for this: 2 for, 3 against"):
        decide(change, "award_more", chair)
    decide(change, "refuse_more", chair)
    assert (change.state, change.answer) == (S.REFUSED, "The work goes well.")
    assert (len(bid.awards), bid.awarded_pence, free(award)) == (1, 300_000, room)
    assert change.items[0].outcome is ItemOutcome.DECLINED
    assert "The work goes well." in told(award, "refuse_more")["school"].body
    again = more(award)  # another may be asked for
    assert again.state is S.WITH_OFFICER


@pytest.mark.both_databases
def test_a_decision_to_give_more_that_was_recorded_wrongly_is_taken_back(award: Award) -> None:
    bid, room = award.bid, free(award)
    change, chair = before_the_panel(award, FOR, FOR, FOR, FOR, AGAINST)
    decide(change, "award_more", chair)
    act(taken_back.undo_more, change, chair, reason="It was meant for another bid.")
    assert (change.state, change.made_id, bid.awarded_pence) == (S.AT_PANEL, None, 300_000)
    assert [(version.number, version.pence) for version in bid.awards] == [
        (1, 300_000),
        (2, 370_000),
        (3, 300_000),
    ]
    assert ledger.bid_totals(bid.id).outstanding == 300_000
    assert free(award) == room
    (decision,) = award.make.session.query(Decision).filter(Decision.change_id == change.id)
    assert (decision.undone_by_id, decision.undone_reason) == (chair.id, "It was meant for another bid.")
    letters = told(award, "undo_more")
    assert set(letters) == {"school", "concerned", "officer", "finance"}
    assert "your award is £3,000 again for now" in letters["school"].body
    decide(change, "award_more", chair)  # and made again
    assert (change.state, bid.awards[-1].number, bid.awarded_pence) == (S.AGREED, 4, 370_000)
    assert ledger.bid_totals(bid.id).outstanding == 370_000


@pytest.mark.both_databases
def test_a_refusal_that_was_recorded_wrongly_is_taken_back(award: Award) -> None:
    change, chair = before_the_panel(award, FOR, FOR, FOR, AGAINST, AGAINST)
    change.items[0].votes[0].choice = change.items[0].votes[1].choice = AGAINST
    award.make.session.commit()
    decide(change, "refuse_more", chair)
    act(taken_back.undo_more, change, chair, reason="The votes were counted wrongly.")
    assert (change.state, change.answer, len(award.bid.awards)) == (S.AT_PANEL, "", 1)
    assert change.open_item


@pytest.mark.parametrize("first", ["refuse_more", "award_more"])
def test_a_decision_is_not_taken_back_once_another_change_is_agreed(award: Award, first: str) -> None:
    bid = award.bid
    change, chair = before_the_panel(award, *[AGAINST if first == "refuse_more" else FOR] * 5)
    decide(change, first, chair)
    since = {"end_on": bid.end_on + timedelta(days=30), "pence": bid.awards[-1].pence}
    agree = agreed_by_all(award, ask(award, **since))
    act(changes.agree, agree, award.officer)
    with pytest.raises(Refused, match="The award was changed again since"):
        act(taken_back.undo_more, change, chair, reason="Wrong.")


def test_a_change_of_an_older_award_is_not_agreed_to(award: Award) -> None:
    change = more(award)
    act(changes.withdraw, change, award.head, reason="Not now.")
    assert why_impossible(change) is None
    other = agreed_by_all(award, ask(award, end_on=award.bid.end_on + timedelta(days=30)))
    act(changes.agree, other, award.officer)
    assert why_impossible(change) == "The award was changed again since. Ask for another change instead."


def test_a_refusal_taken_back_leaves_the_outcomes_of_the_bid(award: Award) -> None:
    (outcome,), school = award.bid.outcomes, award.make.school("Elmwood")
    head = award.make.member(school)
    aims = {"measured": [OutcomeTo(outcome.id, Decimal(80), outcome.target_on)]}
    change = ask(award, lines=line(award, 0, 16), pence=370_000, joins=[joins(school)], **aims)
    for each in (award.releasing_head, head):
        act(changes.say_yes, change, each)
    award.make.panel(award.bid.fund)
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    award.make.voted(item, *[AGAINST] * 5)
    award.make.session.commit()
    chair = award.bid.fund.seats[0].user
    decide(change, "refuse_more", chair)
    assert award.bid.partner_of(school.id) is None
    outcome.target = Decimal(71)  # as another process may have it
    award.make.session.commit()
    act(taken_back.undo_more, change, chair, reason="Wrong.")
    assert outcome.target == 71
    assert [one.joins for one in award.bid.partners if one.school == school] == [True]


def given_with(award: Award, school: School, **values: Any) -> tuple[ChangeRequest, User]:
    """More money with which a school joins, given by the panel; and its chair."""
    head = award.make.member(school)
    change = ask(award, lines=line(award, 0, 16), pence=370_000, **values)
    for each in (award.releasing_head, head):
        if change.unanswered and each.school_ids(LATER.date()) & change.asked_schools:
            act(changes.say_yes, change, each)
    award.make.panel(award.bid.fund)
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    award.make.voted(item, *[FOR] * 5)
    award.make.session.commit()
    chair = award.bid.fund.seats[0].user
    decide(change, "award_more", chair)
    return change, chair


def test_a_receipt_is_not_undone_once_the_money_was_given_again(make: Make) -> None:
    award = an_award(make, fund=make.fund(lean_advance_percent=100, lean_half_time_percent=0))
    bid, lead = award.bid, award.bid.lead_school
    db.session.add_all(tranche_claims(bid, ClaimKind.ADVANCE, LATER))
    db.session.commit()
    award.pay(award.certify(bid.claims[0]))
    make.panel(bid.fund)
    cut = agreed_by_all(award, ask(award, lines=line(award, 0, 6), pence=195_000))
    act(changes.agree, cut, award.officer)
    (recovery,) = recoveries_of(bid)
    recoveries.approve(recovery, user=award.finance, now=LATER, version=recovery.version)
    for again in (False, True):
        by = {"user": award.finance, "now": LATER}
        recoveries.receive(recovery, payment_reference="IN 1", version=recovery.version, **by)
        recoveries.ask_undo(recovery, reason="No.", version=recovery.version, **by)
        if not again:
            recoveries.undo_receive(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 12), pence=300_000))
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    make.voted(item, *[FOR] * 5)
    make.session.commit()
    chair = bid.fund.seats[0].user
    decide(change, "award_more", chair)
    assert [(claim.pence, claim.school) for claim in bid.claims[1:]] == [(105_000, lead)]
    with pytest.raises(Refused, match=r"^£1,050\.00 of it is not owed any more"):
        recoveries.undo_receive(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    act(taken_back.undo_more, change, chair, reason="It did not come back.")  # as any change to less
    recoveries.undo_receive(recovery, user=award.other_finance, now=LATER, version=recovery.version)
    assert (sum_of(bid).to_come, sum_of(bid).outstanding, sum_of(bid).due) == (105_000, 0, 0)
    assert [claim.state.value for claim in bid.claims[1:]] == ["refused"]


def test_an_outcome_of_the_bid_stays_where_one_like_it_is_taken_back(award: Award) -> None:
    (own,) = award.bid.outcomes
    like_it = attendance()._replace(measure=own.measure, target=own.target)
    change, chair = given_with(award, award.bid.lead_school, new_outcomes=[like_it])
    assert len(award.bid.outcomes) == 2
    for _again in range(2):
        act(taken_back.undo_more, change, chair, reason="Wrong.")
        assert award.bid.outcomes == [own]
        assert own.dropped_on is None
        decide(change, "award_more", chair)
        assert [outcome.group for outcome in award.bid.outcomes] == [own.group, PupilGroupKind.ALL]


@pytest.mark.parametrize("given", [True, False])
def test_a_school_that_takes_no_part_after_all_is_asked_for_no_feedback(award: Award, given: bool) -> None:
    school = award.make.school("Elmwood")
    award.bid.feedback = [Feedback(school=award.bid.lead_school, asked_at=LATER)]
    award.make.session.commit()
    change, chair = given_with(award, school, joins=[joins(school, Part.SUPPORTED)])
    (asked,) = [one for one in award.bid.feedback if one.school == school]
    if given:
        asked.given_at, asked.state = LATER, FeedbackState.GIVEN
    award.make.session.commit()
    act(taken_back.undo_more, change, chair, reason="Wrong.")
    assert {one.school.name for one in award.bid.feedback} == {
        award.bid.lead_school.name,
        *(["Elmwood"] if given else []),
    }


def test_a_school_that_left_and_does_not_come_back_is_as_it_was(award: Award) -> None:
    school, left = award.make.school("Elmwood"), date(2027, 1, 4)
    award.bid.partners.append(Partner(school=school, part=Part.SUPPORTED, left_on=left))
    award.make.session.commit()
    change, chair = given_with(award, school, joins=[joins(school)])
    (partner,) = [one for one in award.bid.partners if one.school == school]
    assert (partner.part, partner.takes_part) == (Part.PROVIDER, True)
    act(taken_back.undo_more, change, chair, reason="Wrong.")
    assert partner.joins
    act(panel_changes.take_from_panel, change, award.officer, reason="Again.")
    act(changes.withdraw, change, award.head, reason="No.")
    assert partner in award.bid.partners
    assert (partner.part, partner.joins, partner.left_on) == (Part.SUPPORTED, False, left)


def test_a_decision_that_was_acted_on_is_not_taken_back(award: Award) -> None:
    change, chair = before_the_panel(award, *[FOR] * 5)
    decide(change, "award_more", chair)
    award.spend(2_000, now=LATER + timedelta(minutes=1))
    with pytest.raises(Refused, match="Days, costs or payments were recorded since the decision"):
        act(taken_back.undo_more, change, chair, reason="Wrong.")


def test_what_the_panel_did_not_decide_is_not_taken_back(award: Award) -> None:
    change = ask(award, pence=200_000)
    act(changes.refuse, change, award.officer, reason="No.")
    chair = award.make.panel(award.bid.fund)[0].user
    with pytest.raises(Refused, match="The panel has not decided this change"):
        act(taken_back.undo_more, change, chair, reason="Wrong.")


@pytest.mark.both_databases
def test_the_panel_puts_it_off_twice_at_most(award: Award) -> None:
    change, chair = before_the_panel(award, *[FOR] * 5)
    for meeting in range(2):
        act(panel_changes.put_off, change, chair, question="Which classes?")
        assert change.state is S.WITH_OFFICER
        assert "Which classes?" in told(award, "put_off")["school"].body
        item = put(award, change)
        item.meeting.state = MeetingState.IN_SESSION
        item.presences = []
        for seat in award.bid.fund.seats:
            items_present(item, seat.id)
        award.make.session.commit()
        assert len(change.items) == meeting + 2
    with pytest.raises(Refused, match="put this decision off twice already"):
        act(panel_changes.put_off, change, chair, question="Which classes?")


def items_present(item: AgendaItem, seat_id: int) -> None:
    item.presences.append(Presence(seat_id=seat_id, present=True, changed_at=LATER))


def test_the_chair_reads_what_a_decision_waits_for(award: Award, sign_in: SignIn) -> None:
    chair = award.make.panel(award.bid.fund)[0].user
    item = put(award, more(award))
    item.meeting.state = MeetingState.PAPERS_ISSUED
    award.make.session.commit()
    page = sign_in(chair).get(f"/meetings/{item.meeting_id}/items/{item.id}").text
    assert "The panel meets on 27 January 2027." in page
    assert "govuk-button--secondary" in page.split("Record the panel’s decision")[0].split("<a")[-1]


def test_it_waits_for_quorum_interests_and_votes(award: Award) -> None:
    seats = award.make.panel(award.bid.fund)
    chair = seats[0].user
    change = more(award)
    item = put(award, change)
    with pytest.raises(Refused, match="The panel meets on 27 January 2027"):
        decide(change, "award_more", chair)
    item.meeting.state = MeetingState.IN_SESSION
    award.make.voted(item, FOR, FOR)
    award.make.session.commit()
    with pytest.raises(Refused, match="2 present, 3 needed"):
        decide(change, "award_more", chair)
    items_present(item, seats[2].id)
    award.make.session.commit()
    with pytest.raises(Refused, match="must first say whether they have an interest"):
        decide(change, "award_more", chair)


def test_a_member_of_a_school_concerned_is_barred_and_sees_nothing(award: Award, sign_in: SignIn) -> None:
    seats = award.make.panel(award.bid.fund)
    award.make.belongs(seats[3].user, award.bid.lead_school)
    change = more(award)
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    award.make.voted(item, FOR, FOR, FOR)
    award.make.session.commit()
    with pytest.raises(Refused, match="can’t vote on this bid"):
        items.vote(item, seats[3].id, FOR, user=seats[3].user, now=LATER)
    client = sign_in(seats[3].user)
    assert client.get(f"/meetings/{item.meeting_id}/items/{item.id}").status_code == 403
    assert "More money" not in client.get(f"/meetings/{item.meeting_id}").text


def test_nobody_but_the_decider_decides_it_and_not_who_entered_it(award: Award) -> None:
    chair = award.make.panel(award.bid.fund)[0].user
    award.make.role(chair, RoleName.OFFICER)
    change, _chair = before_the_panel(award, *[FOR] * 5, user=chair)
    for user in (award.officer, award.head, award.finance):
        with pytest.raises(Refused, match="Only the person who decides"):
            decide(change, "award_more", user)
    with pytest.raises(Refused, match="You asked for this change, so another person must decide"):
        decide(change, "award_more", chair)


def test_an_authorised_officer_decides_up_to_the_limit_of_the_whole_award(award: Award) -> None:
    fund = award.bid.fund
    change, chair = before_the_panel(award, *[FOR] * 5)
    officer = award.make.staff(RoleName.AUTHORISED_OFFICER)
    fund.decider, fund.officer_limit_pence = Decider.AUTHORISED_OFFICER, 369_999
    award.make.session.commit()
    with pytest.raises(Refused, match="Only the person who decides"):
        decide(change, "award_more", chair)
    with pytest.raises(Refused, match=r"may decide up to £3,699\.99, and this award would be more"):
        decide(change, "award_more", officer)
    fund.officer_limit_pence = 370_000
    award.make.session.commit()
    with pytest.raises(Refused, match="names no delegation"):
        decide(change, "award_more", officer)
    fund.delegation = "Scheme of delegation, 4.2"
    award.make.session.commit()
    decide(change, "award_more", officer)
    (decision,) = award.make.session.query(Decision).filter(Decision.change_id == change.id)
    assert decision.delegation == "Scheme of delegation, 4.2"


@pytest.mark.both_databases
def test_the_fund_must_bear_it_and_nothing_is_written_where_it_can_not(award: Award) -> None:
    change, chair = before_the_panel(award, *[FOR] * 5)
    (line_of_fund,) = award.bid.fund.allocations
    ledger.cut(line_of_fund, free(award) - 69_999, user=award.finance, now=LATER, minute="Minute 9")
    award.make.session.commit()
    with pytest.raises(Refused, match=r"can still offer £699\.99 .* this change needs £700\.00 more"):
        decide(change, "award_more", chair)
    award.make.session.rollback()
    assert (change.state, len(award.bid.awards)) == (S.AT_PANEL, 1)


def test_more_than_the_fund_gives_is_not_even_asked_for(award: Award) -> None:
    fund = award.bid.fund
    fund.bid_cap_pence = 369_999
    award.make.session.commit()
    with pytest.raises(Refused, match=r"^The most this fund gives one bid is £3,699\.99\."):
        more(award)
    fund.bid_cap_pence, fund.school_year_cap_pence = 2_500_000, 369_999
    award.make.session.commit()
    with pytest.raises(Refused, match=r"so this bid can have at most £3,699\.99\.$"):
        more(award)


def test_less_money_that_no_school_wants_can_not_become_more(award: Award) -> None:
    with pytest.raises(Refused, match=r"an award is never more than that"):
        ask(award, award.officer, "reduce", pence=300_001)


@pytest.mark.both_databases
def test_what_the_schedule_pays_by_now_is_claimed_once_more(make: Make) -> None:
    award = an_award(make, BidState.IN_DELIVERY, advance=100)
    make.session.add_all(tranche_claims(award.bid, ClaimKind.ADVANCE, LATER))
    change, chair = before_the_panel(award, *[FOR] * 5)
    decide(change, "award_more", chair)
    assert [(claim.kind, claim.pence) for claim in award.bid.claims][-1] == (ClaimKind.ADVANCE, 70_000)
    assert sum_of(award.bid).due == 0


def test_more_money_waits_until_what_an_earlier_cut_asks_back_has_come(make: Make) -> None:
    award = an_award(make, advance=100)
    award.pay(award.certify(award.advance(300_000)))
    chair = make.panel(award.bid.fund)[0].user
    act(changes.agree, ask(award, award.officer, "reduce", pence=200_000), chair)
    change = more(award, pence=300_000, half_days=16)
    with pytest.raises(Refused, match=r"£1,000\.00 is still to come back \(.*/R1\)\. More money waits"):
        put(award, change)
    make.session.rollback()
    (recovery,) = recoveries_of(award.bid)
    recoveries.approve(recovery, user=award.finance, now=LATER, version=recovery.version)
    recoveries.receive(
        recovery, payment_reference="BACS 9", user=award.other_finance, now=LATER, version=recovery.version
    )
    item = put(award, change)
    item.meeting.state = MeetingState.IN_SESSION
    make.voted(item, *[FOR] * 5)
    make.session.commit()
    decide(change, "award_more", chair)
    assert ledger.bid_totals(award.bid.id).outstanding == 100_000  # what was paid back can be paid again


@pytest.mark.both_databases
def test_it_is_taken_back_withdrawn_or_ended_and_leaves_the_agenda(award: Award) -> None:
    award.make.panel(award.bid.fund)
    change = more(award)
    put(award, change)
    act(panel_changes.take_from_panel, change, award.officer, reason="The school has more to say.")
    assert (change.state, change.items[0].outcome) == (S.WITH_OFFICER, ItemOutcome.REMOVED)
    assert set(told(award, "take_from_panel")) == {"school", "panel"}
    put(award, change)
    act(changes.withdraw, change, award.head, reason="Not needed.")
    assert (change.state, change.items[1].outcome) == (S.WITHDRAWN, ItemOutcome.REMOVED)
    assert "panel" in told(award, "withdraw")
    another = more(award)
    put(award, another)
    terminate(award)
    assert (another.state, another.items[0].outcome) == (S.WITHDRAWN, ItemOutcome.REMOVED)


def test_a_meeting_moves_and_the_item_moves_to_another(award: Award) -> None:
    clerk = award.make.staff(RoleName.CLERK)
    change = more(award)
    due = award.bid.due_on
    item = put(award, change)
    other = award.make.meeting(award.bid.fund, starts_at=LATER + timedelta(days=30))
    award.make.session.commit()
    moved = agenda.move_to(item, other.id, user=clerk, now=LATER)
    assert (moved.change, change.open_item, item.outcome) == (change, moved, ItemOutcome.REMOVED)
    assert award.bid.due_on == due
    letters = " ".join(letter.body for letter in award.make.session.query(Letter))
    assert "The change of your award was to go to the panel on 27 January 2027" in letters


def test_a_change_is_neither_scored_nor_put_to_the_vote_with_another_amount(award: Award) -> None:
    clerk = award.make.staff(RoleName.CLERK)
    item = put(award, more(award))
    with pytest.raises(Refused, match="A change of an award is not scored"):
        scores.save_scores(item, {"need": 3}, stamp=None, user=clerk, now=LATER)
    with pytest.raises(Refused, match="votes on the change as it was asked for"):
        proposals.propose(item, 350_000, "Less.", user=clerk, now=LATER)


def test_the_papers_show_before_and_after_and_are_issued_again_where_they_change(award: Award) -> None:
    clerk = award.make.staff(RoleName.CLERK)
    item = put(award, more(award))
    meetings.issue_papers(item.meeting, user=clerk, now=LATER, version=item.meeting.version)
    (paper,) = award.make.session.query(Paper).filter(Paper.item_id == item.id)
    said = paper.report["change"]
    assert (said["why"], said["advice"], said["added_pence"]) == (WHY, ADVICE, 70_000)
    assert {"what": "The award", "before": "£3,000.00", "after": "£3,700.00"} in said["rows"]
    assert said["agreed"] == [award.bid.providers[0].name]


@pytest.mark.parametrize(
    ("step", "votes", "words"),
    [
        ("award_more", [FOR] * 5, "Decision: agreed, the award is £3,700."),
        ("refuse_more", [AGAINST] * 5, "Decision: refused, the award stays as it is."),
    ],
)
def test_the_minutes_name_it_with_the_old_and_the_new_sum(
    award: Award, step: str, votes: list[Choice], words: str
) -> None:
    change, chair = before_the_panel(award, *votes)
    decide(change, step, chair)
    item = change.items[0]
    (section,) = [one for one in draft(item.meeting, LATER) if one.item_id == item.id]
    assert section.heading == f"Item 1: {award.bid.reference} More money for {award.bid.title}"
    assert "asked for more money for its award: £3,700 instead of £3,000." in section.text
    assert f"The liaison officer advised: {ADVICE}" in section.text
    assert words in section.text


def test_a_second_click_decides_once(award: Award) -> None:
    change, chair = before_the_panel(award, *[FOR] * 5)
    version = change.version
    panel_changes.award_more(change, **REASONS, user=chair, now=LATER, version=version)
    with pytest.raises(AlreadyTaken):
        panel_changes.award_more(change, **REASONS, user=chair, now=LATER, version=version)
    assert len(award.bid.awards) == 2


def test_an_interest_found_afterwards_asks_whether_that_decision_stands(award: Award) -> None:
    change, chair = before_the_panel(award, *[FOR] * 5)
    decide(change, "award_more", chair)
    seat = award.bid.fund.seats[2]
    sister = "My sister teaches there."
    interests.declare(
        change.items[0], seat.id, InterestKind.BARRED, sister, user=seat.user, now=LATER + timedelta(days=1)
    )
    asked = {late.decision.change_id for late in award.make.session.query(LateInterest)}
    assert asked == {None, change.id}  # of the bid’s own decision too
    letters = " ".join(letter.body for letter in award.make.session.query(Letter))
    assert "Say whether the decision about more money still stands" in letters


# -- pages ----------------------------------------------------------------------------------------------


def test_the_pages_from_asking_to_the_decision(award: Award, sign_in: SignIn) -> None:
    change, chair = before_the_panel(award, *[FOR] * 5)
    bid, item = award.bid, change.items[0]
    page = f"/bids/{bid.reference}/changes/{change.id}"
    shown = sign_in(chair).get(f"/meetings/{item.meeting_id}/items/{item.id}").text
    assert "The panel votes on an award of £3,700.00" in shown
    assert "£3,000.00 before, £3,700.00 after" in shown
    assert "Agreed score" not in shown
    deciding = sign_in(chair).get(f"{page}/steps/award-more").text
    assert "5 for, 0 against" in deciding
    assert "£700.00" in deciding
    answer = sign_in(chair).post(
        f"{page}/steps/award-more", data={"version": change.version, "reasons": "Good."}
    )
    assert "Enter how the panel had due regard to equality" in answer.text
    assert "Good." in answer.text
    sign_in(chair).post(f"{page}/steps/award-more", data={"version": change.version, **REASONS})
    assert change.state is S.AGREED
    assert "Agreed 5–0" in sign_in(chair).get(f"/meetings/{item.meeting_id}").text
    assert (
        "More money for the award: agreed, the award is £3,700"
        in sign_in(chair).get(f"/bids/{bid.reference}/panel").text
    )


def test_the_officer_puts_it_to_a_meeting_on_its_page(award: Award, sign_in: SignIn) -> None:
    change = more(award)
    page = f"/bids/{award.bid.reference}/changes/{change.id}/steps/put-to-panel"
    client = sign_in(award.officer)
    assert "No meeting that takes bids is planned" in client.get(page).text
    meeting = award.make.meeting(award.bid.fund, starts_at=LATER + timedelta(days=7))
    award.make.session.commit()
    client.post(page, data={"version": change.version, "advice": ADVICE, "meeting": str(meeting.id)})
    assert (change.state, change.advice) == (S.AT_PANEL, ADVICE)


def test_another_school_finds_none_of_it(award: Award, sign_in: SignIn) -> None:
    change, _chair = before_the_panel(award, *[FOR] * 5)
    stranger = award.make.member(award.make.school())
    award.make.session.commit()
    item = change.items[0]
    client = sign_in(stranger)
    for path in (
        f"/bids/{award.bid.reference}/changes/{change.id}",
        f"/meetings/{item.meeting_id}/items/{item.id}",
    ):
        assert client.get(path).status_code in (403, 404)
    assert client.get(f"/bids/{award.bid.reference}/changes/{change.id}/steps/award-more").status_code == 404
