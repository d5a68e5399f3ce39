"""Whose word a submitted bid needs: every partner's confirmation, an approver's signature where the
amount and the school's type ask for one, and the head's where an officer entered the bid."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.holders import leaders_of
from fundflow.letters.links import AnsweredRecord, end_answer_links
from fundflow.letters.recipients import RECIPIENTS, addressees
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.letter import Letter
from fundflow.models.named_in_bid import NamedAs
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.named_in_bid import tie_of_approver
from fundflow.steps import take_step
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.confirmation import CONFIRMATION, ConfirmationState
from fundflow.workflow.working_days import add_working_days, london_date

CHANGED = "The money, schools, dates or outcomes of the bid have changed."
BACK_IN = "Your school takes part in this bid again."
NO_PART = "Your school no longer takes part in this bid."
UNCONFIRMED = (ConfirmationState.ASKED, ConfirmationState.DECLINED)
NO_SIGNATURE = "The bid no longer needs your signature."
NEVER_ASKED = (ApprovalState.PROPOSED, ApprovalState.TURNED_DOWN)


def ask_everybody(bid: Bid, now: datetime) -> None:
    """The first asking; the letters of the step that submits carry it."""
    for partner in bid.partners:
        _new_confirmation(bid, partner.school, partner.part, now)
    if bid.approver_wanted:
        _new_approval(bid, now)


def ask_head(bid: Bid, now: datetime) -> None:
    """Put a bid that an officer submits for a school to the head of that school."""
    _new_confirmation(bid, bid.lead_school, Part.PARTNER, now, for_lead=True)


def agreed_by_head(bid: Bid, user: User, now: datetime) -> None:
    """A head who sends the bid has agreed to it: nothing else is asked of the school."""
    for confirmation in bid.confirmations:
        if confirmation.for_lead and confirmation.state in UNCONFIRMED:
            take_step(confirmation, "confirm", user=user, now=now, also=answered_by(user, now))


def answered_by(user: User, now: datetime, reason: str = "") -> dict[str, Any]:
    """The columns of a confirmation that somebody with an account answers."""
    return {
        "answered_at": now,
        "answered_by_id": user.id,
        "signed_name": "",
        "link_email": "",
        "reason": reason,
    }


def ask_anew(bid: Bid, *, changed: bool, user: User, now: datetime) -> None:
    """After a bid was sent again: cancel, add and ask as its schools and answers need.

    changed  whether money, schools, dates or outcomes differ from what was agreed to
    """
    partners = {partner.school_id: partner for partner in bid.partners}
    for confirmation in [c for c in bid.confirmations if not c.for_lead]:
        _ask_school_anew(confirmation, partners.pop(confirmation.school_id, None), changed, user, now)
    for partner in partners.values():
        _invite(_new_confirmation(bid, partner.school, partner.part, now), now)
    _ask_approver_anew(bid, changed, user, now)


def _ask_school_anew(
    confirmation: Confirmation, partner: Partner | None, changed: bool, user: User, now: datetime
) -> None:
    cancelled = confirmation.state is ConfirmationState.CANCELLED
    if partner is None:
        if not cancelled:
            end_answer_links(AnsweredRecord.of(confirmation), now)
            take_step(confirmation, "cancel", user=user, now=now, given={"reason": NO_PART})
        return
    confirmation.part = partner.part
    if cancelled or (changed and confirmation.state is not ConfirmationState.ASKED):
        ask_school_again(confirmation, BACK_IN if cancelled else CHANGED, user, now)
    elif changed:
        confirmation.touch()  # anyone who read the bid as it was confirms it on a new page


def reach_changed_heads(bid: Bid, now: datetime) -> None:
    """Put the question to the head at the address the bid gives now, where it was sent to another and the
    school has no head with an account; the link sent before ends."""
    for confirmation in [asked for asked in bid.confirmations if asked.is_open and not asked.for_lead]:
        partner = bid.partner_of(confirmation.school_id)
        if partner is None or leaders_of(partner.school, london_date(now)):
            continue
        sent_to = db.session.scalar(
            select(Letter.email)
            .where(Letter.asked_process == CONFIRMATION.name, Letter.asked_id == confirmation.id)
            .order_by(Letter.id.desc())
            .limit(1)
        )
        if partner.contact_email and partner.contact_email != sent_to:
            end_answer_links(AnsweredRecord.of(confirmation), now)
            confirmation.touch()  # its letter is another
            _invite(confirmation, now)


def ask_school_again(
    confirmation: Confirmation, reason: str, user: User, now: datetime, version: int | None = None
) -> None:
    """Put the question to a partner's head again; the caller commits."""
    confirmation.asked_at, confirmation.due_on = now, due(confirmation.bid, now)
    end_answer_links(AnsweredRecord.of(confirmation), now)
    take_step(confirmation, "ask_again", user=user, now=now, given={"reason": reason}, version=version)
    confirmation.answered_at = confirmation.answered_by_id = None
    confirmation.signed_name = confirmation.link_email = confirmation.reason = ""


