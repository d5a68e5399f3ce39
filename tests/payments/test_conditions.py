"""Payments wait for conditions of the award that were due (docs/rules.md, "Claims and payment")."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.condition import AwardCondition
from fundflow.models.person import User
from fundflow.payments import operations
from fundflow.rules.claims import why_condition_unmet
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.condition import ConditionState
from fundflow.workflow.engine import Refused
from tests.payments.conftest import LATER, Award

TODAY = LATER.date()
SENTENCE = "The condition “Share the plan” was due on 20 January 2027 and is not met."


def condition(award: Award, due_on: date = TODAY, **values: object) -> AwardCondition:
    return award.make.condition(award.bid, due_on=due_on, **values)


@pytest.mark.parametrize("state", [ConditionState.OUTSTANDING, ConditionState.REPORTED])
def test_a_claim_is_not_checked_while_a_condition_that_was_due_is_not_met(
    award: Award, state: ConditionState
) -> None:
    condition(award, state=state)
    claim = award.sent()
    with pytest.raises(Refused, match=SENTENCE):
        operations.certify(claim, user=award.officer, now=LATER, version=claim.version)
    assert claim.state is ClaimState.SUBMITTED


def test_a_checked_claim_is_not_paid_once_a_condition_falls_due(award: Award) -> None:
    claim = award.certified()
    late = condition(award)
    with pytest.raises(Refused, match=SENTENCE):
        award.pay(claim)
    award.make.session.rollback()
    assert claim.state is ClaimState.CERTIFIED
    late = condition(award, state=ConditionState.DISCHARGED)
    award.pay(claim)
    assert (claim.state, late.is_open) == (ClaimState.PAID, False)


def test_an_advance_waits_too(award: Award) -> None:
    claim = award.advance(300_000)
    condition(award)
    with pytest.raises(Refused, match=SENTENCE):
        operations.certify(claim, user=award.officer, now=LATER, version=claim.version)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (1, ConditionState.OUTSTANDING),
        (0, ConditionState.DISCHARGED),
        (0, ConditionState.WAIVED),
    ],
)
def test_a_condition_due_later_met_or_let_go_holds_nothing_up(
    award: Award, days: int, state: ConditionState
) -> None:
    condition(award, TODAY + timedelta(days=days), state=state)
    claim = award.certified()
    award.pay(claim)
    assert claim.state is ClaimState.PAID


def test_a_condition_of_a_decision_that_was_corrected_holds_nothing_up(award: Award) -> None:
    condition(award).decision.undone_at = LATER
    claim = award.certified()
    assert claim.state is ClaimState.CERTIFIED


def test_the_first_condition_to_fall_due_is_named(award: Award) -> None:
    condition(award)
    condition(award, TODAY - timedelta(days=9), text="Name a lead.")
    assert why_condition_unmet(award.sent().bid, TODAY) == (
        "The condition “Name a lead” was due on 11 January 2027 and is not met."
    )


def test_the_claims_page_says_what_payment_waits_for(
    award: Award, sign_in: Callable[[User | None], FlaskClient], time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    condition(award)
    claim = award.sent()
    for person in (award.head, award.officer):
        shown = sign_in(person).get(f"/bids/{award.bid.reference}/claims/{claim.id}").text
        assert SENTENCE in shown
        assert f"/bids/{award.bid.reference}/conditions" in shown
