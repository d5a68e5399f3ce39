"""A bid that came to nothing and is tried again: which is which, and how they say so."""

from sqlalchemy import or_, select
from sqlalchemy.orm import object_session

from fundflow.models.bid import Bid
from fundflow.workflow.application import BidState as S
from fundflow.workflow.date_words import day_words

# A bid that was submitted and is in one of these can be tried again.
TRIED = (S.NOT_FUNDED, S.INELIGIBLE, S.NOT_TAKEN_UP, S.WITHDRAWN)

HOW_IT_ENDED = {
    S.NOT_FUNDED: "which was not funded",
    S.INELIGIBLE: "which did not meet the fund’s rules",
    S.NOT_TAKEN_UP: "whose offer ended",
    S.WITHDRAWN: "which was withdrawn",
}


def attempt_words(before: Bid) -> str:
    """“A new attempt of LSIF-0031, which was not funded on 3 June 2026”, said of the bid after it."""
    ended = HOW_IT_ENDED.get(before.state)
    on = f", {ended} on {day_words(before.state_since)}" if ended else ""
    return f"A new attempt of {before.reference}{on}"


def next_attempt(bid: Bid) -> Bid | None:
    """The bid that tries this one again; a draft of one that was given up does not count."""
    session = object_session(bid)
    if session is None:
        return None
    return session.scalar(
        select(Bid)
        .where(Bid.resubmits_id == bid.id)
        .where(or_(Bid.state != S.WITHDRAWN, Bid.submitted_at.is_not(None)))
        .order_by(Bid.id.desc())
        .limit(1)
    )
