"""Notes inside a bid: written for colleagues, read by those they name, sent to a school on purpose."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid
from fundflow.models.desk import Mention, StaffNote
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.permissions import writes_notes
from fundflow.review.queries import colleagues
from fundflow.review.rules import why_not_send
from fundflow.steps import lock, note
from fundflow.workflow.engine import Refused

MOMENT = timedelta(minutes=1)  # the same words again within it are a second click


def write_note(bid: Bid, text: str, mentioned: Collection[int], *, user: User, now: datetime) -> StaffNote:
    """Keep a note, and tell the colleagues it names. Others' pages of the bid do not go stale."""
    lock(bid, None)
    if not writes_notes(user, bid, now):
        raise Refused("Only people who work on this bid for the council can write notes.")
    if twice := _said_just_now(bid, text, user, now):
        return twice
    named = [one for one in colleagues(bid, user, now) if one.id in set(mentioned)]
    if len(named) != len(set(mentioned)):
        raise Refused("One of those people can’t read notes on this bid. Select others.")
    written = StaffNote(
        bid=bid, text=text, by_id=user.id, at=now, mentions=[Mention(user_id=one.id) for one in named]
    )
    db.session.add(written)
    entry = note(
        bid, "write_note", "Wrote a note for colleagues", user=user, now=now, internal=True, quietly=True
    )
    for one in named:
        _tell(written, entry, one, user)
    db.session.commit()
    return written


def _said_just_now(bid: Bid, text: str, user: User, now: datetime) -> StaffNote | None:
    return db.session.scalar(
        select(StaffNote)
        .where(
            StaffNote.bid_id == bid.id,
            StaffNote.by_id == user.id,
            StaffNote.text == text,
            StaffNote.at > now - MOMENT,
        )
        .order_by(StaffNote.id.desc())
        .limit(1)
    )


def _tell(written: StaffNote, entry: HistoryEntry, one: User, user: User) -> None:
    """The letter says that there is a note, never what it says: more people read letters."""
    write_letter(
        "review_extra/mentioned.txt",
        "colleague",
        Addressee(one.name, one.email, one),
        now=entry.at,
        entry=entry,
        key=f"mention:{written.id}:{one.id}",
        bid=written.bid,
        path=f"/bids/{written.bid.reference}/notes",
        context={"writer": user.name},
    )


def mark_read(written: StaffNote, *, user: User, now: datetime) -> None:
    """The person a note names has read it."""
    lock(written.bid, None)
    mention = next((one for one in written.mentions if one.user_id == user.id), None)
    if mention is None:
        raise Refused("This note does not name you.")
    mention.read_at = mention.read_at or now
    db.session.commit()


def send_note(written: StaffNote, *, user: User, now: datetime) -> None:
    """Send a note to the head of the lead school, which reads it on the bid's page from now on."""
    bid = written.bid
    lock(bid, None)
    db.session.refresh(written)
    if why := why_not_send(bid, user, now):
        raise Refused(why)
    if written.sent_at is not None:
        return  # a second click
    written.sent_at, written.sent_by_id = now, user.id
    entry = note(
        bid,
        "send_note",
        "Sent a message to the school",
        user=user,
        now=now,
        reason=written.text,
        quietly=True,
    )
    for who in addressees("school", bid, entry.at):
        if who.email:
            write_letter(
                "review_extra/message.txt",
                "school",
                who,
                now=now,
                bid=bid,
                key=f"note:{written.id}:{who.email.lower()}",
                entry=entry,
                context={"sender": user.name, "message": written.text},
            )
    db.session.commit()
