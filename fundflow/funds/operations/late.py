"""Letting one school into a round after its closing, with a reason."""

from datetime import datetime

from sqlalchemy import select

from fundflow import ledger
from fundflow.actors import roles_for
from fundflow.drafts import why_never
from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import leaders_of
from fundflow.letters.recipients import OFFICERS
from fundflow.letters.writing import write_letter
from fundflow.models.history import HistoryEntry
from fundflow.models.late_entry import LateEntry
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.date_words import day_words, moment_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import add_working_days, london_date

MOST_AHEAD = 20  # working days


def let_in(
    round_: Round, *, school: School, until: datetime, reason: str, user: User, now: datetime
) -> LateEntry:
    """Let a school submit in this round until a moment; its head gets a letter.

    The same again, as by a second click, changes nothing. Raises Refused.
    """
    ledger.lock_fund(round_.fund_id)
    _may_let_in(round_, school, user, now)
    if why := why_never(school, round_.fund) or why_not_until(round_, until, now):
        raise Refused(why)
    known = _same(round_, school, until)
    if known is None:
        known = LateEntry(round=round_, school=school, until=until, reason=reason, by=user, at=now)
        db.session.add(known)
        entry = record_event(
            round_.fund,
            "let_in",
            f"{school.name[:90]} let into {round_.name[:40]} until {moment_words(until)}",
            user=user,
            now=now,
            reason=reason,
        )
        db.session.flush()  # the letters' keys carry its number
        _tell(known, "let_in", entry, now)
    db.session.commit()
    return known


def end_late_entry(entry: LateEntry, *, reason: str, user: User, now: datetime) -> None:
    """Take back that a school was let in; its head gets a letter. What was submitted stays so."""
    ledger.lock_fund(entry.round.fund_id)
    db.session.refresh(entry)
    _may_let_in(entry.round, entry.school, user, now)
    if entry.until <= now:
        raise Refused(f"{entry.school.name} could submit until {moment_words(entry.until)}: this is over.")
    if entry.ended_at is None:
        entry.ended_at = now
        told = record_event(
            entry.round.fund,
            "end_late_entry",
            f"{entry.school.name[:100]} no longer let into {entry.round.name[:40]}",
            user=user,
            now=now,
            reason=reason,
        )
        _tell(entry, "no_longer_let_in", told, now)
    db.session.commit()


def why_not_until(round_: Round, until: datetime, now: datetime) -> str | None:
    """None where a school may be let in until then, else the sentence."""
    last = add_working_days(london_date(now), MOST_AHEAD, round_.fund.council_off)
    if round_.is_draft:
        return f"{round_.name} is not published yet."
    if round_.closes_at is None:
        return f"{round_.name} has no closing date, so no school needs to be let in late."
    if round_.opens_at and now < round_.opens_at:
        return f"{round_.name} has not opened yet."
    if until <= now:
        return "The new deadline must be in the future."
    if until <= round_.closes_at:
        return f"{round_.name} is open to every school until {moment_words(round_.closes_at)}."
    if london_date(until) > last:
        return f"The new deadline can be {day_words(last)} at the latest, {MOST_AHEAD} working days ahead."
    return None


def _may_let_in(round_: Round, school: School, user: User, now: datetime) -> None:
    day = london_date(now)
    if not user.active or not roles_for(user, round_.fund_id, day).intersection(OFFICERS):
        raise Refused("Only a liaison officer of this fund can do this.")
    if OwnBodies.of(user, day).bar_from([school]):
        raise Refused(
            f"You can’t do this for {school.name}: it is your school, or of your trust. Ask a deputy."
        )


def _same(round_: Round, school: School, until: datetime) -> LateEntry | None:
    return db.session.scalar(
        select(LateEntry).where(
            LateEntry.round_id == round_.id,
            LateEntry.school_id == school.id,
            LateEntry.until == until,
            LateEntry.ended_at.is_(None),
        )
    )


def heads_of(school: School, now: datetime) -> list[Addressee]:
    """Whom the letter goes to; empty where no head has an account."""
    return leaders_of(school, london_date(now))


def _tell(late: LateEntry, letter: str, entry: HistoryEntry, now: datetime) -> None:
    for who in heads_of(late.school, now):
        write_letter(
            f"rounds/{letter}.txt",
            "school",
            who,
            now=now,
            path=f"/rounds/{late.round_id}",
            entry=entry,
            key=f"late:{late.id}:{letter}:{who.email.lower()}",
            context={"entry": late},
        )
