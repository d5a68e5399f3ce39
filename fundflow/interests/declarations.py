"""What people declare about their interest in a bid."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.models.bid import Bid
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.person import User
from fundflow.rules.interests.records import shown_by_records
from fundflow.workflow.interests import ties_to_you


def declaration_of(bid: Bid, user: User) -> Declaration | None:
    """What this person last declared about the bid."""
    return next((said for said in bid.declarations if said.user_id == user.id), None)


def keep(bid: Bid, person: User, kind: InterestKind, text: str, *, user: User, now: datetime) -> bool:
    """Record what a person says about their interest; answers whether that was new.

    user  who records it: the person, or the panel's clerk
    The caller has locked the bid, has asked whether they may, and commits; history keeps what was before.
    """
    known = declaration_of(bid, person)
    if known is not None and (known.kind, known.text) == (kind, text):
        return False
    before = {"before": known.kind, "before_text": known.text} if known else {}
    if known is None:
        known = Declaration(bid=bid, user_id=person.id)
        db.session.add(known)
    known.kind, known.text, known.declared_at, known.recorded_by_id = kind, text, now, user.id
    if kind is not InterestKind.NONE or before:
        record_event(
            bid,
            "declare",
            f"Recorded for {person.name}: {kind.words.lower()}",
            user=user,
            now=now,
            reason=text,
            internal=True,
            given={"after": kind, **before},
        )
    return True


def disclose(bid: Bid, user: User, *, now: datetime) -> None:
    """Turn what the records show of this person into their declaration, unless they made one."""
    known = declaration_of(bid, user)
    if known is not None and known.kind is not InterestKind.NONE:
        return
    shown = shown_by_records(bid, [user]).get(user.id)
    if shown:
        text = ties_to_you(shown)
        keep(bid, user, InterestKind.DISCLOSED, text[:1].upper() + text[1:], user=user, now=now)
