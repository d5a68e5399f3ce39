"""Once a night everything is looked at, and administrators read what was found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from fundflow.checking.nightly import KEEP_NIGHTS, check_by_night, last_look
from fundflow.models.chain import Seal
from fundflow.models.ledger_entry import LineBalance
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.night_check import NightCheck
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from tests.factories import NOW, Make

SignIn = Callable[..., Any]
NIGHT = NOW.replace(hour=2)


def test_everything_is_looked_at_once_a_night(app: Flask) -> None:
    assert check_by_night(NIGHT - timedelta(hours=1)) == 0
    assert check_by_night(NIGHT) == 1
    assert check_by_night(NIGHT + timedelta(hours=8)) == 0
    look = last_look()
    assert look is not None
    assert (look.night, look.count, look.found) == (NIGHT.date(), 0, [])
    assert check_by_night(NIGHT + timedelta(days=1)) == 1


def test_old_nights_are_forgotten(make: Make) -> None:
    check_by_night(NIGHT - KEEP_NIGHTS - timedelta(days=1))
    check_by_night(NIGHT)
    assert make.session.scalars(select(NightCheck.night)).all() == [NIGHT.date()]


def test_administrators_read_what_is_wrong(make: Make, sign_in: SignIn) -> None:
    make.bid(state=BidState.IN_DELIVERY)
    administrator, officer = make.staff(RoleName.ADMINISTRATOR), make.staff(RoleName.OFFICER)
    make.session.commit()
    client = sign_in(administrator)
    assert "The service has not looked at the data yet." in client.get("/work/checks").text
    make.session.execute(update(LineBalance).values(pence=1))
    make.session.commit()
    check_by_night(NIGHT)
    count = last_look().count  # type: ignore[union-attr]
    assert count
    assert f"{count} things are wrong with the data" in client.get("/work").text
    assert "is £0.01, and its entries come to" in client.get("/work/checks").text
    client = sign_in(officer)
    assert "wrong with the data" not in client.get("/work").text
    assert client.get("/work/checks").status_code == 403


def seal_letters(make: Make) -> list[Letter]:
    return list(make.session.scalars(select(Letter).where(Letter.key.like("seal:%")).order_by(Letter.id)))


def test_each_auditor_gets_the_newest_seal_once_a_week(make: Make) -> None:
    administrator = make.staff(RoleName.ADMINISTRATOR)
    make.session.commit()
    check_by_night(NIGHT)
    (letter,) = seal_letters(make)  # nobody is an auditor yet
    assert letter.user_id == administrator.id
    auditor = make.staff(RoleName.AUDITOR)
    make.session.commit()
    for days in (7, 8, 13, 14):
        check_by_night(NIGHT - timedelta(days=NIGHT.weekday()) + timedelta(days=days))
    assert {(letter.user_id, letter.status) for letter in seal_letters(make)[1:]} == {
        (auditor.id, LetterStatus.QUEUED)  # at once, not as a line of a digest
    }
    assert len(seal_letters(make)) == 3
    sealed = {seal.hash: seal.day for seal in make.session.scalars(select(Seal))}
    for letter in seal_letters(make):
        (known,) = (one for one in sealed if one in letter.body)
        assert day_words(sealed[known]) in letter.subject
        assert f"--seal {known}" in letter.body
