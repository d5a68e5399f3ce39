"""The words of others on a bid: a partner's head confirms, an approver signs through a link."""

from datetime import datetime

from fundflow.applications import asking
from fundflow.applications.queries import OPEN_TO_WORDS, taking_part
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.person import OneTimeLink, User
from fundflow.steps import AlreadyTaken, hold, require_step, take_step
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import add_working_days, london_date


def confirm(
    confirmation: Confirmation, *, user: User, now: datetime, version: int | None, agreement: bool = False
) -> None:
    """A partner's head says that the school takes part (a provider: that it can release staff); the
    head of the lead school, that they agree to the bid an officer entered for it."""
    _begin(confirmation, "confirm", user, now, version)
    if confirmation.for_lead:
        if not agreement:
            raise Refused("Tick the box to show that you agree.")
        confirmation.bid.agreed_by_id = user.id
    confirmation.answered_at, confirmation.answered_by_id = now, user.id
    confirmation.reason = ""
    take_step(confirmation, "confirm", user=user, now=now, version=version)
    db.session.commit()


def decline(
    confirmation: Confirmation, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _begin(confirmation, "decline", user, now, version)
    confirmation.answered_at, confirmation.answered_by_id = now, user.id
    confirmation.reason = reason
    take_step(confirmation, "decline", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def ask_school_again(
    confirmation: Confirmation, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _begin(confirmation, "ask_again", user, now, version)
    _not_too_soon(confirmation, confirmation.school.name, now)
    asking.ask_school_again(confirmation, reason, user, now, version)
    db.session.commit()


def cancel_confirmation(
    confirmation: Confirmation, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """No longer ask a school that left the bid; one that takes part must always confirm."""
    _begin(confirmation, "cancel", user, now, version)
    if confirmation.for_lead or confirmation.school.urn in taking_part(confirmation.bid):
        raise Refused(f"{confirmation.school.name} takes part in the bid, so its answer is needed.")
    take_step(confirmation, "cancel", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def ask_approver_again(
    approval: Approval, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _begin(approval, "ask_again", user, now, version)
    _not_too_soon(approval, approval.name, now)
    asking.ask_approver_again(approval, reason, user, now, version)
    db.session.commit()


def sign(
    approval: Approval,
    *,
    link: OneTimeLink,
    decision: str,
    signed_name: str,
    reason: str,
    now: datetime,
    version: int | None,
) -> None:
    """Sign or refuse (`decision`) with a full name. The link is spent by the answer alone."""
    step, answered = {"sign": ("sign", ApprovalState.SIGNED), "refuse": ("refuse", ApprovalState.REFUSED)}[
        decision
    ]
    hold(approval, None)
    if approval.state is answered and approval.signed_name == signed_name:
        raise AlreadyTaken
    hold(approval, version)
    _still_considered(approval.bid)
    approval.answered_at, approval.signed_name, approval.reason = now, signed_name, reason
    link.used_at = now
    take_step(
        approval,
        step,
        user=None,
        now=now,
        version=version,
        approver=signed_name,
        given={"signed_name": signed_name, "reason": reason},
    )
    db.session.commit()


def _begin(word: Confirmation | Approval, step: str, user: User, now: datetime, version: int | None) -> None:
    hold(word, version, step=step, user=user)
    require_step(word, step, user, now)
    _still_considered(word.bid)


def _not_too_soon(word: Confirmation | Approval, name: str, now: datetime) -> None:
    """One asking a working day is enough for anybody."""
    last = london_date(word.asked_at)
    again = add_working_days(last, 1)
    if london_date(now) < again:
        raise Refused(f"{name} was asked on {day_words(last)}. You can ask again from {day_words(again)}.")


def _still_considered(bid: Bid) -> None:
    if bid.state not in OPEN_TO_WORDS:
        raise Refused("The bid is no longer being considered, so nothing is needed from you.")
