"""Who is paid for a school on a day, and why nobody is (docs/rules.md, "Who is paid")."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    String,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased, object_session

from fundflow.models.area import SCHOOL_TODAY
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.payee import Paid, Payee, Route
from fundflow.models.payment import OPEN_CLAIMS, Claim
from fundflow.models.person import User
from fundflow.models.school import CLOSED, School, SchoolKind, Trust, kind_value
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.interests import Bar
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.working_days import london_date

# What the form begins with; the two finance officers decide.
SUGGESTED = {
    SchoolKind.MAINTAINED: (Paid.SCHOOL, Route.JOURNAL),
    SchoolKind.ACADEMY: (Paid.TRUST, Route.BACS_TRUST),
    SchoolKind.OTHER: (Paid.SCHOOL, Route.SUPPLIER),
}
KIND_NOW = {
    SchoolKind.MAINTAINED: "is maintained by the local authority now",
    SchoolKind.ACADEMY: "is an academy now",
    SchoolKind.OTHER: "is neither maintained nor an academy now",
}


def suggested(school: School) -> tuple[Paid, Route, str]:
    """Who is usually paid for a school of this kind, by which route, and their name."""
    paid, route = SUGGESTED[school.kind]
    if paid is Paid.TRUST and school.trust is not None:
        return paid, route, school.trust.name
    return paid, route, "" if paid is Paid.TRUST else school.name


def trust_code(school: School) -> str:
    """The code of an academy's trust. Maintained schools have trusts too, which are never paid for them."""
    return school.trust.code if school.trust and school.kind is SchoolKind.ACADEMY else ""


def in_force(day: date, payee: type[Payee] = Payee) -> ColumnElement[bool]:
    """Whether a payee is the one that counts for its school on a day: of those that begin by then, the one
    confirmed last, unless it has ended. An older one does not come back when a newer ends."""
    newer = aliased(Payee)
    replaced = exists().where(
        newer.school_id == payee.school_id,
        newer.valid_from <= day,
        tuple_(newer.confirmed_at, newer.id) > tuple_(payee.confirmed_at, payee.id),
    )
    return and_(
        payee.confirmed_at.is_not(None),
        payee.valid_from <= day,
        or_(payee.ended_on.is_(None), payee.ended_on > day),
        ~replaced,
    )


def payee_on(school: School, day: date, *, locked: bool = False) -> Payee | None:
    """The confirmed record in force for a school on a day, whatever became of the school since.

    locked  nobody ends it before this transaction does
    """
    session = object_session(school)
    if session is None:
        return None
    query = select(Payee).where(Payee.school_id == school.id, in_force(day))
    if locked:
        query = query.with_for_update(of=Payee, key_share=True).execution_options(populate_existing=True)
    return session.scalar(query)


def why_no_payee(school: School, day: date) -> str | None:
    """None where the school's claims can be paid on a day, else the sentence that says why they wait."""
    if school.status_code == CLOSED:
        return why_closed(school)
    payee = payee_on(school, day)
    if payee is not None:
        return why_outdated(payee, school) or why_held(payee)
    if proposal_for(school):
        return f"Who is paid for {school.name} waits to be confirmed by a second finance officer."
    return f"Nobody has confirmed who is paid for {school.name}."


def why_closed(school: School) -> str:
    when = f" on {day_words(school.closed_on)}" if school.closed_on else ""
    return f"{school.name} closed{when}, and nothing is paid under its old URN: its successor needs a payee."


def why_outdated(payee: Payee, school: School) -> str | None:
    """Why a payee no longer fits what its school has become, as a sentence; None where it does."""
    if school.status_code == CLOSED:
        return why_closed(school)
    if payee.for_kind is not school.kind:
        return f"{school.name} {KIND_NOW[school.kind]}: it waits for a new payee."
    if payee.for_trust != trust_code(school):
        return f"{school.name} has changed its trust: it waits for a new payee."
    return None if payee.for_urn == school.urn else f"{school.name} has a new URN: it waits for a new payee."


def why_held(payee: Payee) -> str | None:
    """Why nothing is paid this way meanwhile, as sentences."""
    if payee.hold_since is None:
        return None
    since = day_words(london_date(payee.hold_since))
    return f"Payments to {payee.name} have been held since {since}. {payee.hold_reason}"


def payable(day: date) -> ColumnElement[bool]:
    """`why_no_payee` as a condition on School: whether its claims can be paid on a day."""
    code = select(Trust.code).where(Trust.id == School.trust_id).correlate(School).scalar_subquery()
    kind = kind_value()
    payee = aliased(Payee)
    fits = exists().where(
        payee.school_id == School.id,
        in_force(day, payee),
        type_coerce(payee.for_kind, String) == kind,
        payee.for_trust == case((kind == SchoolKind.ACADEMY.value, func.coalesce(code, "")), else_=""),
        payee.for_urn == School.urn,
        payee.hold_since.is_(None),
    )
    return and_(School.status_code != CLOSED, fits)


