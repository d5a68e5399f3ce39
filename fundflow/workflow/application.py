"""The life of a bid, on one page. Read it row by row: it is the fund's procedure.

Every state has a stage; every step says who takes it, what it waits for, what it asks for, what it
does to the money and whom it emails. README, "Add a step", says what goes with a new row;
`make diagram` draws the table there.
"""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow
from fundflow.workflow.inputs import AGREEMENT, REASON, on_page, text, tick


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

# Where a bid has come to its end, unless it is taken up again; and the others.
ENDED = (S.CLOSED, S.WITHDRAWN, S.NOT_FUNDED, S.INELIGIBLE, S.NOT_TAKEN_UP, S.TERMINATED)
LIVE = tuple(state for state in BidState if state not in ENDED)
# While support is given and reported on: the funding can be stopped.
UNDER_WAY = (S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING)

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

# What several rows of one step share.
CORRECT_DECISION: dict[str, Any] = {
    "button": "Correct the decision",
    "past": "Corrected the decision",
    "hint": "Another amount, conditions or reasons. The original is kept beside it.",
    "explain": ("The decision is kept, marked as corrected. The new one takes its place.",),
    "done": "The decision is corrected. The people concerned are being told.",
    "waits_while": ("decider_barred",),
    "warning": True,
}
UNDO_DECISION: dict[str, Any] = {
    "button": "Take the decision back",
    "past": "Took the decision back",
    "hint": "The decision is kept, with your reason, and made again.",
    "explain": (
        "For another outcome. If only an amount, a condition, a reason or the feedback is wrong, correct the "
        "decision instead.",
        "The decision is kept, marked as taken back, with your reason. An offer that is out ends, and "
        "its money is free again.",
    ),
    "done": "The decision is taken back and the item is open again. The people concerned are being told.",
    "waits_while": ("decider_barred",),
    "asks_for": (REASON,),
    "emails": ("school", "officer", "finance"),
    "warning": True,
}
KEEP_GOING: dict[str, Any] = {
    "button": "Refuse to stop the funding",
    "past": "Refused to stop the funding",
    "hint": "The funding goes on as it is.",
    "explain": (
        "You are asked to stop it because: {bid.termination_reason}",
        "The funding goes on. The school and the liaison officer are told, with your reason.",
    ),
    "done": "The funding goes on. The school and the liaison officer are being told.",
    "hidden_while": ("termination_not_asked_for",),
    "waits_while": ("decider_barred",),
    "asks_for": (REASON,),
    "emails": ("school", "officer"),
    "sidestep": True,
}
WITHDRAW: dict[str, Any] = {
    "button": "Withdraw the bid",
    "past": "Withdrew the bid",
    "hint": "The bid ends here. What you entered is kept.",
    "explain": (
        "The bid stops here. Nobody will look at it further.",
        "If you had sent it, the liaison officer can reinstate it as you last sent it. "
        "Changes that you did not send are put back.",
    ),
    "done": "The bid is withdrawn. The people concerned are being told.",
    "asks_for": (REASON,),
    "warning": True,
}

