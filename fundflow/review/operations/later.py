"""What officers and reviewing managers do with a bid later: corrections, pauses, reviews."""

from collections.abc import Iterable
from datetime import datetime

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.letters import write_letter
from fundflow.letters.addressee import Addressee
from fundflow.letters.recipients import addressees
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.review import ReviewRequest
from fundflow.review.operations.reviewing import start_review
from fundflow.review.queries import officers_for
from fundflow.review.rules import why_not_ask_to_stop, why_not_hand_over, why_not_hear
from fundflow.rules.interests.bars import bar_of
from fundflow.steps import lock, note, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_of_them
from fundflow.workflow.working_days import london_date


def reinstate(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Take a withdrawn or ineligible bid up again."""
    lock(bid, version, step="reinstate", user=user)
    bid.officer = bid.officer or user
    _look_again(bid, user, now)
    take_step(bid, "reinstate", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def _look_again(bid: Bid, user: User, now: datetime) -> None:
    bid.ineligible_rule = ""
    if bid.open_item:
        bid.open_item.take_off(now)
    start_review(bid, user=user, now=now)


def ask_termination(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Ask the decision maker to stop the funding, for the council or as the head of its school. Nothing
    changes yet. The school learns of what the council asks once it is decided."""
    lock(bid, version)
    if why := why_not_ask_to_stop(bid, user, now):
        raise Refused(why)
    bid.termination_asked_at, bid.termination_asked_by_id = now, user.id
    bid.termination_reason = reason
    by_school = Actor.SCHOOL_LEADER in actors_for(user, bid, now)
    entry = note(
        bid,
        "ask_termination",
        "Asked for the funding to be stopped",
        user=user,
        now=now,
        reason=reason,
        version=version,
        internal=not by_school,
    )
    for recipient in ("decision_maker", "officer") if by_school else ("decision_maker",):
        for who in addressees(recipient, bid, now):
            _write(bid, entry, "termination_asked", recipient, who)
    db.session.commit()


def keep_going(bid: Bid, *, reason: str, user: User, now: datetime, version: int | None = None) -> None:
    """Refuse to stop the funding: it goes on, and can be asked for again."""
    also = {"termination_asked_at": None, "termination_asked_by_id": None, "termination_reason": ""}
    take_step(bid, "keep_going", user=user, now=now, version=version, given={"reason": reason}, also=also)
    db.session.commit()


def hand_over(bid: Bid, officer_id: int, *, user: User, now: datetime, version: int | None = None) -> None:
    """Give the bid to another officer, who is told; a barred officer can't take it."""
    lock(bid, version)
    if why := why_not_hand_over(bid, user, now):
        raise Refused(why)
    pass_on(bid, officer_id, user=user, now=now, version=version)
    db.session.commit()


def pass_on(bid: Bid, officer_id: int, *, user: User, now: datetime, version: int | None = None) -> None:
    """Another officer handles the bid from now on, and is told; raises Refused where they can't."""
    officer = _officer(bid, officer_id, now)
    before = bid.officer_name or "nobody"
    bid.officer = officer
    entry = note(
        bid,
        "assign",
        f"Handed the bid to {officer.name}",
        user=user,
        now=now,
        reason=f"Before: {before}",
        version=version,
        internal=True,
    )
    _write(bid, entry, "handed_over", "officer", Addressee(officer.name, officer.email, officer))


def _officer(bid: Bid, officer_id: int, now: datetime) -> User:
    officers: Iterable[User] = officers_for(bid, london_date(now))
    officer = next((one for one in officers if one.id == officer_id), None)
    if officer is None or officer.id == bid.officer_id:
        raise Refused("Select another officer of this fund.")
    if bar := bar_of(bid, officer, now):
        raise Refused(f"{officer.name} can’t review this bid: {bar_of_them(bar)}.")
    return officer


def uphold_review(bid: Bid, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Agree with the school's request: the bid is reviewed again."""
    lock(bid, version, step="uphold_review", user=user)
    if why := why_not_hear(bid, user, now):
        raise Refused(why)
    request = bid.review_request
    _look_again(bid, user, now)
    take_step(bid, "uphold_review", user=user, now=now, version=version, given={"reason": reason})
    if request is not None:  # heard only now: the step's guard asks for one that is not
        _hear(request, user, now, reason, upheld=True)
    db.session.commit()


def dismiss_review(
    request: ReviewRequest, reason: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Disagree with the school's request: the decision stands, and the school is told why."""
    bid = request.bid
    lock(bid, version)
    db.session.refresh(request)
    if why := why_not_hear(bid, user, now):
        raise Refused(why)
    if request.heard_at:
        raise Refused("This request has been heard already.")
    _hear(request, user, now, reason, upheld=False)
    entry = note(
        bid,
        "dismiss_review",
        "Did not uphold the school’s request for a review",
        user=user,
        now=now,
        reason=reason,
        version=version,
    )
    for who in addressees("school", bid, entry.at):
        _write(bid, entry, "review_dismissed", "school", who)
    db.session.commit()


def _hear(request: ReviewRequest, user: User, now: datetime, reason: str, *, upheld: bool) -> None:
    request.heard_at, request.heard_by_id = now, user.id
    request.upheld, request.reason = upheld, reason


def _write(bid: Bid, entry: HistoryEntry, template: str, recipient: str, who: Addressee) -> None:
    if who.email:
        write_letter(
            f"review_extra/{template}.txt",
            recipient,
            who,
            now=entry.at,
            bid=bid,
            key=f"{template}:{entry.id}:{who.email.lower()}",
            entry=entry,
            context={"entry": entry, "reason": entry.reason},
        )
