"""The life of a bid, on one page. Read it row by row: it is the fund's procedure.

Every state has a stage; every step says who takes it, what it waits for, what it asks for, what it
does to the money and whom it emails. To add a step: one row here, its letter in
`templates/emails/application/`, then `fundflow workflow diagram` into README.
"""

from enum import Enum

from fundflow.workflow import guards as g
from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow


class Stage(Enum):
    APPLICATION = "Application"
    REVIEW = "Liaison officer review"
    PANEL = "Panel decision"
    BACKFILL = "Backfill payment"
    IMPACT = "Impact monitoring"


class BidState(Enum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    INELIGIBLE = "ineligible"
    AT_PANEL = "at_panel"
    DEFERRED = "deferred"
    NOT_FUNDED = "not_funded"
    OFFERED = "offered"
    NOT_TAKEN_UP = "not_taken_up"
    IN_DELIVERY = "in_delivery"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    IN_MONITORING = "in_monitoring"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def stage(self) -> Stage:
        return STAGE_OF[self]


S = BidState

STAGE_OF = {
    S.DRAFT: Stage.APPLICATION,
    S.SUBMITTED: Stage.REVIEW,
    S.IN_REVIEW: Stage.REVIEW,
    S.RETURNED: Stage.REVIEW,
    S.INELIGIBLE: Stage.REVIEW,
    S.AT_PANEL: Stage.PANEL,
    S.DEFERRED: Stage.PANEL,
    S.NOT_FUNDED: Stage.PANEL,
    S.OFFERED: Stage.PANEL,
    S.NOT_TAKEN_UP: Stage.PANEL,
    S.IN_DELIVERY: Stage.BACKFILL,
    S.SUSPENDED: Stage.BACKFILL,
    S.TERMINATED: Stage.BACKFILL,
    S.IN_MONITORING: Stage.IMPACT,
    S.CLOSED: Stage.IMPACT,
    S.WITHDRAWN: Stage.APPLICATION,
}

LEADER, TEAM, OFFICER = (A.SCHOOL_LEADER,), (A.SCHOOL_TEAM,), (A.OFFICER,)
DECIDER, CLOCK = (A.DECISION_MAKER,), (A.CLOCK,)

# fmt: off
STEPS = (
    Step("submit", (S.DRAFT,), S.SUBMITTED, LEADER, "Agree and submit bid", "Submitted the bid",
         waits_while=(g.form_incomplete, g.round_not_open), asks_for=("agreement",),
         emails=("school", "provider", "partners", "approver", "officer")),
    Step("submit_on_behalf", (S.DRAFT,), S.SUBMITTED, OFFICER, "Submit for the school",
         "Submitted the bid for the school",
         waits_while=(g.school_began_it, g.officer_barred, g.form_incomplete, g.round_not_open),
         emails=("school", "provider", "partners", "approver", "officer")),
    Step("discard", (S.DRAFT,), S.WITHDRAWN, OFFICER, "Discard the draft", "Discarded the draft",
         waits_while=(g.school_began_it, g.officer_barred), asks_for=("reason",), emails=("school",),
         warning=True),
    Step("take_up", (S.SUBMITTED,), S.IN_REVIEW, OFFICER, "Start the review", "Started the review",
         waits_while=(g.officer_barred,), emails=("school",)),
    Step("return_for_changes", (S.SUBMITTED, S.IN_REVIEW), S.RETURNED, OFFICER,
         "Ask the school for more", "Asked the school for more",
         waits_while=(g.officer_barred, g.correction_open), asks_for=("questions", "answer_by"),
         emails=("school",)),
    Step("resubmit", (S.RETURNED,), S.IN_REVIEW, LEADER, "Agree and send the bid back",
         "Sent the bid back", waits_while=(g.queried_sections_unanswered, g.form_incomplete),
         asks_for=("agreement",), emails=("officer",)),
    Step("correct", (S.SUBMITTED,), S.SUBMITTED, TEAM, "Send the correction", "Corrected the bid",
         waits_while=(g.no_correction_open, g.form_incomplete), asks_for=("changes",),
         emails=("school", "officer")),
    Step("correct", (S.IN_REVIEW,), S.IN_REVIEW, TEAM, "Send the correction", "Corrected the bid",
         waits_while=(g.no_correction_open, g.form_incomplete), asks_for=("changes",),
         emails=("school", "officer")),
    Step("rule_ineligible", (S.SUBMITTED, S.IN_REVIEW), S.INELIGIBLE, OFFICER, "Rule ineligible",
         "Ruled the bid ineligible", waits_while=(g.officer_barred, g.correction_open),
         asks_for=("rule", "reason"), emails=("school", "partners", "provider"), warning=True),
    Step("go_on_without", (S.RETURNED,), S.IN_REVIEW, OFFICER, "Go on without an answer",
         "Went on without the school’s answer",
         waits_while=(g.officer_barred, g.answer_not_overdue), asks_for=("reason",),
         emails=("school",)),
    Step("recommend", (S.IN_REVIEW,), S.AT_PANEL, OFFICER, "Send my report to the panel",
         "Sent the report to the panel",
         waits_while=(g.officer_barred, g.correction_open, g.unconfirmed, g.checklist_incomplete),
         asks_for=("recommendation", "meeting"), emails=("school",)),
    Step("take_back", (S.AT_PANEL, S.DEFERRED), S.IN_REVIEW, OFFICER, "Take back from the panel",
         "Took the bid back from the panel", waits_while=(g.officer_barred,), asks_for=("reason",),
         emails=("school", "panel")),

    Step("approve", (S.AT_PANEL,), S.OFFERED, DECIDER, "Fund this bid", "Decided to fund the bid",
         waits_while=(g.not_on_an_agenda, g.decider_barred, g.unconfirmed, g.interests_outstanding,
                      g.inquorate, g.moderation_outstanding, g.no_majority_for),
         asks_for=("amount", "reasons", "conditions?"), money=Money.RESERVE,
         emails=("school", "partners", "provider", "finance")),
    Step("decline", (S.AT_PANEL,), S.NOT_FUNDED, DECIDER, "Do not fund this bid",
         "Decided not to fund the bid",
         waits_while=(g.not_on_an_agenda, g.decider_barred, g.interests_outstanding, g.inquorate,
                      g.moderation_outstanding, g.no_majority_against),
         asks_for=("reasons",), emails=("school", "partners", "provider"), warning=True),
    Step("defer", (S.AT_PANEL,), S.DEFERRED, DECIDER, "Ask the school a question and defer",
         "Deferred the bid", waits_while=(g.not_on_an_agenda, g.decider_barred, g.deferred_twice),
         asks_for=("question",), emails=("school", "officer")),
    Step("answer_panel", (S.DEFERRED,), S.DEFERRED, LEADER, "Answer the panel’s question",
         "Answered the panel’s question", asks_for=("answer",), emails=("officer",)),
    Step("bring_back", (S.DEFERRED,), S.AT_PANEL, OFFICER, "Bring back to the panel",
         "Brought the bid back to the panel",
         waits_while=(g.officer_barred, g.panel_question_unanswered), asks_for=("meeting",),
         emails=("school",)),
    Step("correct_decision", (S.OFFERED,), S.OFFERED, DECIDER, "Correct the decision",
         "Corrected the decision", waits_while=(g.decider_barred,),
         asks_for=("amount", "reasons", "conditions?", "reason"), money=Money.REVISE,
         emails=("school", "partners", "provider", "officer", "finance"), warning=True),
    Step("correct_decision", (S.NOT_FUNDED,), S.NOT_FUNDED, DECIDER, "Correct the decision",
         "Corrected the decision", waits_while=(g.decider_barred,), asks_for=("reasons", "reason"),
         emails=("school", "officer"), warning=True),
    Step("undo_decision", (S.OFFERED,), S.AT_PANEL, DECIDER, "Take the decision back",
         "Took the decision back", waits_while=(g.decider_barred,),
         asks_for=("reason",), money=Money.RELEASE, emails=("school", "officer", "finance"),
         warning=True),
    Step("undo_decision", (S.NOT_FUNDED, S.DEFERRED), S.AT_PANEL, DECIDER, "Take the decision back",
         "Took the decision back", waits_while=(g.decider_barred,),
         asks_for=("reason",), emails=("school", "officer", "finance"), warning=True),

    Step("accept_offer", (S.OFFERED,), S.IN_DELIVERY, LEADER, "Accept the offer",
         "Accepted the offer", waits_while=(g.decision_letter_held, g.decision_questioned, g.reply_date_past),
         asks_for=("agreement",), money=Money.AWARD, emails=("school", "officer", "provider", "finance")),
    Step("turn_down_offer", (S.OFFERED,), S.NOT_TAKEN_UP, LEADER, "Turn down the offer",
         "Turned down the offer", waits_while=(g.decision_letter_held,), asks_for=("reason",),
         money=Money.RELEASE, emails=("officer", "finance"), warning=True),
    Step("lapse_offer", (S.OFFERED,), S.NOT_TAKEN_UP, CLOCK, "Let the offer lapse",
         "The offer lapsed: no reply in time",
         waits_while=(g.decision_letter_held, g.decision_questioned, g.reply_date_not_past),
         money=Money.RELEASE, emails=("school", "officer", "finance")),
    Step("renew_offer", (S.NOT_TAKEN_UP,), S.OFFERED, DECIDER, "Renew the offer",
         "Renewed the offer", waits_while=(g.decider_barred,), asks_for=("reason",),
         money=Money.RESERVE, emails=("school", "finance")),
    Step("suspend", (S.IN_DELIVERY,), S.SUSPENDED, OFFICER, "Pause payments", "Paused payments",
         waits_while=(g.officer_barred,), asks_for=("reason",),
         emails=("school", "provider", "finance"), warning=True),
    Step("resume", (S.SUSPENDED,), S.IN_DELIVERY, OFFICER, "Resume payments", "Resumed payments",
         waits_while=(g.officer_barred,), asks_for=("reason",),
         emails=("school", "provider", "finance")),
    Step("terminate", (S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING), S.TERMINATED, DECIDER,
         "Stop the funding", "Stopped the funding",
         waits_while=(g.termination_not_asked_for, g.decider_barred, g.claim_open),
         asks_for=("reason",), money=Money.RELEASE,
         emails=("school", "partners", "provider", "finance"), warning=True),

    Step("reach_end_date", (S.IN_DELIVERY,), S.IN_MONITORING, CLOCK, "Reach the end date",
         "The support reached its end date", waits_while=(g.end_date_not_reached,),
         emails=("school", "provider", "supported", "impact_officer")),
    Step("finish_delivery", (S.IN_DELIVERY,), S.IN_MONITORING, OFFICER, "The support has finished",
         "Recorded that the support has finished", waits_while=(g.officer_barred,),
         emails=("school", "provider", "supported", "impact_officer")),
    Step("close", (S.IN_MONITORING,), S.CLOSED, (A.IMPACT_OFFICER,), "Close the bid",
         "Closed the bid",
         waits_while=(g.own_bid, g.report_not_accepted, g.feedback_not_asked, g.claim_open),
         money=Money.RELEASE, emails=("school", "partners", "provider", "officer")),
    Step("reopen", (S.CLOSED,), S.IN_MONITORING, (A.ADMINISTRATOR,), "Reopen the bid",
         "Reopened the bid", waits_while=(g.own_bid,), asks_for=("reason",),
         emails=("school", "officer", "impact_officer"), warning=True),

    Step("withdraw", (S.DRAFT,), S.WITHDRAWN, LEADER, "Withdraw the bid", "Withdrew the bid",
         asks_for=("reason",), emails=("school",), warning=True),
    Step("withdraw", (S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.DEFERRED), S.WITHDRAWN, LEADER,
         "Withdraw the bid", "Withdrew the bid", asks_for=("reason",),
         emails=("officer", "partners", "provider"), warning=True),
    Step("withdraw", (S.AT_PANEL,), S.WITHDRAWN, LEADER, "Withdraw the bid", "Withdrew the bid",
         asks_for=("reason",), emails=("officer", "partners", "provider", "panel"), warning=True),
    Step("reinstate", (S.WITHDRAWN, S.INELIGIBLE), S.IN_REVIEW, OFFICER, "Reinstate the bid",
         "Reinstated the bid", waits_while=(g.never_submitted, g.officer_barred),
         asks_for=("reason",), emails=("school",)),
    Step("uphold_review", (S.INELIGIBLE, S.NOT_FUNDED), S.IN_REVIEW, (A.REVIEWING_MANAGER,),
         "Uphold the school’s request", "Upheld the school’s request for a review",
         waits_while=(g.no_review_asked,), asks_for=("reason",), emails=("school", "officer")),
)
# fmt: on

# How staff say a state in one word or two; words.py makes the full sentence, with names and dates.
WORDS = {
    S.DRAFT: "Draft",
    S.SUBMITTED: "New",
    S.IN_REVIEW: "In review",
    S.RETURNED: "Waiting for school",
    S.INELIGIBLE: "Ineligible",
    S.AT_PANEL: "On agenda",
    S.DEFERRED: "Deferred",
    S.NOT_FUNDED: "Not funded",
    S.OFFERED: "Offer out",
    S.NOT_TAKEN_UP: "Lapsed / turned down",
    S.IN_DELIVERY: "In delivery",
    S.SUSPENDED: "Suspended",
    S.TERMINATED: "Stopped early",
    S.IN_MONITORING: "Report due / to check",
    S.CLOSED: "Closed",
    S.WITHDRAWN: "Withdrawn",
}

APPLICATION = Workflow("application", "bid", S.DRAFT, STEPS, WORDS)
