"""The log of an award's days. Nobody counts for more than one day on a day, in this bid or another.

To add a day, or to confirm one, the row of the school whose staff it names is locked, so that the same
day can't be counted in two bids at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.area import same_schools, schools_today
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import BEGUN_DAYS, WorkedDay
from fundflow.models.days_off import Whose, days_for
from fundflow.models.money import days_number
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import School
from fundflow.models.unfinished import Unfinished, set_unfinished
from fundflow.permissions import visible_to
from fundflow.rules.change_requests import line_of
from fundflow.rules.changes import why_other_rate
from fundflow.rules.claims import why_log_closed
from fundflow.rules.day_confirming import who_confirms
from fundflow.rules.named_in_bid import why_not_contact
from fundflow.rules.openings import earned_before, why_before_award, why_counted_before
from fundflow.steps import lock
from fundflow.workflow.award import MOST_OF_A_LINE
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date, why_not_working

WHOLE_DAY = 2  # half days
NOBODY = -1  # the number of a head without an account


NOT_YOURS = "Only people of the school that released them, or of the lead school, can log a day."


class LineDays(NamedTuple):
    """A line of days, and how many half days of it stand in the log, confirmed or not; with those earned
    before the award was entered."""

    line: AwardLine
    logged: int
    confirmed: int


def log_day(
    bid: Bid,
    *,
    line_id: int,
    day: date,
    half_days: int,
    activity: str,
    where_id: int,
    stand_in: str = "",
    user: User,
    now: datetime,
    version: int | None,
) -> WorkedDay:
    """Log a day (2) or half (1); raises Refused where it can't have been worked for this award.

    stand_in  the code of somebody of the same grade who worked it, at no higher rate
    """
    lock(bid, version)
    line = _line_of(bid, line_id)
    by = school_of_logger(bid, line, user, now)
    if by is None:
        raise Refused(NOT_YOURS)
    refuse_if(why_log_closed(bid) or _why_not_on(bid, day, now))
    refuse_if(why_other_rate(line_of(line), map(line_of, days_of_award(bid)), day))
    spent_at = next((school for school in bid.schools if school.id == where_id), None)
    if spent_at is None:
        raise Refused("Select a school that takes part in the bid.")
    lock_schools([line.school_id])
    entry = WorkedDay(
        bid=bid,
        line=line,
        school_id=line.school_id,
        staff_code=(stand_in.strip() or line.staff_code.strip()).upper(),
        day=day,
        half_days=half_days,
        activity=activity,
        spent_at=spent_at,
        logged_at=now,
        logged_by=user,
        by_school_id=by,
    )
    entry.confirms_id = _who_confirms(bid, entry, now)
    db.session.add(entry)
    db.session.flush()  # the sums are asked of the database
    refuse_if(_why_above_line(entry) or why_counted_twice(entry, user, now))
    set_unfinished(bid, f"{BEGUN_DAYS}/{by}", None)
    bid.touch()
    db.session.commit()
    return entry


def keep_begun_day(
    bid: Bid, entry: Unfinished | None, *, user: User, now: datetime, version: int | None
) -> None:
    """Keep a day that can't be stored yet as it was typed; None: forget it."""
    lock(bid, version)
    place = place_of_begun(bid, user, now)
    if place is None:
        raise Refused(NOT_YOURS)
    refuse_if(why_log_closed(bid))
    set_unfinished(bid, place, entry)
    bid.touch()
    db.session.commit()


def place_of_begun(bid: Bid, user: User, now: datetime) -> str | None:
    """Where in `Bid.unfinished` the day is held that this person's school began; None where they log none."""
    schools = (school_of_logger(bid, line, user, now) for line in days_of_award(bid))
    school = next((school for school in schools if school is not None), None)
    return None if school is None else f"{BEGUN_DAYS}/{school}"


def lines_to_log(bid: Bid, user: User, now: datetime) -> list[AwardLine]:
    """The lines of days for which this person may log one."""
    lines = days_of_award(bid)
    return [line for line in lines if school_of_logger(bid, line, user, now) is not None]


def days_of_award(bid: Bid) -> list[AwardLine]:
    """The lines of days of the award in force."""
    return [line for line in bid.award.lines if line.is_days] if bid.award else []


def school_of_logger(bid: Bid, line: AwardLine, user: User, now: datetime) -> int | None:
    """The school for which this person logs days of a line: the releasing school, else the lead's."""
    mine = user.school_ids(london_date(now))
    releasing = _today(line.school)
    if releasing in mine:
        return releasing
    return bid.lead_school_id if bid.lead_school_id in mine else None


def said_of(entry: WorkedDay) -> list[str]:
    """What is odd about a day that was logged, and no reason to refuse it."""
    found = []
    off = days_for(entry.bid.fund.days_off, Whose.SCHOOLS)
    if why := why_not_working(entry.day):
        found.append(f"{day_words(entry.day)} was {why}.")
    elif entry.day in off:
        found.append(f"{day_words(entry.day)} was in the school holidays.")
    line = by_line([entry.line])[0]
    if line.logged > (entry.line.half_days or 0):
        found.append(f"That makes {_of_line(line)}. The award pays for a tenth more at most.")
    return found


