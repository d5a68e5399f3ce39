"""Schools that have closed and still take part in live bids, on My work of the bids' officers."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import exists, select, union, union_all

from fundflow.desk.conditions import in_hand_of
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.person import RoleName, User
from fundflow.models.school import CLOSED, School
from fundflow.permissions import is_visible
from fundflow.rules.asker import Asker, Shape
from fundflow.rules.interests.bars import is_hidden
from fundflow.web.access import roles
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import london_date

OFFICERS = roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


def closed_schools(user: User, now: datetime) -> list[Waiting]:
    """A line for each bid and each school in it, leading or partner, that has closed."""
    if not OFFICERS.allows(user, now):
        return []
    who = Asker.of(user, london_date(now))
    return [
        Waiting(
            reference,
            title or "Bid without a title yet",
            f"{name} closed on {day_words(closed_on)}" if closed_on else f"{name} has closed",
            f"Pass the bids of {name} on",
            None,
            f"/schools/{urn}/succession",
        )
        for reference, title, urn, name, closed_on in db.session.execute(_closed(who.shape), who.values)
    ]


@lru_cache(maxsize=64)
def _closed(shape: Shape) -> Any:
    who = Asker(shape)
    live = select(Bid.id, Bid.lead_school_id).where(Bid.is_live())
    nobodys = live.where(Bid.officer_id.is_(None), Bid.state != BidState.DRAFT)
    mine = union_all(live.where(in_hand_of(who)), nobodys).cte()
    of_partners = select(Partner.school_id, Partner.bid_id).where(Partner.bid_id.in_(select(mine.c.id)))
    places = union(
        select(mine.c.lead_school_id.label("school_id"), mine.c.id).where(_has_closed(mine.c.lead_school_id)),
        of_partners.where(_has_closed(Partner.school_id)),
    ).subquery()
    return (
        select(Bid.reference, Bid.listed_title, School.urn, School.name, School.closed_on)
        .join(places, places.c.id == Bid.id)
        .join(School, places.c.school_id == School.id)
        .where(is_visible(who), ~is_hidden(who))
        .order_by(School.search_name, School.urn, Bid.id)
        .limit(MOST)
    )


def _has_closed(school_id: Any) -> Any:
    return exists().where(School.id == school_id, School.status_code == CLOSED)


def closed_schools_of(bid: Bid, user: User, now: datetime) -> list[Waiting]:
    """The lines about one bid; asked of the database only where a school of it has closed."""
    if all(school.status_code != CLOSED for school in bid.schools):
        return []
    return [line for line in closed_schools(user, now) if line.reference == bid.reference]
