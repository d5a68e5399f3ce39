"""What the smaller processes wait for: each guard, and the sentence that it says."""

from datetime import date
from types import SimpleNamespace

from fundflow.models.fund import Decider
from fundflow.models.panel import ItemOutcome
from fundflow.models.payment_block import BlockKind
from fundflow.rules.guards import (
    adviser_visit,
    approval,
    board_paper,
    case_study,
    change_request,
    claim,
    concern,
    condition,
    data_complaint,
    data_removal,
    earned_correction,
    feedback,
    follow_up,
    impact_return,
    meeting,
    minutes,
    named_person,
    opening,
    order,
    payee,
    payment_block,
    payment_run,
    plan,
    practice,
    provider,
    quality_check,
    recovery,
    reversal,
    support_request,
    survey,
    visit,
)
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.interests import Bar, BarKind
from fundflow.workflow.payee_batch import BatchState
from tests.workflow.fakes import FAR_AHEAD, LONG_PAST, NOW, SOMEBODY
from tests.workflow.ready import OWN_SCHOOL, ready_bid, says

CLAIM = {
    "pence": 1,
    "certified_by_id": None,
    "days": [SimpleNamespace(struck_at=None)] * 2,
    "asks_for": 2,
    "bid": ready_bid(),
    "school": None,
}
VISIT = {"bid": ready_bid(), "planned_on": LONG_PAST, "day_words": "5 January 2026"}
ADVISED = {
    "allocation": SimpleNamespace(ends_on=None),
    "adviser": SimpleNamespace(name="Ava"),
    "school": SimpleNamespace(name="Oak"),
}
FEEDBACK = {"chased_again_at": None, "is_open_to_answers": True}
RECOVERY = {
    "opened_by_id": 1,
    "undo_asked_by_id": 1,
    "claim_id": None,
    "school": SimpleNamespace(name="Oak"),
    "claim": SimpleNamespace(state=ClaimState.PAID),
    "bid": ready_bid(),
}
PLAN = {"offer_id": 1, "bid": ready_bid(BidState.OFFERED, offer=SimpleNamespace(id=1))}
REPORT = {
    "kind": ReturnKind.FINAL,
    "is_final": True,
    "due_on": LONG_PAST,
    "bid": ready_bid(),
    "why_incomplete": says(None),
    "why_not_open": says(None),
}
LATE = {"is_editable": True, "wanted_on": LONG_PAST, "bid": ready_bid(), "holds_things_up": True}
MEETING = {"undecided_items": says([]), "items_to_settle": []}
CONDITION = {"bid": ready_bid(), "binds": True, "why_not_in_force": says(None)}
APPROVAL = {"bid": ready_bid(), "is_of": says(False)}
BLOCK = {"kind": BlockKind.PAUSED, "bid": ready_bid(BidState.IN_DELIVERY)}
PAYEE = {"proposed_by_id": 1, "schools": [], "payees": [SimpleNamespace(school=None)], "batch": None}
OPENING = {"entered_by_id": 1, "schools": []}
RUN = {"gathered_by_id": 1, "waiting": [object()]}
ANSWERED = {"waiting": []}
CORRECTION = {"asked_by_id": 1, "bid": ready_bid()}
BOARD_PAPER = {
    "contact": "The team",
    "wanting": [],
    "has_exempt_part": False,
    "exempt_paragraph": "",
    "public_interest": "",
    "corrected_by": None,
}
OAK_ANSWERED = SimpleNamespace(school=SimpleNamespace(name="Oak", today_id=1))
CASE = {"bid": ready_bid(), "unanswered": []}
REVERSAL = {
    "requested_by_id": 1,
    "claim": SimpleNamespace(state=ClaimState.PAID),
    "bid": ready_bid(),
}
CHECK = {"bid": ready_bid(BidState.IN_DELIVERY, fund=SimpleNamespace(checks_support=True))}
PROVIDER = {"proposed_by_id": 1, "is_contact": says(False), "why_not_in_force": says(None)}
HELD_PAYEE = {"hold_since": LONG_PAST}
NAMED = {"bid": ready_bid(), "user": SimpleNamespace(id=8), "is_before_decision": True}

ANSWER = SimpleNamespace(school_today=1, school=SimpleNamespace(name="Oak"), agreed_by_id=None)
AN_OFFICER_DECIDES = SimpleNamespace(
    fund=SimpleNamespace(decider=Decider.AUTHORISED_OFFICER, officer_limit_pence=500_000)
)
CHANGE = {"bid": ready_bid(), "asked_by_id": 1, "confirmed_by_id": 2, "answers": [], "unanswered": []}
ASKED = {**CHANGE, "unanswered": [ANSWER], "bid": ready_bid(lead_school_id=1), "by_council": False}

