"""What a bid waits for: each guard of a bid’s steps, and the sentence that it says."""

from datetime import date
from types import SimpleNamespace

from fundflow.models.bid import Origin
from fundflow.models.review import Recommendation
from fundflow.rules.guards import application, panel
from fundflow.rules.panel.sitting import Inquorate
from fundflow.workflow.award import tranches
from fundflow.workflow.interests import Bar, BarKind
from tests.workflow.fakes import NOW
from tests.workflow.ready import OWN_SCHOOL, review, says, sitting, yet_to_declare

# guard, what the bid answers, the sentence


def unassessed(recommendation: Recommendation | None) -> SimpleNamespace:
    return SimpleNamespace(recommendation=recommendation, why_unassessed=says("There is none yet."))


def outstanding(school: str) -> SimpleNamespace:
    return SimpleNamespace(holds_closing=True, school=SimpleNamespace(name=school))


WAITS = [
    (application.form_incomplete, {"missing_sections": ["Contact"]}, "Complete Contact first."),
    (
        application.form_incomplete,
        {"missing_sections": ["Contact", "Costs", "Outcomes"]},
        "Complete Contact, Costs and Outcomes first.",
    ),
    (
        application.form_incomplete,
        {"missing_sections": ["Contact", "Costs", "Outcomes", "Need"]},
        "Complete the other 4 sections first.",
    ),
    (application.round_not_open, {"why_round_closed": "It closed in May."}, "It closed in May."),
    (application.bid_held, {"why_bids_held": "A report is late."}, "A report is late."),
    (
        application.school_began_it,
        {"began_by_school": True},
        "The school began this bid, so its head submits it.",
    ),
    (
        application.not_an_opening,
        {"origin": Origin.SCHOOL},
        "Only an award already running begins in delivery.",
    ),
    (
        application.no_correction_open,
        {"correcting_since": None},
        "Nothing is being corrected: start a correction first.",
    ),
    (
        application.correction_open,
        {"correcting_since": NOW},
        "The school has been correcting its answers since 18 November 2026.",
    ),
    (
        application.officer_barred,
        {"bar_of": OWN_SCHOOL},
        "You can’t review this bid: your school, Oak, takes part in it. Hand it to a deputy.",
    ),
    (
        application.queried_sections_unanswered,
        {"unanswered_queries": says([1])},
        "Answer the officer’s question first.",
    ),
    (
        application.queried_sections_unanswered,
        {"unanswered_queries": says([1, 2])},
        "Answer the officer’s 2 questions first.",
    ),
    (
        application.checklist_incomplete,
        {"wrong_under": ["Enter an amount"]},
        "Put this right in your review first: Enter an amount.",
    ),
    (
        application.checklist_incomplete,
        {"review": review(1)},
        "1 of your checklist’s items is left.",
    ),
    (
        application.checklist_incomplete,
        {"review": review(4)},
        "4 of your checklist’s items are left.",
    ),
    (
        application.checklist_incomplete,
        {"review": review(0, "The dates are possible")},
        "Add a note to “The dates are possible” in your checklist.",
    ),
    (
        application.answer_not_overdue,
        {"due_on": date(2026, 11, 18)},
        "The school can answer until 18 November 2026.",
    ),
    (application.answer_not_overdue, {"due_on": None}, "No date was set."),
    (
        application.need_unassessed,
        {"review": unassessed(None)},
        "There is none yet. Assess it in your review, or recommend there not to fund the bid.",
    ),
    (
        application.money_before_need,
        {"review": unassessed(Recommendation.DO_NOT_FUND)},
        "There is none yet. The officer can take the bid back and assess it.",
    ),
    (
        application.unconfirmed,
        {"waiting_for": says(["Oak to confirm it can release its staff", "Ann Lee to sign"])},
        "Waiting for Oak to confirm it can release its staff and Ann Lee to sign.",
    ),
    (panel.not_on_an_agenda, {"open_item": None}, "The bid is not on the agenda of a meeting that is open."),
    (panel.inquorate, sitting(inquorate=Inquorate(2, 3)), "2 present, 3 needed."),
    (
        panel.interests_outstanding,
        sitting(yet_to_declare=yet_to_declare("Ann", "Bo")),
        "Ann and Bo must first say whether they have an interest.",
    ),
    (
        panel.decider_barred,
        {"bar_from_deciding": Bar(BarKind.DECLARED)},
        "You can’t decide this bid: you declared an interest in it.",
    ),
    (
        panel.decider_not_there,
        {"why_decider_not_there": "You are not recorded as present for this bid."},
        "You are not recorded as present for this bid.",
    ),
    (
        panel.no_majority_for,
        {"why_no_majority": "There is no majority for this: 1 for, 2 against."},
        "There is no majority for this: 1 for, 2 against.",
    ),
    (
        panel.no_majority_against,
        {"why_no_majority": "No votes have been recorded yet."},
        "No votes have been recorded yet.",
    ),
    (
        panel.moderation_outstanding,
        {"unmoderated": ["Need and evidence", "Value for money"]},
        "Scores lie far apart: talk about Need and evidence and Value for money and record it first.",
    ),
    (
        panel.moderation_outstanding,
        {"unmoderated": ["Need and evidence"], "keeps_scores_from": True},
        "The panel has not finished with the scores of this bid.",
    ),
    (
        panel.decision_letter_held,
        {"why_letter_held": "The letter comes by 9 February 2027."},
        "The letter comes by 9 February 2027.",
    ),
    (
        panel.decision_questioned,
        {"why_decision_questioned": "The council is checking."},
        "The council is checking.",
    ),
    (panel.deferred_twice, {"deferrals": 2}, "This bid has been deferred twice already."),
    (
        panel.reply_not_open,
        {"review": SimpleNamespace(reply_until=None)},
        "The school can’t reply to the officer’s report now.",
    ),
    (
        panel.panel_question_unanswered,
        {"panel_answer": ""},
        "The school has not answered the panel yet.",
    ),
    (
        application.reply_date_not_past,
        {"offer": SimpleNamespace(reply_by=date(2026, 11, 18))},
        "The school can reply until 18 November 2026.",
    ),
    (
        application.reply_date_past,
        {"offer": SimpleNamespace(reply_by=date(2026, 11, 17))},
        "The date to reply, 17 November 2026, has passed. Ask the council to renew the offer.",
    ),
    (
        application.termination_not_asked_for,
        {"termination_asked_at": None},
        "Nobody has asked for this.",
    ),
    (
        application.named_unsettled,
        {"names_to_settle": ["Priya Raman"]},
        "Say first whether it is an interest that the bid names Priya Raman.",
    ),
    (
        application.end_date_past,
        {"end_on": date(2026, 11, 17)},
        "The support was to end on 17 November 2026.",
    ),
    (application.end_date_past, {"end_on": None}, "No end date."),
    (
        application.report_sent,
        {"end_on": date(2026, 11, 18), "has_sent_report": says(True)},
        "The school has sent its report.",
    ),
    (
        application.end_date_not_reached,
        {"end_on": date(2026, 11, 18)},
        "The support runs until 18 November 2026.",
    ),
    (application.end_date_not_reached, {"end_on": None}, "No end date."),
    (
        application.plan_not_agreed,
        {"why_plan_wanted": "Send a revised plan first."},
        "Send a revised plan first.",
    ),
    (
        application.plan_with_officer,
        {"is_with_officer": True},
        "The liaison officer is checking the school’s revised plan.",
    ),
    (
        application.no_half_time_share,
        {"award": SimpleNamespace(tranches=tranches(100, 0))},
        "This award has no share that is paid at half-time.",
    ),
    (application.no_half_time_share, {"award": None}, "This award has no share that is paid at half-time."),
    (
        application.interim_report_decides,
        {"return_of": says(object())},
        "The share falls due as the interim report is accepted.",
    ),
    (
        application.half_time_recorded,
        {"half_time_at": NOW},
        "Half-time was recorded on 18 November 2026.",
    ),
    (
        application.half_time_not_reached,
        {"start_on": date(2026, 11, 10), "end_on": date(2026, 12, 1)},
        "Half-time is on 20 November 2026.",
    ),
    (
        application.report_not_accepted,
        {"has_accepted_report": says(False)},
        "The school’s report has not been accepted yet.",
    ),
    (
        application.report_not_accepted,
        {"report_to_check": SimpleNamespace(named="interim report")},
        "The interim report was sent and has not been checked yet.",
    ),
    (
        application.feedback_outstanding,
        {"feedback": [outstanding("Oak"), outstanding("Elm")]},
        "Feedback is outstanding from Oak and Elm: neither given nor asked for twice more.",
    ),
    (
        application.feedback_not_asked,
        {"feedback_asked": says(False)},
        "The supported school has not been asked for feedback.",
    ),
    (
        application.not_reconciled,
        {"why_not_reconciled": "Ask back £140.00 that Oak was paid and did not earn."},
        "Ask back £140.00 that Oak was paid and did not earn.",
    ),
    (application.claim_open, {"has_open_claim": says(True)}, "A claim is still open."),
    (
        application.person_barred,
        {"bar_of": OWN_SCHOOL},
        "You can’t do this: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        application.never_submitted,
        {"submitted_at": None},
        "This bid was never submitted; the school can start again.",
    ),
    (
        application.no_review_asked,
        {"review_request": None},
        "The school has asked for no review, or it was heard already.",
    ),
    (
        application.hearer_was_involved,
        {"was_involved": True},
        "You took part in this bid, so somebody else must hear the review.",
    ),
]
