"""An order from the draft to its end; the table in `workflow/order.py` says who takes which step."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.service import OrderYear, Service, ServiceOrder
from fundflow.rules.services import early_ends, last_day, next_first_day, why_not_order, years_from
from fundflow.steps import lock, lock_row, note, require_step, take_and_commit, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.order import OrderState
from fundflow.workflow.working_days import london_date


class Wanted(NamedTuple):
    """How much of a service a school wants a year, and for how many years."""

    quantity: int
    years: int


def save_draft(
    service: Service, school: School, wanted: Wanted, *, user: User, now: datetime
) -> ServiceOrder:
    """A draft of this school, or the same one that somebody of the school saved before. Raises Refused."""
    _require_ours(user, school, now)
    lock_row(service)
    refuse_if(why_not_order(service, school, london_date(now)))
    for known in db.session.scalars(
        select(ServiceOrder).where(
            ServiceOrder.service_id == service.id,
            ServiceOrder.school_id == school.id,
            ServiceOrder.state == OrderState.DRAFT,
        )
    ):
        if known.years == wanted.years and known.each_year[0].quantity == wanted.quantity:
            return known
    order = ServiceOrder(
        fund_id=service.fund_id, service=service, school=school, asked_at=now, asked_by=user, state_since=now
    )
    _write(order, wanted, now)
    db.session.add(order)
    db.session.flush()
    note(order, "draft", "Saved a draft", user=user, now=now)
    db.session.commit()
    return order


def change_draft(
    order: ServiceOrder, wanted: Wanted, *, user: User, now: datetime, version: int | None
) -> None:
    """Change how much and how long, at what the catalogue says today."""
    lock(order, version, step="change_draft", user=user)
    _require_ours(user, order.school, now)
    if order.state is not OrderState.DRAFT:
        raise Refused("This order is no longer a draft, so it can’t be changed here.")
    refuse_if(why_not_order(order.service, order.school, london_date(now)))
    _write(order, wanted, now)
    note(order, "change_draft", "Changed the draft", user=user, now=now, version=version)
    db.session.commit()


def _require_ours(user: User, school: School, now: datetime) -> None:
    if school.id not in user.school_ids(london_date(now)):
        raise Refused("You can order only for a school that you belong to.")


def _write(order: ServiceOrder, wanted: Wanted, now: datetime) -> None:
    service, today = order.service, london_date(now)
    if wanted.years not in service.terms:
        raise Refused("This service is not offered for so many years.")
    first = next_first_day(order.school, today)
    order.years, order.begins_on, order.ends_on = wanted.years, first, last_day(first, wanted.years)
    order.name, order.unit = service.name, service.unit
    order.unit_pence, order.vat_code = service.price_pence, service.vat_code
    days, kept = years_from(first, wanted.years), {year.begins_on: year for year in order.each_year}
    order.each_year = [kept.get(day) or OrderYear(begins_on=day) for day in days]
    for year in order.each_year:
        year.quantity = wanted.quantity


def place(
    order: ServiceOrder,
    *,
    order_number: str,
    authorised: bool,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """The head commits the school's money."""
    lock_row(order.service)  # of two orders of one service at once, the second sees the first
    take_step(
        order,
        "place",
        user=user,
        now=now,
        version=version,
        given={"order_number": order_number, "authorised": authorised},
        also={"order_number": order_number, "placed_at": now, "placed_by": user},
    )
    db.session.commit()


def agree(order: ServiceOrder, *, user: User, now: datetime, version: int | None) -> None:
    """The provider binds itself; from then on the order changes only by agreement."""
    lock_row(order.service)  # as in `place`
    take_and_commit(order, "agree", user=user, now=now, version=version)