# guard, a record that is ready, what differs, the sentence
ORDER = {
    "is_of": says(False),
    "service": SimpleNamespace(is_by_school=False, withdrawn_at=NOW),
    "begins_on": LONG_PAST,
    "ends_on": LONG_PAST,
    "charged_years": [SimpleNamespace(begins_on=FAR_AHEAD)],
    "proposed_at": None,
    "change_on": None,
}
SURVEY = {"questions": [object()], "due_on": FAR_AHEAD}
PROPOSED = {**ORDER, "proposed_at": NOW, "proposed_by_school": True}

OTHER_WAITS = [
    (
        case_study.nothing_to_tell,
        CASE,
        {"why_nothing_to_tell": "A case study is drafted once the bid is closed."},
        "A case study is drafted once the bid is closed.",
    ),
    (
        case_study.case_study_there,
        CASE,
        {"why_study_there": "There is a case study of this bid already."},
        "There is a case study of this bid already.",
    ),
    (
        case_study.barred_from_case_study,
        CASE,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this case study: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        case_study.case_head_missing,
        CASE,
        {"why_head_missing": "Nobody has an account as head of Oak. Invite the head first."},
        "Nobody has an account as head of Oak. Invite the head first.",
    ),
    (case_study.case_unanswered, CASE, {"unanswered": [OAK_ANSWERED]}, "Oak must agree first."),
    (
        case_study.case_answered,
        {**CASE, "unanswered": [OAK_ANSWERED]},
        {"unanswered": []},
        "Your school has agreed already.",
    ),
    (plan.offer_gone, PLAN, {"offer_id": 2}, "This offer is no longer out."),
    (
        plan.plan_above_offer,
        PLAN,
        {"why_above_offer": "The plan comes to £2,000.00. Bring it down to the offer, £1,000.00."},
        "The plan comes to £2,000.00. Bring it down to the offer, £1,000.00.",
    ),
    (
        plan.barred_from_plan,
        PLAN,
        {"bar_of": OWN_SCHOOL},
        "You can’t check this plan: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        claim.nothing_claimed,
        CLAIM,
        {"why_nothing_claimed": "Nothing of this claim is due any more."},
        "Nothing of this claim is due any more.",
    ),
    (
        claim.payments_paused,
        CLAIM,
        {"why_not_claimable": "Payments on this bid are paused."},
        "Payments on this bid are paused.",
    ),
    (
        claim.payments_blocked,
        CLAIM,
        {"why_blocked": "Payments have been blocked since 3 March 2027. A report is overdue."},
        "Payments have been blocked since 3 March 2027. A report is overdue.",
    ),
    (
        claim.in_a_run,
        CLAIM,
        {"why_in_run": "This claim is in the payment run LSIF-RUN-3."},
        "This claim is in the payment run LSIF-RUN-3.",
    ),
    (
        claim.paid_in_runs,
        CLAIM,
        {"why_paid_in_runs": "This fund pays its claims in payment runs."},
        "This fund pays its claims in payment runs.",
    ),
    (
        recovery.payment_in_run,
        RECOVERY,
        {"why_in_run": "This claim is in the payment run LSIF-RUN-3."},
        "This claim is in the payment run LSIF-RUN-3.",
    ),
    (
        payment_run.gathered_it,
        RUN,
        {"gathered_by_id": SOMEBODY.id},
        "You gathered this run, so another finance officer must approve it.",
    ),
    (
        payment_run.approves_nothing,
        RUN,
        {"why_none_approved": "You can’t approve any payment of this run."},
        "You can’t approve any payment of this run.",
    ),
    (payment_run.nothing_in_run, RUN, {"waiting": []}, "Nothing of this run can be paid. Cancel it."),
    (
        payment_run.lines_unanswered,
        ANSWERED,
        {"waiting": [object()]},
        "Some payments of this run are not answered yet.",
    ),
    (
        payment_run.not_payable_now,
        RUN,
        {"why_not_exported": "Not every payment could be made now."},
        "Not every payment could be made now.",
    ),
    (
        earned_correction.barred_from_correction,
        CORRECTION,
        {"bar_of": OWN_SCHOOL},
        "You can’t correct what was earned: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        earned_correction.proposed_correction,
        CORRECTION,
        {"asked_by_id": SOMEBODY.id},
        "You asked for this correction, so another finance officer must confirm it.",
    ),
    (
        earned_correction.earned_stays,
        CORRECTION,
        {"why_earned_stays": "The bid is closed."},
        "The bid is closed.",
    ),
    (
        earned_correction.earned_since,
        CORRECTION,
        {"why_earned_changed": "What was earned was corrected since."},
        "What was earned was corrected since.",
    ),
    (
        reversal.barred_from_reversal,
        REVERSAL,
        {"bar_of": OWN_SCHOOL},
        "You can’t reverse this payment: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        reversal.requested_reversal,
        REVERSAL,
        {"requested_by_id": SOMEBODY.id},
        "You asked for this reversal, so another finance officer must approve it.",
    ),
    (
        reversal.not_paid_now,
        REVERSAL,
        {"claim": SimpleNamespace(state=ClaimState.CERTIFIED)},
        "This claim is not paid, so there is no payment to reverse.",
    ),
    (
        reversal.closed_with_payment,
        REVERSAL,
        {"why_bid_closed": "The bid is closed."},
        "The bid is closed.",
    ),
    (
        reversal.payment_stays,
        REVERSAL,
        {"why_payment_stays": "£200 of this is to be taken off another payment."},
        "£200 of this is to be taken off another payment.",
    ),
    (
        payee.held_payee,
        {"hold_since": None},
        {"hold_since": LONG_PAST},
        "Payments to this payee are held already.",
    ),
    (
        payee.payee_not_held,
        HELD_PAYEE,
        {"hold_since": None},
        "Payments to this payee are not held.",
    ),
    (
        visit.nothing_to_visit,
        VISIT,
        {"why_nothing_to_follow_up": "The support has not begun, so there is nothing to follow up."},
        "The support has not begun, so there is nothing to follow up.",
    ),
    (
        visit.barred_from_visit,
        VISIT,
        {"bar_of": OWN_SCHOOL},
        "You can’t visit for this bid: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        quality_check.nothing_to_check,
        CHECK,
        {"bid": ready_bid(BidState.IN_DELIVERY, fund=SimpleNamespace(checks_support=False))},
        "This fund does not check the quality of support.",
    ),
    (
        quality_check.nothing_to_check,
        CHECK,
        {"bid": ready_bid(BidState.TERMINATED, fund=SimpleNamespace(checks_support=True))},
        "The support has stopped, so there is nothing to check.",
    ),
    (
        quality_check.barred_from_check,
        CHECK,
        {"bar_of": OWN_SCHOOL},
        "You can’t check this support: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        quality_check.own_providers_check,
        CHECK,
        {"provider_of": SimpleNamespace(name="Bright Learning Ltd", is_contact=says(True))},
        "You are the contact of Bright Learning Ltd, which gives this support. Ask a colleague.",
    ),
    (
        practice.barred_from_practice,
        {},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t handle this entry: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        practice.practice_head_missing,
        {},
        {"why_head_missing": "Nobody has an account as head of Oak. Invite the head first."},
        "Nobody has an account as head of Oak. Invite the head first.",
    ),
    (
        provider.proposed_provider,
        PROVIDER,
        {"proposed_by_id": SOMEBODY.id},
        "You proposed it, or acted on it last. Another officer approves it.",
    ),
    (
        provider.proposed_provider,
        PROVIDER,
        {"acted_last": True},
        "You proposed it, or acted on it last. Another officer approves it.",
    ),
    (
        provider.own_provider,
        PROVIDER,
        {"is_contact": says(True)},
        "You are this provider’s contact. A colleague decides about it.",
    ),
    (
        provider.due_diligence,
        PROVIDER,
        {"why_not_in_force": says("The due diligence of Oak is not in force.")},
        "The due diligence of Oak is not in force.",
    ),
    (
        feedback.not_to_chase_yet,
        FEEDBACK,
        {"chased_again_at": NOW},
        "The school has been asked twice more.",
    ),
    (
        feedback.not_to_chase_yet,
        FEEDBACK,
        {"next_day": FAR_AHEAD},
        f"The school has until {day_words(FAR_AHEAD)}.",
    ),
    (
        feedback.not_to_end_yet,
        {**FEEDBACK, "chased_again_at": NOW},
        {"chased_again_at": None},
        "The school has not been asked twice more yet.",
    ),
    (
        feedback.support_not_over,
        FEEDBACK,
        {"is_open_to_answers": False},
        "The support can be rated once it has ended.",
    ),
    (
        follow_up.nothing_to_follow_up,
        {"bid": ready_bid()},
        {"why_nothing_to_follow_up": "The support has not begun, so there is nothing to follow up."},
        "The support has not begun, so there is nothing to follow up.",
    ),
    (
        follow_up.barred_from_follow_up,
        {"bid": ready_bid()},
        {"bar_of": OWN_SCHOOL},
        "You can’t handle actions here: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        payment_block.nothing_to_block,
        BLOCK,
        {"why_nothing_to_block": "Payments can be blocked from the acceptance of the offer."},
        "Payments can be blocked from the acceptance of the offer.",
    ),
    (
        payment_block.barred_from_block,
        BLOCK,
        {"bar_of": OWN_SCHOOL},
        "You can’t block payments here or lift a block: your school, Oak, takes part in it.",
    ),
    (
        payment_block.lifted_by_resuming,
        BLOCK,
        {"bid": ready_bid(BidState.SUSPENDED)},
        "The award is paused. The liaison officer resumes payments on the bid’s page.",
    ),
    (
        claim.one_entry_claimed,
        CLAIM,
        {"asks_for": 1},
        "This claim has fewer than two days or costs to choose from.",
    ),
    (
        claim.above_balance,
        CLAIM,
        {"why_above_balance": "That is more than is left."},
        "That is more than is left.",
    ),
    (
        claim.days_not_confirmed,
        CLAIM,
        {"why_days_unconfirmed": "Waiting for the head."},
        "Waiting for the head.",
    ),
    (
        claim.barred_from_claim,
        CLAIM,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this claim: your school, Oak, takes part in it.",
    ),
    (
        claim.certified_it,
        CLAIM,
        {"certified_by_id": SOMEBODY.id},
        "You checked this claim, so another finance officer must pay it.",
    ),
    (impact_return.not_due_yet, REPORT, {"due_on": FAR_AHEAD}, "The report falls due on 31 December 2027."),
    (
        impact_return.report_not_open,
        REPORT,
        {"why_not_open": says("The support is still under way.")},
        "The support is still under way.",
    ),
    (
        impact_return.too_early_to_send,
        REPORT,
        {"is_final": False, "due_on": FAR_AHEAD},
        "The report falls due on 31 December 2027.",
    ),
    (
        impact_return.newer_version,
        {"is_latest": True},
        {"is_latest": False},
        "There is a newer version of this report.",
    ),
    (
        impact_return.not_a_correction,
        {"number": 2},
        {"number": 1},
        "This is not a corrected version.",
    ),
    (
        impact_return.correction_begun,
        {"is_unchanged_copy": True},
        {"is_unchanged_copy": False},
        "The school has begun to correct it.",
    ),
    (
        impact_return.bid_is_stopped,
        {"bid": ready_bid(BidState.CLOSED)},
        {"bid": ready_bid(BidState.TERMINATED)},
        "The funding was stopped, so no report is asked for.",
    ),
    (
        impact_return.follow_up_report,
        LATE,
        {"holds_things_up": False},
        "Nothing waits for a follow-up report.",
    ),
    (impact_return.report_not_late, LATE, {"is_editable": False}, "The report is not late."),
    (impact_return.report_not_late, LATE, {"wanted_on": FAR_AHEAD}, "The report is not late."),
    (
        impact_return.lateness_let_pass,
        {**LATE, "waived_at": None},
        {"waived_at": NOW},
        "The lateness was let pass on 18 November 2026.",
    ),
    (
        impact_return.held_for_report,
        {**LATE, "held_at": None},
        {"held_at": NOW},
        "Payments and bids have been held since 18 November 2026.",
    ),
    (
        impact_return.not_late_enough,
        LATE,
        {"wanted_on": date(2026, 11, 17)},
        "Payments and bids can be held from 15 December 2026, 20 working days after it was due.",
    ),
    (impact_return.not_a_final_report, REPORT, {"is_final": False}, "This is not the final report."),
    (
        impact_return.not_an_interim_report,
        {**REPORT, "kind": ReturnKind.INTERIM},
        {"kind": ReturnKind.FINAL},
        "This is not an interim report.",
    ),
    (
        impact_return.not_a_follow_up,
        {**REPORT, "kind": ReturnKind.FOLLOW_UP},
        {"kind": ReturnKind.FINAL},
        "This is not a follow-up report.",
    ),
    (
        impact_return.report_incomplete,
        REPORT,
        {"why_incomplete": says("Enter lessons first.")},
        "Enter lessons first.",
    ),
    (
        impact_return.barred_from_report,
        REPORT,
        {"bar_of": OWN_SCHOOL},
        "You can’t check this report: your school, Oak, takes part in it.",
    ),
    (
        impact_return.days_unsettled,
        REPORT,
        {"why_days_unsettled": "1 day of the log waits for the head of Oak to confirm or strike out."},
        "1 day of the log waits for the head of Oak to confirm or strike out.",
    ),
    (
        impact_return.log_unexplained,
        REPORT,
        {"why_log_unexplained": "The report says 8 days, the log holds none."},
        "The report says 8 days, the log holds none.",
    ),
    (meeting.agenda_empty, {"undecided_items": says([1])}, MEETING, "No bid is on the agenda yet."),
    (meeting.items_undecided, MEETING, {"items_to_settle": [1]}, "1 item is not decided or moved yet."),
    (
        meeting.items_undecided,
        MEETING,
        {"items_to_settle": [1, 2]},
        "2 items are not decided or moved yet.",
    ),
    (
        meeting.bids_on_agenda,
        MEETING,
        {"undecided_items": says([1])},
        "Move its bids to another meeting first.",
    ),
    (
        board_paper.paper_unfinished,
        BOARD_PAPER,
        {"contact": ""},
        "Enter the contact officer first.",
    ),
    (
        board_paper.paper_unfinished,
        BOARD_PAPER,
        {"wanting": ["Purpose", "Recommendations"]},
        "Write the text under “Purpose” first.",
    ),
    (
        board_paper.exempt_part_unexplained,
        BOARD_PAPER,
        {"has_exempt_part": True},
        "Give the exempt part’s paragraph of Schedule 12A and the public interest test first.",
    ),
    (
        board_paper.corrected_already,
        BOARD_PAPER,
        {"corrected_by": object()},
        "A corrected report stands beside this one.",
    ),
    (
        board_paper.published_already,
        {"published_at": None},
        {"published_at": NOW},
        "This report is published.",
    ),
    (
        board_paper.not_published,
        {"published_at": NOW},
        {"published_at": None},
        "This report is not published.",
    ),
    (
        minutes.meeting_not_over,
        {"meeting_is_over": True},
        {"meeting_is_over": False},
        "Close the meeting first.",
    ),
    (
        condition.decision_undone,
        CONDITION,
        {"binds": False},
        "Its decision was corrected or taken back, so it no longer binds.",
    ),
    (
        condition.not_in_force,
        CONDITION,
        {"why_not_in_force": says("The funding was stopped.")},
        "The funding was stopped.",
    ),
    (
        condition.barred_from_condition,
        CONDITION,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this condition: your school, Oak, takes part in it.",
    ),
    (
        condition.barred_from_waiving,
        CONDITION,
        {"bar_from_deciding": Bar(BarKind.DECLARED)},
        "You can’t decide this: you declared an interest in it.",
    ),
    (
        approval.barred_from_approval,
        APPROVAL,
        {"bar_of": OWN_SCHOOL},
        "You can’t decide this: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        approval.approver_oneself,
        APPROVAL,
        {"is_of": says(True)},
        "This is about you, so a colleague decides it.",
    ),
    (named_person.named_oneself, NAMED, {"user": SOMEBODY}, "This is about you, so a colleague settles it."),
    (
        named_person.barred_from_naming,
        NAMED,
        {"bar_of": OWN_SCHOOL},
        "You can’t settle this: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        named_person.no_longer_before_panel,
        NAMED,
        {"is_before_decision": False},
        "The bid is no longer before the panel or its officer.",
    ),
    (
        adviser_visit.own_visit,
        {"adviser": SimpleNamespace(account_id=None)},
        {"adviser": SimpleNamespace(account_id=SOMEBODY.id)},
        "You are the adviser. A colleague can do this.",
    ),
    (
        adviser_visit.barred_from_advising,
        {},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t do this for the visit: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        concern.barred_from_concern,
        {},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t do this for the concern: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        adviser_visit.visit_still_ahead,
        {"planned_on": NOW.date()},
        {"planned_on": FAR_AHEAD, "day_words": day_words(FAR_AHEAD)},
        f"The visit is planned for {day_words(FAR_AHEAD)}. Before that day, move it or have it cancelled.",
    ),
    (
        adviser_visit.allocation_ended,
        ADVISED,
        {"allocation": SimpleNamespace(ends_on=LONG_PAST)},
        "Ava no longer advises Oak.",
    ),
    (
        adviser_visit.not_to_chase_visit_yet,
        {"chased_at": None},
        {"chased_at": NOW},
        "The school has been asked again.",
    ),
    (
        adviser_visit.not_to_end_visit_yet,
        {"chased_at": NOW},
        {"chased_at": None},
        "The school has not been asked again yet.",
    ),
    (
        adviser_visit.not_to_chase_visit_yet,
        {"chased_at": None},
        {"next_ask": FAR_AHEAD},
        f"The school has until {day_words(FAR_AHEAD)}.",
    ),
    (
        support_request.broker_barred,
        {},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t broker this: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        support_request.outsider_barred,
        {"is_asked_by": says(False)},
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t broker this: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        order.not_on_offer,
        {**ORDER, "school": None},
        {"why_not_order": "This service is withdrawn. It can’t be ordered."},
        "This service is withdrawn. It can’t be ordered.",
    ),
    (
        order.service_changed,
        ORDER,
        {"why_changed": "The service has changed since this order was saved."},
        "The service has changed since this order was saved.",
    ),
    (
        order.ordered_already,
        {**ORDER, "why_ordered": None},
        {"why_ordered": "Oak ordered this service already: SO-1."},
        "Oak ordered this service already: SO-1. Decline one of the two orders.",
    ),
    (
        order.priced_by_ours,
        ORDER,
        {"bar_from_brokering": OWN_SCHOOL},
        "Ann set this price, and has a tie to your school or trust. Another officer must check it.",
    ),
    (
        order.service_withdrawn,
        {"service": SimpleNamespace(withdrawn_at=None)},
        {"service": SimpleNamespace(withdrawn_at=NOW)},
        "The service was withdrawn. Decline the order.",
    ),
    (
        order.order_barred,
        ORDER,
        {"bar_from_brokering": OWN_SCHOOL},
        "You can’t answer for the provider: your school, Oak, takes part in it. A colleague can.",
    ),
    (
        order.not_to_cancel,
        ORDER,
        {"service": SimpleNamespace(withdrawn_at=None)},
        "The school cancels its own order. You can once the service is withdrawn.",
    ),
    (order.term_not_begun, ORDER, {"begins_on": FAR_AHEAD}, "The term begins on 31 December 2027."),
    (order.term_not_over, ORDER, {"ends_on": FAR_AHEAD}, "The term runs until 31 December 2027."),
    (
        order.in_last_year,
        ORDER,
        {"charged_years": [SimpleNamespace(begins_on=LONG_PAST)]},
        "The order is in its last year. There is no refund in mid-year, so nothing can change.",
    ),
    (
        order.change_awaits_answer,
        ORDER,
        {"proposed_at": NOW},
        "A change is proposed already, and waits for an answer.",
    ),
    (
        order.cancelling_proposed,
        {"would_cancel": False},
        {"would_cancel": True},
        "The proposal is to cancel the order. Agree to that instead.",
    ),
    (
        order.no_cancelling_proposed,
        {"would_cancel": True},
        {"would_cancel": False},
        "Nobody proposes to cancel the order.",
    ),
    (order.no_change_to_answer, PROPOSED, {"proposed_at": None}, "No change is proposed."),
    (
        order.no_change_to_answer,
        PROPOSED,
        {"proposed_by_school": False},
        "You proposed this. The other side answers it.",
    ),
    (
        order.change_too_late,
        {**PROPOSED, "change_on": FAR_AHEAD},
        {"change_on": LONG_PAST},
        "It was to change on 5 January 2026, which has passed. Refuse it, and propose another day.",
    ),
    (
        order.no_change_of_yours,
        {**PROPOSED, "proposed_by_school": False},
        {"proposed_at": None},
        "No change is proposed.",
    ),
    (
        order.no_change_of_yours,
        {**PROPOSED, "proposed_by_school": False},
        {"proposed_by_school": True},
        "The other side proposed this.",
    ),
    (
        claim.condition_unmet,
        CLAIM,
        {"why_condition_unmet": "A condition is not met."},
        "A condition is not met.",
    ),
    (
        claim.payee_unconfirmed,
        CLAIM,
        {"why_no_payee": "Nobody has confirmed who is paid for Oak."},
        "Nobody has confirmed who is paid for Oak.",
    ),
    (
        claim.invoice_missing,
        CLAIM,
        {"why_no_invoice": "Waiting for the invoice of Oak."},
        "Waiting for the invoice of Oak.",
    ),
    (
        claim.recovery_set_against,
        CLAIM,
        {"why_set_against": "£140.00 that comes back is to be taken off this claim. Undo that first."},
        "£140.00 that comes back is to be taken off this claim. Undo that first.",
    ),
    (
        change_request.award_fixed,
        CHANGE,
        {"why_award_fixed": "The final report is accepted."},
        "The final report is accepted.",
    ),
    (
        change_request.change_open,
        CHANGE,
        {"why_change_open": "Another change is not decided yet."},
        "Another change is not decided yet.",
    ),
    (
        change_request.barred_from_change,
        CHANGE,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this change: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        change_request.asked_for_change,
        CHANGE,
        {"asked_by_id": SOMEBODY.id},
        "You asked for this change, so another person must decide about it.",
    ),
    (
        change_request.asked_for_change,
        CHANGE,
        {"confirmed_by_id": SOMEBODY.id},
        "You asked for this change, so another person must decide about it.",
    ),
    (
        change_request.barred_from_withdrawing,
        {**CHANGE, "by_council": True},
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this change: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        change_request.asked_for_change,
        CHANGE,
        {"answers": [SimpleNamespace(agreed_by_id=SOMEBODY.id)]},
        "You agreed to this change for a school, so another person must decide about it.",
    ),
    (
        change_request.change_impossible,
        CHANGE,
        {"why_impossible": "Nothing changes."},
        "Nothing changes.",
    ),
    (
        change_request.change_impossible,
        CHANGE,
        {"why_claim_certified": "A claim is checked and about to be paid."},
        "A claim is checked and about to be paid.",
    ),
    (
        change_request.change_impossible,
        CHANGE,
        {"why_cut_comes_back": "£5.00 is still to come back."},
        "£5.00 is still to come back.",
    ),
    (change_request.school_has_agreed, ASKED, {"unanswered": []}, "Your school has agreed already."),
    (
        change_request.schools_have_agreed,
        ASKED,
        {"unanswered": []},
        "Every school concerned has agreed already.",
    ),
    (
        change_request.heads_have_accounts,
        CHANGE,
        {"why_heads_have_accounts": "The head of Oak has an account and answers there."},
        "The head of Oak has an account and answers there.",
    ),
    (change_request.schools_not_agreed, CHANGE, {"unanswered": [ANSWER]}, "Oak must agree first."),
    (
        change_request.too_large_for_officer,
        CHANGE,
        {"why_decider_decides": "The outcomes change."},
        "The outcomes change.",
    ),
    (
        change_request.asks_for_more,
        {"more": False},
        {"more": True},
        "Only the panel can give more money. Put the change to the panel.",
    ),
    (
        change_request.asks_for_no_more,
        {"more": True},
        {"more": False},
        "This change asks for no more money, so it does not go to the panel.",
    ),
    (
        change_request.panel_has_not_decided,
        {"items": [SimpleNamespace(outcome=ItemOutcome.DECLINED)]},
        {"items": []},
        "The panel has not decided this change.",
    ),
    (
        change_request.acted_on,
        CHANGE,
        {"why_not_taken_back": "The award was changed again since."},
        "The award was changed again since.",
    ),
    (
        change_request.change_off_agenda,
        {"open_item": object()},
        {"open_item": None},
        "The change is not on the agenda of a meeting that is open.",
    ),
    (
        change_request.above_officers_limit,
        {"pence": 500_000, "bid": AN_OFFICER_DECIDES},
        {"pence": 500_001},
        "An authorised officer may decide up to £5,000.00, and this award would be more.",
    ),
    (
        change_request.put_off_twice,
        {"deferrals": 1},
        {"deferrals": 2},
        "The panel has put this decision off twice already.",
    ),
    (
        change_request.another_asked,
        ASKED,
        {"by_council": True},
        "The council entered this change, and can withdraw it.",
    ),
    (
        recovery.barred_from_recovery,
        RECOVERY,
        {"bar_of": OWN_SCHOOL},
        "You can’t handle this recovery: your school, Oak, takes part in it. Ask a colleague.",
    ),
    (
        recovery.came_off_payment,
        RECOVERY,
        {"claim_id": 3},
        "It was taken off a payment. Reverse that payment instead, on the page of its claim.",
    ),
    (
        recovery.asked_to_undo,
        RECOVERY,
        {"undo_asked_by_id": SOMEBODY.id},
        "You asked to undo this, so another finance officer must agree.",
    ),
    (
        recovery.bid_closed_since,
        RECOVERY,
        {"bid": ready_bid(BidState.CLOSED)},
        "The bid is closed. Ask an administrator to reopen it first.",
    ),
    (
        recovery.not_owed_again,
        RECOVERY,
        {"why_not_owed_again": "£1,050.00 of it is not owed any more."},
        "£1,050.00 of it is not owed any more.",
    ),
    (
        recovery.opened_it,
        RECOVERY,
        {"opened_by_id": SOMEBODY.id},
        "You opened this recovery, so another person must decide about it.",
    ),
    (
        recovery.above_small_sum,
        RECOVERY,
        {"why_above_small_sum": "Finance can let go up to £50 of an award. More is written off."},
        "Finance can let go up to £50 of an award. More is written off.",
    ),
    (
        recovery.still_owed,
        RECOVERY,
        {"why_still_owed": "£140.00 was paid and not earned. Ask for it, or let it go."},
        "£140.00 was paid and not earned. Ask for it, or let it go.",
    ),
    (
        recovery.no_payment_to_set_against,
        RECOVERY,
        {"payments_to_set_against": []},
        "No checked claim of Oak in this fund is large enough.",
    ),
    (
        recovery.payment_not_made,
        RECOVERY,
        {"claim": SimpleNamespace(state=ClaimState.CERTIFIED)},
        "The payment is not made yet.",
    ),
    (
        opening.entered_opening,
        OPENING,
        {"entered_by_id": SOMEBODY.id},
        "You entered this, so another person must confirm it: a finance officer.",
    ),
    (
        opening.opening_barred,
        OPENING,
        {"bar_from_paying": OWN_SCHOOL},
        "You can’t enter awards of these schools: your school, Oak, takes part in it.",
    ),
    (
        data_complaint.own_complaint,
        {"email": "una@example.org"},
        {"email": "Some@body.example"},
        "This is your own complaint, so another administrator answers it.",
    ),
    (
        data_removal.own_removal,
        {"proposed_by_id": 1},
        {"proposed_by_id": SOMEBODY.id},
        "You proposed this list, so another administrator approves it.",
    ),
    (
        data_removal.not_every_fund,
        {"is_decided_by": lambda *_: True},
        {"is_decided_by": lambda *_: False},
        "Only an administrator of every fund can do that.",
    ),
    (
        payee.proposed_payee,
        PAYEE,
        {"proposed_by_id": SOMEBODY.id},
        "You proposed this, so another finance officer must confirm it.",
    ),
    (
        payee.payee_barred,
        PAYEE,
        {"bar_from_paying": OWN_SCHOOL},
        "You can’t say who is paid here: your school, Oak, takes part in it.",
    ),
    (
        payee.one_of_batch,
        PAYEE,
        {"batch": SimpleNamespace(state=BatchState.PROPOSED)},
        "It is one of a batch, which is confirmed or refused as one.",
    ),
    (
        payee.payee_outdated,
        PAYEE,
        {"why_outdated": "Oak is an academy now: it waits for a new payee."},
        "Oak is an academy now: it waits for a new payee.",
    ),
    (survey.survey_without_questions, SURVEY, {"questions": []}, "Add a question first."),
    (
        survey.survey_past_its_day,
        SURVEY,
        {"due_on": LONG_PAST},
        "The last day to answer was 5 January 2026.",
    ),
    (
        survey.survey_day_not_past,
        {**SURVEY, "due_on": LONG_PAST},
        {"due_on": FAR_AHEAD},
        "Schools can answer until the end of 31 December 2027.",
    ),
    (
        survey.nobody_to_ask,
        SURVEY,
        {"why_nobody_asked": "No open school is of this phase and kind. Choose other schools."},
        "No open school is of this phase and kind. Choose other schools.",
    ),
    (
        survey.nothing_to_buy,
        SURVEY,
        {"why_nothing_to_buy": "A question asks about services. Remove it."},
        "A question asks about services. Remove it.",
    ),
    (
        survey.every_school_answered,
        SURVEY,
        {"is_complete": True},
        "Every school that is open has answered.",
    ),
    (
        survey.reminded_today,
        SURVEY,
        {"was_reminded_on": True},
        "The schools were reminded today. You can do it again tomorrow.",
    ),
]