def by_line(lines: Sequence[AwardLine]) -> list[LineDays]:
    """Lines of days with what is logged of each, and what of that is confirmed."""
    worked = func.sum(WorkedDay.half_days)
    counted = {
        key: (logged, confirmed or 0)
        for key, logged, confirmed in db.session.execute(
            select(AwardLine.key, worked, worked.filter(WorkedDay.confirmed_at.is_not(None)))
            .join(WorkedDay.line)
            .where(WorkedDay.bid_id.in_({line.award.bid_id for line in lines}), WorkedDay.struck_at.is_(None))
            .group_by(AwardLine.key)
        )
    }
    before: dict[int, int] = {}
    for bid in {line.award.bid for line in lines}:
        before |= earned_before(bid)
    return [
        LineDays(line, logged + before.get(line.key, 0), confirmed + before.get(line.key, 0))
        for line in lines
        for logged, confirmed in [counted.get(line.key, (0, 0))]
    ]


def lock_schools(school_ids: Iterable[int]) -> None:
    """Lock the rows of these schools, in the order of their ids, and of the schools they came from or
    passed into: the same staff may stand in logs under each."""
    db.session.execute(
        select(School.id)
        .where(School.id.in_(same_schools(school_ids)))
        .order_by(School.id)
        .with_for_update(key_share=True)
    ).all()


def why_counted_twice(entry: WorkedDay, user: User | None, now: datetime) -> str | None:
    """The sentence where somebody would count for more than a whole day on a day; it names the other
    bid to those who may see it. The caller has locked the school."""
    others = [other for other in _same_staff_day(entry) if other.id != entry.id]
    if entry.half_days + sum(other.half_days for other in others) <= WHOLE_DAY:
        return None
    elsewhere = {other.bid_id for other in others} - {entry.bid_id}
    seen = _seen(elsewhere, user, now) if user else []
    places = [bid.reference for bid in seen] or ["another bid"] if elsewhere else ["this log"]
    return (
        f"{entry.staff_code} is logged already on {day_words(entry.day)}, in {' and '.join(places)}. "
        "Nobody counts for more than one day on the same day."
    )


def _seen(bids: Iterable[int], user: User, now: datetime) -> Sequence[Bid]:
    return db.session.scalars(visible_to(user, now).where(Bid.id.in_(bids))).unique().all()


def _line_of(bid: Bid, line_id: int) -> AwardLine:
    line = next((line for line in days_of_award(bid) if line.id == line_id), None)
    if line is None:
        raise Refused("Select somebody whose release the award pays for.")
    return line


def _why_not_on(bid: Bid, day: date, now: datetime) -> str | None:
    """Why no day of the award can have been worked on this one."""
    if day > london_date(now):
        return "A day can be logged once it has been worked. This one is in the future."
    if bid.start_on and bid.end_on and not bid.start_on <= day <= bid.end_on:
        return (
            f"The day must be in the time of the bid: {day_words(bid.start_on)} to {day_words(bid.end_on)}."
        )
    if why := why_counted_before(bid, day):
        return why
    return why_before_award(bid, day, "day")


def _why_above_line(entry: WorkedDay) -> str | None:
    """Why no more days of its line can be logged: more than a tenth above what was awarded."""
    line = by_line([entry.line])[0]
    if line.logged * 100 <= (entry.line.half_days or 0) * MOST_OF_A_LINE:
        return None
    return (
        f"With this one the log would have {_of_line(line)}. The award pays for a tenth more at most: "
        "ask for a change of the award first."
    )


def _of_line(found: LineDays) -> str:
    line = found.line
    days = f"{days_number(found.logged)} of {days_number(line.half_days or 0)} days"
    return f"{days} for {line.what} ({line.staff_code})"


def _same_staff_day(entry: WorkedDay) -> Iterator[WorkedDay]:
    """What stands in any log of the same member of staff on the same day, itself among it."""
    rows = db.session.scalars(
        select(WorkedDay).where(
            WorkedDay.school_id.in_(same_schools([entry.school_id])),
            WorkedDay.staff_key == entry.staff_key,
            WorkedDay.day == entry.day,
            WorkedDay.struck_at.is_(None),
        )
    ).all()
    today = schools_today([entry.school_id, *(row.school_id for row in rows)])
    for row in rows:
        # The same staff under a school's old URN and its new one are the same people; those of two
        # schools that merged are not.
        if (
            entry.school_id in (row.school_id, today[row.school_id])
            or row.school_id == today[entry.school_id]
        ):
            yield row


def _who_confirms(bid: Bid, entry: WorkedDay, now: datetime) -> int | None:
    releasing = [_today(line.school) for line in days_of_award(bid)]
    schools = {entry.spent_at.id, entry.by_school_id, *releasing}
    return who_confirms(
        where=entry.spent_at.id,
        releasing=_today(entry.line.school),
        others=releasing,
        by=entry.by_school_id,
        logger=entry.logged_by.id if entry.logged_by else 0,
        heads=_by_link(bid, schools, london_date(now)) | _heads_of(schools, london_date(now)),
    )


def _heads_of(school_ids: Iterable[int], day: date) -> dict[int, set[int]]:
    """Who leads each of these schools today."""
    heads: dict[int, set[int]] = {}
    for member in db.session.scalars(
        select(Membership)
        .join(User)
        .where(
            Membership.school_id.in_(set(school_ids)),
            Membership.standing == Standing.LEADER,
            User.active.is_(True),
        )
    ):
        if member.is_valid_on(day):
            heads.setdefault(member.school_id, set()).add(member.user_id)
    return heads


def _by_link(bid: Bid, school_ids: Iterable[int], day: date) -> dict[int, set[int]]:
    """Schools of which nobody has an account, whose head the bid names and no other part of it does: such
    a head answers by link, and stands here as a person without a number."""
    found = (bid.partner_of(school_id) for school_id in school_ids)
    return {
        partner.school_id: {NOBODY}
        for partner in found
        if partner
        and partner.contact_email
        and why_not_contact(bid, partner.school_id, partner.contact_email, day) is None
    }


def _today(school: School) -> int:
    return school.today_id
