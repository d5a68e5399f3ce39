"""What becomes of one bid when a school’s place in it passes to its successor."""

from datetime import date

from fundflow.extensions import db
from fundflow.letters.holders import leaders_of
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.recovery import TO_COME
from fundflow.models.school import School
from fundflow.rules.recoveries import recoveries_of

STRONGER = (Part.PROVIDER, Part.SUPPORTED, Part.PARTNER)  # where two parts become one, the first counts


def what_happens(bid: Bid, old: School, new: School) -> list[str]:
    """Sentences for the page that asks, the history and the letters; said before it happens."""
    said, went = [], False
    was, there = bid.partner_of(old.id), bid.partner_of(new.id)
    if bid.lead_school_id == old.id:
        said.append(f"{new.named} leads the bid in place of {old.named}.")
        if there is not None:
            went = True
            said.append(f"{new.name} took part as a partner; it is the lead school now and no partner.")
    if was is not None:
        part = was.part.words.lower()
        if bid.lead_school_id == new.id:
            went = True
            said.append(
                f"{old.named} is no longer a partner ({part}): {new.named}, its successor, leads the bid."
            )
        elif there is not None:
            now_its = _joined_part(was, there).words.lower()
            said.append(
                f"{old.named} is no longer a partner ({part}): {new.named}, its successor, "
                f"takes part already. Its part is now: {now_its}."
            )
        else:
            said.append(f"{new.named} takes part in place of {old.named} ({part}).")
    if went and len(bid.partners) == 1:
        said.append("No other school is left in the bid.")
    return said


def pass_on_one(bid: Bid, old: School, new: School, today: date) -> None:
    """Change the schools of one bid, which the caller holds. Frozen copies, days worked and what was
    paid stay as they are."""
    was, there = bid.partner_of(old.id), bid.partner_of(new.id)
    if bid.lead_school_id == old.id:
        _keep_payees(bid)
        bid.lead_school = new
        _drop(bid, there)
    _pay_the_new(bid, old, new)
    if was is not None:
        if bid.lead_school_id == new.id:
            _drop(bid, was)
        elif there is not None:
            there.part = _joined_part(was, there)
            _drop(bid, was)
        else:
            _take_place(was, new, today)
    for line in bid.backfill_lines:
        if line.school_id == old.id:
            line.school = new
    _ask_the_new(bid, old, new)
    db.session.flush()  # the next bid's questions see this one's answer


def _joined_part(one: Partner, other: Partner) -> Part:
    return min(one.part, other.part, key=STRONGER.index)


def _keep_payees(bid: Bid) -> None:
    """Claims that were paid before anybody wrote down to whom."""
    for claim in bid.claims:
        if claim.paid_at and not claim.payee_urn:
            claim.keep_payee()


def _pay_the_new(bid: Bid, old: School, new: School) -> None:
    """What is still to be paid, or to come back, is the new school's."""
    for claim in bid.claims:
        if claim.is_open and claim.school_id == old.id:
            claim.school = new
    for recovery in recoveries_of(bid):
        if recovery.state in TO_COME and recovery.school_id == old.id:
            recovery.school = new


def _drop(bid: Bid, partner: Partner | None) -> None:
    if partner is not None:
        db.session.delete(partner)
        db.session.flush()  # the list is read again from the database
        db.session.expire(bid, ["partners"])


def _take_place(partner: Partner, new: School, today: date) -> None:
    partner.school = new
    heads = leaders_of(new, today)
    if heads:  # else letters still reach the person who was named
        partner.contact_name, partner.contact_email = heads[0].name[:120], heads[0].email


def _ask_the_new(bid: Bid, old: School, new: School) -> None:
    """Who was asked, or answered, for the old school stands for the new one; what was said about the
    support stays the old school’s, what nobody said yet is the new one’s to say."""
    partner = bid.partner_of(new.id)
    for confirmation in bid.confirmations:
        if confirmation.school_id == old.id:
            confirmation.school = new
            confirmation.part = partner.part if partner else confirmation.part
    asked = {feedback.school_id for feedback in bid.feedback}
    for feedback in bid.feedback:
        if feedback.school_id == old.id and not feedback.is_given and new.id not in asked:
            feedback.school = new