def _newest_award(its: Any) -> Any:
    """The id of the award in force of a bid, which is an alias of Bid."""
    newest = select(Award.id).where(Award.bid_id == its.id).order_by(Award.number.desc()).limit(1)
    return newest.correlate(its).scalar_subquery()


def _to_pay(which: Callable[[Any], ColumnElement[bool]] | None = None) -> CTE:
    """Bids with the schools that are paid on them: support is under way, or a claim is open.

    which  of which bids, as a condition on an alias of Bid; None: of all
    """
    its = aliased(Bid)
    here = true() if which is None else which(its)
    under_way = (
        select(its.id.label("bid_id"), SCHOOL_TODAY.label("school_id"))
        .select_from(its)
        .join(AwardLine, AwardLine.award_id == _newest_award(its))
        .join(School, School.id == AwardLine.payee_id)
        .where(its.state == BidState.IN_DELIVERY, here)
    )
    claimed = [
        select(Claim.bid_id, Claim.school_id)
        .join(its, its.id == Claim.bid_id)
        .where(Claim.state == state, here)
        for state in OPEN_CLAIMS
    ]
    return union_all(under_way, *claimed).cte()


def award_waits(day: date, which: Callable[[Any], ColumnElement[bool]] | None = None) -> ColumnElement[bool]:
    """Whether a bid's award needs a payee on a day and has none; `which` as for `_to_pay`.

    Of few bids, each of their schools is looked at once. Of all bids, the schools come first to which
    anything was ever to be paid, and only the awards of those that can't be paid now.
    """
    if which is None:
        return Bid.id.in_(_awards_of(day))
    found = _to_pay(which)
    schools = select(School.id).where(School.id.in_(select(found.c.school_id)), ~payable(day))
    waits = select(found.c.bid_id).where(found.c.school_id.in_(schools.correlate(None)))
    return Bid.id.in_(waits.correlate(None))  # begins with these few bids; each school is looked at once


def _awards_of(day: date) -> Any:
    """The bids of `_to_pay` that wait for a payee on a day, found from the schools."""
    its = aliased(Bid)
    named = union_all(select(AwardLine.payee_id).distinct(), select(Claim.school_id).distinct())
    ever = select(School.id, SCHOOL_TODAY.label("today")).where(School.id.in_(named)).cte("ever")
    unpaid = select(School.id).where(School.id.in_(select(ever.c.today)), ~payable(day)).cte("unpaid")
    their_lines = AwardLine.payee_id.in_(select(ever.c.id).where(ever.c.today.in_(select(unpaid.c.id))))
    # Not by the index of states: a database is to begin with the lines.
    in_delivery = type_coerce(its.state, String) + "" == BidState.IN_DELIVERY.value
    under_way = (
        select(its.id)
        .join(Award, Award.bid_id == its.id)
        .join(AwardLine, AwardLine.award_id == Award.id)
        .where(their_lines, Award.id == _newest_award(its), in_delivery)
    )
    claimed = [
        select(Claim.bid_id).where(Claim.state == state, Claim.school_id.in_(select(unpaid.c.id)))
        for state in OPEN_CLAIMS
    ]
    return union_all(under_way, *claimed)


def needs_payee(day: date) -> ColumnElement[bool]:
    """Whether a school is paid on such an award and can't be."""
    return and_(School.id.in_(select(_to_pay().c.school_id)), ~payable(day))


def schools_without_payee(bid: Bid, day: date) -> list[tuple[School, str]]:
    """The schools that are to be paid on a bid and can't be on a day, each with the sentence why."""
    session, found = object_session(bid), _to_pay(lambda its: its.id == bid.id)
    schools = select(School).where(School.id.in_(select(found.c.school_id)))
    waiting = session.scalars(schools.order_by(School.name, School.id)).all() if session else []
    return [(school, why) for school in waiting if (why := why_no_payee(school, day))]


def bar_from_paying(schools: Iterable[School], user: User, day: date) -> Bar | None:
    """What bars a person from saying who is paid for these schools: one is theirs, or their trust's."""
    return OwnBodies.of(user, day).bar_from(schools)


def proposal_for(school: School) -> Payee | None:
    """The payee of a school that waits to be confirmed, if there is one."""
    session = object_session(school)
    if session is None:
        return None
    return session.scalar(
        select(Payee).where(Payee.school_id == school.id, Payee.state == PayeeState.PROPOSED)
    )
