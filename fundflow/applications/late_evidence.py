"""Evidence that comes after a bid was submitted: stamped, kept beside the frozen copies, which it
never changes, and told to the officer."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.applications.queries import leads
from fundflow.extensions import db
from fundflow.files import Received, Sent, Unfit, files, receiving
from fundflow.files.kinds import kinds_taken
from fundflow.letters import write_letter
from fundflow.letters.recipients import RECIPIENTS
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment, LateEvidence
from fundflow.models.person import User
from fundflow.steps import lock, note
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

TAKEN_IN = (S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.AT_PANEL, S.DEFERRED)
TWICE = "You chose the same file twice. Choose another second file, or none"
MOST_SENT = 20  # times for one bid
TOO_LATE = "Evidence can be sent from the day a bid is submitted until it is decided."


def why_not(user: User, bid: Bid, now: datetime) -> str | None:
    """None while this person may send evidence after submission, else the sentence."""
    if not leads(user, bid, now):
        return "Only the school that leads the bid can send evidence."
    if bid.state not in TAKEN_IN:
        return TOO_LATE
    if len(bid.late_evidence) >= MOST_SENT:
        return (
            f"Evidence was sent {MOST_SENT} times for this bid. Ask the liaison officer before you send more."
        )
    return None


def received(bid: Bid) -> Sequence[LateEvidence]:
    """What came, in its order, with who sent it and its files."""
    return db.session.scalars(
        select(LateEvidence)
        .where(LateEvidence.bid_id == bid.id)
        .order_by(LateEvidence.id)
        .options(joinedload(LateEvidence.received_from), selectinload(LateEvidence.attachments))
    ).all()


def send(bid: Bid, *, text: str, sent: Sequence[Sent], user: User, now: datetime) -> None:
    """Keep evidence with the moment it came, and tell the officer; a second click sends nothing more.

    Raises Unfit where a file may not be kept, Refused where the bid takes no evidence now.
    """
    _require(user, bid, now)
    with receiving(sent, kinds_taken(bid.fund)) as received:
        lock(bid, None)
        _require(user, bid, now)
        if len({one.sha256 for one in received}) < len(received):
            raise Unfit(TWICE)
        if _is_there(bid, text, received, user):
            for one in received:
                files().delete(one.store_key)
        else:
            _keep(bid, text, received, user, now)
        db.session.commit()


def _require(user: User, bid: Bid, now: datetime) -> None:
    if why := why_not(user, bid, now):
        raise Refused(why)


def _is_there(bid: Bid, text: str, received: Sequence[Received], user: User) -> bool:
    hashes = {one.sha256 for one in received}
    return any(
        known.text == text
        and known.received_from_id == user.id
        and {one.sha256 for one in known.attachments} == hashes
        for known in bid.late_evidence
    )


def _keep(bid: Bid, text: str, received: Sequence[Received], user: User, now: datetime) -> None:
    evidence = LateEvidence(bid_id=bid.id, text=text, received_at=now, received_from_id=user.id)
    evidence.attachments = [
        Attachment(bid_id=bid.id, uploaded_at=now, uploaded_by_id=user.id, **one._asdict())
        for one in received
    ]
    db.session.add(evidence)
    entry = note(bid, "late_evidence", "Evidence received after submission", user=user, now=now)
    for who in RECIPIENTS["officer"](bid, london_date(now)):
        write_letter(
            "applications_extra/late_evidence.txt",
            "officer",
            who,
            bid=bid,
            now=now,
            key=f"late_evidence:{evidence.id}:{who.email.lower()}",
            entry=entry,
            context={"entry": entry, "evidence": evidence, "names": [one.name for one in received]},
        )
