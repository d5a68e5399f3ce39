"""Who may see and edit what. Who may take which step stands in the workflow's tables."""

from collections.abc import Iterable, Set
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from fundflow.actors import OFFICERS, actors_for, roles_for
from fundflow.models.area import same_schools
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Partner
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, User
from fundflow.models.recovery import Recovery
from fundflow.models.review import ReviewRequest
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.asker import Asker, Shape
from fundflow.rules.bid_sections import SECTION, open_unasked
from fundflow.rules.interests.bars import bar_of, bar_on, hides_from, is_hidden
from fundflow.rules.interests.involvement import involves, was_involved
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.interests import Bar
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.working_days import london_date

R = RoleName

# Who sees every bid that was submitted, unless barred; who sees them although barred.
SEE_ALL_UNLESS_BARRED = frozenset({R.OFFICER, R.DEPUTY_OFFICER, R.CLERK, R.IMPACT_OFFICER})
SEE_ALL = frozenset({R.AUDITOR, R.ADMINISTRATOR})
SEE_AWARDS = SEE_ALL | {R.FINANCE}
AWARDED_STATES = (
    BidState.OFFERED,
    BidState.NOT_TAKEN_UP,
    BidState.IN_DELIVERY,
    BidState.SUSPENDED,
    BidState.TERMINATED,
    BidState.IN_MONITORING,
    BidState.CLOSED,
)
# Who works on bids for the council, and so sees the officer's review and the panel's papers, unless barred.
INSIDE = SEE_ALL_UNLESS_BARRED | {R.AUTHORISED_OFFICER, R.REVIEWING_MANAGER}
PANEL_PAPERS = (MeetingState.PAPERS_ISSUED, MeetingState.IN_SESSION, MeetingState.CLOSED)
EDITABLE = (BidState.DRAFT, BidState.RETURNED)
CORRECTABLE = (BidState.SUBMITTED, BidState.IN_REVIEW)


def in_funds(
    user: User,
    roles: Iterable[RoleName],
    now: datetime,
    column: InstrumentedAttribute[int],
    *,
    seats: bool = False,
) -> ColumnElement[bool]:
    """Whether a fund is one for which this person holds one of these roles (or a seat)."""
    return _in_funds(Asker.of(user, london_date(now)), roles, column, seats=seats)


def _in_funds(
    who: Asker, roles: Iterable[RoleName], column: InstrumentedAttribute[int], *, seats: bool = False
) -> ColumnElement[bool]:
    wanted = frozenset(roles)
    funds = {fund for role, fund in who.shape.grants if role in wanted}
    if None in funds:
        return true()
    if seats:
        funds |= {fund for fund, _position in who.shape.seats}
    return column.in_(sorted(fund for fund in funds if fund)) if funds else false()


def is_inside(user: User, bid: Bid, day: date, roles: Set[RoleName]) -> bool:
    """`in_funds` of a bid's fund: whether this person holds one of these roles for it, or a seat."""
    seated = any(seat.fund_id == bid.fund_id for seat in user.seats_on(day))
    return seated or bool(roles_for(user, bid.fund_id, day) & roles)


def is_clerk(user: User, fund_id: int, now: datetime) -> bool:
    return user.active and R.CLERK in roles_for(user, fund_id, london_date(now))


def visible_to(user: User, now: datetime) -> Select[Bid]:
    """The bids this person may read, as a SELECT to narrow further. Denied by default."""
    return select(Bid).where(may_see(user, now))


def may_see(user: User, now: datetime) -> ColumnElement[bool]:
    """The condition under which a bid's row is visible to this person."""
    return is_visible(Asker.of(user, london_date(now)))


def is_visible(who: Asker) -> ColumnElement[bool]:
    """`may_see` of the person who asks."""
    if not who.shape.active:
        return false()
    ways = [_through_a_school(who)] if who.shape.at_school else []
    for role, fund in sorted(who.shape.grants, key=lambda grant: (grant[0].value, grant[1] or 0)):
        here = true() if fund is None else Bid.fund_id == fund
        ways.append(and_(here, _through_a_role(role, who)))
    if who.shape.seats:
        ways.append(_through_a_seat(who))
    return or_(*ways) if ways else false()


@lru_cache(maxsize=256)
def is_visible_to(shape: Shape) -> ColumnElement[bool]:
    """`is_visible` of anybody of this shape, made once."""
    return is_visible(Asker(shape))


def _through_a_school(who: Asker) -> ColumnElement[bool]:
    partner = Bid.id.in_(select(Partner.bid_id).where(Partner.school_id.in_(who.schools)))
    return or_(Bid.lead_school_id.in_(who.schools), and_(partner, Bid.submitted_at.is_not(None)))


