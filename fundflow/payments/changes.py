"""Changes of an award: asked for, agreed by the schools concerned, decided; and what an agreed one does."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from fundflow.blocking import release_unasked
from fundflow.extensions import db
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeAnswer, ChangeLine, ChangeRequest
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.payments import change_parts
from fundflow.payments.change_parts import Joins, NewLine, NewOutcome, OutcomeTo, put_parts_in_force
from fundflow.permissions import sees_money
from fundflow.reconciling import drop_joining, settle_less_money
from fundflow.rules import returns
from fundflow.rules.award_sums import logged_on_lines
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.change_requests import (
    changes_of,
    concerned_schools,
    is_less,
    is_more,
    losing,
    schools_to_agree,
    version_of,
    why_decider_decides,
    why_impossible,
)
from fundflow.steps import lock, lock_to_make, require_step, take_step, why_no_step
from fundflow.workflow.change_request import CHANGE_REQUEST, ChangeState
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date


class WantedLine(NamedTuple):
    """A line as it is to be: half days and a code of staff, or pence of another cost."""

    amount: int
    what: str
    staff_code: str = ""


class Wanted(NamedTuple):
    """An award as it is to be, and why. Lines by the id of the line in force; one left out stays. Schools
    that leave by their ids: their lines keep what is logged."""

    start_on: date | None
    end_on: date | None
    pence: int
    why: str
    outcomes: str = ""
    lines: Mapping[int, WantedLine] = {}
    new_lines: Sequence[NewLine] = ()
    measured: Sequence[OutcomeTo] = ()
    new_outcomes: Sequence[NewOutcome] = ()
    joins: Sequence[Joins] = ()
    leaves: Sequence[int] = ()

    @property
    def texts(self) -> str:
        """All that was written but the reason, which the step keeps."""
        said = [line.what for line in self.new_lines]
        said += [text for one in self.new_outcomes for text in (one.measure, one.unit, one.method)]
        return "\n".join([self.outcomes, *said])


def why_no_change(bid: Bid, step: str, user: User, now: datetime) -> str | None:
    """None where this person may take this first step of a change now, else the sentence."""
    return why_no_step(ChangeRequest(bid=bid, pence=0), step, user, now)


def sees_change(user: User, change: ChangeRequest, now: datetime) -> bool:
    """Whether this person sees a change: anyone who sees the bid's money, and people of a school it concerns,
    once the head agreed to what the officer entered."""
    own = set() if change.state is ChangeState.TO_CONFIRM else concerned_schools(change)
    own &= user.school_ids(london_date(now))
    return bool(own) or sees_money(user, change.bid, now)


def ask(
    bid: Bid, wanted: Wanted, *, user: User, now: datetime, version: int | None, step: str = "ask"
) -> ChangeRequest:
    """Ask for a change of the award. Raises AlreadyTaken at the second click on a page.

    step  `ask` (the school), `enter` (the officer, for a head to agree to) or `reduce` (the officer proposes
          less money, for which the school does not ask)
    """
    lock_to_make(bid, CHANGE_REQUEST.name, user, version)
    refuse_if(why_no_change(bid, step, user, now))
    refuse_if(why_not_kept(wanted.texts))
    change = _change_to(bid, wanted, step, user, now)
    refuse_if(change_parts.why_so_many_outcomes(bid, change.changed_outcomes))
    refuse_if(change_parts.why_targets_too_late(bid, change) or why_impossible(change))
    change_parts.refuse_unless_asked(bid, wanted.joins, now)
    if step != "enter":  # of what the officer enters the head is asked first
        change_parts.let_ask(change, now)
    change.more = is_more(change)
    change.for_decider = why_decider_decides(change) is not None
    change.answers = [ChangeAnswer(school=db.session.get_one(School, n)) for n in schools_to_agree(change)]
    db.session.add(change)
    db.session.flush()  # the step locks its row
    given = {"reason": wanted.why, "made_from": version}
    take_step(change, step, user=user, now=now, given=given)
    _go_on(change, now)
    db.session.commit()
    return change


def _change_to(bid: Bid, wanted: Wanted, step: str, user: User, now: datetime) -> ChangeRequest:
    award, gone = bid.awards[-1], set(wanted.leaves)
    logged = logged_on_lines(bid) if gone else {}
    lines = dict(wanted.lines)
    for line in award.lines:
        if line.school.today_id in gone:
            lines[line.id] = WantedLine(_kept_of(line, logged), line.what, line.staff_code)
    return ChangeRequest(
        bid=bid,
        number=len(changes_of(bid)) + 1,
        award=award,
        by_council=step != "ask",
        unwanted=step == "reduce",
        old_start_on=bid.start_on,
        old_end_on=bid.end_on,
        start_on=wanted.start_on,
        end_on=wanted.end_on,
        pence=wanted.pence,
        outcomes=wanted.outcomes,
        why=wanted.why,
        asked_at=now,
        waits_since=now,
        asked_by=user,
        lines=[
            ChangeLine(
                line=line,
                half_days=new.amount if line.is_days else None,
                pence=None if line.is_days else new.amount,
                what=new.what,
                staff_code=new.staff_code,
            )
            for line in award.lines
            if (new := lines.get(line.id))
            and new != (line.half_days if line.is_days else line.pence, line.what, line.staff_code)
        ],
        new_lines=[change_parts.new_line(line, bid) for line in wanted.new_lines],
        changed_outcomes=[
            *change_parts.changed_outcomes(bid, wanted.measured, wanted.end_on),
            *(change_parts.new_outcome(one, bid, wanted.end_on) for one in wanted.new_outcomes),
        ],
        partners=change_parts.partners(bid, wanted.joins, wanted.leaves),
    )


def _kept_of(line: AwardLine, logged: Mapping[int, int]) -> int:
    """What a line of a school that leaves keeps: half days or pence that are logged, up to what it had."""
    return min(logged.get(line.key, 0), line.half_days if line.half_days is not None else line.pence)


def _go_on(change: ChangeRequest, now: datetime) -> None:
    """Once every school concerned has agreed, the decision maker is asked."""
    if change.state is ChangeState.WITH_SCHOOLS and not change.unanswered:
        step = "go_to_decider" if change.for_decider else "go_to_officer"
        take_step(change, step, user=None, now=now, also={"waits_since": now})


def confirm(
    change: ChangeRequest, *, agreement: bool, user: User, now: datetime, version: int | None
) -> None:
    """The head agrees to a change that the officer entered; other schools are asked from now on."""
    lock(change, version, step="confirm", user=user)
    require_step(change, "confirm", user, now)
    change_parts.let_ask(change, now)
    also = {"confirmed_by_id": user.id, "waits_since": now}
    given = {"agreement": agreement}
    take_step(change, "confirm", user=user, now=now, version=version, given=given, also=also)
    _go_on(change, now)
    db.session.commit()


def decline(change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _end(change, "decline", reason, user, now, version)


def say_yes(change: ChangeRequest, *, user: User, now: datetime, version: int | None) -> None:
    """A head agrees for the schools they lead, of those that are asked."""
    take_step(change, "say_yes", user=user, now=now, version=version)
    mine = user.school_ids(london_date(now), leading=True)
    _agree_for(change, {a for a in change.unanswered if a.school_today in mine}, user, now)


def say_yes_for(
    change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """The officer records what heads without an account answered."""
    take_step(change, "say_yes_for", user=user, now=now, version=version, given={"reason": reason})
    _agree_for(change, set(change.unanswered), user, now)


def say_no(change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    _end(change, "say_no", reason, user, now, version)


def withdraw(change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    lock(change, version, step="withdraw", user=user)
    if change.open_item:
        change.open_item.take_off(now)
    _end(change, "withdraw", reason, user, now, version)


def refuse(change: ChangeRequest, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    also = {"decided_at": now, "decided_by_id": user.id}
    _end(change, "refuse", reason, user, now, version, also)


def agree(change: ChangeRequest, *, user: User, now: datetime, version: int | None) -> None:
    """Agree to a change: the award's new version is in force at once, its money moves with it."""
    lock(change, version, step="agree", user=user)
    require_step(change, "agree", user, now)
    bid, moves_money = change.bid, bool(losing(change))
    made = put_in_force(change, now)
    also = {"made_id": made.id, "decided_at": now, "decided_by_id": user.id}
    told = take_step(change, "agree", user=user, now=now, version=version, also=also)
    put_parts_in_force(change, now)
    if is_less(change):
        bid.awarded_pence = change.pence
    if moves_money:
        settle_less_money(bid, told, now)
    db.session.commit()


