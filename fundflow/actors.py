"""What a person is in relation to one record: the actors of the workflow's tables."""

from collections.abc import Set
from datetime import date, datetime
from typing import Any

from fundflow.models.adviser import AdviserVisit
from fundflow.models.board import OWNERS, Recommendation
from fundflow.models.brokering import SupportRequest
from fundflow.models.case_study import CaseStudy
from fundflow.models.change import ChangeRequest
from fundflow.models.confirmation import Confirmation
from fundflow.models.feedback import Feedback
from fundflow.models.fund import Decider, Fund
from fundflow.models.person import Membership, RoleName, SeatPosition, Standing, User
from fundflow.models.practice import PracticeEntry
from fundflow.models.service import ServiceOrder
from fundflow.rules.panel.sittings import deputy_decides
from fundflow.workflow.actors import Actor
from fundflow.workflow.working_days import london_date

R = RoleName

# What a role with the council makes of a person in a step.
ACTOR_OF = {
    R.OFFICER: Actor.OFFICER,
    R.DEPUTY_OFFICER: Actor.OFFICER,
    R.CLERK: Actor.CLERK,
    R.FINANCE: Actor.FINANCE,
    R.IMPACT_OFFICER: Actor.IMPACT_OFFICER,
    R.REVIEWING_MANAGER: Actor.REVIEWING_MANAGER,
    R.ADMINISTRATOR: Actor.ADMINISTRATOR,
}

OFFICERS = frozenset({R.OFFICER, R.DEPUTY_OFFICER})


def fund_of(record: Any) -> Any:
    """The fund of a record; None where it is the council's."""
    return record.bid.fund if record.bid else record.fund


def actors_for(user: User | None, record: Any, now: datetime) -> set[Actor]:
    """What this person is in relation to this record; the clock where there is no person."""
    if user is None:
        return {Actor.CLOCK}
    if not user.active:
        return set()
    day = london_date(now)
    fund = fund_of(record)
    held = roles_for(user, fund.id, day) if fund else user.roles_on(day)  # of any fund: it is the council's
    actors = {ACTOR_OF[role] for role in held if role in ACTOR_OF}
    if record.bid is None:
        return actors | _without_a_bid(user, record, held, day)
    for member in user.memberships_on(day):
        actors |= _through_membership(member, record)
    if _decides(user, record, fund, now):
        actors.add(Actor.DECISION_MAKER)
    return actors


def _without_a_bid(user: User, record: Any, held: Set[RoleName], day: date) -> set[Actor]:
    if isinstance(record, SupportRequest):
        return {Actor.SCHOOL_TEAM} if record.school_id in user.school_ids(day) else set()
    if isinstance(record, ServiceOrder):
        return _through_an_order(user, record, held, day)
    if isinstance(record, AdviserVisit):
        leads = record.school_id in user.school_ids(day, leading=True)
        own = record.adviser.account_id == user.id and record.is_advised_now
        return ({Actor.ADVISER} if own else set()) | ({Actor.PARTNER_LEADER} if leads else set())
    if isinstance(record, PracticeEntry):
        return {Actor.PARTNER_LEADER} if record.is_led_by(user, day) else set()
    owns = isinstance(record, Recommendation) and record.owner_id == user.id
    return {Actor.ACTION_OWNER} if owns and held & set(OWNERS) else set()  # owners may leave the role


def _through_an_order(user: User, order: ServiceOrder, held: Set[RoleName], day: date) -> set[Actor]:
    """The school's people, or the provider's: nobody answers an order of their own school."""
    leads = user.school_ids(day, leading=True)
    if order.school_id in user.school_ids(day):
        return {Actor.ORDERING_SCHOOL, *([Actor.ORDERING_HEAD] if order.school_id in leads else [])}
    service = order.service
    provides = service.provider_school_id in leads if service.is_by_school else bool(held & OFFICERS)
    return {Actor.SERVICE_PROVIDER} if provides else set()


def _through_membership(member: Membership, record: Any) -> set[Actor]:
    """What belonging to a school makes of a person: of the bid's lead, or of the one asked."""
    leads = member.standing is Standing.LEADER
    if isinstance(record, Confirmation) and member.school_id == record.school_id:
        return {Actor.PARTNER_LEADER} if leads else set()
    if isinstance(record, CaseStudy | ChangeRequest) and leads and member.school_id in record.asked_schools:
        return {Actor.PARTNER_LEADER}
    if isinstance(record, Feedback) and member.school_id == record.school_id:
        return {Actor.SUPPORTED_SCHOOL}
    if member.school_id != record.bid.lead_school_id:
        return set()
    return {Actor.SCHOOL_TEAM, Actor.SCHOOL_LEADER} if leads else {Actor.SCHOOL_TEAM}


def _decides(user: User, record: Any, fund: Fund, now: datetime) -> bool:
    day = london_date(now)
    if fund.decider is Decider.AUTHORISED_OFFICER:
        return R.AUTHORISED_OFFICER in roles_for(user, fund.id, day)
    positions = {s.position for s in user.seats_on(day) if s.fund_id == fund.id}
    if SeatPosition.CHAIR in positions:
        return True
    about = record if isinstance(record, ChangeRequest) else record.bid
    return SeatPosition.DEPUTY in positions and deputy_decides(about.latest_item, record.bid, user, now)


def roles_for(user: User, fund_id: int, day: date) -> set[RoleName]:
    """The roles a person holds for one fund on a day."""
    return {g.role for g in user.roles if g.is_valid_on(day) and g.fund_id in (None, fund_id)}


def is_officer_of(user: User, fund_id: int, now: datetime) -> bool:
    """Whether this person is a liaison officer of a fund, or a deputy."""
    return user.active and bool(roles_for(user, fund_id, london_date(now)) & OFFICERS)
