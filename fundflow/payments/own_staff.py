"""A school's own staff over all bids: their days, what they earned, and who was paid for them."""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.area import SCHOOL_TODAY, same_schools
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.permissions import may_see
from fundflow.rules.award_rows import BEFORE, OF_SCHOOLS
from fundflow.rules.awards_in_force import InForce, awards_of
from fundflow.web.paging import Page, newest_first, page_of_rows
from fundflow.workflow.award import Basis, PayeeId, most_of_line, share_of, sums
from fundflow.workflow.working_days import london_date

PAGE = 50


class Part(NamedTuple):
    """What lines of an award earned, and what was paid for them to its payee; pence."""

    earned: int = 0
    paid: int = 0


def part_of_lines(basis: Basis, places: Collection[int], payee: PayeeId) -> Part:
    """What of a payee's sum is for the lines at these places.

    A payee that is paid for nothing else has been paid it all. What is paid for other lines too counts in
    proportion to what was done, up to what these lines earned.
    """
    found, theirs = sums(basis)[payee], _places_of(basis, payee)
    if theirs <= set(places):
        return Part(found.earned, found.paid)
    counted = {n: min(basis.lines[n].done, most_of_line(basis.lines[n].budget)) for n in theirs}
    ours, whole = sum(counted[n] for n in theirs.intersection(places)), sum(counted.values())
    earned = share_of(found.earned, ours, whole)
    return Part(earned, min(share_of(found.paid, ours, whole), earned))


def _places_of(basis: Basis, payee: PayeeId) -> set[int]:
    return {n for n, line in enumerate(basis.lines) if line.payee == payee}


class OwnStaff(NamedTuple):
    """A school's part in one award: half days of its staff, and pence of its days and costs.

    payee       who is paid for them: the school itself, or the school that leads the bid
    for_others  the school is paid for other schools too, which `paid` holds as well
    """

    bid: Bid
    school: School
    payee: School
    agreed: int
    confirmed: int
    waiting: int
    earned: int
    paid: int
    for_others: bool

    @property
    def is_paid_directly(self) -> bool:
        return self.payee.id == self.school.id


def own_staff(user: User, now: datetime) -> list[OwnStaff]:
    """The part of this person's schools in each award they may see, the newest first; nothing of another
    school's staff."""
    mine = same_schools(user.school_ids(london_date(now)))
    awards = awards_of(db.session(), OF_SCHOOLS, schools=sorted(mine))
    ids = [found.award.bid_id for found in awards]
    seen = set(db.session.scalars(select(Bid.id).where(Bid.id.in_(ids), may_see(user, now))))
    today = {school.id: school for school in db.session.scalars(select(School).where(School.id.in_(mine)))}
    worked = _worked(mine)
    return [
        row
        for found in reversed(awards)
        if found.award.bid_id in seen
        for row in _parts(found, today, worked)
    ]


def _parts(
    found: InForce, schools: dict[int, School], worked: Counter[tuple[int, int, bool]]
) -> list[OwnStaff]:
    lines, bid = found.award.lines, found.award.bid
    ours: dict[tuple[int, PayeeId], list[int]] = {}
    for place, line in enumerate(lines):
        if line.school_id in schools:
            key = schools[line.school_id].today_id, line.payee.today_id
            ours.setdefault(key, []).append(place)
    rows = []
    for (school_id, payee_id), places in ours.items():
        school = db.session.get_one(School, school_id)
        earned, paid = part_of_lines(found.basis, places, payee_id)
        direct = payee_id == school_id
        for_others = direct and not _places_of(found.basis, payee_id) <= set(places)
        confirmed, waiting = (worked[bid.id, school_id, counts] for counts in (True, False))
        agreed = sum(lines[place].half_days or 0 for place in places)
        payee = db.session.get_one(School, payee_id)
        money = (earned, found.basis.paid[payee_id] if direct else paid, for_others)
        rows.append(OwnStaff(bid, school, payee, agreed, confirmed, waiting, *money))
    return rows


def _worked(mine: Collection[int]) -> Counter[tuple[int, int, bool]]:
    """Half days by bid, the school whose staff it was as it is today, and whether they are confirmed; with
    those worked before an award was entered as already running."""
    confirmed = case((WorkedDay.confirmed_at.is_not(None), 1), else_=0)
    query = (
        select(WorkedDay.bid_id, SCHOOL_TODAY, confirmed, func.sum(WorkedDay.half_days))
        .join(School, School.id == WorkedDay.school_id)
        .where(WorkedDay.school_id.in_(mine), WorkedDay.struck_at.is_(None))
        .group_by(WorkedDay.bid_id, SCHOOL_TODAY, confirmed)
    )
    before = [
        select(row.bid_id, SCHOOL_TODAY, literal(1), func.sum(row.half_days))
        .join(AwardLine, AwardLine.id == row.line_id)
        .join(School, School.id == AwardLine.school_id)
        .where(AwardLine.school_id.in_(mine), row.half_days.is_not(None), counts)
        .group_by(row.bid_id, SCHOOL_TODAY)
        for row, counts in BEFORE
    ]
    found: Counter[tuple[int, int, bool]] = Counter()
    for bid_id, school_id, counts, half_days in db.session.execute(query.union_all(*before)):
        found[bid_id, school_id, bool(counts)] += int(half_days)
    return found


class OwnDay(NamedTuple):
    """A day of a member of the school's staff."""

    id: int
    reference: str
    day: date
    half_days: int
    staff_code: str
    activity: str
    where: str
    logged_by: str | None
    confirms: str | None  # the school whose head is to confirm it; None: the liaison officer
    confirmed_at: datetime | None
    struck_at: datetime | None
    struck_reason: str


def own_days(user: User, now: datetime, after: int | None) -> Page[OwnDay]:
    """One page of the days of this person's own staff, those logged last first."""
    mine = same_schools(user.school_ids(london_date(now)))
    where, confirms = aliased(School), aliased(School)
    query = (
        select(
            WorkedDay.id,
            Bid.reference,
            WorkedDay.day,
            WorkedDay.half_days,
            WorkedDay.staff_code,
            WorkedDay.activity,
            where.name,
            User.name,
            confirms.name,
            WorkedDay.confirmed_at,
            WorkedDay.struck_at,
            WorkedDay.struck_reason,
        )
        .join(Bid, Bid.id == WorkedDay.bid_id)
        .join(where, where.id == WorkedDay.where_id)
        .outerjoin(confirms, confirms.id == WorkedDay.confirms_id)
        .outerjoin(User, User.id == WorkedDay.logged_by_id)
        .where(WorkedDay.school_id.in_(mine), may_see(user, now))
    )
    return page_of_rows(newest_first(query, WorkedDay.id, after), PAGE, OwnDay)
