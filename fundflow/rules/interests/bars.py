"""What keeps a person from a bid, or from a request for support."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.brokering import SupportRequest
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.working_days import london_date


def bar_of(bid: Bid, user: User, now: datetime) -> Bar | None:
    """What keeps this person from handling the bid, or None.

    Barred: own school, own trust, a registered interest, being named in the bid until a colleague has
    settled that, or an interest declared as barring.
    """
    return bar_on(bid, user, london_date(now))


def bar_on(bid: Bid, user: User, day: date) -> Bar | None:
    """`bar_of` on a date."""
    if bar := OwnBodies.of(user, day).bar_from(bid.schools):
        return bar
    if _is_named_unsettled(bid, user):
        return Bar(BarKind.NAMED)
    return Bar(BarKind.DECLARED) if _declared_barred(bid, user) else None


def hides_from(bid: Bid, user: User, day: date) -> bool:
    """Whether this person may not even read the bid: `bar_on`, but for a question that a colleague
    has not settled."""
    return bool(OwnBodies.of(user, day).bar_from(bid.schools)) or _declared_barred(bid, user)


# Named once: an alias copies every column of the table, which is dear where a page asks ten times.
_LEAD, _OTHER = aliased(School), aliased(School)


def hidden_from(user: User, day: date) -> ColumnElement[bool]:
    """`hides_from` as a condition on Bid. So it is not `bar_on`: whom a bid names may read it until a
    colleague has settled that."""
    own, lead, other = OwnBodies.of(user, day), _LEAD, _OTHER

    def ours(school: Any) -> ColumnElement[bool]:
        return or_(school.id.in_(own.schools), school.trust_id.in_(own.trusts))

    return or_(
        exists().where(lead.id == Bid.lead_school_id, ours(lead)).correlate(Bid),
        exists().where(Partner.bid_id == Bid.id, Partner.school_id == other.id, ours(other)).correlate(Bid),
        exists()
        .where(
            Declaration.bid_id == Bid.id,
            Declaration.user_id == user.id,
            Declaration.kind == InterestKind.BARRED,
        )
        .correlate(Bid),
    )


def names_to_settle(bid: Bid) -> list[str]:
    """Names of people of the council or the panel whom the bid names and nobody has settled."""
    return [person.user.name for person in bid.named_people if person.is_open]


def bar_from_brokering(request: SupportRequest, user: User, day: date) -> Bar | None:
    """What keeps this person from brokering a request for support on a date, or None."""
    return OwnBodies.of(user, day).bar_from(request.schools)


def _is_named_unsettled(bid: Bid, user: User) -> bool:
    """Whether the bid names this person, and no colleague has said whether that is an interest."""
    return any(person.is_open and person.user_id == user.id for person in bid.named_people)


def _declared_barred(bid: Bid, user: User) -> bool:
    return any(said.bars and said.user_id == user.id for said in bid.declarations)