def put_in_force(change: ChangeRequest, now: datetime) -> Award:
    """The version of the award that a change makes, in force from now on, with the bid's new dates. The
    caller has locked the bid, takes the step, and then puts the change's other parts in force."""
    made = version_of(change, now)
    change.bid.awards.append(made)
    db.session.flush()  # the change points at the version
    move_dates(change.bid, change.start_on, change.end_on, was=change.old_end_on, now=now)
    return made


def move_dates(
    bid: Bid, start_on: date | None, end_on: date | None, *, was: date | None, now: datetime
) -> None:
    """The bid runs from and until these dates, and its reports are due after them. Support that had ended
    goes on, where it is longer now than it was."""
    ends = (bid.start_on, bid.end_on) != (start_on, end_on) and end_on
    bid.start_on, bid.end_on = start_on, end_on
    if ends and bid.report and bid.report.state in returns.UNSENT:
        returns.move(bid, bid.start_on, ends, london_date(now))
        longer = ends > (was or date.min)
        if longer and why_no_step(bid, "go_on_delivering", None, now) is None:
            take_step(bid, "go_on_delivering", user=None, now=now, given={"reason": "The award is changed."})
            release_unasked(bid, None, now)


def _agree_for(change: ChangeRequest, answers: set[ChangeAnswer], user: User, now: datetime) -> None:
    for answer in answers:
        answer.agreed_at, answer.agreed_by_id = now, user.id
    db.session.flush()
    _go_on(change, now)
    db.session.commit()


def _end(
    change: ChangeRequest,
    step: str,
    reason: str,
    user: User,
    now: datetime,
    version: int | None,
    also: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    given, columns = {"reason": reason}, {"answer": reason, **(also or {})}
    told = take_step(change, step, user=user, now=now, version=version, given=given, also=columns)
    drop_joining(change)
    db.session.commit()
    return told
