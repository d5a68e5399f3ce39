"""The table of a request for support, spelled out: tests made from the table can't see a wrong row."""

from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.rules.guards import support_request
from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Refused
from fundflow.workflow.interests import Bar, BarKind, Body
from fundflow.workflow.support_request import SUPPORT_REQUEST as TABLE
from fundflow.workflow.support_request import RequestState as S
from tests.workflow.fakes import ASK, NOW


@pytest.fixture(autouse=True)
def bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support_request, "bar_from_brokering", lambda request, *_: request.barred)


def request(state: Enum = S.ASKED, *, barred: Bar | None = None, asks: bool = False) -> Any:
    return SimpleNamespace(state=state, barred=barred, is_asked_by=lambda *_: asks)


def take(found: Any, step: str, actor: A, **given: str) -> None:
    TABLE.advance(found, step, actors={actor}, ask=ASK, given=given)


def test_a_request_is_proposed_a_school_and_becomes_a_bid() -> None:
    found = request()
    take(found, "propose", A.OFFICER, school="Oakfield", why="Near")
    take(found, "propose", A.OFFICER, school="Hazelmere", why="Nearer")
    assert found.state is S.PROPOSED
    take(found, "begin_draft", A.SCHOOL_TEAM)
    assert found.state is S.BECAME_BID


@pytest.mark.parametrize("actor", [A.SCHOOL_TEAM, A.OFFICER])
def test_either_side_may_start_a_bid_at_once_or_close_with_a_reason(actor: A) -> None:
    found = request()
    take(found, "begin_draft", actor)
    closed = request()
    with pytest.raises(Refused, match="reason"):
        take(closed, "close", actor)
    take(closed, "close", actor, reason="We found help.")
    assert (found.state, closed.state) == (S.BECAME_BID, S.CLOSED)


@pytest.mark.parametrize("state", [S.BECAME_BID, S.CLOSED])
def test_what_is_settled_stays_so(state: S) -> None:
    assert not TABLE.open_steps(request(state), actors=set(A), ask=ASK)


def test_a_barred_officer_brokers_nothing_but_the_school_goes_on_with_its_own_request() -> None:
    why = Bar(BarKind.SCHOOL, Body(1, "Oakfield"))
    for step in ("propose", "begin_draft", "close"):
        with pytest.raises(Refused, match="You can’t broker this: your school, Oakfield"):
            take(request(barred=why), step, A.OFFICER, school="x", why="x", reason="x")
    own = request(barred=why, asks=True)
    with pytest.raises(Refused, match="You can’t broker this"):
        take(own, "propose", A.OFFICER, school="x", why="x")
    take(own, "begin_draft", A.SCHOOL_TEAM)
    assert own.state is S.BECAME_BID


def test_only_an_officer_proposes() -> None:
    for actor in set(A) - {A.OFFICER}:
        assert TABLE.why_not(request(), "propose", actors={actor}, ask=Ask(NOW)) is not None
