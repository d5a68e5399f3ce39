"""What people with an account say on what is asked about a bid: a partner's head confirms, an officer
agrees to an approver. What is answered by link stands in `answering_by_link`."""

from datetime import datetime

from fundflow.applications import asking
from fundflow.applications.asking import answered_by
from fundflow.applications.queries import taking_part
from fundflow.extensions import db
from fundflow.letters.links import AnsweredRecord, end_answer_links
from fundflow.models.bid import Bid
from fundflow.models.confirmation import ASKING, Approval, Confirmation
from fundflow.models.person import User
from fundflow.steps import lock, require_step, take_step
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
    also = answered_by(user, now)
    take_step(confirmation, "confirm", user=user, now=now, version=version, also=also)
    db.session.commit()


def decline(
    confirmation: Confirmation, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _begin(confirmation, "decline", user, now, version)
    also = answered_by(user, now, reason)
    given = {"reason": reason}
    take_step(confirmation, "decline", user=user, now=now, given=given, version=version, also=also)
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
    end_answer_links(AnsweredRecord.of(confirmation), now)
    take_step(confirmation, "cancel", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def ask_approver_again(
    approval: Approval, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    _begin(approval, "ask_again", user, now, version)
    if approval.email != approval.bid.approver_email:
        raise Refused(f"The bid no longer names {approval.name} as its approver.")
    _not_too_soon(approval, approval.name, now)
    asking.ask_approver_again(approval, reason, user, now, version)
    db.session.commit()


def agree_approver(
    approval: Approval, *, reason: str, user: User, now: datetime, version: int | None
) -> None:
    """Let an approver sign who has another part in the bid, and ask them."""
    _begin(approval, "agree_approver", user, now, version)
    approval.asked_at, approval.due_on, approval.agreed_at = now, asking.due(approval.bid, now), now
    take_step(approval, "agree_approver", user=user, now=now, given={"reason": reason}, version=version)
    db.session.commit()


def _begin(word: Confirmation | Approval, step: str, user: User, now: datetime, version: int | None) -> None:
    lock(word, version, step=step, user=user)
    require_step(word, step, user, now)
    still_considered(word.bid)


def _not_too_soon(word: Confirmation | Approval, name: str, now: datetime) -> None:
    """One asking a working day is enough for anybody."""
    last = london_date(word.asked_at)
    again = add_working_days(last, 1, word.bid.fund.schools_off)
    if london_date(now) < again:
        raise Refused(f"{name} was asked on {day_words(last)}. You can ask again from {day_words(again)}.")


def still_considered(bid: Bid) -> None:
    """Raise Refused once nothing that others say about the bid matters any more."""
    if bid.state not in ASKING:
        raise Refused("The bid is no longer being considered, so nothing is needed from you.")
