"""A bid that came to nothing and is tried again: which is which, and how they say so."""

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
    tries = [one for one in bid.resubmitted_as if one.state is not S.WITHDRAWN or one.submitted_at]
    return tries[-1] if tries else None
