"""Orders from the draft to the end: who takes which step, the letters, and what stands afterwards."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.clock.timed_steps import take_timed_steps
from fundflow.extensions import db
from fundflow.models.letter import Letter
from fundflow.models.service import ServiceOrder
from fundflow.services.operations import catalogue
from fundflow.services.operations import orders as operations
from fundflow.services.operations.orders import Proposal, Wanted
from fundflow.workflow.engine import Refused
from fundflow.workflow.order import OrderState as S
from tests.factories import NOW, Make

APRIL = datetime(2027, 4, 1, 7, 0, tzinfo=UTC)


def draft(area: SimpleNamespace, service: Any = None, **wanted: int) -> ServiceOrder:
    chosen = Wanted(**{"quantity": 1, "years": 3, **wanted})
    return operations.save_draft(service or area.governors, area.oak, chosen, user=area.team, now=NOW)


def place(area: SimpleNamespace, order: ServiceOrder, user: Any = None) -> ServiceOrder:
    operations.place(
        order, order_number="PO 1", authorised=True, user=user or area.head, now=NOW, version=None
    )
    return order


def agree(order: ServiceOrder, user: Any) -> None:
    operations.agree(order, user=user, now=NOW, version=None)


def letters_of(word: str) -> list[tuple[str, str]]:
    rows = db.session.execute(select(Letter.recipient, Letter.email).where(Letter.subject.contains(word)))
    return sorted((recipient, email) for recipient, email in rows)


def test_the_team_saves_a_draft_and_only_the_head_places_it(area: SimpleNamespace) -> None:
    order = draft(area)
    assert (order.begins_on, order.ends_on, order.net_pence) == (
        date(2027, 4, 1),
        date(2030, 3, 31),
        180_000,
    )
    assert draft(area).id == order.id  # a second click
    with pytest.raises(Refused, match="Only the head of the school that orders can do this"):
        place(area, order, area.team)
    with pytest.raises(Refused, match="Enter the authorised first"):
        operations.place(order, order_number="", authorised=False, user=area.head, now=NOW, version=None)
    place(area, order)
    assert (order.state, order.order_number, order.placed_by) == (S.PLACED, "PO 1", area.head)
    assert letters_of("placed") == [
        ("officer", area.officer.email),
        ("school", area.head.email),
    ]


def test_the_price_is_the_one_that_the_head_checked(area: SimpleNamespace) -> None:
    order = draft(area)
    area.governors.price_pence = 70_000
    with pytest.raises(Refused, match="The service has changed since this order was saved"):
        place(area, order)
    operations.change_draft(order, Wanted(2, 1), user=area.team, now=NOW, version=None)
    place(area, order)
    area.governors.price_pence = 90_000
    assert (order.unit_pence, order.net_pence, len(order.each_year)) == (70_000, 140_000, 1)


def test_a_school_s_service_is_agreed_by_its_head_and_by_nobody_else(area: SimpleNamespace) -> None:
    order = place(area, draft(area, area.outreach))
    assert ("service_provider", area.provider_head.email) in letters_of("has placed an order")
    for somebody in (area.officer, area.head, area.team, area.academy_head):
        with pytest.raises(Refused, match="Only the provider, and never for their own school, can do this"):
            agree(order, somebody)
    agree(order, area.provider_head)
    assert order.state is S.AGREED


def test_an_independent_provider_is_asked_by_email_and_an_officer_records_the_answer(
    area: SimpleNamespace,
) -> None:
    order = place(area, draft(area, area.clerking, years=1))
    letter = db.session.scalars(select(Letter).where(Letter.email == "orders@clerks.example")).one()
    assert letter.body.splitlines()[2:] == [
        "Oak Primary has placed an order with you.",
        "",
        "What is ordered",
        "  Oak Primary: 1 a year, 1 April 2027 to 31 March 2028",
        "  £333.33 a year, without VAT; £333.33 for the whole term",
        "",
        "Their purchase order number is PO 1.",
        "",
        "What you need to do",
        "Reply to this email. Say whether you agree to the order. The council records your answer.",
        *letter.body.splitlines()[12:],
    ]
    assert "/services/orders" not in letter.body
    operations.close(order, "decline", reason="No clerk is free.", user=area.officer, now=NOW, version=None)
    assert (order.state, order.closed_reason) == (S.DECLINED, "No clerk is free.")
    assert letters_of("declined") == [
        ("officer", area.officer.email),
        ("school", area.head.email),
        ("service_provider", "orders@clerks.example"),
    ]


def test_nobody_answers_for_their_own_school_or_trust(area: SimpleNamespace, make: Make) -> None:
    order = place(area, draft(area))
    make.belongs(area.officer, area.oak)
    with pytest.raises(Refused, match="never for their own school"):
        agree(order, area.officer)
    deputy, trust = make.staff(area.officer.roles[0].role), make.trust()
    area.oak.trust_id = area.willow.trust_id = trust.id
    make.belongs(deputy, area.willow)
    make.session.commit()
    with pytest.raises(Refused, match=r"You can’t answer for the provider: .* A colleague can"):
        agree(order, deputy)
    theirs = place(area, draft(area, area.outreach))
    agree(theirs, area.provider_head)  # schools of one trust may serve one another
    assert theirs.state is S.AGREED


def test_a_school_cancels_until_the_provider_agrees(area: SimpleNamespace) -> None:
    order = place(area, draft(area))
    with pytest.raises(Refused, match="The school cancels its own order"):
        operations.close(order, "cancel", reason="x", user=area.officer, now=NOW, version=None)
    operations.close(order, "cancel", reason="A mistake.", user=area.team, now=NOW, version=None)
    assert order.state is S.CANCELLED
    agreed = place(area, draft(area))
    agree(agreed, area.officer)
    with pytest.raises(Refused, match="This can no longer be done"):
        operations.close(agreed, "cancel", reason="x", user=area.head, now=NOW, version=None)


def test_withdrawing_a_service_cancels_what_nobody_has_agreed_to(area: SimpleNamespace) -> None:
    agreed = place(area, draft(area, quantity=2))
    agree(agreed, area.officer)
    chosen = Wanted(quantity=1, years=3)
    theirs = operations.save_draft(area.governors, area.ash, chosen, user=area.academy_head, now=NOW)
    waiting, saved = place(area, theirs, area.academy_head), draft(area, years=1)
    catalogue.withdraw_service(
        area.governors, reason="The team is too small.", user=area.officer, now=NOW, version=None
    )
    assert [agreed.state, waiting.state, saved.state] == [S.AGREED, S.CANCELLED, S.CANCELLED]
    assert waiting.closed_reason == "The service was withdrawn. The team is too small."
    with pytest.raises(Refused, match="This service is withdrawn"):
        draft(area, quantity=5)


def test_the_clock_begins_a_term_on_its_first_day_and_ends_it_after_its_last(
    area: SimpleNamespace, make: Make
) -> None:
    order = place(area, draft(area, years=1))
    agree(order, area.officer)
    other = make.fund()
    off = make.order(make.service(other), area.oak, S.AGREED, years=1)
    make.session.commit()
    assert take_timed_steps(datetime(2027, 3, 31, 22, 59, tzinfo=UTC)) == 0
    assert take_timed_steps(APRIL) == 1
    assert (order.state, off.state) == (S.IN_TERM, S.AGREED)  # the other fund offers no services
    assert take_timed_steps(datetime(2028, 3, 31, 12, 0, tzinfo=UTC)) == 0
    assert take_timed_steps(datetime(2028, 4, 1, 7, 0, tzinfo=UTC)) == 1
    assert order.state is S.ENDED


def test_a_draft_is_the_school_s_and_not_its_author_s(area: SimpleNamespace) -> None:
    chosen = Wanted(quantity=1, years=3)
    again = operations.save_draft(area.governors, area.oak, chosen, user=area.head, now=NOW)
    assert draft(area).id == again.id


@pytest.mark.both_databases
def test_one_service_is_not_ordered_twice_for_the_same_years(area: SimpleNamespace, make: Make) -> None:
    first, second = place(area, draft(area)), draft(area, quantity=2, years=1)
    refused = "Oak Primary ordered this service already: SO-{}, 1 April 2027 to 31 March 2030, now “{}”."
    for state in ("waiting for the provider", "agreed"):
        said = re.escape(refused.format(first.id, state) + " Cancel or change that order instead.")
        with pytest.raises(Refused, match=said):
            place(area, second)
        if first.state is S.PLACED:
            agree(first, area.officer)
    first.begins_on, first.ends_on = date(2024, 4, 1), date(2027, 3, 31)  # the years before
    place(area, second)
    first.ends_on = date(2028, 3, 31)
    make.session.flush()
    with pytest.raises(Refused, match=r"SO-.* Decline one of the two orders\."):
        operations.agree(second, user=area.officer, now=NOW, version=None)


@pytest.fixture
def running(area: SimpleNamespace) -> ServiceOrder:
    """In its first year, since 1 April 2027."""
    order = place(area, draft(area))
    agree(order, area.officer)
    take_timed_steps(APRIL)
    return order


def test_an_order_ends_early_where_both_sides_agree(area: SimpleNamespace, running: ServiceOrder) -> None:
    proposal = Proposal("We have our own adviser.", ends_on=date(2028, 3, 31))
    with pytest.raises(Refused, match=r"only on the last day of a year. There is no refund in mid-year"):
        operations.propose_change(
            running, Proposal("x", ends_on=date(2027, 12, 31)), user=area.head, now=APRIL, version=None
        )
    operations.propose_change(running, proposal, user=area.head, now=APRIL, version=None)
    assert running.ends_on == date(2030, 3, 31)
    with pytest.raises(Refused, match=r"You proposed this. The other side answers it"):
        operations.accept_change(running, user=area.head, now=APRIL, version=None)
    operations.accept_change(running, user=area.officer, now=APRIL, version=None)
    assert (running.ends_on, running.net_pence, running.proposed_at) == (date(2028, 3, 31), 60_000, None)
    assert [year.begins_on for year in running.charged_years] == [date(2027, 4, 1)]


def test_a_new_quantity_counts_from_the_next_year_on(area: SimpleNamespace, running: ServiceOrder) -> None:
    proposal = Proposal("Two sites.", quantity=2)
    operations.propose_change(running, proposal, user=area.officer, now=APRIL, version=None)
    assert running.proposal_words == "From 1 April 2028 the quantity is 2, not 1."
    with pytest.raises(Refused, match="A change is proposed already"):
        operations.propose_change(running, proposal, user=area.head, now=APRIL, version=None)
    operations.accept_change(running, user=area.head, now=APRIL, version=None)
    assert [year.quantity for year in running.each_year] == [1, 2, 2]


def test_a_proposal_is_refused_or_taken_back_or_comes_too_late(
    area: SimpleNamespace, running: ServiceOrder
) -> None:
    proposal = Proposal("Two sites.", quantity=2)
    operations.propose_change(running, proposal, user=area.head, now=APRIL, version=None)
    with pytest.raises(Refused, match="The other side proposed this"):
        operations.take_back_change(running, user=area.officer, now=APRIL, version=None)
    operations.refuse_change(running, reason="Too few of us.", user=area.officer, now=APRIL, version=None)
    operations.propose_change(running, proposal, user=area.head, now=APRIL, version=None)
    late = datetime(2028, 4, 1, 9, 0, tzinfo=UTC)
    with pytest.raises(Refused, match="It was to change on 1 April 2028, which has passed"):
        operations.accept_change(running, user=area.officer, now=late, version=None)
    operations.take_back_change(running, user=area.head, now=late, version=None)
    assert (running.proposed_at, [year.quantity for year in running.each_year]) == (None, [1, 1, 1])
