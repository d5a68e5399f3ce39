"""The letters of the reminders that are due (`fundflow.clock.reminders` has the table)."""

from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from fundflow.clock import candidates as find
from fundflow.clock.one_by_one import one_by_one
from fundflow.clock.reminders import REMINDERS, Reminder, days_off_of
from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.recipients import RECIPIENTS
from fundflow.letters.writing import write_letter
from fundflow.models.bid import Bid
from fundflow.models.days_off import Whose, days_for
from fundflow.models.impact import ImpactReturn
from fundflow.models.letter import Letter
from fundflow.payments.asking_days import ask_about_days
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.working_days import LONDON, is_working_day, london_date


def write_reminders(now: datetime) -> int:
    """Write the reminders that are due; returns how many letters. Commits, record by record."""
    local = now.astimezone(LONDON)
    if not is_working_day(local.date()) or local.hour < current_app.config["DIGEST_HOUR"]:
        return 0
    return sum(_remind(reminder, local.date(), now) for reminder in REMINDERS) + _ask_about_days(now)


def _ask_about_days(now: datetime) -> int:
    """Heads without an account are asked about days of the log, by a link that answers it."""
    numbers = list(db.session.scalars(find.logs_to_settle(london_date(now))))
    db.session.commit()
    return one_by_one(numbers, lambda number: ask_about_days(db.session.get_one(Bid, number), now=now))


def _remind(reminder: Reminder, today: date, now: datetime) -> int:
    numbers = list(db.session.scalars(reminder.find(today)))
    db.session.commit()

    def remind(number: int) -> int:
        return _remind_of(reminder, db.session.get_one(reminder.kind, number), today, now)

    return one_by_one(numbers, remind)


def _remind_of(reminder: Reminder, record: Any, today: date, now: datetime) -> int:
    day = reminder.day(record)
    stage = reminder.stage(record, day, today) if day else None
    if day is None or stage is None or reminder.is_pointless(record, day, stage, now):
        return 0
    if today in days_for(days_off_of(record), Whose.COUNCIL):
        return 0
    wanted = _letters_wanted(reminder, record, day, stage, today)
    written = set(db.session.scalars(select(Letter.key).where(Letter.key.in_(wanted))))
    for key, (recipient, who) in wanted.items():
        if key not in written:
            write_letter(
                f"reminders/{reminder.name}.txt",
                recipient,
                who,
                key=key,
                now=now,
                bid=record.bid,
                path=None if record.bid else record.path,
                context={"record": record, "day": day, "stage": stage},
            )
    return len(wanted) - len(written)


def _letters_wanted(
    reminder: Reminder, record: Any, day: date, stage: int, today: date
) -> dict[str, tuple[str, Addressee]]:
    """Key → block and addressee; a person who is named twice gets the first."""
    found: dict[str, tuple[str, Addressee]] = {}
    about = f"{reminder.name}:{record.id}:{day}:{_words_of(stage)}"
    for recipient in reminder.stages[stage]:
        for who in _who(reminder, recipient, record, today):
            if who.email:
                found.setdefault(f"{about}:{who.email.lower()}", (recipient, who))
    return found


def _words_of(stage: int) -> str:
    return f"reminder-{-stage}" if stage < 0 else f"overdue-{stage}"


def _who(reminder: Reminder, recipient: str, record: Any, today: date) -> list[Addressee]:
    if reminder.kind is ImpactReturn and recipient == "approver":
        return _who_approved(record.bid)
    return RECIPIENTS[recipient](record, today)


def _who_approved(bid: Bid) -> list[Addressee]:
    """The person who signed the bid, told of the report: a letter without a link to sign."""
    return [Addressee(a.name, a.email) for a in bid.approvals if a.state is ApprovalState.SIGNED]
