"""Schools that have closed and still take part in live bids, on My work of the bids' officers."""

from datetime import datetime
from itertools import groupby

from sqlalchemy import or_, select, union

from fundflow.desk.conditions import in_hand_of
from fundflow.desk.filters import ENDED
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.person import RoleName, User
from fundflow.models.school import CLOSED, School
from fundflow.permissions import barred_from, may_see
from fundflow.web.access import roles
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import london_date

OFFICERS = roles(RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


def closed_schools(user: User, now: datetime) -> list[Waiting]:
    """A line a school, whether it leads or is a partner: its bids pass to its successor all at once."""
    if not OFFICERS.allows(user, now):
        return []
    mine = or_(in_hand_of(user, now), Bid.officer_id.is_(None) & (Bid.state != BidState.DRAFT))
    open_to_me = (mine, Bid.state.not_in(ENDED), may_see(user, now), ~barred_from(user, london_date(now)))
    places = union(
        select(Bid.lead_school_id.label("school_id"), Bid.id, Bid.reference).where(*open_to_me),
        select(Partner.school_id, Bid.id, Bid.reference)
        .join(Bid, Bid.id == Partner.bid_id)
        .where(*open_to_me),
    ).subquery()
    query = (
        select(School.urn, School.name, School.closed_on, places.c.reference)
        .join(places, places.c.school_id == School.id)
        .where(School.status_code == CLOSED)
        .order_by(School.search_name, School.urn, places.c.id)
        .limit(MOST)
    )
    lines = []
    for (urn, name, closed_on), rows in groupby(db.session.execute(query).all(), key=lambda row: row[:3]):
        when = f"Closed on {day_words(closed_on)}" if closed_on else "Closed"
        bids = ", ".join(reference for *_, reference in rows)
        what = "Pass its bids to the school that came after it"
        lines.append(Waiting("School", name, f"{when} · {bids}", what, None, f"/schools/{urn}/succession"))
    return lines
