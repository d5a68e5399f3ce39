"""What keeps a person from a bid, or from a request for support."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from fundflow.models.adviser import AdviserVisit
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.brokering import SupportRequest
from fundflow.models.caseload import Concern
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.person import User
from fundflow.models.practice import PracticeEntry
from fundflow.models.school import School
from fundflow.models.service import ServiceOrder
from fundflow.rules.asker import Asker
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


def hidden_from(user: User, day: date) -> ColumnElement[bool]:
    """`hides_from` as a condition on Bid. So it is not `bar_on`: whom a bid names may read it until a
    colleague has settled that."""
    return is_hidden(Asker.of(user, day))


def is_hidden(who: Asker) -> ColumnElement[bool]:
    """`hidden_from` of the person who asks."""
    declared = exists().where(
        Declaration.bid_id == Bid.id, Declaration.user_id == who.id, Declaration.kind == InterestKind.BARRED
    )
    ways: list[ColumnElement[bool]] = [declared.correlate(Bid)]
    if who.shape.has_bodies:
        takes_part = exists().where(Partner.bid_id == Bid.id, _is_among(Partner.school_id, who))
        ways += [_is_among(Bid.lead_school_id, who), takes_part.correlate(Bid)]
    return or_(*ways)


def _is_among(school_id: InstrumentedAttribute[int], who: Asker) -> ColumnElement[bool]:
    """Whether a school is one of these, came before one, or is of one of these trusts."""
    ours: ColumnElement[bool] = School.succeeded_by_id.in_(who.own_schools)
    if who.shape.has_trusts:
        ours = or_(ours, School.trust_id.in_(who.own_trusts))
    return or_(school_id.in_(who.own_schools), school_id.in_(select(School.id).where(ours)))


def names_to_settle(bid: Bid) -> list[str]:
    """Names of people of the council or the panel whom the bid names and nobody has settled."""
    return [person.user.name for person in bid.named_people if person.is_open]


# What officers handle for a school, without a bid.
OfSchool = SupportRequest | ServiceOrder | AdviserVisit | PracticeEntry | Concern


def bar_from_brokering(record: OfSchool, user: User, day: date) -> Bar | None:
    """What keeps this person from handling such a record on a date, or None."""
    return OwnBodies.of(user, day).bar_from(record.schools)


def _is_named_unsettled(bid: Bid, user: User) -> bool:
    """Whether the bid names this person, and no colleague has said whether that is an interest."""
    return any(person.is_open and person.user_id == user.id for person in bid.named_people)


def _declared_barred(bid: Bid, user: User) -> bool:
    return any(said.bars and said.user_id == user.id for said in bid.declarations)
