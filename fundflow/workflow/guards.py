"""*Waits while*: questions a step asks a record. Each answers None or the sentence to show.

Guards only ask; the models answer. A guard never changes anything.
"""

from typing import Any

from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


def joined(names: list[str]) -> str:
    """`['a', 'b', 'c']` as “a, b and c”."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def form_incomplete(bid: Any, _ask: Ask) -> str | None:
    missing = bid.missing_sections()
    return f"Complete {joined(missing)} first." if missing else None


def round_not_open(bid: Any, ask: Ask) -> str | None:
    return bid.why_round_closed(ask.now)  # type: ignore[no-any-return]


def school_began_it(bid: Any, _ask: Ask) -> str | None:
    return "The school began this bid, so its head submits it." if bid.began_by_school else None


def no_correction_open(bid: Any, _ask: Ask) -> str | None:
    return None if bid.correcting_since else "Nothing is being corrected: start a correction first."


def correction_open(bid: Any, _ask: Ask) -> str | None:
    if not bid.correcting_since:
        return None
    since = london_date(bid.correcting_since)
    return f"The school has been correcting its answers since {day_words(since)}."


def officer_barred(bid: Any, ask: Ask) -> str | None:
    bar = bid.bar_of(ask.user, ask.now) if ask.user else None
    return f"You can’t review this bid: {bar_to_you(bar)}. Hand it to a deputy." if bar else None


def named_unsettled(bid: Any, _ask: Ask) -> str | None:
    names = bid.names_to_settle()
    return f"Say first whether it is an interest that the bid names {joined(names)}." if names else None


def answer_not_overdue(bid: Any, ask: Ask) -> str | None:
    if bid.due_on and london_date(ask.now) > bid.due_on:
        return None
    return f"The school can answer until {day_words(bid.due_on)}." if bid.due_on else "No date was set."


def queried_sections_unanswered(bid: Any, _ask: Ask) -> str | None:
    count = len(bid.unanswered_queries())
    return (
        f"Answer the officer’s {'question' if count == 1 else f'{count} questions'} first." if count else None
    )


def checklist_incomplete(bid: Any, _ask: Ask) -> str | None:
    if wrong := bid.wrong_in_review():
        return f"Put this right in your review first: {wrong[0]}."
    left = bid.checklist_items_left()
    if left:
        return f"{left} of your checklist’s items {'is' if left == 1 else 'are'} left."
    unexplained = [f"“{words}”" for words in bid.checklist_notes_wanted()]
    return f"Add a note to {joined(unexplained)} in your checklist." if unexplained else None


def unconfirmed(bid: Any, _ask: Ask) -> str | None:
    waiting = bid.waiting_for()
    return f"Waiting for {joined(waiting)}." if waiting else None


def not_on_an_agenda(bid: Any, _ask: Ask) -> str | None:
    return None if bid.open_item else "The bid is not on the agenda of a meeting that is open."


def _sitting(bid: Any, ask: Ask) -> Any:
    """The panel as it sits on the bid's open item, worked out once an asking; None where none is open."""
    item = bid.open_item
    if not item:
        return None
    known, sitting = ask.known.get("sitting", (None, None))
    if known is not item:
        sitting = item.sitting(ask.now)
        ask.known["sitting"] = item, sitting
    return sitting


def inquorate(bid: Any, ask: Ask) -> str | None:
    sitting = _sitting(bid, ask)
    lacking = sitting.inquorate if sitting else None
    return lacking.words() if lacking else None


def interests_outstanding(bid: Any, ask: Ask) -> str | None:
    sitting = _sitting(bid, ask)
    names = [standing.seat.user.name for standing in sitting.yet_to_declare] if sitting else []
    return f"{joined(names)} must first say whether they have an interest." if names else None


def decider_barred(bid: Any, ask: Ask) -> str | None:
    bar = bid.bar_from_deciding(ask.user, ask.now) if ask.user else None
    return f"You can’t decide this bid: {bar_to_you(bar)}." if bar else None


