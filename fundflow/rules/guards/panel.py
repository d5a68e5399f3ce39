"""What a bid, or a change of its award, waits for at the panel."""

from typing import NamedTuple

from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.panel import AgendaItem
from fundflow.rules.decisions import why_decision_questioned, why_letter_held
from fundflow.rules.panel.deciders import bar_from_deciding, why_decider_not_there
from fundflow.rules.panel.scores import keeps_scores_from, unmoderated
from fundflow.rules.panel.sitting import Sitting
from fundflow.rules.panel.sittings import sitting_of, why_no_majority
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.phrases import joined


@guard
def not_on_an_agenda(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.open_item else "The bid is not on the agenda of a meeting that is open."


class OnAgenda(NamedTuple):
    """An agenda item that is open, and the panel as it sits on it."""

    item: AgendaItem
    sitting: Sitting


def _on_agenda(record: Bid | ChangeRequest, ask: Ask) -> OnAgenda | None:
    """Its open item, its sitting worked out once an asking; None where no item is open."""
    item = record.open_item
    if item is None:
        return None
    known: OnAgenda | None = ask.known.get("on_agenda")
    if known is None or known.item is not item:
        known = ask.known["on_agenda"] = OnAgenda(item, sitting_of(item, ask.now))
    return known


@guard
def inquorate(record: Bid | ChangeRequest, ask: Ask) -> str | None:
    found = _on_agenda(record, ask)
    lacking = found.sitting.inquorate if found else None
    return lacking.words() if lacking else None


@guard
def interests_outstanding(record: Bid | ChangeRequest, ask: Ask) -> str | None:
    found = _on_agenda(record, ask)
    names = [standing.seat.user.name for standing in found.sitting.yet_to_declare] if found else []
    return f"{joined(names)} must first say whether they have an interest." if names else None


@guard
def decider_barred(record: Bid | ChangeRequest, ask: Ask) -> str | None:
    if "decider_bar" not in ask.known:  # three steps wait for it
        ask.known["decider_bar"] = bar_from_deciding(record, ask.user, ask.now) if ask.user else None
    bar = ask.known["decider_bar"]
    what = "change" if isinstance(record, ChangeRequest) else "bid"
    return f"You can’t decide this {what}: {bar_to_you(bar)}." if bar else None


@guard
def decider_not_there(record: Bid | ChangeRequest, ask: Ask) -> str | None:
    found = _on_agenda(record, ask)
    return why_decider_not_there(found.item, ask.user, found.sitting, ask.now) if found and ask.user else None


@guard
def no_majority_for(record: Bid | ChangeRequest, ask: Ask) -> str | None:
    return _why_no_majority(Choice.FUND, record, ask)


@guard
def no_majority_against(record: Bid | ChangeRequest, ask: Ask) -> str | None:
    return _why_no_majority(Choice.DO_NOT_FUND, record, ask)


def _why_no_majority(wanted: Choice, record: Bid | ChangeRequest, ask: Ask) -> str | None:
    found = _on_agenda(record, ask)
    return why_no_majority(found.item, wanted, found.sitting, ask.now) if found else None


@guard
def moderation_outstanding(bid: Bid, ask: Ask) -> str | None:
    item = bid.open_item
    titles = unmoderated(item, ask.now) if item else []
    if item and titles and ask.user and keeps_scores_from(item, ask.user, ask.now):
        return "The panel has not finished with the scores of this bid."
    return f"Scores lie far apart: talk about {joined(titles)} and record it first." if titles else None


@guard
def decision_letter_held(bid: Bid, _ask: Ask) -> str | None:
    return why_letter_held(bid)


@guard
def decision_questioned(bid: Bid, _ask: Ask) -> str | None:
    return why_decision_questioned(bid)


@guard
def deferred_twice(bid: Bid, _ask: Ask) -> str | None:
    return "This bid has been deferred twice already." if bid.deferrals >= 2 else None


@guard
def reply_not_open(bid: Bid, _ask: Ask) -> str | None:
    if bid.fund.asks_reply and bid.review and bid.review.reply_until:
        return None
    return "The school can’t reply to the officer’s report now."


@guard
def panel_question_unanswered(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.panel_answer else "The school has not answered the panel yet."
