"""Payees, seats and terms."""

from typing import Any

from sqlalchemy import and_, literal, or_, select
from sqlalchemy.orm import aliased

from fundflow.checking.registry import Queries, check
from fundflow.models.bid import Bid
from fundflow.models.panel import AgendaItem, Meeting, Vote
from fundflow.models.payee import Payee
from fundflow.models.payment import Claim
from fundflow.models.person import Membership, RoleGrant, Seat, SeatPosition, User


def _payees() -> Queries:
    return [
        select(Bid.reference, Claim.number)
        .join(Bid, Bid.id == Claim.bid_id)
        .join(Payee, Payee.id == Claim.payee_id)
        .where(Claim.paid_at.is_not(None), or_(Payee.confirmed_at.is_(None), Payee.name != Claim.payee_name))
    ]


@check("Every payment went to a payee that two people confirmed.", _payees)
def payees_confirmed(row: Any) -> str:
    return f"{row.reference}/C{row.number} was paid to somebody other than its confirmed payee."


def _chairs() -> Queries:
    other = aliased(Seat)
    at_once = and_(
        or_(Seat.ends_on.is_(None), other.starts_on <= Seat.ends_on),
        or_(other.ends_on.is_(None), Seat.starts_on <= other.ends_on),
    )
    one_only = Seat.position.in_((SeatPosition.CHAIR, SeatPosition.DEPUTY))
    own = and_(Seat.stands_in_for_id.is_(None), other.stands_in_for_id.is_(None))
    return [
        select(Seat.id, other.id.label("other"), Seat.position)
        .join(other, and_(other.fund_id == Seat.fund_id, other.position == Seat.position, other.id > Seat.id))
        .where(one_only, own, at_once)
    ]


@check("A panel has one chair and one deputy at a time.", _chairs)
def one_chair(row: Any) -> str:
    return f"Seats {row.id} and {row.other} are both “{row.position.words}” of one panel at the same time."


def _substitutes() -> Queries:
    other = aliased(Seat)
    join = select(Seat.id, User.name).join(User, User.id == Seat.user_id)
    wrong = or_(other.fund_id != Seat.fund_id, other.id == Seat.id)
    return [join.join(other, other.id == Seat.stands_in_for_id).where(wrong)]


@check("A substitute stands in for a seat of the same panel.", _substitutes)
def substitutes(row: Any) -> str:
    return f"The seat of {row.name} (seat {row.id}) stands in for a seat of another panel, or for itself."


def _terms() -> Queries:
    return [
        select(User.name, literal(what).label("what"), model.id)
        .join(User, User.id == model.user_id)
        .where(model.ends_on < model.starts_on)
        for what, model in (("role", RoleGrant), ("place at a school", Membership), ("seat", Seat))
    ]


@check("No role, place or seat ends before it begins.", _terms)
def terms(row: Any) -> str:
    return f"A {row.what} of {row.name} (number {row.id}) ends before it begins."


def _votes() -> Queries:
    return [
        select(Bid.reference, Vote.id)
        .join(AgendaItem, AgendaItem.id == Vote.item_id)
        .join(Bid, Bid.id == AgendaItem.bid_id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .join(Seat, Seat.id == Vote.seat_id)
        .where(or_(Seat.fund_id != Meeting.fund_id, Meeting.fund_id != Bid.fund_id))
    ]


@check("Every vote is of a member of the panel that decides.", _votes)
def votes_of_the_panel(row: Any) -> str:
    return f"{row.reference}: vote {row.id} comes from a seat of another panel."
