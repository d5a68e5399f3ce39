"""A day of the log is settled: confirmed by a head who did not log it, or struck out with a reason.

Other costs are struck out in the same way; nobody confirms them.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.writing import write_letter
from fundflow.models.bid import Bid
from fundflow.models.day_log import HEADS_DAYS, WorkedDay
from fundflow.models.history import HistoryEntry
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.spent_cost import SpentCost
from fundflow.payments.day_log import lock_schools, why_counted_twice
from fundflow.reconciling import reconcile
from fundflow.rules.award_sums import due_on
from fundflow.rules.awards import TO_WORK_OUT, lower
from fundflow.rules.claims import why_log_closed
from fundflow.rules.day_confirming import may_confirm
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import lock, note
from fundflow.workflow.actors import Actor
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import add_working_days, london_date

Struck = TypeVar("Struck", WorkedDay, SpentCost)


def confirm_days(
    bid: Bid, ids: Collection[int], *, reason: str = "", user: User, now: datetime, version: int | None
) -> None:
    """Say that these days were worked; the officer gives a reason where a head has not answered."""
    about = {"day_ids": sorted(ids)}
    lock(bid, version, step="confirm_days", user=user, about=about)
    days = [entry for entry in days_to_confirm(bid, user, now) if entry.id in ids]
    refuse_if(None if days else why_own_days(bid, user))
    if len(days) != len(set(ids)) or not days:
        raise Refused("These days are no longer yours to confirm. Look at the log again.")
    if not reason and any(entry.confirms for entry in days) and _is_officer(bid, user, now):
        raise Refused("Enter why you confirm them in place of the head.")
    lock_schools(entry.school_id for entry in days)
    for entry in days:
        refuse_if(why_counted_twice(entry, user, now))
        entry.confirmed_at, entry.confirmed_by = now, user
    words = f"Confirmed {len(days)} {'day' if len(days) == 1 else 'days'} of the log"
    told = note(bid, "confirm_days", words, user=user, now=now, reason=reason, version=version, facts=about)
    reconcile(bid, told, user, now)
    db.session.commit()


def days_to_confirm(bid: Bid, user: User, now: datetime) -> list[WorkedDay]:
    """The days that wait for this person to confirm them, oldest first."""
    waiting = db.session.scalars(
        select(WorkedDay)
        .where(WorkedDay.bid_id == bid.id, WorkedDay.is_unsettled)
        .order_by(WorkedDay.day, WorkedDay.id)
        .options(joinedload(WorkedDay.confirms))
    ).all()
    if not waiting:
        return []
    officer = _is_officer(bid, user, now)
    leads = user.school_ids(london_date(now), leading=True)
    return [
        entry
        for entry in waiting
        if (_confirms_today(entry) in leads and _is_independent(entry, user, leads))
        or (officer and is_the_officers(entry, now) and entry.logged_by_id != user.id)
    ]


def why_own_days(bid: Bid, user: User) -> str | None:
    """The sentence where days wait that this person logged: nobody confirms their own."""
    own = select(WorkedDay.id).where(
        WorkedDay.bid_id == bid.id, WorkedDay.is_unsettled, WorkedDay.logged_by_id == user.id
    )
    if db.session.scalar(own.limit(1)) is None:
        return None
    return "You logged the days that wait, so another person must confirm them."


def is_the_officers(entry: WorkedDay, now: datetime) -> bool:
    """Whether the officer may confirm it: no head is independent, or the head has had the time."""
    return entry.confirms_id is None or london_date(now) >= officers_from(entry)


def officers_from(entry: WorkedDay) -> date:
    """From when the officer may confirm a day in place of a head."""
    return add_working_days(london_date(entry.logged_at), HEADS_DAYS, entry.bid.fund.schools_off)


def strike_out(entry: WorkedDay, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Strike a day out of the log; it stays to be read, with who did so and why."""
    words = f"Struck out {day_words(entry.day)} of the log"
    told = _strike_out(entry, "strike_out_day", words, why_not_struck, reason, user, now, version)
    _tell(entry, entry.logged_by, "day_struck", told)
    db.session.commit()


