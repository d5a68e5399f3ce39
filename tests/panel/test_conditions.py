"""Conditions of an award: shown, reported, met, sent back, let go; and what payments wait for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.clock import tick
from fundflow.desk.work import waiting_for
from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, SeatPosition, Standing, User
from fundflow.panel.operations import conditions
from fundflow.workflow.application import BidState as S
from fundflow.workflow.condition import ConditionState as C
from fundflow.workflow.engine import Refused
from tests.factories import NOW, TODAY, Make
from tests.scenes import Scenes

SignIn = Callable[[User | None], FlaskClient]
ACTIVE = (S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING, S.CLOSED)


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@dataclass
class Award:
    make: Make
    bid: Bid
    condition: AwardCondition
    head: User
    team: User
    officer: User
    chair: User

    @property
    def page(self) -> str:
        return f"/bids/{self.bid.reference}/conditions"

    def step(self, name: str) -> str:
        return f"{self.page}/{self.condition.id}/steps/{name}"

    def letters(self) -> list[tuple[str, str]]:
        rows = self.make.session.scalars(select(Letter).where(Letter.bid_id == self.bid.id))
        return sorted((letter.recipient, letter.email) for letter in rows)


def an_award(make: Make, bid_state: S = S.IN_DELIVERY, **values: Any) -> Award:
    fund, lead = make.fund(), make.school("Larkfield")
    chair = make.seat(fund, position=SeatPosition.CHAIR).user
    head, officer = make.member(lead), make.staff(RoleName.OFFICER, "Olive Officer")
    bid = make.bid(state=bid_state, fund=fund, lead=lead, leader=head, officer=officer)
    condition = make.condition(bid, "Publish the scheme of work.", **values)
    make.session.commit()
    return Award(make, bid, condition, head, make.member(lead, Standing.TEAM), officer, chair)


@pytest.fixture
def built(make: Make) -> Callable[..., Award]:
    return partial(an_award, make)


@pytest.fixture
def award(scenes: Scenes, make: Make) -> Iterator[Award]:
    with scenes.on(an_award) as found:
        yield found


def test_a_condition_goes_from_the_school_through_the_officer_to_met(award: Award, sign_in: SignIn) -> None:
    client = sign_in(award.team)
    assert "Tell us it is done" in client.get(award.page).text
    data = {"version": award.condition.version, "note": "It is on our website."}
    assert client.post(award.step("report"), data=data).status_code == 302
    assert award.condition.state is C.REPORTED
    assert award.letters() == [("officer", award.officer.email)]
    client = sign_in(award.officer)
    assert "It is on our website." in client.get(award.step("discharge")).text
    data = {"version": award.condition.version, "note": "I read it there."}
    assert client.post(award.step("discharge"), data=data).status_code == 302
    assert (award.condition.state, award.condition.note) == (C.DISCHARGED, "I read it there.")
    assert award.letters() == [("officer", award.officer.email), ("school", award.head.email)]
    shown = client.get(award.page).text
    for words in (
        "Publish the scheme of work.",
        "Head of English",
        "2 December 2026",
        "Met",
        "Said that a condition is met",
        "I read it there.",
    ):
        assert words in shown


@pytest.mark.both_databases
def test_what_is_not_met_yet_goes_back_with_what_is_missing(award: Award, sign_in: SignIn) -> None:
    award.condition.state = C.REPORTED
    award.make.session.commit()
    client = sign_in(award.officer)
    path = award.step("not-yet")
    assert client.post(path, data={"version": 1}).status_code == 422  # without a reason
    assert client.post(path, data={"version": 1, "reason": "Year 2 is missing."}).status_code == 302
    assert award.condition.state is C.OUTSTANDING
    (letter,) = award.make.session.scalars(select(Letter))
    assert letter.recipient == "school"
    assert "Year 2 is missing." in letter.body
    assert f"/bids/{award.bid.reference}/conditions" in letter.body


@pytest.mark.both_databases
def test_whoever_decides_for_the_fund_lets_a_condition_go(award: Award, sign_in: SignIn) -> None:
    finance = award.make.staff(RoleName.FINANCE)
    award.make.session.commit()
    client = sign_in(award.chair)
    data = {"version": 1, "reason": "The scheme has changed."}
    assert client.post(award.step("waive"), data=data).status_code == 302
    assert award.condition.state is C.WAIVED
    assert {who for who, _ in award.letters()} == {"school", "officer", "finance"}
    assert ("finance", finance.email) in award.letters()


def test_each_step_is_taken_by_those_alone_whose_it_is(award: Award, sign_in: SignIn) -> None:
    award.condition.state = C.REPORTED
    award.make.session.commit()
    data = {"version": 1, "note": "n", "reason": "r"}
    others = {
        "discharge": (award.head, award.chair),
        "not-yet": (award.head, award.chair),
        "waive": (award.head, award.officer),
        "report": (award.officer,),
    }
    for name, people in others.items():
        for person in people:
            assert sign_in(person).post(award.step(name), data=data).status_code == 409, name
    assert award.condition.state is C.REPORTED
    assert award.letters() == []


def test_an_officer_who_is_barred_handles_no_condition(award: Award) -> None:
    award.make.role(award.head, RoleName.OFFICER)
    with pytest.raises(Refused, match="You can’t handle this condition"):
        conditions.discharge_condition(award.condition, "Fine.", user=award.head, now=NOW)
    assert award.condition.state is C.OUTSTANDING


def test_a_second_click_records_nothing_twice(award: Award, sign_in: SignIn) -> None:
    client = sign_in(award.head)
    data = {"version": 1, "note": "Done."}
    assert [client.post(award.step("report"), data=data).status_code for _ in range(2)] == [302, 302]
    assert award.make.session.query(HistoryEntry).filter_by(process="condition").count() == 1
    assert len(award.letters()) == 1


def test_a_page_from_before_somebody_elses_step_is_told_so(award: Award, sign_in: SignIn) -> None:
    conditions.report_condition(award.condition, "Done.", user=award.head, now=NOW, version=1)
    answer = sign_in(award.chair).post(award.step("waive"), data={"version": 1, "reason": "Why not"})
    assert answer.status_code == 409
    assert "Said that a condition is met" in answer.text
    assert award.condition.state is C.REPORTED


# -- who sees them, and when they run ---------------------------------------------------------------


def test_before_the_offer_is_accepted_conditions_are_shown_and_not_acted_on(
    built: Callable[..., Award], sign_in: SignIn
) -> None:
    award = built(S.OFFERED)
    shown = sign_in(award.head).get(award.page).text
    assert "Publish the scheme of work." in shown
    assert "run from the day the school accepts" in shown
    assert "Tell us it is done" not in shown
    answer = sign_in(award.head).get(award.step("report"))
    assert answer.status_code == 409
    assert "has not accepted the offer" in answer.text


@pytest.mark.parametrize("state", ACTIVE)
def test_conditions_run_while_the_award_does_and_after_it_was_closed(
    built: Callable[..., Award], state: S
) -> None:
    award = built(state)
    conditions.report_condition(award.condition, "Done.", user=award.head, now=NOW)
    assert award.condition.state is C.REPORTED


def test_when_the_funding_was_stopped_its_conditions_no_longer_run(built: Callable[..., Award]) -> None:
    award = built(S.TERMINATED)
    with pytest.raises(Refused, match="The funding was stopped"):
        conditions.report_condition(award.condition, "Done.", user=award.head, now=NOW)


def test_a_condition_of_a_decision_that_was_corrected_binds_nobody(award: Award, sign_in: SignIn) -> None:
    award.condition.decision.undone_at = NOW
    award.make.session.commit()
    with pytest.raises(Refused, match="no longer binds"):
        conditions.report_condition(award.condition, "Done.", user=award.head, now=NOW)
    assert "Publish the scheme" not in sign_in(award.head).get(award.page).text
    assert "No longer binds" in sign_in(award.officer).get(award.page).text


def test_while_the_letter_is_held_the_school_sees_no_conditions(
    built: Callable[..., Award], sign_in: SignIn
) -> None:
    award = built(S.OFFERED)
    award.bid.decision_held_until = TODAY + timedelta(days=5)
    award.make.session.commit()
    for person in (award.head, award.team):
        client = sign_in(person)
        assert client.get(award.page).status_code == 404
        assert client.get(award.step("report")).status_code == 404
        assert "/conditions" not in client.get(f"/bids/{award.bid.reference}").text
    assert "Publish the scheme" in sign_in(award.officer).get(award.page).text


def test_who_reads_the_conditions_and_who_finds_nothing(award: Award, sign_in: SignIn) -> None:
    make = award.make
    finance, auditor = make.staff(RoleName.FINANCE), make.staff(RoleName.AUDITOR)
    provider = make.member(award.bid.providers[0])
    barred = make.seat(award.bid.fund, school=award.bid.lead_school).user
    stranger, board = make.member(make.school()), make.staff(RoleName.BOARD)
    make.session.commit()
    for person in (award.head, award.team, award.officer, award.chair, finance, auditor):
        assert sign_in(person).get(award.page).status_code == 200
    for person in (provider, barred, stranger, board):
        assert sign_in(person).get(award.page).status_code == 404
        assert sign_in(person).post(award.step("waive"), data={"reason": "r"}).status_code == 404


def test_a_condition_of_another_bid_is_not_found(award: Award, sign_in: SignIn) -> None:
    other = award.make.condition(award.make.bid(state=S.IN_DELIVERY))
    award.make.session.commit()
    client = sign_in(award.officer)
    assert client.get(f"{award.page}/{other.id}/steps/discharge").status_code == 404
    assert client.get(f"{award.page}/999999999999/steps/discharge").status_code == 404


def test_the_tab_is_there_where_there_are_conditions(award: Award, sign_in: SignIn) -> None:
    client = sign_in(award.head)
    assert award.page in client.get(f"/bids/{award.bid.reference}").text
    without = award.make.bid(state=S.IN_DELIVERY, lead=award.bid.lead_school, leader=award.head)
    award.make.session.commit()
    assert "/conditions" not in client.get(f"/bids/{without.reference}").text


def test_an_overdue_condition_is_flagged_in_words(built: Callable[..., Award], sign_in: SignIn) -> None:
    award = built(due_on=TODAY)
    client = sign_in(award.head)
    assert "Overdue" not in client.get(award.page).text  # its day has not ended
    award.condition.due_on = TODAY - timedelta(days=1)
    award.make.session.commit()
    assert "Overdue" in client.get(award.page).text
    conditions.discharge_condition(award.condition, "Seen.", user=award.officer, now=NOW)
    assert "Overdue" not in client.get(award.page).text


# -- My work and reminders -----------------------------------------------------------------------------


def conditions_waiting(user: User) -> list[tuple[str, date | None]]:
    return [(line.what, line.due_on) for line in waiting_for(user, NOW).lines if "/conditions" in line.path]


def test_my_work_tells_each_what_a_condition_waits_for(award: Award) -> None:
    due = award.condition.due_on
    assert conditions_waiting(award.team) == [("Meet a condition of the award", due)]
    assert conditions_waiting(award.officer) == []
    conditions.report_condition(award.condition, "Done.", user=award.head, now=NOW)
    assert conditions_waiting(award.team) == []
    assert conditions_waiting(award.officer) == [("Check the condition", due)]
    conditions.discharge_condition(award.condition, "Seen.", user=award.officer, now=NOW)
    assert conditions_waiting(award.officer) == []


def test_an_overdue_condition_waits_for_the_officer_too(built: Callable[..., Award]) -> None:
    award = built(due_on=TODAY - timedelta(days=1))
    assert conditions_waiting(award.officer) == [
        ("Decide what to do: a condition is overdue", TODAY - timedelta(days=1))
    ]
    award.condition.decision.undone_at = NOW
    award.make.session.flush()
    assert conditions_waiting(award.officer) == conditions_waiting(award.head) == []


def told(make: Make) -> list[tuple[str, str]]:
    rows = make.session.scalars(select(Letter).where(Letter.key.startswith("condition")).order_by(Letter.id))
    return [(letter.key.rsplit(":", 1)[0].rpartition(":")[2], letter.recipient) for letter in rows]


def tick_on(*days: date) -> None:
    for day in days:
        tick(datetime.combine(day, time(10), UTC))


def test_the_school_is_reminded_five_working_days_before_and_both_once_it_is_late(
    built: Callable[..., Award],
) -> None:
    award = built(due_on=date(2026, 12, 4))  # a Friday
    tick_on(date(2026, 11, 26))
    assert told(award.make) == []
    tick_on(date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 4))
    assert told(award.make) == [("reminder-5", "school")]
    tick_on(date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 21))
    assert told(award.make) == [("reminder-5", "school"), ("overdue-1", "school"), ("overdue-1", "officer")]
    letter = award.make.session.scalars(select(Letter).where(Letter.key.startswith("condition:"))).one()
    assert letter.subject == f"{award.bid.reference}: a condition of your award is due by 4 December"
    assert "Publish the scheme of work: Head of English, by 4 December 2026" in letter.body
    late = award.make.session.scalars(select(Letter).where(Letter.recipient == "officer")).one()
    assert "until the condition is met, or the panel’s chair or deputy removes it" in late.body


@pytest.mark.parametrize("state", [C.REPORTED, C.DISCHARGED, C.WAIVED])
def test_nobody_is_reminded_of_what_was_done(built: Callable[..., Award], state: C) -> None:
    award = built(due_on=date(2026, 11, 23), state=state)
    tick_on(date(2026, 11, 19), date(2026, 11, 24))
    assert told(award.make) == []


def test_nobody_is_reminded_before_the_offer_is_accepted_or_of_what_no_longer_binds(
    built: Callable[..., Award],
) -> None:
    award = built(S.OFFERED, due_on=date(2026, 11, 23))
    corrected = award.make.condition(award.make.bid(state=S.IN_DELIVERY), due_on=date(2026, 11, 23))
    corrected.decision.undone_at = NOW
    award.make.session.commit()
    tick_on(date(2026, 11, 19), date(2026, 11, 24))
    assert told(award.make) == []
