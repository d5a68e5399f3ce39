"""The log of days behind a claim. Nobody can be claimed for twice on one day, in this bid or another.

To change a log, or to send it, the rows of the schools whose staff it names are locked, so that two
claims for the same day can't both pass.
"""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select, tuple_

from fundflow.extensions import db
from fundflow.models.area import same_schools, schools_today
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine
from fundflow.models.payment import LIVE_CLAIMS, Claim, ClaimDay
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.models.unfinished import Unfinished, set_unfinished
from fundflow.names import identifier
from fundflow.permissions import actors_for
from fundflow.rules.awards import sum_of
from fundflow.steps import lock
from fundflow.web.jinja import days as days_words
from fundflow.workflow.actors import Actor
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date

WHOLE_DAY = 2  # half days


def add_day(
    claim: Claim,
    *,
    line_id: int,
    day: date,
    half_days: int,
    activity: str,
    user: User,
    now: datetime,
    version: int | None,
) -> None:
    """Enter a day (2) or half (1); raises Refused where it can't be claimed for."""
    lock_log(claim, version, user=user, now=now)
    line = _line_of(claim.bid, line_id)
    refuse_if(_why_not_on(claim.bid, day, now))
    lock_schools([line.school_id])
    claim.days.append(
        ClaimDay(
            line=line,
            school_id=line.school_id,
            staff_code=line.staff_code.strip().upper(),
            day=day,
            half_days=half_days,
            activity=activity,
        )
    )
    set_unfinished(claim.bid, claim.begun_day, None)
    check_log(claim)
    _add_up_again(claim)
    db.session.commit()


def keep_begun_day(
    claim: Claim, entry: Unfinished | None, *, user: User, now: datetime, version: int | None
) -> None:
    """Keep a day that can't be stored yet as it was typed; None: forget it."""
    lock_log(claim, version, user=user, now=now)
    set_unfinished(claim.bid, claim.begun_day, entry)
    claim.touch()
    db.session.commit()


def remove_day(claim: Claim, day_id: int, *, user: User, now: datetime, version: int | None) -> None:
    """Take an entry out of a log that has not been sent; one that is gone already is no error."""
    lock_log(claim, version, user=user, now=now)
    for entry in [entry for entry in claim.days if entry.id == day_id]:
        claim.days.remove(entry)
        db.session.delete(entry)
    _add_up_again(claim)
    db.session.commit()


def set_invoice(claim: Claim, *, reference: str, user: User, now: datetime, version: int | None) -> None:
    """Keep the school's own invoice reference; raises Refused where it was used before."""
    lock_log(claim, version, user=user, now=now)
    lock_schools([claim.bid.lead_school_id])
    refuse_if(why_invoice_used(claim, reference))
    claim.invoice_reference, claim.invoice_school_id = reference, claim.bid.lead_school_id
    claim.touch()
    db.session.commit()


def lock_log(claim: Claim, version: int | None, *, user: User, now: datetime) -> None:
    """Lock the claim to change its log; raises Refused where this person may not."""
    lock(claim, version)
    if Actor.SCHOOL_TEAM not in actors_for(user, claim, now):
        raise Refused("Only people of the school that leads the bid can change its claim.")
    if not claim.is_editable:
        raise Refused("This claim has been sent, so its days can no longer be changed.")


def lock_schools(school_ids: Iterable[int]) -> None:
    """Lock the rows of these schools, in the order of their ids, and of the schools they came from or
    passed into: the same staff may stand in claims under each."""
    db.session.execute(
        select(School.id)
        .where(School.id.in_(same_schools(school_ids)))
        .order_by(School.id)
        .with_for_update(key_share=True)
    ).all()


def check_log(claim: Claim) -> None:
    """Raise Refused where the log claims too much; the caller has locked the claim and the schools."""
    db.session.flush()  # the sums are asked of the database
    refuse_if(_why_more_than_planned(claim) or _why_claimed_twice(claim))


