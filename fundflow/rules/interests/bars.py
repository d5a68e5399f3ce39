"""What keeps a person from a bid, or from a request for support."""

from datetime import date, datetime

from fundflow.models.bid import Bid
from fundflow.models.brokering import SupportRequest
from fundflow.models.person import User
from fundflow.rules.interests.own_schools import Own
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.working_days import london_date


def bar_of(bid: Bid, user: User, now: datetime) -> Bar | None:
    """What keeps this person from handling the bid, or None.

    Barred: own school, own trust, or an interest declared as barring (also by a colleague, where
    the bid names them).
    """
    return bar_on(bid, user, london_date(now))


def bar_on(bid: Bid, user: User, day: date) -> Bar | None:
    """`bar_of` on a date."""
    declared = Bar(BarKind.DECLARED) if _declared_barred(bid, user) else None
    return undeclared_bar(bid, user, day) or declared


def undeclared_bar(bid: Bid, user: User, day: date) -> Bar | None:
    """The part of `bar_on` that needs no declaration: own school, own trust, a registered interest,
    or being named in the bid until a colleague has settled that."""
    named = Bar(BarKind.NAMED) if _is_named_unsettled(bid, user) else None
    return Own.of(user, day).bar_from(bid.schools) or named


def hides_from(bid: Bid, user: User, day: date) -> bool:
    """Whether this person may not even read the bid: `bar_on`, but for a question that a colleague
    has not settled."""
    return bool(Own.of(user, day).bar_from(bid.schools)) or _declared_barred(bid, user)


def names_to_settle(bid: Bid) -> list[str]:
    """Names of people of the council or the panel whom the bid names and nobody has settled."""
    return [person.user.name for person in bid.named_people if person.is_open]


def bar_from_brokering(request: SupportRequest, user: User, day: date) -> Bar | None:
    """What keeps this person from brokering a request for support on a date, or None."""
    return Own.of(user, day).bar_from(request.schools)


def _is_named_unsettled(bid: Bid, user: User) -> bool:
    """Whether the bid names this person, and no colleague has said whether that is an interest."""
    return any(person.is_open and person.user_id == user.id for person in bid.named_people)


def _declared_barred(bid: Bid, user: User) -> bool:
    return any(said.bars and said.user_id == user.id for said in bid.declarations)
