"""Changes of an award: who asks, who agrees first, who decides, and what an agreed one does to the award."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from fundflow import ledger
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Recovery
from fundflow.payments import changes
from fundflow.payments.changes import Wanted, WantedLine
from fundflow.rules.award_sums import sum_of
from fundflow.rules.change_requests import effect_of
from fundflow.rules.change_words import differences
from fundflow.rules.year_end import payees_in
from fundflow.steps import AlreadyTaken
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award, SignIn, an_award
from tests.payments.test_recoveries import accept_report, terminate

pytestmark = pytest.mark.usefixtures("today")

S = ChangeState
A_TERM_LATER = date(2027, 9, 17)  # four months after 17 May 2027
BANK_DETAILS = "Pay into sort code 12-34-56, account 12345678"
WHY = "Two of the leaders were ill in the spring."


def wanted(bid: Bid, **values: Any) -> Wanted:
    """The award as it is, but for this."""
    return Wanted(bid.start_on, bid.end_on, bid.awards[-1].pence, WHY)._replace(**values)


def line(award: Award, n: int, amount: int, code: str = "", what: str = "") -> dict[int, WantedLine]:
    found = award.bid.awards[-1].lines[n]
    return {found.id: WantedLine(amount, what or found.what, code or found.staff_code)}


def ask(
    award: Award, user: User | None = None, step: str = "ask", accounts: bool = True, **values: Any
) -> ChangeRequest:
    version = award.bid.version
    who = user or award.head
    if accounts:
        award.releasing_head  # noqa: B018 (made at the first ask)
    return changes.ask(
        award.bid, wanted(award.bid, **values), user=who, now=LATER, version=version, step=step
    )


def act(step: Callable[..., None], change: ChangeRequest | Recovery, user: User, **given: Any) -> None:
    step(change, user=user, now=LATER, version=change.version, **given)


def agreed_by_all(award: Award, change: ChangeRequest) -> ChangeRequest:
    act(changes.say_yes, change, award.releasing_head)
    return change


def decider(award: Award) -> User:
    return award.make.panel(award.bid.fund)[0].user


def told(award: Award, step: str) -> dict[str, Letter]:
    """The letters of a step of the changes, by recipient."""
    entries = HistoryEntry.process == "change_request", HistoryEntry.step == step
    query = award.make.session.query(Letter).filter(Letter.history_entry_id == HistoryEntry.id, *entries)
    return {found.recipient: found for found in query}


@pytest.mark.both_databases
def test_an_extension_by_a_term_is_agreed_by_the_provider_then_the_officer(award: Award) -> None:
    change = ask(award, end_on=A_TERM_LATER)
    assert change.state is S.WITH_SCHOOLS
    assert "17 May 2027 before, 17 September 2027 after" in told(award, "ask")["school"].body
    assert told(award, "ask")["concerned"].email == award.releasing_head.email
    with pytest.raises(Refused, match="now “Waiting for other schools”"):
        act(changes.agree, change, award.officer)
    agreed_by_all(award, change)
    assert change.state is S.WITH_OFFICER
    act(changes.agree, change, award.officer)
    assert change.state is S.AGREED
    bid = award.bid
    assert (bid.end_on, [version.number for version in bid.awards]) == (A_TERM_LATER, [1, 2])
    assert bid.report is not None
    assert bid.report.due_on == bid.due_on == date(2027, 10, 15)  # 20 working days after the new end
    assert set(told(award, "agree")) == {"school", "concerned", "finance", "officer"}
    assert ledger.bid_totals(bid.id).outstanding == 300_000


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (date(2027, 2, 12), BidState.IN_DELIVERY),
        (date(2027, 1, 19), BidState.IN_MONITORING),  # longer than it was, and over all the same
    ],
)
def test_support_that_had_ended_goes_on_where_it_is_extended(make: Make, end: date, state: BidState) -> None:
    award = an_award(make, BidState.IN_MONITORING)
    award.bid.end_on = date(2027, 1, 15)
    make.session.commit()
    act(changes.agree, agreed_by_all(award, ask(award, end_on=end)), award.officer)
    assert (award.bid.state, award.bid.end_on) == (state, end)
    goes_on = "It goes on until 12 February 2027" in " ".join(one.body for one in make.session.query(Letter))
    assert goes_on is (state is BidState.IN_DELIVERY)


def test_days_of_the_new_dates_can_be_logged_and_paid(award: Award) -> None:
    bid = award.bid
    change = agreed_by_all(award, ask(award, start_on=date(2027, 1, 18), end_on=date(2027, 1, 19)))
    act(changes.agree, change, award.officer)
    with pytest.raises(Refused, match="18 January 2027 to 19 January 2027"):
        award.log(date(2027, 1, 20))
    again = agreed_by_all(award, ask(award, end_on=date(2027, 5, 17)))
    act(changes.agree, again, award.officer)
    award.worked(date(2027, 1, 20))
    assert award.ask().pence == 35_000
    assert len(bid.awards) == 3


@pytest.mark.parametrize(
    ("end", "state"), [(A_TERM_LATER, S.WITH_OFFICER), (date(2027, 9, 18), S.WITH_DECIDER)]
)
def test_more_than_a_term_is_for_the_decision_maker(award: Award, end: date, state: ChangeState) -> None:
    assert agreed_by_all(award, ask(award, end_on=end)).state is state


def test_terms_add_up_until_the_decision_maker_grants_more(award: Award) -> None:
    act(changes.agree, agreed_by_all(award, ask(award, end_on=A_TERM_LATER)), award.officer)
    longer = agreed_by_all(award, ask(award, end_on=date(2027, 10, 1)))
    assert longer.state is S.WITH_DECIDER
    assert "too large for you" in told(award, "go_to_decider")["officer"].body
    chair = decider(award)
    with pytest.raises(Refused, match="Only the person who decides"):
        act(changes.agree, longer, award.officer)
    act(changes.agree, longer, chair)
    within = agreed_by_all(award, ask(award, end_on=date(2028, 1, 31)))
    assert within.state is S.WITH_OFFICER


def test_days_and_staff_move_within_a_school_and_what_was_earned_stays(award: Award) -> None:
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    before = sum_of(award.bid).whole.earned
    lines = line(award, 0, 8, "RL2", "Deputy reading lead") | line(award, 1, 9)  # 2 days less, 2 days more
    change = agreed_by_all(award, ask(award, lines=lines, pence=297_200))
    act(changes.agree, change, award.officer)
    first, second, _travel = award.bid.awards[-1].lines
    assert (first.half_days, first.staff_code, second.half_days) == (8, "RL2", 9)
    assert sum_of(award.bid).whole.earned == before == 70_000
    (year,) = payees_in(award.make.session(), award.bid.fund_id, 2026)
    assert year.earned == 70_000
    assert award.log(date(2027, 1, 8)).staff_code == "RL2"
    assert award.bid.awards[0].lines[0].staff_code == "RL1"  # the old version stays


def test_a_line_keeps_what_is_logged_of_it(award: Award) -> None:
    award.worked(date(2027, 1, 6), date(2027, 1, 7))
    with pytest.raises(Refused, match=r"^2 days of the line for Reading lead are in the log already\."):
        ask(award, lines=line(award, 0, 3))
    award.spend(2_000)
    for pence in (1_000, 0):
        with pytest.raises(Refused, match=r"^£20\.00 of the line for Travel are in the log already\."):
            ask(award, lines=line(award, 2, pence))


def test_new_dates_hold_every_day_that_is_logged(award: Award) -> None:
    award.log(date(2027, 1, 6))
    with pytest.raises(Refused, match=r"^A day is logged on 6 January 2027\."):
        ask(award, start_on=date(2027, 1, 7))


def test_the_cap_of_a_line_is_the_new_lines(award: Award) -> None:
    change = agreed_by_all(award, ask(award, lines=line(award, 0, 2), pence=125_000))
    act(changes.agree, change, award.officer)
    award.log(date(2027, 1, 6))
    with pytest.raises(Refused, match=r"1\.5 of 1 days for Reading lead"):
        award.log(date(2027, 1, 7), half_days=1)


def test_money_between_schools_and_outcomes_are_for_the_decision_maker(award: Award, sign_in: SignIn) -> None:
    between = agreed_by_all(award, ask(award, lines=line(award, 0, 10) | line(award, 2, 41_000)))
    assert between.state is S.WITH_DECIDER
    act(changes.withdraw, between, award.head, reason="Not needed.")
    outcomes = ask(award, outcomes="72% instead of 76%.")
    assert outcomes.state is S.WITH_DECIDER
    act(changes.agree, outcomes, decider(award))
    assert "72% instead of 76%." in sign_in(award.head).get(f"/bids/{award.bid.reference}/impact").text


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "Nothing changes"),
        (
            {"pence": 300_001},
            r"^These days and costs come to £3,000\.00, and an award is never more",
        ),
        ({"end_on": date(2026, 12, 17)}, "The end date must be after the start date"),
        ({"pence": 200_000, "why": BANK_DETAILS}, "Bank details are never kept"),
        ({"outcomes": BANK_DETAILS}, "Bank details are never kept"),
    ],
)
def test_what_an_award_can_not_become(award: Award, values: dict[str, Any], why: str) -> None:
    with pytest.raises(Refused, match=why):
        ask(award, **values)


def test_lines_can_not_come_to_more_than_the_award(award: Award) -> None:
    with pytest.raises(Refused, match=r"come to £3,175\.00, and the award’s budget is £3,000\.00"):
        ask(award, lines=line(award, 0, 13))
    with pytest.raises(Refused, match=r"the award is at most £2,825\.00"):
        ask(award, lines=line(award, 0, 11))


@pytest.mark.both_databases
def test_less_money_at_the_schools_wish_goes_back_to_the_fund(make: Make) -> None:
    award = an_award(make, advance=50)
    award.pay(award.certify(award.advance(150_000)))
    change = ask(award, pence=200_000)
    assert change.state is S.WITH_OFFICER  # the lead is paid, so no other school is concerned
    assert effect_of(change, LATER) == (100_000, 0, 0, 0)
    act(changes.agree, change, award.officer)
    totals = ledger.bid_totals(award.bid.id)
    assert (totals.released, totals.committed, totals.outstanding) == (100_000, 200_000, 50_000)
    assert award.bid.awarded_pence == 200_000
    assert make.session.query(Recovery).count() == 0


@pytest.mark.both_databases
def test_a_cut_below_what_is_paid_asks_the_rest_back(make: Make) -> None:
    award = an_award(make, advance=80)
    award.pay(award.certify(award.advance(240_000)))
    change = ask(award, award.officer, "reduce", pence=200_000)
    assert (change.state, change.unwanted) == (S.WITH_DECIDER, True)
    assert effect_of(change, LATER) == (60_000, 40_000, 0, 0)
    with pytest.raises(Refused, match="Only the person who decides"):
        act(changes.agree, change, award.officer)
    act(changes.agree, change, decider(award))
    recovery = make.session.query(Recovery).one()
    totals = ledger.bid_totals(award.bid.id)
    assert (recovery.pence, recovery.opened_by_id, totals.released) == (40_000, None, 60_000)
    assert totals.committed - recovery.pence == 200_000
    assert sum_of(award.bid).missing == 0


def test_a_cut_brings_down_a_claim_that_nobody_has_checked(make: Make) -> None:
    award = an_award(make)
    claim = award.sent(*(date(2027, 1, n) for n in (4, 5, 6, 7, 8)))
    change = ask(award, pence=100_000)
    act(changes.agree, change, award.officer)
    assert (claim.pence, claim.state) == (58_333, ClaimState.SUBMITTED)  # a third of £1,750.00
    assert ledger.bid_totals(award.bid.id).released == 200_000


def test_less_money_waits_for_a_claim_that_is_about_to_be_paid(award: Award) -> None:
    claim = award.certified(date(2027, 1, 6))
    change = ask(award, pence=100_000)
    with pytest.raises(Refused, match="A claim is checked and about to be paid"):
        act(changes.agree, change, award.officer)
    award.pay(claim)
    act(changes.agree, change, award.officer)
    assert change.state is S.AGREED


@pytest.mark.both_databases
def test_a_change_that_the_officer_enters_waits_for_the_head(award: Award) -> None:
    change = ask(award, award.officer, "enter", pence=200_000)
    assert change.state is S.TO_CONFIRM
    assert "Say whether you want this change" in told(award, "enter")["school"].body
    act(changes.confirm, change, award.head, agreement=True)
    assert change.state is S.WITH_OFFICER
    with pytest.raises(Refused, match="You asked for this change"):
        act(changes.agree, change, award.officer)
    act(changes.agree, change, award.make.staff(RoleName.DEPUTY_OFFICER))
    assert change.state is S.AGREED


@pytest.mark.both_databases
def test_the_head_may_not_want_it(award: Award) -> None:
    change = ask(award, award.officer, "enter", pence=200_000)
    act(changes.decline, change, award.head, reason="We need all of it.")
    assert (change.state, change.answer) == (S.REFUSED, "We need all of it.")
    assert "We need all of it." in told(award, "decline")["officer"].body


@pytest.mark.both_databases
def test_a_school_that_can_not_ends_the_change(award: Award) -> None:
    change = ask(award, end_on=A_TERM_LATER)
    act(changes.say_no, change, award.releasing_head, reason="Our staff are needed here.")
    assert change.state is S.REFUSED
    assert set(told(award, "say_no")) == {"school", "officer"}
    assert award.bid.end_on == date(2027, 5, 17)


@pytest.mark.both_databases
def test_the_officer_records_what_a_head_without_an_account_said(award: Award) -> None:
    change = ask(award, accounts=False, end_on=A_TERM_LATER)
    assert told(award, "ask")["concerned"].email == "head@provider.example"
    act(changes.say_yes_for, change, award.officer, reason="By telephone on 20 January.")
    assert change.state is S.WITH_OFFICER
    with pytest.raises(Refused, match="You agreed to this change for a school"):
        act(changes.agree, change, award.officer)


def test_a_head_with_an_account_answers_there(award: Award) -> None:
    head = award.releasing_head
    change = ask(award, end_on=A_TERM_LATER)
    with pytest.raises(Refused, match="has an account and answers there"):
        act(changes.say_yes_for, change, award.officer, reason="By telephone.")
    act(changes.say_yes, change, head)
    assert change.answers[0].agreed_by_id == head.id


@pytest.mark.both_databases
def test_a_refusal_says_why_and_changes_nothing(award: Award) -> None:
    change = ask(award, pence=200_000)
    with pytest.raises(Refused, match="Bank details are never kept"):
        act(changes.refuse, change, award.officer, reason=BANK_DETAILS)
    award.make.session.rollback()
    act(changes.refuse, change, award.officer, reason="The days are needed.")
    assert (change.state, change.decided_by_id) == (S.REFUSED, award.officer.id)
    assert "The days are needed." in told(award, "refuse")["school"].body
    assert (len(award.bid.awards), ledger.bid_totals(award.bid.id).released) == (1, 0)


def test_the_officer_refuses_a_change_for_which_another_school_keeps_everybody_waiting(award: Award) -> None:
    change = ask(award, end_on=A_TERM_LATER)
    with pytest.raises(Refused, match="A change of this award is not decided yet"):
        ask(award, award.officer, "reduce", pence=100_000)
    act(changes.refuse, change, award.officer, reason="Nobody has answered for a month.")
    assert change.state is S.REFUSED
    assert set(told(award, "refuse")) == {"school", "concerned", "officer"}
    assert ask(award, award.officer, "reduce", pence=100_000).state is S.WITH_DECIDER


@pytest.mark.parametrize(
    ("step", "state"), [("ask", S.WITH_SCHOOLS), ("enter", S.TO_CONFIRM), ("reduce", S.WITH_DECIDER)]
)
def test_an_open_change_ends_as_the_funding_is_stopped(award: Award, step: str, state: ChangeState) -> None:
    values = {"pence": 100_000} if step == "reduce" else {"end_on": A_TERM_LATER}
    change = ask(award, award.head if step == "ask" else award.officer, step, **values)
    assert change.state is state
    terminate(award)
    why = "The funding is stopped, so the award can’t be changed any more."
    assert (change.state, change.answer) == (S.WITHDRAWN, why)
    assert why in told(award, "end")["school"].body


def test_an_open_change_ends_as_the_final_report_is_accepted(make: Make) -> None:
    award = an_award(make, BidState.IN_MONITORING)
    change = ask(award, end_on=A_TERM_LATER)
    accept_report(award)
    assert (change.state, change.answer[:28]) == (S.WITHDRAWN, "The final report is accepted")


def test_one_change_is_open_at_a_time(award: Award) -> None:
    change = ask(award, pence=200_000)
    with pytest.raises(Refused, match="A change of this award is not decided yet"):
        ask(award, pence=100_000)
    act(changes.withdraw, change, award.head, reason="We found the money.")
    assert ask(award, pence=100_000).number == 2


@pytest.mark.both_databases
def test_only_who_asked_withdraws_it(award: Award) -> None:
    change = ask(award, pence=200_000)
    with pytest.raises(Refused, match="The school asked for this change, and can withdraw it"):
        act(changes.withdraw, change, award.officer, reason="No.")


def test_an_officer_whom_the_bid_names_does_not_withdraw_a_change(award: Award) -> None:
    change = ask(award, award.officer, "enter", pence=200_000)
    award.make.named(award.bid, award.officer)
    award.make.session.commit()
    with pytest.raises(Refused, match="You can’t handle this change"):
        act(changes.withdraw, change, award.officer, reason="No.")


def test_a_second_click_asks_once(award: Award) -> None:
    version = award.bid.version
    ask(award, pence=200_000)
    with pytest.raises(AlreadyTaken):
        changes.ask(award.bid, wanted(award.bid, pence=200_000), user=award.head, now=LATER, version=version)


def test_nothing_changes_once_the_final_report_is_accepted(make: Make) -> None:
    award = an_award(make, BidState.CLOSED)
    with pytest.raises(Refused, match="until the bid is closed"):
        ask(award, pence=200_000)


@pytest.mark.both_databases
def test_what_was_asked_and_decided_never_changes(award: Award) -> None:
    change = ask(award, pence=200_000)
    act(changes.refuse, change, award.officer, reason="No.")
    for values in ({"why": "Another reason"}, {"answer": "Another answer"}, {"pence": 1}):
        with pytest.raises(DBAPIError):
            award.make.session.execute(update(ChangeRequest).values(**values))
        award.make.session.rollback()


def test_other_schools_see_their_own_lines_and_no_money(award: Award) -> None:
    lines = line(award, 0, 10) | line(award, 2, 4_000)
    change = ask(award, lines=lines, end_on=A_TERM_LATER, pence=260_000)
    provider = award.bid.providers[0].id
    rows = differences(change, {provider})
    assert [row.what.split(",")[0] for row in rows] == ["End of the support", "Reading lead"]
    assert [row.what for row in differences(change)][-1] == "The award"


@pytest.mark.parametrize(("recorded", "said"), [(None, True), (LATER, False)], ids=["ahead", "past"])
def test_a_half_time_that_is_past_does_not_move(make: Make, recorded: datetime | None, said: bool) -> None:
    award = an_award(make, advance=50, half_time=30)
    award.bid.half_time_at = recorded
    change = ask(award, end_on=A_TERM_LATER)
    assert ("Half-time" in [row.what for row in differences(change)]) is said


# -- pages ---------------------------------------------------------------------------------------------


def date_of(name: str, day: date | None) -> dict[str, str]:
    assert day is not None
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}


def form_of(award: Award, **values: str) -> dict[str, str]:
    bid = award.bid
    form = {"version": str(bid.version), "pence": "3000", "why": WHY, "outcomes": ""}
    days = {"start_on": bid.start_on, "end_on": bid.end_on}
    for outcome in bid.outcomes:
        form[f"target_{outcome.id}"] = str(outcome.target)
        days[f"target_on_{outcome.id}"] = outcome.target_on
    for name, day in days.items():
        form |= date_of(name, day)
    for each in bid.awards[-1].lines:
        form[f"amount_{each.id}"] = str((each.half_days or 0) / 2) if each.is_days else str(each.pence / 100)
        if each.is_days:
            form |= {f"role_{each.id}": each.what, f"code_{each.id}": each.staff_code}
    return form | values


def test_the_head_asks_on_a_page_and_sees_before_and_after(award: Award, sign_in: SignIn) -> None:
    path = f"/bids/{award.bid.reference}/changes"
    head = sign_in(award.head)
    assert "Ask for a change of the award" in head.get(path).text
    asked = head.get(f"{path}/new").text
    assert 'value="2027"' in asked
    assert "6 days now, at £350.00 a day." in asked
    assert "£3,000.00 now. The panel decides if you ask for more." in asked
    wrong = head.post(f"{path}/new", data=form_of(award, pence="4000", why="More days"))
    assert wrong.status_code == 409
    assert "an award is never more than that" in wrong.text
    assert "More days" in wrong.text
    done = head.post(f"{path}/new", data=form_of(award, pence="2000"), follow_redirects=True)
    assert "The change is asked for." in done.text
    change = award.make.session.query(ChangeRequest).one()
    page = sign_in(award.officer).get(change.path).text
    assert "£3,000.00" in page
    assert "£2,000.00" in page
    assert "Agree to the change" in page
    assert "Change 1" in sign_in(award.officer).get(f"/bids/{award.bid.reference}/money").text


def test_a_change_is_seen_by_whom_it_concerns_alone(make: Make, sign_in: SignIn) -> None:
    award = an_award(make, supported=True)
    change = ask(award, end_on=A_TERM_LATER)
    assert award.supported_head is not None
    assert sign_in(award.supported_head).get(change.path).status_code == 404
    assert sign_in(make.member(make.school())).get(change.path).status_code == 404
    provider = sign_in(award.releasing_head)
    page = provider.get(change.path).text
    assert "Yes, our school agrees" in page
    assert "£3,000.00" not in page
    assert provider.get(f"/bids/{award.bid.reference}/changes/new").status_code == 404
    assert provider.post(f"{change.path}/steps/agree", data={"version": change.version}).status_code == 409
    said = provider.post(f"{change.path}/steps/say-yes", data={"version": change.version})
    assert said.status_code == 302
    make.session.refresh(change)
    assert change.state is S.WITH_OFFICER


def test_the_officer_proposes_less_money_on_a_page(award: Award, sign_in: SignIn) -> None:
    officer = sign_in(award.officer)
    path = f"/bids/{award.bid.reference}/changes/less"
    form = {"version": str(award.bid.version), "pence": "1000", "why": "The fund was cut."}
    page = officer.post(path, data=form, follow_redirects=True).text
    assert "The decision maker is being asked" in page
    assert sign_in(award.head).get(path).status_code == 409
