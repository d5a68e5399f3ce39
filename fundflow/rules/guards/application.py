"""Guards of a bid's steps outside the panel. Each is named for what blocks the step, and answers the
sentence to show, or None. A row of the table lists them in `waits_while`; the panel's are in `panel.py`.
"""

from fundflow.models.bid import Bid, Origin
from fundflow.models.review import CHECKLIST, Recommendation
from fundflow.models.unfinished import REVIEW, wrong_under
from fundflow.rules.bid_sections import complete_first, missing_sections
from fundflow.rules.interests.bars import bar_of, names_to_settle
from fundflow.rules.interests.involvement import was_involved
from fundflow.rules.plans import is_with_officer, why_plan_wanted
from fundflow.rules.recoveries import why_not_reconciled
from fundflow.rules.returns import why_bids_held
from fundflow.rules.rounds import why_round_closed
from fundflow.workflow.award import Milestone, half_time
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.phrases import joined
from fundflow.workflow.working_days import london_date


@guard
def form_incomplete(bid: Bid, _ask: Ask) -> str | None:
    return complete_first(missing_sections(bid))


@guard
def round_not_open(bid: Bid, ask: Ask) -> str | None:
    return why_round_closed(bid, ask.now)


@guard
def bid_held(bid: Bid, _ask: Ask) -> str | None:
    return why_bids_held(bid)


@guard
def school_began_it(bid: Bid, _ask: Ask) -> str | None:
    return "The school began this bid, so its head submits it." if bid.began_by_school else None


