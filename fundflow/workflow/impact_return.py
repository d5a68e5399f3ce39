"""A school's reports: at half-time, at the end and a year later (docs/rules.md, "Impact")."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow
from fundflow.workflow.inputs import on_page, text, tick
from fundflow.workflow.worded import Worded


class ReturnState(Enum):
    SCHEDULED = "scheduled"
    DUE = "due"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ReturnKind(Worded):
    """Which of a bid's reports; in the order in which they fall due."""

    INTERIM = "interim", "Interim report"
    FINAL = "final", "Final report"
    FOLLOW_UP = "follow_up", "Follow-up report"

    @property
    def place(self) -> str:
        """Where it stands under its bid's address."""
        return {"interim": "interim-report", "final": "report", "follow_up": "follow-up-report"}[self.value]

    @property
    def in_words(self) -> str:
        """As it stands inside a sentence, after “your” or “the”."""
        return self.words.lower()


S = ReturnState

NOTICE = 5  # working days before the due date on which the clock reminds the school


WORDS = {
    S.SCHEDULED: "Scheduled",
    S.DUE: "Due",
    S.SUBMITTED: "To check",
    S.RETURNED: "Waiting for school",
    S.ACCEPTED: "Accepted",
}

# fmt: off
IMPACT_RETURN = Workflow("impact_return", "report", S.SCHEDULED, (
    Step("fall_due", (S.SCHEDULED,), S.DUE, (A.CLOCK,), button="Fall due", past="The report fell due",
         waits_while=("report_not_open", "not_due_yet"), emails=("school", "impact_officer")),
    Step("submit", (S.SCHEDULED, S.DUE, S.RETURNED), S.SUBMITTED, (A.SCHOOL_LEADER,),
         button="Agree and send report", past="Sent the report",
         hint="The impact officer reads it. You can’t change it then, unless you are asked to.",
         explain=("The impact officer reads the report. You can’t change it then, unless you are asked to.",),
         done="The report is sent. Thank you. The impact officer reads it next.",
         waits_while=("report_not_open", "too_early_to_send", "report_incomplete"),
         asks_for=(text("reason", "Why does the log hold less than the report says?",
                        "Enter why the log holds less", optional=True,
                        hint="Only what is in the log is earned, whatever you enter here."),
                   tick("agreement", "This report is true to the best of my knowledge, and its summary may "
                        "be published.", "Tick the box to show that you agree")),
         emails=("impact_officer",)),
    Step("return", (S.SUBMITTED,), S.RETURNED, (A.IMPACT_OFFICER,),
         button="Ask the school for more", past="Asked for more", sidestep=True,
         hint="The school can change its report, and sends it again.",
         explain=("The school has {bid.fund.answer_days} working days to answer.",),
         done="The school is being asked for more.",
         waits_while=("barred_from_report",),
         asks_for=(text("reason", "What else do you need?", "Enter what you need from the school"),),
         emails=("school",)),
    Step("accept", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the report", past="Accepted the report",
         hint="With a rating, worked out for you from the results.",
         done="The report is accepted. The school is being told.",
         hidden_while=("not_a_final_report",),
         waits_while=("barred_from_report", "days_unsettled", "log_unexplained"),
         asks_for=on_page("rag", "reason?"),
         money=Money.SETTLE, emails=("school", "finance")),
    Step("accept_interim", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the interim report", past="Accepted the interim report",
         hint="A share that the award pays at half-time falls due.",
         done="The interim report is accepted. The school is being told.",
         hidden_while=("not_an_interim_report",), waits_while=("barred_from_report",),
         asks_for=on_page("rag", "reason?"), emails=("school", "officer", "finance")),
    Step("accept_follow_up", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the follow-up report", past="Accepted the follow-up report",
         hint="With a rating, worked out for you from the results.",
         done="The follow-up report is accepted. The school is being told.",
         hidden_while=("not_a_follow_up",), waits_while=("barred_from_report",),
         asks_for=on_page("rag", "reason?"), emails=("school",)),
    Step("correct_rating", (S.ACCEPTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Correct the rating", past="Corrected the rating", sidestep=True,
         hint="The rating before is kept beside yours.",
         explain=("The rating before is kept beside yours, with its reason. The school is told.",),
         done="The rating is corrected. The school is being told.",
         waits_while=("barred_from_report",),
         asks_for=on_page("rag", "reason"),
         emails=("school",)),
), WORDS)
# fmt: on
