"""Votes by email between meetings: members vote on their own page until a moment."""

from datetime import datetime, timedelta

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import AgendaItem
from fundflow.models.person import User
from fundflow.panel.operations.common import lock_item, require_clerk, require_open
from fundflow.rules.panel.sitting import ItemStanding, Sitting
from fundflow.rules.panel.sittings import is_carried, sitting_of
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.meeting import MeetingState

LONGEST = timedelta(days=60)


def ask_to_vote_by_email(
    item: AgendaItem, until: datetime, reason: str = "", *, user: User, now: datetime
) -> None:
    """Ask the members who may vote, and have not, to do so from their own page until a moment.

    reason  why by email, where the panel could vote at its meeting; members are told
    """
    lock_item(item)
    require_clerk(item, user, now)
    require_open(item)
    if item.email_vote_until == until:
        return db.session.commit()  # a second click
    sitting = sitting_of(item, now)
    refuse_if(why_no_email_vote(item, sitting, now))
    if not reason.strip():
        refuse_if(why_email_needs_reason(item, sitting))
    if not now < until <= now + LONGEST:
        raise Refused("The vote must end after now, and within 60 days.")
    item.email_vote_until, item.email_vote_from = until, item.email_vote_from or now
    item.rules_id = item.rules_id or item.bid.fund.rules_in_force.id
    item.touch()
    entry = record_event(
        item.bid,
        "email_vote",
        f"Asked members to vote by email until {moment_words(until)}",
        user=user,
        now=now,
        reason=reason.strip(),
        internal=True,
    )
    db.session.flush()  # letters point at the entry
    for standing in sitting.may_still_vote:
        _write(item, standing, entry, reason.strip(), now)
    return db.session.commit()


def why_no_email_vote(item: AgendaItem, sitting: Sitting, now: datetime) -> str | None:
    """Why members can’t be asked to vote on this item by email, as a sentence, or None."""
    if item.meeting.state is MeetingState.PLANNED:
        return "Issue the papers first."
    if is_carried(item, sitting, now):
        return "The panel has voted on this item: its decision can be recorded."
    return None


def why_email_needs_reason(item: AgendaItem, sitting: Sitting) -> str | None:
    """What to say where members could vote at the meeting, and no reason is given why not."""
    if item.meeting.state is MeetingState.PAPERS_ISSUED:
        return "Say why the panel decides this before it meets."
    if item.meeting.state is MeetingState.IN_SESSION and not sitting.inquorate:
        return "Enough members are present: take the vote in the meeting, or say why by email."
    return None


def _write(item: AgendaItem, standing: ItemStanding, entry: HistoryEntry, reason: str, now: datetime) -> None:
    person = standing.seat.user
    write_letter(
        "panel_extra/email_vote.txt",
        "panel",
        Addressee(person.name, person.email, person),
        key=f"email-vote:{entry.id}:{person.email}",
        now=now,
        bid=item.bid,
        entry=entry,
        context={"item": item, "reason": reason},
        path=f"/meetings/{item.meeting_id}/items/{item.id}",
    )
