"""Whether an address that a bid names has another part in it.

Nobody may sign or confirm for others what they ask for themselves.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.models.named_in_bid import NamedAs
from fundflow.models.person import Membership, RoleGrant, Standing, User


def tie_of_approver(bid: Bid, email: str, day: date | None = None) -> NamedAs | None:
    """What keeps this address from signing for the bid, or None.

    day  the day on which people hold their places; without it those that have no end
    """
    if _same(bid.contact_email, email):
        return NamedAs.CONTACT
    if any(_same(partner.contact_email, email) for partner in bid.partners):
        return NamedAs.HEAD
    return _tie_of_account(bid, _account(bid, email), day)


def why_not_contact(bid: Bid, school_id: int, email: str, day: date | None = None) -> NamedAs | None:
    """What keeps this address from confirming by link for a partner school, or None.

    One person may be the head of two schools: with an account at that school they may, and one address
    may stand for two partners. For the lead school (of a bid that an officer entered) its own people may,
    and nobody of the council.
    """
    user = _account(bid, email)
    if user and school_id in {m.school_id for m in _places(user, day) if m.standing is Standing.LEADER}:
        return None
    if school_id == bid.lead_school_id:
        tie = _tie_of_account(bid, user, day)
        return tie if tie is NamedAs.COUNCIL else None
    if _same(bid.contact_email, email):
        return NamedAs.CONTACT
    if bid.approver_wanted and _same(bid.approver_email, email) and not bid.approver_why:
        return NamedAs.APPROVER
    tie = _tie_of_account(bid, user, day)
    return None if tie is NamedAs.HEAD else tie


def _account(bid: Bid, email: str) -> User | None:
    session = object_session(bid)
    if session is None or not email:
        return None
    return session.scalar(
        select(User)
        .where(User.bears(email.lower()), User.active.is_(True))
        .order_by(User.email != email.lower(), User.id)
        .limit(1)
    )


def _places(user: User, day: date | None) -> list[Membership]:
    return [member for member in user.memberships if _held(member, day)]


def _tie_of_account(bid: Bid, user: User | None, day: date | None) -> NamedAs | None:
    if user is None:
        return None
    places = _places(user, day)
    if bid.lead_school_id in {member.school_id for member in places}:
        return NamedAs.LEAD
    headed = {member.school_id for member in places if member.standing is Standing.LEADER}
    if headed & {partner.school_id for partner in bid.partners}:
        return NamedAs.HEAD
    works = any(_held(grant, day) and grant.fund_id in (None, bid.fund_id) for grant in user.roles)
    return NamedAs.COUNCIL if works else None


def _held(place: Membership | RoleGrant, day: date | None) -> bool:
    return place.ends_on is None if day is None else place.is_valid_on(day)


def _same(one: str, other: str) -> bool:
    return bool(one) and one.lower() == other.lower()