def why_invoice_used(claim: Claim, reference: str) -> str | None:
    """The sentence that says this invoice reference was used by the same school, or None."""
    wanted = identifier(reference)
    if not wanted:
        return None
    used = db.session.scalar(
        select(Claim.id)
        .where(
            Claim.invoice_school_id.in_(same_schools([claim.bid.lead_school_id])),
            Claim.id != claim.id,
            Claim.invoice_key == wanted,
            Claim.state != ClaimState.REFUSED,
        )
        .limit(1)
    )
    return f"Your school has used invoice reference {reference} before." if used else None


def _line_of(bid: Bid, line_id: int) -> BackfillLine:
    line = next((line for line in bid.backfill_lines if line.id == line_id), None)
    if line is None:
        raise Refused("Select somebody whose release the bid pays for.")
    return line


def _why_not_on(bid: Bid, day: date, now: datetime) -> str | None:
    """Why this day can't be claimed for: it is still to come, or outside the bid's dates."""
    if day > london_date(now):
        return "A day can be claimed for once it has been worked. This one is in the future."
    if bid.start_on and bid.end_on and not bid.start_on <= day <= bid.end_on:
        return (
            f"The day must be in the time of the bid: {day_words(bid.start_on)} to {day_words(bid.end_on)}."
        )
    return None


def _why_more_than_planned(claim: Claim) -> str | None:
    """Names a line of backfill of which more days would be claimed than the bid has."""
    claimed = dict(
        db.session.execute(
            select(ClaimDay.line_id, func.sum(ClaimDay.half_days))
            .join(Claim)
            .where(Claim.bid_id == claim.bid_id, _counts_against(claim))
            .group_by(ClaimDay.line_id)
        ).all()
    )
    for line in claim.bid.backfill_lines:
        if claimed.get(line.id, 0) > line.half_days:
            return (
                f"The bid has {days_words(line.half_days)} days for {line.staff_role} "
                f"({line.staff_code}); with this one {days_words(claimed[line.id])} would be "
                "claimed."
            )
    return None


def _why_claimed_twice(claim: Claim) -> str | None:
    """Names somebody for whom more than a whole day is claimed on one day."""
    claimed = _claimed_on_its_days(claim)
    today = schools_today(school_id for school_id, *_ in claimed)
    for mine in sorted(claim.days, key=lambda entry: entry.day):
        # The same staff under a school's old URN and its new one are the same people.
        halves = sum(
            half_days
            for school_id, key, day, half_days in claimed
            if (key, day) == (mine.staff_key, mine.day)
            and (
                school_id == mine.school_id
                or today[school_id] == mine.school_id
                or today[mine.school_id] == school_id
            )
        )
        if halves > WHOLE_DAY:
            return (
                f"{mine.staff_code} is claimed for already on {day_words(mine.day)}, here or in "
                "another bid. Nobody can be claimed for more than once on the same day."
            )
    return None


def _claimed_on_its_days(claim: Claim) -> list[tuple[int, str, date, int]]:
    """(school's id, staff key, day, half days): what all claims have of this claim's staff on its days."""
    keys = {(entry.staff_key, entry.day) for entry in claim.days}
    if not keys:
        return []
    who = (ClaimDay.school_id, ClaimDay.staff_key, ClaimDay.day)
    return [
        (*row,)
        for row in db.session.execute(
            select(*who, func.sum(ClaimDay.half_days))
            .join(Claim)
            .where(
                ClaimDay.school_id.in_(same_schools(entry.school_id for entry in claim.days)),
                tuple_(*who[1:]).in_(keys),
                _counts_against(claim),
            )
            .group_by(*who)
        )
    ]


def _counts_against(claim: Claim) -> ColumnElement[bool]:
    """Which claims' days count against this one: its own and those of claims that were sent, no draft's."""
    return or_(Claim.state.in_(LIVE_CLAIMS), Claim.id == claim.id)


def _add_up_again(claim: Claim) -> None:
    """Work out the claim's sum from its changed log, whose days must then be confirmed again."""
    db.session.flush()  # the sum is asked of the database
    claim.pence = sum_of(claim.bid, with_claim=claim).due
    claim.days_confirmed_at = claim.days_confirmed_by_id = None
    claim.touch()