@guard
def no_correction_open(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.correcting_since else "Nothing is being corrected: start a correction first."


@guard
def correction_open(bid: Bid, _ask: Ask) -> str | None:
    if not bid.correcting_since:
        return None
    since = london_date(bid.correcting_since)
    return f"The school has been correcting its answers since {day_words(since)}."


@guard
def officer_barred(bid: Bid, ask: Ask) -> str | None:
    bar = bar_of(bid, ask.user, ask.now) if ask.user else None
    return f"You can’t review this bid: {bar_to_you(bar)}. Hand it to a deputy." if bar else None


@guard
def named_unsettled(bid: Bid, _ask: Ask) -> str | None:
    names = names_to_settle(bid)
    return f"Say first whether it is an interest that the bid names {joined(names)}." if names else None


@guard
def answer_not_overdue(bid: Bid, ask: Ask) -> str | None:
    if bid.due_on and london_date(ask.now) > bid.due_on:
        return None
    return f"The school can answer until {day_words(bid.due_on)}." if bid.due_on else "No date was set."


@guard
def queried_sections_unanswered(bid: Bid, _ask: Ask) -> str | None:
    count = len(bid.unanswered_queries())
    return (
        f"Answer the officer’s {'question' if count == 1 else f'{count} questions'} first." if count else None
    )


@guard
def checklist_incomplete(bid: Bid, _ask: Ask) -> str | None:
    review = bid.review
    if wrong := wrong_under(bid, REVIEW):
        return f"Put this right in your review first: {wrong[0]}."
    left = review.items_left() if review else len(CHECKLIST)
    if left:
        return f"{left} of your checklist’s items {'is' if left == 1 else 'are'} left."
    unexplained = [f"“{item.words}”" for item in (review.notes_wanted() if review else [])]
    return f"Add a note to {joined(unexplained)} in your checklist." if unexplained else None


@guard
def need_unassessed(bid: Bid, _ask: Ask) -> str | None:
    """The officer's report waits, unless it recommends not to fund."""
    review = bid.review
    if review is None or review.recommendation is Recommendation.DO_NOT_FUND:
        return None
    why = review.why_unassessed()
    return f"{why} Assess it in your review, or recommend there not to fund the bid." if why else None


@guard
def money_before_need(bid: Bid, _ask: Ask) -> str | None:
    """Of a bid that was recommended not to be funded. Where money was, that was by the rules of that day."""
    review = bid.review if bid.fund.assesses_need else None
    if review is None or review.recommendation is not Recommendation.DO_NOT_FUND:
        return None
    why = review.why_unassessed()
    return f"{why} The officer can take the bid back and assess it." if why else None


@guard
def unconfirmed(bid: Bid, _ask: Ask) -> str | None:
    waiting = bid.waiting_for()
    return f"Waiting for {joined(waiting)}." if waiting else None


@guard
def reply_date_not_past(bid: Bid, ask: Ask) -> str | None:
    reply_by = bid.offer.reply_by
    if london_date(ask.now) > reply_by:
        return None
    return f"The school can reply until {day_words(reply_by)}."


@guard
def plan_not_agreed(bid: Bid, _ask: Ask) -> str | None:
    return why_plan_wanted(bid)


@guard
def plan_with_officer(bid: Bid, _ask: Ask) -> str | None:
    return "The liaison officer is checking the school’s revised plan." if is_with_officer(bid) else None


@guard
def reply_date_past(bid: Bid, ask: Ask) -> str | None:
    reply_by = bid.offer.reply_by
    if london_date(ask.now) <= reply_by:
        return None
    return f"The date to reply, {day_words(reply_by)}, has passed. Ask the council to renew the offer."


@guard
def termination_not_asked_for(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.termination_asked_at else "Nobody has asked for this."


@guard
def no_half_time_share(bid: Bid, _ask: Ask) -> str | None:
    due = {tranche.when for tranche in bid.award.tranches} if bid.award else set()
    return None if Milestone.HALF_TIME in due else "This award has no share that is paid at half-time."


@guard
def interim_report_decides(bid: Bid, _ask: Ask) -> str | None:
    interim = bid.return_of(ReturnKind.INTERIM)
    return "The share falls due as the interim report is accepted." if interim else None


@guard
def half_time_recorded(bid: Bid, _ask: Ask) -> str | None:
    return (
        f"Half-time was recorded on {day_words(london_date(bid.half_time_at))}." if bid.half_time_at else None
    )


@guard
def half_time_not_reached(bid: Bid, ask: Ask) -> str | None:
    if not (bid.start_on and bid.end_on):
        return None
    middle = half_time(bid.start_on, bid.end_on)
    return None if london_date(ask.now) >= middle else f"Half-time is on {day_words(middle)}."


@guard
def end_date_not_reached(bid: Bid, ask: Ask) -> str | None:
    if bid.end_on and london_date(ask.now) > bid.end_on:
        return None
    return f"The support runs until {day_words(bid.end_on)}." if bid.end_on else "No end date."


@guard
def end_date_past(bid: Bid, ask: Ask) -> str | None:
    if bid.end_on and london_date(ask.now) <= bid.end_on:
        return None
    return f"The support was to end on {day_words(bid.end_on)}." if bid.end_on else "No end date."


@guard
def report_sent(bid: Bid, _ask: Ask) -> str | None:
    return "The school has sent its report." if bid.has_sent_report() else None


@guard
def report_not_accepted(bid: Bid, _ask: Ask) -> str | None:
    if not bid.has_accepted_report():
        return "The school’s report has not been accepted yet."
    waits = bid.report_to_check
    return f"The {waits.named} was sent and has not been checked yet." if waits else None


@guard
def feedback_not_asked(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.feedback_asked() else "The supported school has not been asked for feedback."


@guard
def feedback_outstanding(bid: Bid, _ask: Ask) -> str | None:
    """It waits until feedback is given, or the clock has chased it twice: never for ever."""
    schools = [feedback.school.name for feedback in bid.feedback if feedback.holds_closing]
    if not schools:
        return None
    return f"Feedback is outstanding from {joined(schools)}: neither given nor asked for twice more."


@guard
def claim_open(bid: Bid, _ask: Ask) -> str | None:
    return "A claim is still open." if bid.has_open_claim() else None


@guard
def not_reconciled(bid: Bid, _ask: Ask) -> str | None:
    return why_not_reconciled(bid)


@guard
def person_barred(bid: Bid, ask: Ask) -> str | None:
    bar = bar_of(bid, ask.user, ask.now) if ask.user else None
    return f"You can’t do this: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def never_submitted(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.submitted_at else "This bid was never submitted; the school can start again."


@guard
def no_review_asked(bid: Bid, _ask: Ask) -> str | None:
    if not bid.review_request:
        return "The school has asked for no review, or it was heard already."
    return None


@guard
def hearer_was_involved(bid: Bid, ask: Ask) -> str | None:
    """A review is heard by somebody who had no part in the bid."""
    if ask.user and was_involved(bid, ask.user):
        return "You took part in this bid, so somebody else must hear the review."
    return None


@guard
def not_an_opening(bid: Bid, _ask: Ask) -> str | None:
    return None if bid.origin is Origin.OPENING else "Only an award already running begins in delivery."
