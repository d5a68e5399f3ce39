"""One answer, given through an emailed link and without an account: an approver signs, the head of a
partner school confirms."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.applications.answering import still_considered
from fundflow.extensions import db
from fundflow.letters.links import hash_of
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.named_in_bid import NamedAs
from fundflow.models.person import LinkPurpose, OneTimeLink
from fundflow.rules.named_in_bid import tie_of_approver, why_not_contact
from fundflow.steps import AlreadyTaken, lock, take_step
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

ANSWERED = {
    "sign": ApprovalState.SIGNED,
    "refuse": ApprovalState.REFUSED,
    "confirm": ConfirmationState.CONFIRMED,
    "decline": ConfirmationState.DECLINED,
}
ENDED = "This link has ended. Use the link in the latest letter, or ask for a new one."


class ByLink(NamedTuple):
    """What a link asks, and the link."""

    asked: Approval | Confirmation
    link: OneTimeLink


def asked_by(token: str, kind: type[Approval | Confirmation]) -> ByLink | None:
    """What the link with this token asks, if it is of this kind; whether it has ended is not looked at."""
    link = db.session.scalar(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == hash_of(token[:200]),
            OneTimeLink.purpose == LinkPurpose.ANSWER,
            OneTimeLink.asked_process == kind.workflow.name,
        )
    )
    asked: Any = db.session.get(kind, link.asked_id) if link else None
    return ByLink(asked, link) if asked and link else None


def answer(
    by: ByLink, decision: str, *, signed_name: str, reason: str, now: datetime, version: int | None
) -> None:
    """Record the answer with a full name; the link is spent by the answer alone. Raises Refused."""
    asked, link = by
    lock(asked, None)
    if asked.state is ANSWERED[decision] and asked.signed_name == signed_name:
        raise AlreadyTaken
    lock(asked, version)
    if link.expires_at <= now:
        raise Refused(ENDED)
    still_considered(asked.bid)
    if (tie := tie_of(by, now)) is not None:
        raise Refused(f"You can’t answer this yourself: the person at this address {tie.words}.")
    also = {"answered_at": now, "signed_name": signed_name, "reason": reason}
    if isinstance(asked, Confirmation):
        also |= {"answered_by_id": None, "link_email": link.email}
    link.used_at = now
    take_step(
        asked,
        decision,
        user=None,
        now=now,
        version=version,
        by_link=signed_name,
        given={"signed_name": signed_name, "reason": reason},
        also=also,
    )
    db.session.commit()


def ask_for_account(by: ByLink) -> None:
    """Note that a head who answered by link would like an account; the officer sees it."""
    asked = by.asked
    lock(asked, None)
    if isinstance(asked, Confirmation) and asked.signed_name and asked.link_email == by.link.email:
        asked.wants_account = True
        db.session.commit()


def tie_of(by: ByLink, now: datetime) -> NamedAs | None:
    """What else the holder of the link's address is in the bid that nobody agreed to."""
    asked, link, day = by.asked, by.link, london_date(now)
    if isinstance(asked, Approval):
        return None if asked.agreed_at else tie_of_approver(asked.bid, asked.email, day)
    return why_not_contact(asked.bid, asked.school_id, link.email, day)
