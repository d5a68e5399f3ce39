"""Claims and days that wait are chased, by whom they wait for."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from fundflow.models.letter import Letter
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName
from fundflow.payments import operations
from fundflow.workflow.change_request import ChangeState
from tests.clock.test_reminders import told_on
from tests.factories import Make
from tests.payments.conftest import LATER, Award, an_award

SENT = LATER.date()  # Wednesday 20 January 2027


@pytest.fixture
def award(make: Make) -> Award:
    return an_award(make)


def chased(session: Session, *days: date) -> dict[str, list[str]]:
    """Who is written to on which day, where anybody is."""
    return {f"{day:%-d %b}": who for day, who in told_on(session, *days).items() if who}


def each_day(count: int) -> list[date]:
    return [SENT + timedelta(days=n) for n in range(count)]


def test_a_claim_that_nobody_checks_is_chased_after_ten_working_days(award: Award, session: Session) -> None:
    award.sent()
    assert chased(session, *each_day(20)) == {"3 Feb": ["officer"]}


def test_a_claim_that_nobody_pays_is_chased_with_finance(award: Award, session: Session) -> None:
    award.certified()
    assert set(chased(session, *each_day(20))) == {"3 Feb"}
    assert {letter.recipient for letter in letters(session)} == {"finance"}


def test_while_payments_are_blocked_the_officer_hears_of_that_and_of_no_claim(
    award: Award, session: Session
) -> None:
    award.certified()
    award.sent(date(2027, 1, 7))
    block = award.make.payment_block(award.bid, put_at=LATER)
    assert chased(session, *each_day(20)) == {"3 Feb": ["officer"]}
    assert all(block.about in letter.body for letter in letters(session))


def test_a_change_of_an_award_is_chased_with_whoever_must_act(award: Award, session: Session) -> None:
    award.make.panel(award.bid.fund)
    change = award.make.change_request(award.bid, award.head, waits_since=LATER)
    assert chased(session, *each_day(20)) == {"3 Feb": ["officer"]}
    change.state = ChangeState.WITH_DECIDER
    session.commit()
    assert chased(session, *each_day(20)) == {"3 Feb": ["decision_maker"]}
    change.state = ChangeState.WITH_SCHOOLS
    session.commit()
    assert chased(session, *each_day(20)) == {"27 Jan": ["concerned", "school"], "3 Feb": ["officer"]}


def test_a_question_that_nobody_answers_is_chased_with_the_school(award: Award, session: Session) -> None:
    claim = award.sent()
    operations.query(claim, reason="Which class?", user=award.officer, now=LATER, version=claim.version)
    assert chased(session, *each_day(20)) == {"29 Jan": ["school"], "4 Feb": ["officer", "school"]}
    assert all("Which class?" in letter.body for letter in letters(session) if letter.recipient == "school")


def test_days_are_asked_for_once_a_month_and_the_officer_hears_after_ten(
    award: Award, session: Session
) -> None:
    award.log()
    assert chased(session, *each_day(62)) == {
        "27 Jan": ["confirms"],
        "3 Feb": ["officer"],
        "24 Feb": ["confirms"],
    }
    asked = next(letter for letter in letters(session) if letter.recipient == "confirms")
    assert asked.email == award.head.email
    assert asked.body.count("/days/confirm") == 1


def test_days_of_an_award_that_is_paid_in_advance_wait_for_its_end(make: Make, session: Session) -> None:
    award = an_award(make, advance=100)
    award.log()
    assert chased(session, *each_day(30)) == {}


def test_nobody_is_chased_about_what_is_settled(award: Award, session: Session) -> None:
    award.worked()
    make_staff(award)
    award.pay(award.certify(award.ask()))
    assert chased(session, *each_day(40)) == {}
    assert session.query(Claim).count() == 1


def make_staff(award: Award) -> None:
    award.make.staff(RoleName.IMPACT_OFFICER)


def letters(session: Session) -> list[Letter]:
    return session.query(Letter).filter(~Letter.key.like("step:%")).all()
