"""Follow-up actions of a bid, and what the panel is told of a school's earlier ones."""

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.orm import object_session, selectinload

from fundflow.models.bid import Bid
from fundflow.models.follow_up import FollowUp
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.workflow.application import BidState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnKind

# Bare, as the index of such rows has it: SQLite finds by it what is written alike.
WANTED: ColumnElement[bool] = literal_column("impact_return.wants_follow_up")

FOLLOWED_IN = (
    BidState.IN_DELIVERY,
    BidState.SUSPENDED,
    BidState.IN_MONITORING,
    BidState.CLOSED,
    BidState.TERMINATED,
)


def follow_ups_of(bid: Bid) -> list[FollowUp]:
    """The actions of a bid, the oldest first."""
    session = object_session(bid)
    query = select(FollowUp).where(FollowUp.bid_id == bid.id).order_by(FollowUp.id)
    return list(session.scalars(query)) if session else []


def why_nothing_to_follow_up(bid: Bid) -> str | None:
    """None from the acceptance of the offer on, else the sentence."""
    return (
        None if bid.state in FOLLOWED_IN else "The support has not begun, so there is nothing to follow up."
    )


def earlier_results(bid: Bid) -> list[str]:
    """What the panel is told of the lead school's earlier bids: red or amber ratings that stand, how the
    latest report of such a bid is rated, and every action agreed, with what became of it."""
    session = object_session(bid)
    if session is None:
        return []
    low = select(ImpactReturn.bid_id).where(ImpactReturn.rag.in_((Rag.RED, Rag.AMBER)))
    acted = select(FollowUp.bid_id)
    query = (
        select(Bid)
        .where(Bid.lead_school_id == bid.lead_school_id, Bid.id != bid.id)
        .where(or_(Bid.id.in_(low), Bid.id.in_(acted)))
        .order_by(Bid.id)
        .options(selectinload(Bid.returns))
    )
    return [line for one in session.scalars(query) for line in _lines(one)]


def _lines(bid: Bid) -> list[str]:
    standing = [report for kind in ReturnKind if (report := bid.standing_return(kind))]
    rated = [(report, report.rag) for report in standing if report.rag]
    actions = follow_ups_of(bid)
    if not (actions or any(rag.wants_follow_up for _report, rag in rated)):
        return []  # what was low is corrected
    told = [(report, rag) for report, rag in rated if rag.wants_follow_up or report is rated[-1][0]]
    return [_rating_line(bid, report, rag) for report, rag in told] + [
        _action_line(bid, action) for action in actions
    ]


def _rating_line(bid: Bid, report: ImpactReturn, rag: Rag) -> str:
    why = f" {report.rag_reason}" if report.rag_reason else ""
    said = "is too early to rate" if rag is Rag.TOO_EARLY else f"is rated {rag.words.lower()}"
    line = f"{bid.reference}, {bid.title}: the {report.named} {said}.{why}"
    return line + (" No follow-up action has been agreed yet." if report.wants_follow_up else "")


def _action_line(bid: Bid, action: FollowUp) -> str:
    became = {
        FollowUpState.DONE: f"Done by {day_words(action.changed_at)}: {action.note}",
        FollowUpState.LET_GO: f"No longer asked for: {action.note}",
    }.get(action.state, "Not done yet.")
    return f"{bid.reference}, follow-up action: {action.words}. {became}"