def _through_a_role(role: RoleName, who: Asker) -> ColumnElement[bool]:
    submitted = Bid.submitted_at.is_not(None)
    if role in SEE_ALL:
        return submitted
    if role in SEE_ALL_UNLESS_BARRED:
        begun_here = [Bid.origin != Origin.SCHOOL] if role in OFFICERS else []
        return and_(or_(submitted, *begun_here), ~is_hidden(who))
    if role is R.FINANCE:
        return Bid.state.in_(AWARDED_STATES)
    if role is R.AUTHORISED_OFFICER:
        return and_(_was_at_panel(PANEL_PAPERS), ~is_hidden(who))
    if role is R.REVIEWING_MANAGER:
        asked = Bid.id.in_(select(ReviewRequest.bid_id))
        return and_(asked, ~is_hidden(who))
    return false()


def _through_a_seat(who: Asker) -> ColumnElement[bool]:
    funds = sorted({fund for fund, _position in who.shape.seats})
    return and_(Bid.fund_id.in_(funds), _was_at_panel(PANEL_PAPERS), ~is_hidden(who))


def _was_at_panel(states: tuple[MeetingState, ...]) -> ColumnElement[bool]:
    return (
        exists()
        .where(AgendaItem.bid_id == Bid.id, AgendaItem.meeting_id == Meeting.id)
        .where(Meeting.state.in_(states))
        .correlate(Bid)  # with nothing else that a query about meetings selects from
    )


def may_edit(user: User, bid: Bid, now: datetime, section: str | None = None) -> bool:
    """Whether this person may change the bid's answers (of one section) now.

    The lead school may, while the bid is a draft or being corrected; once returned, only the
    sections asked about and those in which something is missing. An officer may while a bid they
    entered or commissioned is a draft.
    """
    actors = actors_for(user, bid, now)
    if bid.state is BidState.DRAFT and not bid.began_by_school and Actor.OFFICER in actors:
        return bar_of(bid, user, now) is None
    if Actor.SCHOOL_TEAM not in actors or not is_open_to_school(bid):
        return False
    if bid.state is not BidState.RETURNED or section is None:
        return True
    return section in bid.open_query_sections or (
        section in SECTION and bool(open_unasked(bid, [SECTION[section]]))
    )


def is_open_to_school(bid: Bid) -> bool:
    """Whether the lead school may change answers: a draft, a returned bid, or one being corrected."""
    return bid.state in EDITABLE or (bid.state in CORRECTABLE and bid.correcting_since is not None)


def is_staff(user: User, now: datetime) -> bool:
    """Whether this person works for the council."""
    return bool(user.roles_on(london_date(now)))


def reads_council_words(user: User, now: datetime) -> bool:
    """Whether this person reads the council's words for states rather than the schools': staff and panel."""
    return is_staff(user, now) or bool(user.seats_on(london_date(now)))


def knows_of(user: User, now: datetime) -> ColumnElement[bool]:
    """The submitted bids, as a condition on Bid, of which somebody knows though they may not read them: their
    school takes part, or they worked on it."""
    mine = user.school_ids(london_date(now))
    takes_part = exists().where(Partner.bid_id == Bid.id, Partner.school_id.in_(mine))
    return and_(Bid.submitted_at.is_not(None), or_(Bid.lead_school_id.in_(mine), takes_part, involves(user)))


def known_bar(user: User, bid: Bid, now: datetime) -> Bar | None:
    """What closes a bid's pages to somebody of the council or the panel who knows of the bid, because
    their school takes part or they worked on it. None where nothing does, or they know nothing of it."""
    day = london_date(now)
    knows = bid.submitted_at is not None and is_inside(user, bid, day, set(R))
    if not knows or not hides_from(bid, user, day):
        return None
    ours = {school.id for school in bid.schools} & user.school_ids(day)
    return bar_on(bid, user, day) if ours or was_involved(bid, user) else None