def _ask_approver_anew(bid: Bid, changed: bool, user: User, now: datetime) -> None:
    """Go on with the approver the bid names, or cancel and ask another."""
    tie = tie_of_approver(bid, bid.approver_email, london_date(now))
    live = [a for a in bid.approvals if a.state is not ApprovalState.CANCELLED]
    going_on = [approval for approval in live if bid.approver_wanted and _still_fits(approval, tie)]
    for approval in live:
        if approval not in going_on:
            _cancel(approval, user, now)
        elif approval.state is ApprovalState.ASKED:
            approval.name = bid.approver_name  # a typo put right
            if changed:
                approval.touch()  # anyone who read the bid as it was signs it on a new page
        elif changed and approval.state not in NEVER_ASKED:
            ask_approver_again(approval, CHANGED, user, now)
    if bid.approver_wanted and not going_on:
        approval = _new_approval(bid, now)
        if approval.state is ApprovalState.PROPOSED:
            _ask_officer_about(approval, now)
        else:
            write_letter(
                "applications_extra/please_sign.txt",
                "approver",
                Addressee(approval.name, approval.email, asked=approval),
                bid=bid,
                now=now,
                key=f"please_sign:{approval.id}",
                context={"record": approval},
            )


def _ask_officer_about(approval: Approval, now: datetime) -> None:
    """Put it to the officer whether an approver with another part in the bid may sign."""
    for who in addressees("officer", approval.bid, now):
        write_letter(
            "applications_extra/approver_proposed.txt",
            "officer",
            who,
            bid=approval.bid,
            now=now,
            key=f"approver_proposed:{approval.id}:{who.email.lower()}",
            path=f"/bids/{approval.bid.reference}/application",
            context={"record": approval},
        )


def _still_fits(approval: Approval, tie: NamedAs | None) -> bool:
    """Whether the bid names this approver still, and nothing else is to be agreed about them."""
    bid = approval.bid
    if approval.email != bid.approver_email:
        return False
    if approval.state in NEVER_ASKED:  # the officer has not agreed: another reason is put to them again
        return approval.tie is tie and approval.why == bid.approver_why
    return tie is None or approval.tie is tie or approval.agreed_at is not None


def _cancel(approval: Approval, user: User, now: datetime) -> None:
    never_asked = ("approver",) if approval.state in NEVER_ASKED else ()
    end_answer_links(AnsweredRecord.of(approval), now)
    given = {"reason": NO_SIGNATURE}
    take_step(approval, "cancel", user=user, now=now, given=given, unwritten=never_asked)


def ask_approver_again(
    approval: Approval, reason: str, user: User, now: datetime, version: int | None = None
) -> None:
    """Put the bid to its approver again, with a new link; the caller commits."""
    approval.asked_at, approval.due_on = now, due(approval.bid, now)
    end_answer_links(AnsweredRecord.of(approval), now)
    take_step(approval, "ask_again", user=user, now=now, given={"reason": reason}, version=version)
    approval.answered_at, approval.signed_name, approval.reason = None, "", ""


def _new_confirmation(
    bid: Bid, school: School, part: Part, now: datetime, *, for_lead: bool = False
) -> Confirmation:
    asked = Confirmation(
        bid=bid, school=school, part=part, for_lead=for_lead, asked_at=now, due_on=due(bid, now)
    )
    db.session.add(asked)
    db.session.flush()  # letters point at it
    return asked


def _new_approval(bid: Bid, now: datetime) -> Approval:
    """Ask the bid’s approver; one with another part in the bid waits for the officer to agree first."""
    tie = tie_of_approver(bid, bid.approver_email, london_date(now))
    asked = Approval(
        bid=bid,
        state=ApprovalState.PROPOSED if tie else ApprovalState.ASKED,
        tie=tie,
        why=bid.approver_why if tie else "",
        name=bid.approver_name,
        email=bid.approver_email,
        asked_at=now,
        due_on=due(bid, now),
        role=bid.approver_wanted or bid.approver_role,
        replaces=next((a for a in reversed(bid.approvals) if a.email != bid.approver_email), None),
    )
    db.session.add(asked)
    db.session.flush()  # its letter points at it
    return asked


def _invite(confirmation: Confirmation, now: datetime) -> None:
    """A school that joined after the bid was first submitted."""
    for who in RECIPIENTS["partner"](confirmation, london_date(now)):
        write_letter(
            "applications_extra/partner_added.txt",
            "partner",
            who,
            bid=confirmation.bid,
            now=now,
            key=f"partner_added:{confirmation.id}:{confirmation.version}:{who.email.lower()}",
            context={"record": confirmation},
        )


def due(bid: Bid, now: datetime) -> date:
    """By when the person who is asked now should answer."""
    return add_working_days(london_date(now), bid.fund.confirmation_days, bid.fund.schools_off)
