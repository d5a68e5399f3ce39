"""Bidding again: a new draft with the answers that were last sent of a bid that came to nothing."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.applications.queries import leads
from fundflow.applications.restore_draft import restore_draft
from fundflow.drafts import begin_draft, why_no_draft
from fundflow.extensions import db
from fundflow.models.attempts import TRIED, next_attempt
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.round import Round
from fundflow.papers import latest_submission
from fundflow.rules.decisions import why_letter_held
from fundflow.steps import lock, note
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused, refuse_if


def why_not_again(bid: Bid, user: User, now: datetime) -> str | None:
    """None while this person may bid again from this bid (or go on with the draft), else the sentence."""
    if not leads(user, bid, now):
        return "Only people of the school that leads the bid can bid again from it."
    if why := why_letter_held(bid):
        return why
    if bid.state not in TRIED or bid.submitted_at is None:
        return "A school can bid again from a bid that was submitted and came to nothing."
    attempt = next_attempt(bid)
    if attempt is not None and attempt.state is not BidState.DRAFT:
        return f"{attempt.reference} is the new attempt of this bid already."
    return None


def rounds_for(bid: Bid, now: datetime) -> list[Round]:
    """The rounds of the bid's fund in which its school may begin a bid today, the newest first."""
    rounds = db.session.scalars(
        select(Round)
        .where(Round.fund_id == bid.fund_id)
        .options(joinedload(Round.fund))
        .order_by(Round.id.desc())
    )
    return [round_ for round_ in rounds if why_no_draft(bid.lead_school, round_, now) is None]


def bid_again(bid: Bid, round_: Round, *, user: User, now: datetime) -> Bid:
    """A new draft with the answers the school last sent, or the one that was begun already.

    Signatures, confirmations and files stay with the bid they were given for. Raises Refused where
    this person, the bid, its school or the round may not.
    """
    lock(bid, None)
    refuse_if(why_not_again(bid, user, now))
    draft = next_attempt(bid)
    if draft is None:
        draft = _begin(bid, round_, user, now)
    db.session.commit()
    return draft


def _begin(bid: Bid, round_: Round, user: User, now: datetime) -> Bid:
    sent = latest_submission(bid)
    if sent is None or round_.fund_id != bid.fund_id:
        raise Refused("Choose a round of the same fund.")
    draft = begin_draft(user=user, school=bid.lead_school, round_=round_, now=now)
    draft.resubmits_id = bid.id
    db.session.flush()  # schools are found as they stand in the bid before
    restore_draft(draft, sent.answers, now)
    draft.touch()
    note(
        draft,
        "bid_again",
        f"Began as a new attempt of {bid.reference}",
        user=user,
        now=now,
        internal=True,
        quietly=True,
    )
    return draft
