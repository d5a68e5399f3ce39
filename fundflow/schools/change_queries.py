"""Schools of our bids that close or closed, their bids, and where those may pass to."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select, union, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.area import PASSED_ON, Succession
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.fund import Allocation
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.payment import OPEN_CLAIMS, Claim
from fundflow.models.person import Membership, Standing, User
from fundflow.models.recovery import TO_COME, Recovery
from fundflow.models.school import CLOSED, PROPOSED_TO_CLOSE, STATUSES, School
from fundflow.permissions import may_see
from fundflow.schools.queries import of_school
from fundflow.schools.successors import SuccessorCandidate, successors
from fundflow.web.paging import Page, cut
from fundflow.workflow.application import LIVE
from fundflow.workflow.phrases import joined

CLOSING = (CLOSED, PROPOSED_TO_CLOSE)
PAGE = 50
SHOWN = 100  # bids of one school; no school has as many

PARTS: Any = (
    joinedload(Bid.fund),
    joinedload(Bid.lead_school),
    joinedload(Bid.officer),
    selectinload(Bid.partners),
)


class Changing(NamedTuple):
    """A school that closes or closed, with the live bids it takes part in."""

    urn: str
    name: str
    status_code: int
    closed_on: date | None
    bids: int
    successor: str  # by GIAS's links, if it is one

    @property
    def status(self) -> str:
        return STATUSES[self.status_code]

    @property
    def is_closed(self) -> bool:
        return self.status_code == CLOSED


def changing(after: str = "") -> Page[Changing]:
    """Closed and closing schools that take part in live bids, by URN."""
    live = _is_to_pass_on()
    each = union(
        select(Bid.lead_school_id.label("school_id"), Bid.id.label("bid_id")).where(live),
        select(Partner.school_id, Partner.bid_id).join(Bid, Bid.id == Partner.bid_id).where(live),
    ).subquery()
    places = select(each.c.school_id, func.count().label("bids")).group_by(each.c.school_id).subquery()
    query = (
        select(School, places.c.bids)
        .join(places, places.c.school_id == School.id)
        .where(School.status_code.in_(CLOSING), School.urn > after)
        .order_by(School.urn)
    )
    page = cut(db.session.execute(query.limit(PAGE + 1)).all(), PAGE, "School.urn")
    after_them = successors([school for school, _ in page.rows])
    rows = [
        Changing(s.urn, s.name, s.status_code, s.closed_on, bids, _names(after_them[s.id]))
        for s, bids in page.rows
    ]
    return Page(rows, page.next_key)


def _names(candidates: Sequence[SuccessorCandidate]) -> str:
    """The successors that can take bids over; where there are none, those that can't."""
    able = [candidate.words for candidate in candidates if not candidate.why_not]
    return joined(sorted(able or [candidate.words for candidate in candidates]))


def _takes_part(school_id: int) -> ColumnElement[bool]:
    part = select(Partner.id).where(Partner.bid_id == Bid.id, Partner.school_id == school_id)
    return or_(Bid.lead_school_id == school_id, part.exists())


def _is_to_pass_on() -> ColumnElement[bool]:
    """Whether a bid has not ended, or something of it is still to be paid or to come back."""
    other = aliased(Bid)
    live = select(other.id).where(other.state.in_(LIVE))
    claimed = [select(Claim.bid_id).where(Claim.state == state) for state in OPEN_CLAIMS]
    owed = [select(Recovery.bid_id).where(Recovery.state == state) for state in TO_COME]
    return Bid.id.in_(union_all(live, *claimed, *owed))  # begins with these few bids


def live_bid_ids(school: School) -> list[int]:
    """The bids that have not ended, or not as to their money, and that a school leads or takes part in, in
    the order of ids."""
    return list(
        db.session.scalars(select(Bid.id).where(_takes_part(school.id), _is_to_pass_on()).order_by(Bid.id))
    )


def passed_bid_ids(old: School, holder: School) -> list[int]:
    """The live bids that passed from a school to this holder, for when that was a mistake."""
    ids = live_bid_ids(holder)
    entries = db.session.scalars(
        select(HistoryEntry)
        .where(HistoryEntry.bid_id.in_(ids), HistoryEntry.step == PASSED_ON)
        .order_by(HistoryEntry.id)
    )
    latest = {entry.bid_id: (entry.facts["from"], entry.facts["to"]) for entry in entries}
    return [number for number in ids if latest.get(number) == (old.urn, holder.urn)]


def bids(ids: list[int], user: User, now: datetime) -> Sequence[Bid]:
    """Those of these bids that this person may see (the first of very many), for the page."""
    return db.session.scalars(
        select(Bid).where(Bid.id.in_(ids), may_see(user, now)).options(*PARTS).order_by(Bid.id).limit(SHOWN)
    ).all()


def money_that_may_not_pay(ids: list[int], new: School) -> dict[int, str]:
    """Of which bids the money comes from lines that may not pay a school of the new one's kind."""
    from_lines = (
        select(LedgerEntry.bid_id, LedgerEntry.allocation_id)
        .where(LedgerEntry.bid_id.in_(ids))
        .distinct()
        .subquery()
    )
    rows = select(from_lines.c.bid_id, Allocation).join(
        Allocation, Allocation.id == from_lines.c.allocation_id
    )
    found: dict[Any, list[str]] = {}
    for bid_id, line in db.session.execute(rows):
        if new.kind.value not in line.pays:
            found.setdefault(bid_id, []).append(f"{line.source} ({line.minute_reference})")
    return {
        bid_id: f"Its money comes from {joined(names)}, which may not pay {new.name}: settle this "
        "before anything is paid."
        for bid_id, names in found.items()
    }


def successions_of(school: School) -> Sequence[Succession]:
    """Whom a school passed bids to, and from whom it took some over; the latest first."""
    return db.session.scalars(
        select(Succession)
        .where(or_(Succession.old_school_id == school.id, Succession.new_school_id == school.id))
        .options(joinedload(Succession.old_school), joinedload(Succession.new_school))
        .order_by(Succession.id.desc())
        .limit(PAGE)
    ).all()


class ClusterMember(NamedTuple):
    id: int
    name: str
    standing: Standing


def members_of(school: School, now: datetime) -> list[ClusterMember]:
    """Who belongs to a school today, with their numbers for the accounts pages."""
    columns = (User.id, User.name, Membership.standing)
    return [ClusterMember(*row) for row in db.session.execute(of_school(school, now, *columns))]


def heads_of(school: School, now: datetime) -> list[str]:
    """The names of a school's heads of today who have an account."""
    return [member.name for member in members_of(school, now) if member.standing is Standing.LEADER]
