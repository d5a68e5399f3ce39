"""“What you can do now” on a bid: all that My work says of it, and one green button, the expected one."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import true

from fundflow.desk import work
from fundflow.desk.work import SOURCES, Source
from fundflow.models.person import RoleName, User
from fundflow.web.access import SIGNED_IN
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import APPLICATION
from fundflow.workflow.application import BidState as S
from fundflow.workflow.processes import PROCESSES
from tests.factories import NOW, Make

SignIn = Callable[..., Any]
LINE = re.compile(r'<div class="ff-steps__step">(.*?)</div>', re.DOTALL)
STEPS = {row.name: row for row in APPLICATION.steps}


@pytest.fixture(autouse=True)
def clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def lines(page: str) -> list[tuple[str, str]]:
    """(what the button or its waiting text says, its colour) of each line."""
    return [(_said(line), _colour(line)) for line in LINE.findall(page)]


def _said(line: str) -> str:
    found = re.search(r"<(a|span) [^>]*>(.*?)</\1>", line, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", "", found[2])).strip()


def _colour(line: str) -> str:
    if "ff-steps__waits" in line:
        return "waits"
    return "grey" if "govuk-button--secondary" in line else "green"


def _all_roles(make: Make) -> User:
    user = make.staff(RoleName.OFFICER)
    for role in set(RoleName) - {RoleName.OFFICER, RoleName.AUDITOR}:
        make.role(user, role)
    return user


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.what)
def test_what_my_work_says_of_a_bid_stands_first_on_its_page(
    make: Make, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, source: Source
) -> None:
    states = [row.sources[0] for row in STEPS.values() if row.name in source.does]
    bid = make.bid(state=states[0] if states else S.IN_DELIVERY)
    make.session.commit()
    monkeypatch.setattr(work, "SOURCES", (source._replace(rule=SIGNED_IN, when=lambda _user, _now: true()),))
    reader = bid.created_by if bid.state is S.DRAFT else _all_roles(make)
    shown = lines(sign_in(reader).get(f"/bids/{bid.reference}").text)
    said = {source.what, *(STEPS[name].button for name in source.does if name in STEPS)}
    first, colour = shown[0]
    assert first in said
    by_step = next((row for row in STEPS.values() if row.button == first), None)
    assert colour == ("grey" if by_step and (by_step.warning or by_step.sidestep) else "green")
    assert [c for _, c in shown[1:] if c == "green"] == [] or colour == "grey"


def test_what_does_it_is_a_step_or_a_page(app: Flask) -> None:
    names = {name for source in SOURCES for name in source.does}
    assert names - set(STEPS) - set(app.view_functions) == set()
    for source in SOURCES:
        assert source.path or source.does, source.what


@pytest.mark.parametrize("state", S)
def test_one_button_is_green_and_never_a_way_out(make: Make, sign_in: SignIn, state: S) -> None:
    bid = make.bid(state=state)
    people = [bid.created_by, make.member(bid.providers[0]), *(make.staff(role) for role in RoleName)]
    make.session.commit()
    for user in people:
        page = sign_in(user).get(f"/bids/{bid.reference}").text
        green = [text for text, colour in lines(page) if colour == "green"]
        assert len(green) <= 1
        assert not set(green) & {"Ask to stop the funding", "Reinstate the bid", "Take back from the panel"}
        assert not set(green) & {row.button for row in APPLICATION.steps if row.warning or row.sidestep}


def test_every_process_has_a_way_on_that_is_green() -> None:
    """A table of which every step were a way out would have no green button at all."""
    for workflow in PROCESSES.values():
        people = [row for row in workflow.steps if set(row.by) - {Actor.CLOCK}]
        assert any(not (row.warning or row.sidestep) for row in people), workflow.name
