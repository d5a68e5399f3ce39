"""Complaints about personal data: anybody makes one, it is acknowledged in time, and answered by letter."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.clock.reminder_letters import write_reminders
from fundflow.extensions import db
from fundflow.models.data_protection import DataComplaint
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.personal.complaints import answer, complain
from fundflow.steps import take_and_commit
from fundflow.workflow.data_complaint import ComplaintState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]
SAID = {"name": "Una Reed", "email": "una@example.org", "text": "My address was shown."}


class World:
    def __init__(self, make: Make) -> None:
        self.fund = make.fund()
        self.admin, self.auditor = make.staff(R.ADMINISTRATOR), make.staff(R.AUDITOR)
        self.made = complain(**SAID, network="192.0.2.1", now=NOW)


world = scene(World)


def _letters(email: str) -> list[Letter]:
    return list(db.session.scalars(select(Letter).where(Letter.email == email).order_by(Letter.id)))


@pytest.mark.both_databases
def test_it_is_received_acknowledged_and_answered_by_letters(world: World) -> None:
    (told,) = _letters(world.admin.email)
    assert told.subject == f"Data complaint DP-{world.made.id}: say that we have it by 18 December"
    take_and_commit(world.made, "acknowledge", user=world.admin, now=NOW)
    answer(world.made, step="answer", answer="We took it out.", user=world.admin, now=NOW)
    answer(world.made, step="answer_again", answer="And told others.", user=world.admin, now=NOW)
    letters = _letters("una@example.org")
    assert len(letters) == 3
    assert all("ico.org.uk" in letter.body for letter in letters)
    assert "We took it out." in letters[1].body
    assert "And told others." in letters[2].body
    assert world.made.state is S.ANSWERED


def test_nobody_answers_their_own_and_auditors_none(world: World) -> None:
    world.made.email = world.admin.email
    with pytest.raises(Refused, match="your own complaint"):
        take_and_commit(world.made, "acknowledge", user=world.admin, now=NOW)
    with pytest.raises(Refused, match="an administrator"):
        take_and_commit(world.made, "acknowledge", user=world.auditor, now=NOW)


@pytest.mark.parametrize(("days", "letters"), [(10, 0), (19, 1), (28, 1), (33, 1)])
def test_administrators_are_reminded_until_it_is_acknowledged(world: World, days: int, letters: int) -> None:
    later = NOW + timedelta(days=days)
    assert write_reminders(later) == letters
    assert write_reminders(later) == 0
    take_and_commit(world.made, "acknowledge", user=world.admin, now=later)
    assert write_reminders(later + timedelta(days=20)) == 0


def test_anybody_sends_one_from_the_page(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client = sign_in(None)
    answered = client.post("/privacy/complain", data=SAID, follow_redirects=True)
    assert "We have your complaint" in answered.text
    made = db.session.scalars(select(DataComplaint).order_by(DataComplaint.id.desc())).first()
    assert made
    assert made.reference in answered.text
    assert SAID["text"] in sign_in(world.auditor).get(made.path).text
    assert "Una Reed" in sign_in(world.admin).get("/data-protection").text
    signed_in = sign_in(world.auditor).get("/privacy/complain").text
    assert world.auditor.email in signed_in


def test_more_than_a_day_takes_from_all_are_told_how_else_to_complain(
    app: Flask, world: World, sign_in: SignIn, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one of the scene is the first of the day; those that one sender is refused count for nobody."""
    monkeypatch.setitem(app.config, "COMPLAINTS_PER_DAY", 7)
    world.fund.data_protection_contact = "The data protection officer, County Hall, Brackenford"
    world.fund.contact_email, world.fund.contact_phone = "fund@council.example", "01632 960 123"
    db.session.commit()
    time_machine.move_to(NOW + timedelta(hours=2), tick=False)
    client = sign_in(None)
    for _ in range(9):
        client.post("/privacy/complain", data=SAID)

    def other(number: int) -> Any:
        return client.post("/privacy/complain", data={**SAID, "email": f"other-{number}@example.org"})

    assert other(1).status_code == 302
    answer = other(2)
    assert answer.status_code == 429
    text = " ".join(answer.text.split())
    for words in (
        "Your complaint was not sent",
        "County Hall, Brackenford",
        "fund@council.example",
        "telephone 01632 960 123",
        "ico.org.uk",
        SAID["text"],
    ):
        assert words in text
    assert db.session.scalar(select(func.count()).select_from(DataComplaint)) == 7
    time_machine.move_to(NOW + timedelta(hours=27), tick=False)
    assert other(3).status_code == 302


def test_many_from_one_address_are_refused(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW + timedelta(hours=2), tick=False)
    client = sign_in(None)
    answers = [client.post("/privacy/complain", data=SAID).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
