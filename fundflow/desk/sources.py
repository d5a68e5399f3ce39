"""The kinds of bids that can wait for somebody: a table, a row a kind, for My work and a bid's front page."""

import re
from functools import cache
from typing import NamedTuple

from fundflow.desk import case_work as k
from fundflow.desk import change_work as w
from fundflow.desk import conditions as c
from fundflow.desk import impact_work as i
from fundflow.desk.amounts import OFFERED, Amount, claimed, to_come_back
from fundflow.desk.need_work import need_to_assess
from fundflow.desk.payee_work import payee_missing, payee_missing_in_hand
from fundflow.models.days_off import Whose
from fundflow.models.person import RoleName as R
from fundflow.web.access import Rule, roles
from fundflow.workflow.application import BidState as S
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.condition import ConditionState as C
from fundflow.workflow.impact_return import ReturnKind
from fundflow.workflow.recovery import OWED, RecoveryState


@cache
def _slug(what: str) -> str:
    return re.sub(r"[^a-z]+", "-", what.lower()).strip("-")


class Source(NamedTuple):
    """Bids that wait for somebody of this rule: what to do, where, and which bids.

    does   steps and endpoints of the bid's front page that do it, the first open one first
    dated  whether the bid's own date is the date by which to do this
    at_leisure  whether nobody waits for it
    """

    rule: Rule
    what: str
    path: str  # under the bid's own
    when: c.Condition
    does: tuple[str, ...] = ()
    dated: bool = True
    due: c.Deadline | None = None  # else the bid's own
    amount: Amount | None = None  # else what is asked for or awarded
    at_leisure: bool = False

    @property
    def kind(self) -> str:
        """As it stands in the address of the list of this kind."""
        return _slug(self.what)

    @property
    def aged(self) -> bool:
        """Whether it has waited since the bid came into its state."""
        return self.dated and self.due is None

    @property
    def whose(self) -> Whose:
        """Whose working days it has waited for."""
        return Whose.SCHOOLS if self.rule is SCHOOL else Whose.COUNCIL


OFFICERS = roles(R.OFFICER, R.DEPUTY_OFFICER)
SCHOOL = Rule(school=True)
DECIDERS = roles(R.AUTHORISED_OFFICER, panel=True)
CHECKERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.FINANCE)

