"""An administrator sends a letter again."""

from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters.brake import refuse_again_so_soon
from fundflow.letters.links import ADDRESSES, AnsweredRecord, end_answer_links
from fundflow.models.bid import Bid
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName, User
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date

S = LetterStatus


def why_not_resend(letter: Letter) -> str | None:
    """None when the letter may be sent again, else the sentence that says why not."""
    if letter.status is S.QUEUED:
        return "This letter is still waiting to go. There is nothing to send again yet."
    if not letter.email:
        return "Its text and its address were removed, as they had been kept long enough."
    if letter.dropped_why:
        return f"This letter is never sent: {letter.dropped_why}."
    if letter.status is S.HELD:
        return "This letter is held until an officer has checked it."
    return None


def why_not_elsewhere(letter: Letter) -> str | None:
    """None when the letter may be sent to another address than it had, else the sentence."""
    if letter.link_purpose is not None and letter.user_id is None:
        return (
            "Its link is for the person it was written to, and works for anybody who gets it. Change the "
            "address on the bid. Then the letter goes to the new one."
        )
    return None


def resend(letter: Letter, *, user: User, now: datetime, email: str | None = None) -> None:
    """Put a letter into the queue again, at once and with all its attempts; commits.

    It gets a Message-ID of its own, and a new one-time link. Raises Refused.
    email  the right address, where the letter’s was wrong; an account’s is changed by its own operation
    """
    if not _administers(user, letter, now):
        raise Refused("Only an administrator can send a letter again.")
    db.session.refresh(letter, with_for_update=True)
    why = why_not_resend(letter)
    if why:
        raise Refused(why)
    _end_links(letter, now)
    before, address = letter.status.value, letter.email
    refuse_if(_why_not_there(letter, email or address))
    if email is not None and email != address:
        refuse_if(why_not_elsewhere(letter))
        letter.email = email
    letter.status, letter.sent_at, letter.due = S.QUEUED, None, now
    letter.attempts, letter.last_error = 0, ""
    letter.resends += 1
    entry = record_event(
        letter,
        "resend",
        "Sent a letter again",
        user=user,
        now=now,
        before=before,
        internal=True,
        reason=f"To {letter.email}: {letter.subject}" + (f" (before: {address})" if email else ""),
    )
    refuse_again_so_soon(entry)
    db.session.commit()


def _why_not_there(letter: Letter, email: str) -> str | None:
    """None when a letter may go to this address. A link that signs in, or a code that proves who somebody
    is, goes to the address of the account now: a person who has an earlier one may be somebody else."""
    if letter.user_id is None or letter.link_purpose in (None, *ADDRESSES):
        return None
    own = db.session.scalar(select(User.email).where(User.id == letter.user_id))
    if own == email:
        return None
    return f"{email} is not the address of this account now. Find them under People, and invite them again."


def _end_links(letter: Letter, now: datetime) -> None:
    """The links in the copies that went before: a new one goes with this copy."""
    if letter.asked_process and letter.asked_id:
        end_answer_links(AnsweredRecord(letter.asked_process, letter.asked_id), now)


def _administers(user: User, letter: Letter, now: datetime) -> bool:
    """Whether this person is an administrator of every fund, or of the one the letter is about."""
    day = london_date(now)
    funds = {g.fund_id for g in user.roles if g.role is RoleName.ADMINISTRATOR and g.is_valid_on(day)}
    about = db.session.scalar(select(Bid.fund_id).where(Bid.id == letter.bid_id))
    return None in funds or (about is not None and about in funds)
