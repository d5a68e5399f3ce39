"""The letters that tell schools of a decision: held for an officer to check, then sent.

Held letters are rows like others, with what they would say; as they go they are written again, with
the officer's own lines and the dates of that day. One that never goes is kept, and says why.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, object_session

from fundflow.letters.addressee import Addressee, letter_key
from fundflow.letters.contact import contact_for
from fundflow.letters.recipients import addressees, each_to_tell
from fundflow.letters.writing import composed, write_letter
from fundflow.models.decision import Decision
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.workflow.application import APPLICATION, BidState
from fundflow.workflow.engine import Step

SCHOOLS = ("school", "partners", "provider")  # who learns of a decision when its letter goes


class Draft(NamedTuple):
    """One letter as it will go."""

    recipient: str
    who: Addressee
    key: str
    subject: str
    body: str


def was_told(decision: Decision) -> bool:
    """Whether schools were written to about this decision, or about one that it corrects."""
    if decision.letters_due_on is None or decision.letters_sent_at is not None:
        return True
    return told_before(decision)


def told_before(decision: Decision) -> bool:
    """Whether schools were written to about a decision that this one corrects."""
    return decision.corrects is not None and was_told(decision.corrects)


def drafts(decision: Decision, now: datetime) -> list[Draft]:
    """The letters to schools about a decision, as they would go at this moment."""
    step, entry = step_of(decision), _entry(decision)
    given = {**entry.given, **said(decision)}
    context = {"record": decision.bid, "step": step, "entry": entry, "given": given, "reason": entry.reason}
    return [
        Draft(
            recipient,
            who,
            letter_key(entry.id, recipient, who),
            *composed(
                f"application/{step.name}.txt", recipient, who, now=now, bid=decision.bid, context=context
            ),
        )
        for recipient, who in each_to_tell(
            [name for name in step.emails if name in SCHOOLS],
            decision.bid,
            now,
            skipped=told_by_the_reply(decision),
        )
    ]


def told_by_the_reply(decision: Decision) -> tuple[str, ...]:
    """Who is not written to about an offer, but about the school's reply to it: on the lean path a provider,
    which does nothing before. The letters of acceptance, refusal and lapse carry the news."""
    return ("provider",) if decision.pence is not None and not decision.bid.is_large else ()


def said(decision: Decision) -> dict[str, Any]:
    """What letters may say beside what the step was given, by the names their templates use."""
    return {
        "feedback": [[row.title, row.text] for row in decision.feedback],
        "opening": decision.opening,
        "closing": decision.closing,
    }


def withhold(decision: Decision, now: datetime) -> None:
    """Write the schools' letters about a decision, and keep them until somebody has read them over."""
    for draft in drafts(decision, now):
        _keep(decision, draft, LetterStatus.HELD, now)


def send(decision: Decision, now: datetime) -> None:
    """Put the held letters into the outbox, written again for those who are still to be told."""
    known = {letter.key: letter for letter in held(decision)}
    for draft in drafts(decision, now):
        letter = known.pop(draft.key, None)
        if letter is None:
            _keep(decision, draft, LetterStatus.QUEUED, now)
            continue
        letter.subject, letter.body = draft.subject, draft.body
        letter.status, letter.due = LetterStatus.QUEUED, now
    for letter in known.values():
        letter.dropped_why = "they are no longer to be told"


def write_anew(decision: Decision, now: datetime) -> None:
    """Let the held letters say what they would say now."""
    known = {letter.key: letter for letter in held(decision)}
    for draft in drafts(decision, now):
        if draft.key in known:
            known[draft.key].subject, known[draft.key].body = draft.subject, draft.body


def drop(decision: Decision, why: str) -> None:
    """Never send what is still held; `why` completes “Never sent: ”."""
    for letter in held(decision):
        letter.dropped_why = why


def held(decision: Decision) -> list[Letter]:
    """The letters about a decision that wait to be checked."""
    return list(
        _session(decision).scalars(
            select(Letter)
            .where(
                Letter.history_entry_id == decision.entry_id,
                Letter.status == LetterStatus.HELD,
                Letter.dropped_why.is_(None),
            )
            .order_by(Letter.id)
        )
    )


def step_of(decision: Decision) -> Step:
    """The step whose letters tell of a decision: its correction's only where schools knew of another."""
    funded = decision.pence is not None
    if told_before(decision):
        return APPLICATION.find("correct_decision", BidState.OFFERED if funded else BidState.NOT_FUNDED)
    return APPLICATION.find("approve" if funded else "decline", BidState.AT_PANEL)


def _keep(decision: Decision, draft: Draft, status: LetterStatus, now: datetime) -> None:
    who = draft.who
    _session(decision).add(
        Letter(
            key=draft.key,
            bid_id=decision.bid_id,
            history_entry_id=decision.entry_id,
            user_id=who.user.id if who.user else None,
            recipient=draft.recipient,
            name=who.name[:120],
            email=who.email,
            reply_to=contact_for(decision.bid).email,
            outside=True,
            subject=draft.subject,
            body=draft.body,
            status=status,
            written_at=now,
            due=now,
        )
    )


def _entry(decision: Decision) -> HistoryEntry:
    return _session(decision).get_one(HistoryEntry, decision.entry_id)


def _session(decision: Decision) -> Session:
    session = object_session(decision)
    assert session is not None  # noqa: S101 (a decision is read from the database)
    return session


def ask_to_read_over(decision: Decision, now: datetime) -> None:
    """Ask the officer of the bid to check the held letters, in their daily digest."""
    entry = _entry(decision)
    for who in addressees("officer", decision.bid, now):
        write_letter(
            "panel_extra/read_over.txt",
            "officer",
            who,
            now=now,
            bid=decision.bid,
            key=f"read-over:{decision.id}:{who.email.lower()}",
            entry=entry,
            context={"decision": decision},
            path=f"/bids/{decision.bid.reference}/decision-letter",
        )
