"""A clock that jumped does nothing by date until an administrator says that it is right."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from fundflow.clock import tick
from fundflow.clock_jump import confirm_clock, jumped_since, last_tick
from fundflow.impact.operations import go_on_delivering
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def seven_days(app: Flask) -> Any:
    names = ("CLOCK_JUMP_DAYS", "CLOCK_BACK_MINUTES")
    before = {name: app.config[name] for name in names}
    app.config.update(CLOCK_JUMP_DAYS=7, CLOCK_BACK_MINUTES=60)
    yield
    app.config.update(before)


def test_a_clock_a_year_ahead_lapses_no_offer_and_moves_no_bid(make: Make) -> None:
    make.staff(RoleName.ADMINISTRATOR)
    offered, delivering = make.bid(state=S.OFFERED), make.bid(state=S.IN_DELIVERY)
    make.session.commit()
    tick(NOW)
    for minute in range(3):
        assert tick(NOW + YEAR + timedelta(minutes=minute)) == 0
    assert (offered.state, delivering.state) == (S.OFFERED, S.IN_DELIVERY)
    letters = make.session.scalars(select(Letter)).all()
    assert [letter.subject for letter in letters] == [
        "Reminders and deadlines have stopped: is the server’s clock right?"
    ]
    tick(NOW + timedelta(minutes=5))  # put right again
    assert jumped_since(NOW + timedelta(minutes=6)) is None


@pytest.mark.parametrize(
    ("leap", "stops"),
    [
        (timedelta(days=7), False),
        (timedelta(days=7, minutes=1), True),
        (timedelta(minutes=-59), False),
        (timedelta(hours=-2), True),
    ],
)
def test_how_far_the_clock_may_leap(make: Make, leap: timedelta, stops: bool) -> None:
    tick(NOW)
    assert (jumped_since(NOW + leap) is not None) is stops


def test_timed_steps_go_on_once_an_administrator_confirms_the_clock(make: Make) -> None:
    administrator, officer = make.staff(RoleName.ADMINISTRATOR), make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.OFFERED)
    make.session.commit()
    tick(NOW)
    later = NOW + timedelta(days=60)
    with pytest.raises(Refused, match="Only an administrator of every fund"):
        confirm_clock(user=officer, now=later)
    confirm_clock(user=administrator, now=later)
    assert last_tick() == later
    tick(later + timedelta(minutes=1))
    assert bid.state is S.NOT_TAKEN_UP
    entry = make.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "confirm_clock")).one()
    assert entry.user_id == administrator.id
    with pytest.raises(Refused, match="has not jumped"):
        confirm_clock(user=administrator, now=later)


def test_what_the_clock_ended_too_early_goes_on(make: Make) -> None:
    """A clock six days fast ended the support; its planned end is still to come."""
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.IN_MONITORING, officer=officer)
    make.session.commit()
    assert bid.end_on is not None
    assert bid.report is not None
    go_on_delivering(bid, reason="The clock was fast.", user=officer, now=NOW, version=None)
    assert bid.state is S.IN_DELIVERY
    assert bid.report.due_on > bid.end_on
    told = make.session.scalars(
        select(Letter.recipient).where(Letter.subject.contains("the support goes on"))
    )
    assert {"school", "provider"} <= set(told)


def test_support_does_not_go_on_after_its_planned_end(make: Make) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.IN_MONITORING, officer=officer)
    assert bid.end_on is not None
    after = NOW + (bid.end_on - NOW.date()) + timedelta(days=1)
    with pytest.raises(Refused, match="The support was to end on"):
        go_on_delivering(bid, reason="Late.", user=officer, now=after, version=None)


def test_an_administrator_confirms_the_clock_on_my_work(app: Flask, make: Make, sign_in: Any) -> None:
    administrator = make.staff(RoleName.ADMINISTRATOR)
    make.session.commit()
    with time_machine.travel(NOW, tick=False):
        client = sign_in(administrator)
        tick(NOW)
        assert "Nothing is done by date" not in client.get("/work").text
        assert "The clock has not jumped." in client.get("/work/clock").text
    later = NOW + timedelta(days=8)
    with time_machine.travel(later, tick=False):
        client = sign_in(administrator)
        assert "Nothing is done by date since 18 November" in client.get("/work").text
        assert "The clock is right: go on" in client.get("/work/clock").text
        assert client.post("/work/clock").status_code == 302
        assert "Nothing is done by date" not in client.get("/work").text
    assert last_tick() == later