def decider_not_there(bid: Any, ask: Ask) -> str | None:
    sitting = _sitting(bid, ask)
    return bid.open_item.why_decider_not_there(ask.user, sitting, ask.now) if sitting and ask.user else None


def no_majority_for(bid: Any, ask: Ask) -> str | None:
    return _why_no_majority("fund", bid, ask)


def no_majority_against(bid: Any, ask: Ask) -> str | None:
    return _why_no_majority("do_not_fund", bid, ask)


def _why_no_majority(wanted: str, bid: Any, ask: Ask) -> str | None:
    sitting = _sitting(bid, ask)
    return bid.open_item.why_no_majority(wanted, sitting, ask.now) if sitting else None


def moderation_outstanding(bid: Any, ask: Ask) -> str | None:
    titles = bid.open_item.unmoderated(ask.now) if bid.open_item else []
    if titles and ask.user and bid.open_item.keeps_scores_from(ask.user, ask.now):
        return "The panel has not finished with the scores of this bid."
    return f"Scores lie far apart: talk about {joined(titles)} and record it first." if titles else None


def decision_letter_held(bid: Any, _ask: Ask) -> str | None:
    return bid.why_letter_held()  # type: ignore[no-any-return]


def decision_questioned(bid: Any, _ask: Ask) -> str | None:
    return bid.why_decision_questioned()  # type: ignore[no-any-return]


def deferred_twice(bid: Any, _ask: Ask) -> str | None:
    return "This bid has been deferred twice already." if bid.times_deferred() >= 2 else None


def panel_question_unanswered(bid: Any, _ask: Ask) -> str | None:
    return None if bid.panel_question_answered() else "The school has not answered the panel yet."


def reply_date_not_past(bid: Any, ask: Ask) -> str | None:
    reply_by = bid.offer.reply_by
    if london_date(ask.now) > reply_by:
        return None
    return f"The school can reply until {day_words(reply_by)}."


def reply_date_past(bid: Any, ask: Ask) -> str | None:
    reply_by = bid.offer.reply_by
    if london_date(ask.now) <= reply_by:
        return None
    return f"The date to reply, {day_words(reply_by)}, has passed. Ask the council to renew the offer."


def termination_not_asked_for(bid: Any, _ask: Ask) -> str | None:
    return None if bid.termination_asked_at else "No liaison officer has asked for this."


def end_date_not_reached(bid: Any, ask: Ask) -> str | None:
    if bid.end_on and london_date(ask.now) > bid.end_on:
        return None
    return f"The support runs until {day_words(bid.end_on)}." if bid.end_on else "No end date."


def end_date_past(bid: Any, ask: Ask) -> str | None:
    if bid.end_on and london_date(ask.now) <= bid.end_on:
        return None
    return f"The support was to end on {day_words(bid.end_on)}." if bid.end_on else "No end date."


def report_sent(bid: Any, _ask: Ask) -> str | None:
    return "The school has sent its report." if bid.has_sent_report() else None


def report_not_accepted(bid: Any, _ask: Ask) -> str | None:
    return None if bid.has_accepted_report() else "The school’s report has not been accepted yet."


def feedback_not_asked(bid: Any, _ask: Ask) -> str | None:
    return None if bid.feedback_asked() else "The supported school has not been asked for feedback."


def claim_open(bid: Any, _ask: Ask) -> str | None:
    return "A claim is still open." if bid.has_open_claim() else None


def own_bid(bid: Any, ask: Ask) -> str | None:
    bar = bid.bar_of(ask.user, ask.now) if ask.user else None
    return f"You can’t do this: {bar_to_you(bar)}. Ask a colleague." if bar else None


def never_submitted(bid: Any, _ask: Ask) -> str | None:
    return None if bid.submitted_at else "This bid was never submitted; the school can start again."


def no_review_asked(bid: Any, ask: Ask) -> str | None:
    if not bid.review_request:
        return "The school has not asked for a review within 10 working days."
    if ask.user and bid.took_part(ask.user):
        return "You took part in this bid, so somebody else must hear the review."
    return None