def sees_review(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person sees the officer's review, the panel's papers, scores and votes.

    Nobody of a school that takes part does, whatever else they are; auditors and administrators do.
    """
    day = london_date(now)
    if roles_for(user, bid.fund_id, day) & SEE_ALL:
        return True
    return is_inside(user, bid, day, INSIDE) and not hides_from(bid, user, day)


def sees_papers(user: User, now: datetime) -> ColumnElement[bool]:
    """`sees_review` as a condition on Bid, for those who may see the bid at all."""
    who = Asker.of(user, london_date(now))
    return and_(is_visible(who), _reads_review(who))


def _reads_review(who: Asker) -> ColumnElement[bool]:
    """`sees_review` as a condition on Bid."""
    everything = _in_funds(who, SEE_ALL, Bid.fund_id)
    inside = _in_funds(who, INSIDE, Bid.fund_id, seats=True)
    return or_(everything, and_(inside, ~is_hidden(who)))


def sees_notes(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person reads the notes of staff inside a bid: never schools, never the panel."""
    held = roles_for(user, bid.fund_id, london_date(now))
    return bool(held & SEE_ALL) or writes_notes(user, bid, now)


def writes_notes(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person works on the bid for the council, and so writes notes and may be named."""
    held = roles_for(user, bid.fund_id, london_date(now))
    return bool(held & SEE_ALL_UNLESS_BARRED) and bar_of(bid, user, now) is None


def sees_money(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person sees the bid's award, claims and payments."""
    return bid.lead_school_id in user.school_ids(london_date(now)) or sees_as_staff(user, bid, now)


def sees_payment(user: User, record: Claim | Recovery, now: datetime) -> bool:
    """Whether this person sees a claim or a recovery: anyone who sees the bid's money, and people of the
    school that it pays, or that pays back. What nobody has approved, schools don't see."""
    if isinstance(record, Recovery) and record.is_unasked and not sees_as_staff(user, record.bid, now):
        return False
    own = record.school_id in user.school_ids(london_date(now)) and record.bid.awarded_pence is not None
    return own or sees_money(user, record.bid, now)


def sees_as_staff(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person sees the bid's money for the council."""
    return R.FINANCE in roles_for(user, bid.fund_id, london_date(now)) or sees_review(user, bid, now)


def sees_award(who: Asker) -> ColumnElement[bool]:
    """`sees_money` as a condition, of bids that may be seen: people of the other schools don't."""
    if who.shape.roles & SEE_AWARDS:
        return true()
    leads = Bid.lead_school_id.in_(who.schools)
    inside = bool(who.shape.roles or who.shape.seats)
    return or_(leads, ~is_hidden(who)) if inside else leads


def listed_amount(who: Asker) -> tuple[Any, ColumnElement[bool]]:
    """The pence that lists show of a bid, and whether that is its award; else what it asks for."""
    award = case((sees_award(who), Bid.awarded_pence))
    return func.coalesce(award, Bid.asked_pence), award.is_not(None)


def sees_days(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person sees the log of the bid's award, or of it what their own school logged."""
    if bid.awarded_pence is None:
        return False
    mine = user.school_ids(london_date(now))
    return any(school.id in mine for school in bid.schools) or sees_money(user, bid, now)


def costs_seen(user: User, bid: Bid, costs: Iterable[SpentCost], now: datetime) -> list[SpentCost]:
    """Those of a bid's costs that this person sees, with their receipts: anyone who sees its money sees all,
    people of a school those that are its own or that it entered."""
    if sees_money(user, bid, now):
        return list(costs)
    mine = same_schools(user.school_ids(london_date(now)))
    return [cost for cost in costs if mine & {cost.by_school_id, cost.line.school_id}]


def sees_conditions(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person sees the conditions of the bid's award; its school once its letter has gone."""
    return outcome_kept(user, bid, now) is None and sees_money(user, bid, now)


def sees_viewings(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person sees who read the bid's files: auditors and administrators."""
    return bool(roles_for(user, bid.fund_id, london_date(now)) & SEE_ALL)


# -- a decision whose letter has not gone ------------------------------------------------------------


def outcome_kept(user: User, bid: Bid, now: datetime) -> date | None:
    """Until when the panel's outcome is kept from this person, because the letter with it is being read
    over; None where there is nothing to keep, or from them.

    The council's people who work on the bid and the panel's members know it; people of schools, and
    anyone who is barred, learn of it when its letter goes.
    """
    if bid.decision_held_until is None:
        return None
    return None if is_told_all(user, bid, now) else bid.decision_held_until


def is_told_all(user: User, bid: Bid, now: datetime) -> bool:
    """Whether this person hears at once what was decided: who works on the bid, finance, the panel."""
    return R.FINANCE in roles_for(user, bid.fund_id, london_date(now)) or sees_review(user, bid, now)


def why_outcome_kept(user: User | None, record: Any, now: datetime) -> str | None:
    """`outcome_kept` of the bid a record belongs to, as the sentence that is all they are told."""
    bid = record.bid
    day = outcome_kept(user, bid, now) if user is not None and bid is not None else None
    return f"The panel has met: we will write to you by {day_words(day)}." if day else None


def keeps_outcome_from(user: User, now: datetime) -> ColumnElement[bool]:
    """`outcome_kept` as a condition on Bid."""
    return is_outcome_kept(Asker.of(user, london_date(now)))


def is_outcome_kept(who: Asker) -> ColumnElement[bool]:
    """`keeps_outcome_from` of the person who asks."""
    told = or_(_in_funds(who, {R.FINANCE}, Bid.fund_id), _reads_review(who))
    return and_(Bid.decision_held_until.is_not(None), ~told)
