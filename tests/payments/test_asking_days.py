"""Heads without an account are asked about days once a month, and answer by the link in the letter."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.letters.links import AnsweredRecord, mint_answer
from fundflow.models.day_log import DaysAsk
from fundflow.models.letter import Letter
from fundflow.models.person import LinkPurpose, Standing
from fundflow.payments import asking_days
from fundflow.steps import AlreadyTaken
from fundflow.workflow.days_ask import DaysAskState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.payments.conftest import LATER, Award, an_award
from tests.scenes import scene

NAMED = "head@provider.example"  # of the provider, in the bid


def an_award_with_days(make: Make) -> Award:
    """An award whose provider has nobody with an account; the lead has logged two days."""
    award = an_award(make)
    award.log(user=award.head)
    award.log(date(2027, 1, 7), user=award.head)
    return award


award = scene(an_award_with_days)


@pytest.fixture
def token(award: Award) -> Iterator[str]:
    """The link in the letter to the provider's head, opened at once."""
    assert asking_days.ask_about_days(award.bid, now=LATER) == 1
    ask = award.make.session.query(DaysAsk).one()
    with time_machine.travel(LATER, tick=False):
        found = mint_answer(AnsweredRecord.of(ask), ask.email, LATER)
        award.make.session.commit()
        yield found


def asks(session: Session) -> list[DaysAsk]:
    return session.query(DaysAsk).order_by(DaysAsk.id).all()


def answer(award: Award, token: str, *days: int, name: str = "Jo Head", reason: str = "") -> None:
    by = asking_days.asked_by(token)
    assert by is not None
    version = by.ask.version
    asking_days.answer(by, days, signed_name=name, reason=reason, now=LATER, version=version)


def test_a_head_whom_the_bid_names_is_asked_by_a_letter_with_a_link(award: Award, session: Session) -> None:
    asking_days.ask_about_days(award.bid, now=LATER)
    (ask,) = asks(session)
    assert (ask.school, ask.email, len(ask.day_ids)) == (award.bid.providers[0], NAMED, 2)
    letter = session.query(Letter).filter_by(recipient="confirms").one()
    assert (letter.email, letter.link_purpose, letter.asked_id) == (NAMED, LinkPurpose.ANSWER, ask.id)
    assert "- 6 January 2027: Reading lead, a day, Observed phonics" in letter.body
    assert "£" not in letter.body


def test_nobody_is_asked_about_days_that_they_logged(award: Award, session: Session) -> None:
    """They have left the lead since, and the bid names them as head of the provider."""
    provider = award.bid.partners[0]
    colleague = award.make.member(award.bid.lead_school, Standing.TEAM)
    award.log(date(2027, 1, 8), user=colleague)
    colleague.memberships[0].ends_on = date(2027, 1, 19)
    provider.contact_email = colleague.email
    session.commit()
    asking_days.ask_about_days(award.bid, now=LATER)
    (ask,) = asks(session)
    assert (ask.email, len(ask.day_ids)) == (colleague.email, 2)


def test_nobody_is_asked_twice_in_a_month_and_a_later_day_is_another_ask(
    award: Award, session: Session
) -> None:
    asking_days.ask_about_days(award.bid, now=LATER)
    award.log(date(2027, 1, 8), user=award.head)
    assert asking_days.ask_about_days(award.bid, now=LATER + timedelta(days=27)) == 0
    assert asking_days.ask_about_days(award.bid, now=LATER + timedelta(days=28)) == 1
    assert [len(ask.day_ids) for ask in asks(session)] == [2, 3]


def test_a_head_with_an_account_confirms_on_the_page_instead(award: Award, session: Session) -> None:
    award.releasing_head  # noqa: B018 (made at the first ask)
    assert asking_days.ask_about_days(award.bid, now=LATER) == 0


def test_an_address_with_another_part_in_the_bid_is_not_asked(make: Make) -> None:
    award = an_award(make)
    award.bid.partners[0].contact_email = award.head.email
    make.session.commit()
    assert award.log(user=award.head).confirms is None  # so the officer confirms
    assert asking_days.ask_about_days(award.bid, now=LATER) == 0


def test_days_are_confirmed_by_the_link_with_a_full_name(
    award: Award, token: str, client: FlaskClient, session: Session
) -> None:
    page = client.get(f"/days/{token}").text
    assert page.count('type="checkbox"') == 2
    assert "£" not in page
    (ask,) = asks(session)
    data = {"days": ask.day_ids, "signed_name": "Jo Head", "version": ask.version}
    assert client.post(f"/days/{token}", data=data).status_code == 302
    assert (ask.state, ask.signed_name) == (DaysAskState.CONFIRMED, "Jo Head")
    assert "Jo Head answered for" in client.get(f"/days/{token}").text
    assert award.ask().pence == 70_000
    assert {day.confirmed_words for day in award.bid.claims[0].days} == {"Jo Head"}


def test_days_left_out_wait_and_both_are_told_why(award: Award, token: str, session: Session) -> None:
    (ask,) = asks(session)
    answer(award, token, ask.day_ids[0], reason="Not on the 7th")
    assert ask.state is DaysAskState.QUESTIONED
    assert award.ask().pence == 35_000
    told = session.query(Letter).filter(Letter.subject.contains("did not confirm all")).all()
    assert {letter.recipient for letter in told} == {"school", "officer"}
    assert all("Not on the 7th" in letter.body for letter in told)


def test_a_day_left_out_needs_a_reason_and_every_answer_a_name(
    award: Award, token: str, client: FlaskClient, session: Session
) -> None:
    (ask,) = asks(session)
    data = {"days": ask.day_ids[:1], "version": ask.version}
    page = client.post(f"/days/{token}", data=data)
    assert page.status_code == 422
    assert "Tick every day, or say what is wrong with the others" in page.text
    assert "Enter your full name" in page.text
    assert ask.state is DaysAskState.ASKED


def test_a_link_confirms_no_day_that_was_logged_after_its_letter(
    award: Award, token: str, session: Session
) -> None:
    later = award.log(date(2027, 1, 8), user=award.head)
    (ask,) = asks(session)
    answer(award, token, *ask.day_ids, later.id)
    assert later.confirmed_at is None


def test_a_second_click_is_answered_like_the_first_and_another_answer_refused(
    award: Award, token: str, session: Session
) -> None:
    (ask,) = asks(session)
    answer(award, token, *ask.day_ids)
    with pytest.raises(AlreadyTaken):
        answer(award, token, *ask.day_ids)
    with pytest.raises(Refused):
        answer(award, token, *ask.day_ids, name="Somebody Else")


def test_a_link_that_ended_or_was_never_sent_confirms_nothing(
    award: Award, token: str, client: FlaskClient, session: Session
) -> None:
    assert client.get("/days/unknown").status_code == 404
    with time_machine.travel(LATER + timedelta(days=61), tick=False):
        assert client.get(f"/days/{token}").status_code == 410
    (ask,) = asks(session)
    by = asking_days.asked_by(token)
    assert by is not None
    with pytest.raises(Refused, match="This link has ended"):
        asking_days.answer(
            by, ask.day_ids, signed_name="Jo", reason="", now=by.link.expires_at, version=ask.version
        )


def test_days_that_were_settled_meanwhile_are_not_asked_about(
    award: Award, token: str, client: FlaskClient, session: Session
) -> None:
    for entry in asking_days.days_of(asks(session)[0]):
        award.strike_out(entry, award.head)
    assert "These days no longer wait for" in client.get(f"/days/{token}").text