# fmt: off
STEPS = (
    Step("submit", (S.DRAFT,), S.SUBMITTED, LEADER,
         button="Agree and submit bid", past="Submitted the bid",
         hint="Check your answers, agree, and send the bid.",
         waits_while=("form_incomplete", "round_not_open", "bid_held"), asks_for=(AGREEMENT,),
         emails=("school", "preparer", "provider", "partners", "approver", "officer")),
    Step("submit_on_behalf", (S.DRAFT,), S.SUBMITTED, OFFICER,
         button="Submit for the school", past="Submitted the bid for the school",
         hint="Check the answers and submit. The head of the school is asked to agree.",
         waits_while=("school_began_it", "officer_barred", "form_incomplete", "round_not_open",
                      "bid_held"),
         emails=("lead_head", "provider", "partners", "approver", "officer")),
    Step("discard", (S.DRAFT,), S.WITHDRAWN, OFFICER,
         button="Discard the draft", past="Discarded the draft",
         hint="For a bid entered by mistake. What was entered is kept.",
         explain=("The draft ends here. It can’t be taken up again, but you can enter another bid.",
                  "{bid.lead_school.name} is told, with your reason."),
         done="The draft is discarded. The school is being told.",
         waits_while=("school_began_it", "officer_barred"), asks_for=(REASON,), emails=("school",),
         warning=True),
    Step("take_up", (S.SUBMITTED,), S.IN_REVIEW, OFFICER,
         button="Start the review", past="Started the review",
         hint="The bid becomes yours and the school is told.",
         explain=("The bid will be yours to review. The school is told that you have started.",),
         done="The bid is yours to review. The school is being told.",
         waits_while=("officer_barred",), emails=("school",)),
    Step("return_for_changes", (S.SUBMITTED, S.IN_REVIEW), S.RETURNED, OFFICER,
         button="Ask the school for more", past="Asked the school for more", sidestep=True,
         hint="You choose the sections, and the date by which the school answers.",
         explain=("Write a question under each section you want the school to look at again. "
                  "Only those sections open for changes.",),
         done="The school is being asked. The bid comes back to you with its answers.",
         waits_while=("officer_barred", "correction_open"), asks_for=on_page("questions", "answer_by"),
         emails=("school",)),
    Step("resubmit", (S.RETURNED,), S.IN_REVIEW, LEADER,
         button="Agree and send the bid back", past="Sent the bid back",
         hint="Check your answers, agree, and send the bid back.",
         waits_while=("queried_sections_unanswered", "form_incomplete"), asks_for=(AGREEMENT,),
         emails=("officer",)),
    *(Step("correct", (state,), state, TEAM,
           button="Send the correction", past="Corrected the bid",
           hint="See exactly what changed, then send it.",
           done="The correction is sent. The people concerned are being told.",
           waits_while=("no_correction_open", "form_incomplete"), asks_for=on_page("changes"),
           emails=("school", "officer")) for state in (S.SUBMITTED, S.IN_REVIEW)),
    Step("rule_ineligible", (S.SUBMITTED, S.IN_REVIEW), S.INELIGIBLE, OFFICER,
         button="Rule ineligible", past="Ruled the bid ineligible",
         hint="You must name the rule. The school can ask for a review.",
         explain=("We tell the school the rule and your reason. It can ask for a review within "
                  "{bid.fund.review_days} working days.",),
         done="The bid is ruled ineligible. The schools are being told.",
         waits_while=("officer_barred", "correction_open"), asks_for=on_page("rule", "reason"),
         emails=("school", "partners", "provider"), warning=True),
    Step("go_on_without", (S.RETURNED,), S.IN_REVIEW, OFFICER,
         button="Go on without an answer", past="Went on without the school’s answer", sidestep=True,
         hint="The bid is as the school last sent it. The school is told why.",
         explain=("You go on with the bid as the school last sent it. What it has changed since without "
                  "sending it is put back. The school is told, with your reason.",),
         done="The bid is with you again. The school is being told.",
         waits_while=("officer_barred", "answer_not_overdue"), asks_for=(REASON,), emails=("school",)),
    Step("recommend", (S.IN_REVIEW,), S.AT_PANEL, OFFICER,
         button="Send my report to the panel", past="Sent the report to the panel",
         hint="Choose a meeting. The school is told the date.",
         done="Your report goes to the panel. The school is being told the date.",
         waits_while=("officer_barred", "correction_open", "unconfirmed", "named_unsettled",
                      "checklist_incomplete", "need_unassessed"),
         asks_for=on_page("recommendation", "meeting"), emails=("school",)),
    Step("reply_to_report", (S.AT_PANEL,), S.AT_PANEL, LEADER,
         button="Reply to the officer’s report", past="Replied to the officer’s report", sidestep=True,
         hint="You may reply once, until the papers go out. Nothing waits for it.",
         done="Your reply is sent. The panel reads it beside the report.", hidden_while=("reply_not_open",),
         asks_for=(text("reply", "Your reply", "Enter your reply"),), emails=("officer",)),
    Step("take_back", (S.AT_PANEL, S.DEFERRED), S.IN_REVIEW, OFFICER,
         button="Take back from the panel", past="Took the bid back from the panel", sidestep=True,
         hint="The bid leaves the agenda and comes back to your review.",
         explain=("The bid comes off the agenda and back to your review. The school and the panel are "
                  "told why.",),
         done="The bid is back with you. The school and the panel are being told.",
         waits_while=("officer_barred",), asks_for=(REASON,), emails=("school", "panel")),

    Step("approve", (S.AT_PANEL,), S.OFFERED, DECIDER,
         button="Fund this bid", past="Decided to fund the bid",
         hint="An offer goes to the school and the money is reserved.",
         explain=("The money is reserved at once, and finance is told.",),
         done="The offer is recorded and its money is reserved.",
         waits_while=("not_on_an_agenda", "decider_barred", "decider_not_there", "unconfirmed",
                      "named_unsettled", "interests_outstanding", "inquorate", "moderation_outstanding",
                      "money_before_need", "no_majority_for"),
         asks_for=on_page("amount", "reasons", "conditions?"), money=Money.RESERVE,
         emails=("school", "partners", "provider", "finance")),
    Step("decline", (S.AT_PANEL,), S.NOT_FUNDED, DECIDER,
         button="Do not fund this bid", past="Decided not to fund the bid",
         hint="Give reasons; the school can ask for a review.",
         explain=("We tell the school, with the reasons and the feedback. From then on it has "
                  "{bid.fund.review_days} working days to ask for a review.",),
         done="The decision is recorded.",
         waits_while=("not_on_an_agenda", "decider_barred", "decider_not_there", "interests_outstanding",
                      "inquorate", "moderation_outstanding", "no_majority_against"),
         asks_for=on_page("reasons"), emails=("school", "partners", "provider"), warning=True),
    Step("defer", (S.AT_PANEL,), S.DEFERRED, DECIDER,
         button="Ask the school a question and defer", past="Deferred the bid", sidestep=True,
         hint="The school answers before the next meeting. Twice at most.",
         explain=("The school answers, then the officer brings the bid back to a meeting. A bid can be "
                  "deferred twice.",),
         done="The bid is deferred. The school is being asked.",
         waits_while=("not_on_an_agenda", "decider_barred", "decider_not_there", "deferred_twice"),
         asks_for=(text("question", "What the panel asks the school", "Enter the panel’s question"),),
         emails=("school", "officer")),
    Step("answer_panel", (S.DEFERRED,), S.DEFERRED, LEADER,
         button="Answer the panel’s question", past="Answered the panel’s question",
         hint="The liaison officer takes the bid back to the panel with your answer.",
         explain=("The panel asks: {bid.panel_question}",),
         done="Your answer is sent. The liaison officer takes the bid back to the panel.",
         asks_for=(text("answer", "Your answer", "Enter your answer"),), emails=("officer",)),
    Step("bring_back", (S.DEFERRED,), S.AT_PANEL, OFFICER,
         button="Bring back to the panel", past="Brought the bid back to the panel",
         hint="Choose a meeting. The school is told the date.",
         done="The bid is on the agenda. The school is being told the date.",
         waits_while=("officer_barred", "panel_question_unanswered"), asks_for=on_page("meeting"),
         emails=("school",)),
    Step("correct_decision", (S.OFFERED,), S.OFFERED, DECIDER, **CORRECT_DECISION,
         asks_for=on_page("amount", "reasons", "conditions?", "reason"), money=Money.REVISE,
         emails=("school", "partners", "provider", "officer", "finance")),
    Step("correct_decision", (S.NOT_FUNDED,), S.NOT_FUNDED, DECIDER, **CORRECT_DECISION,
         asks_for=on_page("reasons", "reason"), emails=("school", "officer")),
    Step("undo_decision", (S.OFFERED,), S.AT_PANEL, DECIDER, **UNDO_DECISION, money=Money.RELEASE),
    Step("undo_decision", (S.NOT_FUNDED, S.DEFERRED), S.AT_PANEL, DECIDER, **UNDO_DECISION),

    Step("accept_offer", (S.OFFERED,), S.IN_DELIVERY, LEADER,
         button="Accept the offer", past="Accepted the offer",
         hint="You agree to the conditions of grant.",
         done="You accepted the offer. The people concerned are being told.",
         waits_while=("decision_letter_held", "decision_questioned", "reply_date_past", "plan_not_agreed"),
         asks_for=(tick("agreement", "We accept the offer and agree to the conditions of grant",
                        "Tick the box to show that you agree to the conditions"),),
         money=Money.AWARD, emails=("school", "officer", "provider", "finance")),
    Step("turn_down_offer", (S.OFFERED,), S.NOT_TAKEN_UP, LEADER,
         button="Turn down the offer", past="Turned down the offer",
         hint="The money goes back to the fund.",
         explain=("The money goes back into the fund, for other schools.",),
         done="You turned the offer down. The people concerned are being told.",
         waits_while=("decision_letter_held",), asks_for=(REASON,),
         money=Money.RELEASE, emails=("officer", "provider", "finance"), warning=True),
    Step("lapse_offer", (S.OFFERED,), S.NOT_TAKEN_UP, CLOCK,
         button="Let the offer lapse", past="The offer lapsed: no reply in time",
         waits_while=("decision_letter_held", "decision_questioned", "reply_date_not_past",
                      "plan_with_officer"),
         money=Money.RELEASE, emails=("school", "provider", "officer", "finance")),
    Step("renew_offer", (S.NOT_TAKEN_UP,), S.OFFERED, DECIDER,
         button="Renew the offer", past="Renewed the offer", sidestep=True,
         hint="The same amount is offered and reserved again.",
         done="The offer is out again. The school is being told.",
         waits_while=("decider_barred",), asks_for=(REASON,), money=Money.RESERVE,
         emails=("school", "finance")),
    Step("enter_award", (S.DRAFT,), S.IN_DELIVERY, (A.FINANCE,),
         button="Enter the award", past="Entered an award already running",
         hint="It begins in delivery, with what was earned and paid before.",
         explain=("Taken as another person confirms what was entered.",),
         done="The award is entered. Its school is being told.",
         hidden_while=("not_an_opening",), money=Money.OPEN, emails=("school", "provider")),
    Step("suspend", (S.IN_DELIVERY,), S.SUSPENDED, OFFICER,
         button="Pause payments", past="Paused payments",
         hint="No claim is paid until you resume.",
         explain=("The school can’t claim while payments are paused. It is told your reason.",),
         done="Payments are paused. The school, the provider and finance are being told.",
         waits_while=("officer_barred",), asks_for=(REASON,), emails=("school", "provider", "finance"),
         warning=True),
    Step("resume", (S.SUSPENDED,), S.IN_DELIVERY, OFFICER,
         button="Resume payments", past="Resumed payments", sidestep=True,
         hint="The school can claim again, and claims are paid.",
         explain=("The school can claim again.",),
         done="Payments go on. The school, the provider and finance are being told.",
         waits_while=("officer_barred",), asks_for=(REASON,), emails=("school", "provider", "finance")),
    Step("terminate", (S.IN_DELIVERY, S.SUSPENDED, S.IN_MONITORING), S.TERMINATED, DECIDER,
         button="Stop the funding", past="Stopped the funding",
         hint="Only what is earned so far is paid.",
         explain=("You are asked to stop it because: {bid.termination_reason}",
                  "The funding stops for good. Days already worked are paid for. What is left goes back to "
                  "the fund, and what was paid and not earned is asked back.",
                  "The school, its partners and finance are told, with your reason."),
         done="The funding is stopped. The people concerned are being told.",
         waits_while=("termination_not_asked_for", "decider_barred", "claim_open"),
         asks_for=(REASON,), money=Money.SETTLE,
         emails=("school", "partners", "provider", "finance"), warning=True),
    *(Step("keep_going", (state,), state, DECIDER, **KEEP_GOING) for state in UNDER_WAY),

    Step("reach_end_date", (S.IN_DELIVERY,), S.IN_MONITORING, CLOCK,
         button="Reach the end date", past="The support reached its end date",
         waits_while=("end_date_not_reached",),
         emails=("school", "provider", "supported", "impact_officer")),
    Step("record_half_time", (S.IN_DELIVERY,), S.IN_DELIVERY, OFFICER,
         button="Record half-time", past="Recorded half-time",
         hint="The second share of the award falls due.",
         explain=("Half of the support is done, and it goes well enough to go on. The second share of the "
                  "award falls due. You or finance check its claim. Then finance pays it.",),
         done="Half-time is recorded. The school and finance are being told.",
         hidden_while=("no_half_time_share", "interim_report_decides", "half_time_recorded"),
         waits_while=("officer_barred", "half_time_not_reached"), emails=("school", "finance")),
    Step("finish_delivery", (S.IN_DELIVERY,), S.IN_MONITORING, OFFICER,
         button="The support has finished", past="Recorded that the support has finished", sidestep=True,
         hint="The school is asked for its report.",
         explain=("The school has {bid.fund.report_days} working days to report what changed.",
                  "The supported school is asked to rate the support. Days worked can still be claimed "
                  "for."),
         done="The support has ended. The school is being asked for its report.",
         waits_while=("officer_barred",), emails=("school", "provider", "supported", "impact_officer")),
    Step("go_on_delivering", (S.IN_MONITORING,), S.IN_DELIVERY, (A.OFFICER, A.CLOCK),
         button="The support goes on", past="Recorded that the support goes on", sidestep=True,
         hint="For support that was ended too early.",
         explain=("The bid goes back to delivery, until its planned end. The school reports after that.",),
         done="The support goes on. The school, the provider and the impact officer are being told.",
         waits_while=("officer_barred", "end_date_past", "report_sent"), asks_for=(REASON,),
         emails=("school", "provider", "impact_officer")),
    Step("close", (S.IN_MONITORING,), S.CLOSED, (A.IMPACT_OFFICER,),
         button="Close the bid", past="Closed the bid",
         hint="What is earned is paid, and what is to come back stands.",
         explain=("Nothing more can be claimed on this bid.",),
         done="The bid is closed. The school and its partners are being told.",
         waits_while=("person_barred", "report_not_accepted", "feedback_not_asked", "feedback_outstanding",
                      "claim_open", "change_open", "not_reconciled"),
         money=Money.SETTLE, emails=("school", "partners", "provider", "officer")),
    Step("reopen", (S.CLOSED,), S.IN_MONITORING, (A.ADMINISTRATOR,),
         button="Reopen the bid", past="Reopened the bid",
         hint="To correct it. Money that went back to the fund stays there.",
         explain=("The bid can be corrected. Money that went back to the fund stays there.",),
         done="The bid is open again. The people concerned are being told.",
         waits_while=("person_barred",), asks_for=(REASON,), emails=("school", "officer", "impact_officer"),
         warning=True),

    Step("withdraw", (S.DRAFT,), S.WITHDRAWN, LEADER, **WITHDRAW, emails=("school",)),
    Step("withdraw", (S.SUBMITTED, S.IN_REVIEW, S.RETURNED, S.DEFERRED), S.WITHDRAWN, LEADER, **WITHDRAW,
         emails=("officer", "partners", "provider")),
    Step("withdraw", (S.AT_PANEL,), S.WITHDRAWN, LEADER, **WITHDRAW,
         emails=("officer", "partners", "provider", "panel")),
    Step("reinstate", (S.WITHDRAWN, S.INELIGIBLE), S.IN_REVIEW, OFFICER,
         button="Reinstate the bid", past="Reinstated the bid", sidestep=True,
         hint="The bid goes back to review as it was submitted.",
         explain=("The bid goes back to review as it was submitted.",),
         done="The bid is being reviewed again. The school is being told.",
         waits_while=("never_submitted", "officer_barred"), asks_for=(REASON,), emails=("school",)),
    Step("uphold_review", (S.INELIGIBLE, S.NOT_FUNDED), S.IN_REVIEW, (A.REVIEWING_MANAGER,),
         button="Uphold the school’s request", past="Upheld the school’s request for a review", sidestep=True,
         hint="The bid is reviewed again. You can also let the decision stand.",
         explain=("The bid is reviewed again. The school and the officer read your reason.",),
         done="The request is upheld. The school and the officer are being told.",
         waits_while=("no_review_asked", "hearer_was_involved"), asks_for=(REASON,),
         emails=("school", "officer")),
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
