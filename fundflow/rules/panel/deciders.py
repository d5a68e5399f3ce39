"""Who decides an agenda item, and what keeps them from it."""

from datetime import datetime

from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.rules.interests.bars import bar_of
from fundflow.rules.interests.records import shown_by_records
from fundflow.rules.panel.sitting import Sitting
from fundflow.rules.panel.sittings import seats_of, shown_of
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.working_days import london_date


def bar_from_deciding(record: Bid | ChangeRequest, user: User, now: datetime) -> Bar | None:
    """`bar_of`, or that this person disclosed an interest under rules that then give no vote."""
    if bar := bar_of(record.bid, user, now):
        return bar
    item = record.latest_item
    if item is None or not may_fall_to(item, user, now) or item.rules.disclosed_may_vote:
        return None
    return Bar(BarKind.DISCLOSED) if has_disclosed(item, user, now) else None


def may_fall_to(item: AgendaItem, user: User, now: datetime) -> bool:
    """Whether it can be this person who decides: the chair or a deputy, else an authorised officer."""
    day = london_date(now)
    if item.bid.fund.decider is Decider.AUTHORISED_OFFICER:
        return RoleName.AUTHORISED_OFFICER in user.roles_on(day)
    mine = [seat for seat in user.seats_on(day) if seat.fund_id == item.bid.fund_id]
    return any(seat.position is not SeatPosition.MEMBER for seat in mine)


def has_disclosed(item: AgendaItem, user: User, now: datetime) -> bool:
    """Whether an interest of this person's stands open: declared, or shown by the records."""
    if any(s.user_id == user.id and s.kind is InterestKind.DISCLOSED for s in item.bid.declarations):
        return True
    day, seats = london_date(now), seats_of(item, now)
    if any(seat.user_id == user.id for seat in seats):
        return bool(shown_of(item, seats, day).get(user.id))
    clusters = item.rules.cluster_discloses
    return bool(shown_by_records(item.bid, [user], on=day, clusters=clusters).get(user.id))


def officer_decides(bid: Bid) -> bool:
    """Whether an authorised officer decides, on the panel’s recommendation."""
    return bid.fund.decider is Decider.AUTHORISED_OFFICER


def delegation_of(bid: Bid) -> str:
    """The delegation a decision cites; empty where the panel decides itself.

    Raises Refused where an authorised officer decides without one (Local Government Act, s.101).
    """
    if not officer_decides(bid):
        return ""
    if not bid.fund.delegation:
        raise Refused(
            "The fund names no delegation to an authorised officer. Ask an administrator to add it."
        )
    return bid.fund.delegation


def why_decider_not_there(item: AgendaItem, user: User, sitting: Sitting, now: datetime) -> str | None:
    """Why the person who chairs can't record the panel's decision: they are not there for this item. An
    authorised officer, who decides on the panel's recommendation, need not be."""
    if item.bid.fund.decider is Decider.AUTHORISED_OFFICER or not may_fall_to(item, user, now):
        return None
    if any(s.present and s.seat.user_id == user.id for s in sitting.standings):
        return None
    if item.meeting.takes_bids and not item.email_vote_until:
        return f"The panel meets on {day_words(london_date(item.meeting.starts_at))}."
    return "You are not recorded as present for this bid. Ask the clerk, who keeps the attendance."