SOURCES = (
    Source(
        SCHOOL,
        "Finish and submit the bid",
        "/form",
        c.ours_to_lead(S.DRAFT),
        does=("submit", "applications.task_list"),
    ),
    Source(
        SCHOOL,
        "Finish the bid and send it to the head",
        "/form",
        c.ours_for_the_head(S.DRAFT),
        does=("applications.task_list",),
    ),
    Source(
        SCHOOL,
        "Answer the officer’s questions",
        "/form",
        c.ours(S.RETURNED),
        does=("resubmit", "applications.task_list"),
    ),
    Source(SCHOOL, "Answer the panel’s question", "", c.question_of_the_panel, does=("answer_panel",)),
    Source(SCHOOL, "Reply to the offer", "", c.offer_to_answer, does=("accept_offer",), amount=OFFERED),
    Source(SCHOOL, "Send a revised plan for the offer", "/plan", c.plan_to_send, amount=OFFERED),
    Source(
        SCHOOL,
        "Say whether you take part",
        "",
        c.confirmation_asked,
        due=c.confirmation_due,
        does=("applications.confirmation_confirm",),
    ),
    Source(
        SCHOOL,
        "Read and agree to the bid entered for you",
        "",
        c.agreement_asked,
        dated=False,
        does=("applications.confirmation_confirm",),
    ),
    Source(
        SCHOOL,
        "Send or drop the correction",
        "/steps/correct",
        c.correction_open,
        dated=False,
        does=("correct", "applications.task_list"),
    ),
    Source(
        SCHOOL,
        "Answer about a claim",
        "/money",
        c.our_claim(ClaimState.QUERIED),
        dated=False,
        amount=claimed(ClaimState.QUERIED),
        does=("payments.bid_money",),
    ),
    Source(SCHOOL, "Confirm the days that were worked", "/days", c.days_to_confirm, dated=False),
    Source(SCHOOL, "Say whether you want the change of your award", "/changes", w.to_confirm, dated=False),
    Source(SCHOOL, "Say whether your school agrees to a change", "/changes", w.to_agree, dated=False),
    Source(
        SCHOOL,
        "Meet a condition of the award",
        "/conditions",
        c.our_condition,
        due=c.condition_due(C.OUTSTANDING),
    ),
    *(
        Source(
            SCHOOL,
            kind.asked,
            "/impact",
            i.report_to_write(kind),
            due=i.report_due(kind),
            does=(f"impact.report:{kind.place}",),
        )
        for kind in ReturnKind
    ),
    Source(
        SCHOOL,
        "Do what was agreed as a follow-up",
        "/follow-up",
        i.our_follow_up,
        due=i.follow_up_due,
    ),
    Source(SCHOOL, "Read the case study and say whether you agree", "/case-study", k.to_agree, dated=False),
    Source(SCHOOL, "Rate the support", "/feedback", c.feedback_asked, does=("impact.feedback",)),
    Source(
        OFFICERS,
        "Finish and submit the bid for the school",
        "/form",
        c.begun_for_a_school,
        dated=False,
        does=("submit_on_behalf", "applications.task_list"),
    ),
    Source(OFFICERS, "Start the review", "", c.handled(S.SUBMITTED), does=("take_up",)),
    Source(
        OFFICERS, "Finish the review", "/review", c.handled(S.IN_REVIEW), does=("recommend", "review.review")
    ),
    Source(OFFICERS, "Assess the need before money", "/need", need_to_assess, dated=False),
    Source(
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.CLERK, R.ADMINISTRATOR),
        "Say whether somebody the bid names has an interest",
        "/review#named",
        c.named_to_settle,
        dated=False,
    ),
    Source(OFFICERS, "Say whether the approver may sign", "/application", c.approver_proposed, dated=False),
    Source(
        OFFICERS,
        "Invite somebody who asked for an account",
        "/people",
        c.account_asked,
        dated=False,
        does=("desk.bid_people",),
    ),
    Source(OFFICERS, "Bring back to the panel", "", c.answered_the_panel, does=("bring_back",)),
    Source(OFFICERS, "Check the revised plan", "/plan", c.plan_to_check, dated=False, amount=OFFERED),
    Source(
        OFFICERS,
        "Decide what to do: the school has not answered",
        "",
        c.not_answered_in_time,
        does=("go_on_without", "review.ask_again", "take_back"),
    ),
    Source(
        OFFICERS,
        "Check the condition",
        "/conditions",
        c.condition_in(C.REPORTED),
        due=c.condition_due(C.REPORTED),
    ),
    Source(
        OFFICERS,
        "Decide what to do: a condition is overdue",
        "/conditions",
        c.condition_overdue,
        due=c.condition_due(C.OUTSTANDING),
    ),
    Source(
        OFFICERS,
        "Read the reasons for the register of awards",
        "/reasons",
        c.reasons_unread,
        dated=False,
        at_leisure=True,
    ),
    Source(
        OFFICERS,
        "Read the report’s summary for the register of awards",
        "/summary",
        i.summary_unread,
        dated=False,
        at_leisure=True,
    ),
    Source(OFFICERS, "Confirm or strike out days of the log", "/days", c.days_for_the_officer, dated=False),
    Source(
        OFFICERS,
        "Lift the block on payments",
        "/money",
        c.payments_blocked,
        dated=False,
    ),
    Source(OFFICERS, "Decide about a change of the award", "/changes", w.for_the_officer, dated=False),
    Source(OFFICERS, "Put more money to the panel", "/changes", w.for_an_agenda, dated=False),
    Source(
        OFFICERS,
        "Ask the schools about a change, or record what they said",
        "/changes",
        w.without_account,
        dated=False,
    ),
    Source(
        CHECKERS,
        "Check a claim",
        "/money",
        lambda _who: c.claim_in(ClaimState.SUBMITTED),
        dated=False,
        amount=claimed(ClaimState.SUBMITTED),
    ),
    Source(
        roles(R.FINANCE),
        "Pay a claim",
        "/money",
        c.certified_by_another,
        dated=False,
        amount=claimed(ClaimState.CERTIFIED),
    ),
    Source(
        roles(R.FINANCE),
        "Ask for money back",
        "/money",
        c.recovery_to_approve,
        dated=False,
        amount=to_come_back(RecoveryState.REQUESTED),
    ),
    Source(
        roles(R.FINANCE),
        "Say whether money has come back",
        "/money",
        c.recovery_in_doubt,
        dated=False,
        amount=to_come_back(RecoveryState.UNDO_ASKED),
    ),
    Source(
        roles(R.FINANCE),
        "Chase money that is to come back",
        "/money",
        c.recovery_overdue,
        dated=False,
        amount=to_come_back(*OWED),
    ),
    Source(DECIDERS, "Record the decision", "", c.decision_due, does=("approve", "decline", "defer")),
    Source(DECIDERS, "Say whether the decision still stands", "/panel", c.decision_questioned, dated=False),
    Source(
        OFFICERS,
        "Check the decision letter",
        "/decision-letter",
        c.letter_to_read_over,
        due=c.letter_due,
        does=("panel.read_over",),
    ),
    Source(
        DECIDERS,
        "Decide whether to stop the funding",
        "",
        c.termination_asked,
        does=("terminate", "keep_going"),
    ),
    Source(DECIDERS, "Decide about a change of an award", "/changes", w.for_the_decider, dated=False),
    Source(DECIDERS, "Record the decision on more money", "/changes", w.before_the_panel, dated=False),
    *(
        Source(
            roles(R.IMPACT_OFFICER),
            f"Check the {kind.in_words}",
            f"/{kind.place}/review",
            i.report_to_check(kind),
            dated=False,
        )
        for kind in ReturnKind
    ),
    *(
        Source(
            roles(R.IMPACT_OFFICER),
            f"Chase a late {kind.in_words}",
            f"/{kind.place}/review",
            i.report_late(kind),
            due=i.report_due(kind),
        )
        for kind in ReturnKind
    ),
    Source(
        roles(R.OFFICER, R.DEPUTY_OFFICER, R.IMPACT_OFFICER),
        "Record how the visit went",
        "/follow-up",
        i.visit_to_record,
        due=i.visit_day,
    ),
    *(
        Source(
            roles(R.OFFICER, R.DEPUTY_OFFICER, R.IMPACT_OFFICER),
            what,
            "/case-study",
            k.for_its_drafter(state),
            dated=False,
        )
        for state, what in (
            (CaseState.TO_CHANGE, "Change the case study as a school suggests"),
            (CaseState.AGREED, "Publish the case study"),
        )
    ),
    Source(
        roles(R.IMPACT_OFFICER),
        "Agree a follow-up action",
        "/follow-up",
        i.follow_up_wanted,
        dated=False,
    ),
    Source(
        roles(R.IMPACT_OFFICER),
        "Settle a follow-up action that is overdue",
        "/follow-up",
        i.follow_up_overdue,
        due=i.follow_up_due,
    ),
    Source(
        roles(R.IMPACT_OFFICER),
        "Close the bid",
        "",
        i.to_close,
        dated=False,
        does=("close",),
    ),
    Source(
        roles(R.REVIEWING_MANAGER),
        "Hear a request for a review",
        "/steps/uphold-review",
        c.review_asked,
        dated=False,
    ),
    Source(OFFICERS, "Check the quality of the support", "/follow-up", i.check_due, due=i.check_day),
    Source(
        OFFICERS,
        "Chase the action after a quality check",
        "/follow-up",
        i.check_action_late,
        due=i.check_action_day,
    ),
    Source(roles(R.FINANCE), "Propose or confirm who is paid", "/money", payee_missing, dated=False),
    Source(OFFICERS, "Ask finance who is paid", "/money", payee_missing_in_hand, dated=False),
)

BY_KIND = {source.kind: source for source in SOURCES}