def close(
    order: ServiceOrder, name: str, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Decline or cancel it."""
    take_step(
        order,
        name,
        user=user,
        now=now,
        version=version,
        given={"reason": reason},
        also={"closed_reason": reason},
    )
    db.session.commit()


class Proposal(NamedTuple):
    """A change of the quantity from the next year on, or an end on the last day of a year; one of them."""

    why: str
    quantity: int | None = None
    ends_on: date | None = None


def propose_change(
    order: ServiceOrder, proposal: Proposal, *, user: User, now: datetime, version: int | None
) -> None:
    """One side proposes; nothing changes before the other agrees."""
    lock(order, version, step="propose_change", user=user)
    require_step(order, "propose_change", user, now)
    if proposal.ends_on and proposal.ends_on not in early_ends(order, london_date(now)):
        raise Refused("An order ends early only on the last day of a year. There is no refund in mid-year.")
    next_year = next(y for y in order.charged_years if y.begins_on > london_date(now))
    if proposal.quantity == next_year.quantity:
        raise Refused(f"The quantity is {proposal.quantity} already.")
    take_step(
        order,
        "propose_change",
        user=user,
        now=now,
        version=version,
        given={"what": "end" if proposal.ends_on else "quantity", **proposal._asdict()},
        also={
            "proposed_at": now,
            "proposed_by_school": order.is_of(user, now),
            "proposed_quantity": proposal.quantity,
            "proposed_ends_on": proposal.ends_on,
            "proposed_why": proposal.why,
        },
        locked=True,
    )
    db.session.commit()


def accept_change(order: ServiceOrder, *, user: User, now: datetime, version: int | None) -> None:
    """The order changes as the other side proposed."""
    lock(order, version, step="accept_change", user=user)
    require_step(order, "accept_change", user, now)
    day, words = order.change_on, order.proposal_words
    for year in order.each_year:
        if order.proposed_quantity and day and year.begins_on >= day:
            year.quantity = order.proposed_quantity
    order.ends_on = order.proposed_ends_on or order.ends_on
    _settle(order, "accept_change", words, user=user, now=now, version=version)


def call_off(order: ServiceOrder, *, user: User, now: datetime, version: int | None) -> None:
    """Both sides cancel an agreed order before its term begins: nothing is charged."""
    lock(order, version, step="call_off", user=user)
    require_step(order, "call_off", user, now)
    order.closed_reason = f"Both sides agreed. {order.proposed_why}"
    _settle(order, "call_off", order.proposal_words, user=user, now=now, version=version)


def refuse_change(
    order: ServiceOrder, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    lock(order, version, step="refuse_change", user=user)
    _settle(order, "refuse_change", order.proposal_words, reason=reason, user=user, now=now, version=version)


def take_back_change(order: ServiceOrder, *, user: User, now: datetime, version: int | None) -> None:
    lock(order, version, step="take_back_change", user=user)
    _settle(order, "take_back_change", order.proposal_words, user=user, now=now, version=version)


NO_PROPOSAL = {
    "proposed_at": None,
    "proposed_by_school": None,
    "proposed_quantity": None,
    "proposed_ends_on": None,
    "proposed_why": "",
}


def _settle(
    order: ServiceOrder,
    name: str,
    words: str,
    *,
    user: User,
    now: datetime,
    version: int | None,
    reason: str = "",
) -> None:
    """Take the step that ends a proposal; its words are kept with the step."""
    take_step(
        order,
        name,
        user=user,
        now=now,
        version=version,
        given={"proposal": words, **({"reason": reason} if reason else {})},
        also=NO_PROPOSAL,
        locked=True,
    )
    db.session.commit()


def begin(order: ServiceOrder, now: datetime) -> int:
    """The clock, on the first day; a proposal for before that day lapses. Never commits."""
    lock(order, None)
    late = order.change_on is not None and order.change_on <= london_date(now)
    take_step(
        order,
        "begin",
        user=None,
        now=now,
        given={"lapsed": order.proposal_words} if late else {},
        also=NO_PROPOSAL if late else {},
        locked=True,
    )
    return 1


def end(order: ServiceOrder, now: datetime) -> int:
    """The clock, after the last day; a proposal that nobody answered ends too. Never commits."""
    take_step(order, "end", user=None, now=now, also=NO_PROPOSAL)
    return 1