def strike_out_cost(entry: SpentCost, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Strike a cost out of the log; it stays to be read, with its receipt, who did so and why."""
    words = f"Struck out {pounds(entry.pence)} on {day_words(entry.spent_on)} of the log"
    told = _strike_out(entry, "strike_out_cost", words, why_cost_not_struck, reason, user, now, version)
    _tell(entry, entry.entered_by, "cost_struck", told)
    db.session.commit()


def _strike_out(
    entry: Struck,
    step: str,
    words: str,
    why_not: Callable[[Struck, User, datetime], str | None],
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
) -> HistoryEntry:
    """Strike an entry out under the lock of its bid, with what it was to pay in a claim that waits."""
    bid, about = entry.bid, {"entry": entry.id}
    lock(bid, version, step=step, user=user, about=about)
    db.session.refresh(entry)
    refuse_if(why_not(entry, user, now))
    entry.struck_at, entry.struck_by, entry.struck_reason = now, user, reason
    if entry.claim and entry.claim.state in TO_WORK_OUT:
        db.session.flush()  # the sum is asked of the database
        lower(entry.claim, due_on(entry.claim))
    told = note(bid, step, words, user=user, now=now, reason=reason, version=version, facts=about)
    reconcile(bid, told, user, now)
    return told


def why_not_struck(entry: WorkedDay, user: User, now: datetime) -> str | None:
    """None where this person may strike the day out, else the sentence."""
    if entry.struck_at:
        return "This day is struck out already."
    if entry.claim and entry.claim.state is ClaimState.CERTIFIED:
        return "This day is in a claim that is checked and about to be paid. Refuse the claim first."
    if _is_officer(entry.bid, user, now):
        return None
    mine = user.school_ids(london_date(now))
    if entry.confirmed_at:
        queried = entry.claim is not None and entry.claim.state is ClaimState.QUERIED
        if queried and entry.bid.lead_school_id in mine:
            return None
        return "This day is confirmed. Only the liaison officer can strike it out."
    if mine & {entry.by_school_id, entry.bid.lead_school_id} or entry.logged_by_id == user.id:
        return None
    if _confirms_today(entry) in user.school_ids(london_date(now), leading=True):
        return None
    return "Only those who logged this day, or who are to confirm it, can strike it out."


def why_cost_not_struck(entry: SpentCost, user: User, now: datetime) -> str | None:
    """None where this person may strike the cost out, else the sentence."""
    if entry.struck_at:
        return "This cost is struck out already."
    if entry.claim and entry.claim.state is ClaimState.CERTIFIED:
        return "This cost is in a claim that is checked and about to be paid. Refuse the claim first."
    if _is_officer(entry.bid, user, now):
        return None
    mine = user.school_ids(london_date(now))
    if entry.claim and entry.claim.state not in (ClaimState.QUERIED, ClaimState.REFUSED):
        return "This cost is in a claim. Only the liaison officer can strike it out."
    if closed := why_log_closed(entry.bid):
        return f"{closed} Only the liaison officer can strike this cost out."
    if mine & {entry.by_school_id, entry.bid.lead_school_id} or entry.entered_by_id == user.id:
        return None
    return "Only those who entered this cost, and the liaison officer, can strike it out."


def _tell(entry: WorkedDay | SpentCost, logger: User | None, letter: str, told: HistoryEntry) -> None:
    """A letter to the person who made the entry, unless they struck it out themselves."""
    if logger is None or not logger.active or entry.struck_by is logger:
        return
    write_letter(
        f"payments_extra/{letter}.txt",
        "logger",
        Addressee(logger.name, logger.email, logger),
        key=f"{letter.replace('_', '-')}:{entry.id}",
        now=told.at,
        bid=entry.bid,
        entry=told,
        path=f"/bids/{entry.bid.reference}/days",
        context={"record": entry, "reason": entry.struck_reason, "by": told.actor_name},
    )


def _is_officer(bid: Bid, user: User, now: datetime) -> bool:
    """Whether this person acts for the council on the log: an officer who is not barred."""
    return Actor.OFFICER in actors_for(user, bid, now) and bar_of(bid, user, now) is None


def _confirms_today(entry: WorkedDay) -> int | None:
    """The school whose head confirms, or the one that it passed into."""
    return entry.confirms.today_id if entry.confirms else None


def _is_independent(entry: WorkedDay, user: User, leads: set[int]) -> bool:
    return may_confirm(user.id, logger=entry.logged_by_id, leads=leads, by=entry.by_school_id)
