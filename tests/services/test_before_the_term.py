"""An agreed order before its first day: both sides change it, or cancel it and nothing is charged."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.extensions import db
from fundflow.history import history_of
from fundflow.models.letter import Letter
from fundflow.models.service import ServiceOrder
from fundflow.rules.services import early_ends
from fundflow.services import queries
from fundflow.services.operations import orders as operations
from fundflow.services.operations.orders import Proposal
from fundflow.workflow.engine import Refused
from fundflow.workflow.order import OrderState as S
from tests.factories import NOW, TODAY
from tests.services.test_orders import APRIL, agree, draft, letters_of, place
from tests.services.test_pages import SignIn, read

CANCEL = Proposal("The pupils moved.", ends_on=date(2027, 3, 31))


@pytest.fixture
def agreed(area: SimpleNamespace) -> ServiceOrder:
    """For three years from 1 April 2027."""
    order = place(area, draft(area))
    agree(order, area.officer)
    return order


def propose(order: ServiceOrder, proposal: Proposal, user: object, now: datetime = NOW) -> None:
    operations.propose_change(order, proposal, user=user, now=now, version=None)  # type: ignore[arg-type]


@pytest.mark.both_databases
def test_both_sides_cancel_before_the_term_and_nothing_is_charged(
    area: SimpleNamespace, agreed: ServiceOrder
) -> None:
    assert early_ends(agreed, TODAY)[0] == date(2027, 3, 31)
    assert len(queries.charges_in(2027, area.finance, NOW)) == 1
    propose(agreed, CANCEL, area.head)
    assert agreed.proposal_words == (
        "The order is cancelled before its term begins on 1 April 2027. Nothing is charged."
    )
    with pytest.raises(Refused, match="You proposed this"):
        operations.call_off(agreed, user=area.head, now=NOW, version=None)
    with pytest.raises(Refused, match="Agree to that instead"):
        operations.accept_change(agreed, user=area.officer, now=NOW, version=None)
    operations.call_off(agreed, user=area.officer, now=NOW, version=None)
    assert (agreed.state, agreed.proposed_at) == (S.CANCELLED, None)
    assert agreed.closed_reason == "Both sides agreed. The pupils moved."
    assert queries.charges_in(2027, area.finance, NOW) == []
    assert ("school", area.head.email) in letters_of("the order is cancelled")
    assert take_timed_steps(APRIL) == 0


def test_one_side_alone_cancels_nothing(area: SimpleNamespace, agreed: ServiceOrder) -> None:
    propose(agreed, Proposal("Two sites.", quantity=2), area.head)
    with pytest.raises(Refused, match="Nobody proposes to cancel the order"):
        operations.call_off(agreed, user=area.officer, now=NOW, version=None)
    operations.take_back_change(agreed, user=area.head, now=NOW, version=None)
    propose(agreed, CANCEL, area.officer)
    operations.refuse_change(agreed, reason="We need it.", user=area.head, now=NOW, version=None)
    assert (agreed.state, agreed.proposed_at) == (S.AGREED, None)


def test_a_new_quantity_counts_from_the_first_day(area: SimpleNamespace, agreed: ServiceOrder) -> None:
    propose(agreed, Proposal("Two sites.", quantity=2), area.head)
    assert agreed.proposal_words == "From 1 April 2027 the quantity is 2, not 1."
    operations.accept_change(agreed, user=area.officer, now=NOW, version=None)
    assert [year.quantity for year in agreed.each_year] == [2, 2, 2]
    propose(agreed, Proposal("Less money.", ends_on=date(2028, 3, 31)), area.head)
    operations.accept_change(agreed, user=area.officer, now=NOW, version=None)
    assert (agreed.state, agreed.net_pence) == (S.AGREED, 120_000)


@pytest.mark.parametrize("proposal", [CANCEL, Proposal("Two sites.", quantity=2)])
def test_what_nobody_answered_before_the_term_lapses_as_it_begins(
    area: SimpleNamespace, agreed: ServiceOrder, proposal: Proposal
) -> None:
    propose(agreed, proposal, area.head)
    words = agreed.proposal_words
    with pytest.raises(Refused, match="which has passed"):
        operations.call_off(agreed, user=area.officer, now=APRIL, version=None) if (
            proposal.ends_on
        ) else operations.accept_change(agreed, user=area.officer, now=APRIL, version=None)
    take_timed_steps(APRIL)
    assert (agreed.state, agreed.proposed_at) == (S.IN_TERM, None)
    assert history_of(agreed)[0].given["lapsed"] == words
    begun = select(Letter.body).where(Letter.subject.contains("the term has begun"))
    assert all("Nobody answered it before the term began" in body for body in db.session.scalars(begun))


def test_a_proposal_for_a_later_year_still_waits_once_the_term_begins(
    area: SimpleNamespace, agreed: ServiceOrder
) -> None:
    propose(agreed, Proposal("Less money.", ends_on=date(2028, 3, 31)), area.head)
    take_timed_steps(APRIL)
    assert (agreed.state, agreed.proposed_ends_on) == (S.IN_TERM, date(2028, 3, 31))
    operations.accept_change(agreed, user=area.officer, now=APRIL, version=None)
    assert agreed.ends_on == date(2028, 3, 31)


def test_the_page_of_a_proposal_says_what_can_change_before_the_term(
    area: SimpleNamespace, agreed: ServiceOrder, sign_in: SignIn, time_machine: Any
) -> None:
    page = read(sign_in(area.head), f"{agreed.path}/steps/propose-change")
    assert "Another quantity from 1 April 2027" in page
    assert "Cancel it before its term begins: nothing is charged" in page
    take_timed_steps(APRIL)
    time_machine.move_to(APRIL, tick=False)
    assert "Cancel it before" not in read(sign_in(area.head), f"{agreed.path}/steps/propose-change")
