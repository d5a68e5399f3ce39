"""Which schools took part in anything of late (docs/rules.md, "Good practice and engagement")."""

from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select, union
from sqlalchemy.orm import aliased

from fundflow.models.adviser import AdviserVisit
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.brokering import SupportOffer, SupportRequest
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.models.service import ServiceOrder
from fundflow.workflow.adviser_visit import TOOK_PLACE
from fundflow.workflow.application import UNDER_WAY
from fundflow.workflow.working_days import school_year, start_of


def counts_from(day: date) -> date:
    """The first day of two school years: the one of this day, and the one before it."""
    first = school_year(day)[0]
    return first.replace(year=first.year - 1)


def taking_part(day: date) -> Any:
    """A query of the ids of schools that took part since `counts_from`, as they are today: each successor of
    one that did took part too.

    They led or partnered a bid that was under way then, offer support or asked for it, ordered a service, or
    were visited by an adviser. Orders and visits count where their fund uses that part of the service.
    Of bids it reads those of the two years alone.
    """
    since_day = counts_from(day)
    since = start_of(since_day)
    # Apart, each by its own index: together SQLite would go through every bid.
    ways = (Bid.state_since >= since, Bid.state.in_(UNDER_WAY))
    recent = [and_(Bid.submitted_at.is_not(None), way) for way in ways]
    found = union(
        *(select(Bid.lead_school_id).where(one) for one in recent),
        *(
            select(Partner.school_id).where(Partner.takes_part, Partner.bid_id.in_(select(Bid.id).where(one)))
            for one in recent
        ),
        select(SupportOffer.school_id).where(
            or_(SupportOffer.withdrawn_at.is_(None), SupportOffer.withdrawn_at >= since)
        ),
        select(SupportRequest.school_id).where(SupportRequest.asked_at >= since),
        select(ServiceOrder.school_id)
        .join(Fund, Fund.id == ServiceOrder.fund_id)
        .where(Fund.sells_services.is_(True), ServiceOrder.placed_at.is_not(None))
        .where(or_(ServiceOrder.placed_at >= since, ServiceOrder.ends_on >= since_day)),
        select(AdviserVisit.school_id)
        .join(Fund, Fund.id == AdviserVisit.fund_id)
        .where(Fund.has_advisers.is_(True), AdviserVisit.state.in_(TOOK_PLACE))
        .where(AdviserVisit.visited_on >= since_day),
    )
    # By another name: a query of schools that asks this is about other rows.
    took_part = aliased(School)
    today = func.coalesce(took_part.succeeded_by_id, took_part.id)
    return select(today).where(took_part.id.in_(found))
