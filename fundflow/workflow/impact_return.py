"""A school's reports: at half-time, at the end and a year later (docs/rules.md, "Impact")."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow
from fundflow.workflow.inputs import REASON, on_page, text, tick
from fundflow.workflow.worded import Worded


class ReturnState(Enum):
    SCHEDULED = "scheduled"
    DUE = "due"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"  # a corrected version that was asked for by mistake


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
    def asked(self) -> str:
        """What a school is asked to do: “Final report: tell us what changed”."""
        said = {"interim": "how it is going", "final": "what changed", "follow_up": "what has lasted"}
        return f"{self.words}: tell us {said[self.value]}"

    @property
    def in_words(self) -> str:
        """As it stands inside a sentence, after “your” or “the”."""
        return self.words.lower()


class ReturnPart(Worded):
    """What can be asked about again by itself, once a report was sent."""

    RESULTS = "results", "The results"
    SUPPORT = "support", "Days and money"
    TEACHING = "teaching", "Quality of teaching"
    STORY = "story", "What helped and what got in the way"
    LESSONS = "lessons", "Lessons"
    SUMMARY = "summary", "The summary"
    EVIDENCE = "evidence", "Evidence files"


# What the school says in a report, by the names of the columns, and the part that each belongs to.
PART_OF = {
    "half_days_delivered": ReturnPart.SUPPORT,
    "spent_pence": ReturnPart.SUPPORT,
    "teaching_before": ReturnPart.TEACHING,
    "teaching_after": ReturnPart.TEACHING,
    "taught_judged": ReturnPart.TEACHING,
    "helped": ReturnPart.STORY,
    "hindered": ReturnPart.STORY,
    "lessons": ReturnPart.LESSONS,
    "summary": ReturnPart.SUMMARY,
}


S = ReturnState


def owed(named: str, number: int, state: ReturnState) -> str:
    """What of a report a school owes: “report”, “answer about the report” or “corrected report”."""
    if number > 1:
        return f"corrected {named}"
    return f"answer about the {named}" if state is S.RETURNED else named


OFFICERS = (A.OFFICER, A.IMPACT_OFFICER)
HELD_FROM = 20  # working days after the due date, from which payments and bids can be held
NOTICE = 5  # working days before the due date on which the clock reminds the school


WORDS = {
    S.SCHEDULED: "Scheduled",
    S.DUE: "Due",
    S.SUBMITTED: "To check",
    S.RETURNED: "Waiting for school",
    S.ACCEPTED: "Accepted",
    S.WITHDRAWN: "Withdrawn",
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
                   tick("agreement", "This report is true to the best of my knowledge. If it has a summary, "
                        "that may be published.", "Tick the box to show that you agree")),
         emails=("impact_officer",)),
    Step("return", (S.SUBMITTED,), S.RETURNED, (A.IMPACT_OFFICER,),
         button="Ask the school for more", past="Asked for more", sidestep=True,
         hint="The school can change the parts you ask about, and sends the report again.",
         explain=("The school has {bid.fund.answer_days} working days to answer.",),
         done="The school is being asked for more.",
         waits_while=("barred_from_report", "report_not_open"),
         asks_for=on_page("reason"), emails=("school",)),
    Step("accept", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the report", past="Accepted the report",
         hint="With a rating, worked out for you from the results.",
         done="The report is accepted. The school is being told.",
         hidden_while=("not_a_final_report",),
         waits_while=("barred_from_report", "bid_is_stopped", "days_unsettled", "log_unexplained"),
         asks_for=on_page("rag", "reason?"),
         money=Money.SETTLE, emails=("school", "finance")),
    Step("accept_interim", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the interim report", past="Accepted the interim report",
         hint="A share that the award pays at half-time falls due.",
         explain=("Where the award pays a share at half-time, its claim is raised now. The liaison officer "
                  "or finance check it, then finance pays it.",),
         done="The interim report is accepted. The school is being told.",
         hidden_while=("not_an_interim_report",), waits_while=("barred_from_report", "bid_is_stopped"),
         asks_for=on_page("rag", "reason?"), emails=("school", "officer", "finance")),
    Step("accept_follow_up", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the follow-up report", past="Accepted the follow-up report",
         hint="With a rating, worked out for you from the results.",
         done="The follow-up report is accepted. The school is being told.",
         hidden_while=("not_a_follow_up",), waits_while=("barred_from_report", "bid_is_stopped"),
         asks_for=on_page("rag", "reason?"), emails=("school",)),
    Step("correct_rating", (S.ACCEPTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Correct the rating", past="Corrected the rating", sidestep=True,
         hint="The rating before is kept beside yours.",
         explain=("The rating before is kept beside yours, with its reason. The school is told.",),
         done="The rating is corrected. The school is being told.",
         waits_while=("barred_from_report",),
         asks_for=on_page("rag", "reason"),
         emails=("school",)),
    Step("correct", (S.ACCEPTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Ask for a corrected version", past="Asked for a corrected version of a report",
         hint="The accepted one stays beside it.", sidestep=True,
         explain=("The school gets a copy of its report to correct and send again. This one stays, and "
                  "stands until you accept the corrected one.",
                  "The school has {bid.fund.answer_days} working days to answer."),
         done="A corrected version is asked for. The school is being told.",
         hidden_while=("newer_version",), waits_while=("barred_from_report", "bid_is_stopped"),
         asks_for=(text("reason", "What is to be corrected?", "Enter what is to be corrected"),),
         emails=("school",)),
    Step("withdraw_correction", (S.RETURNED,), S.WITHDRAWN, (A.IMPACT_OFFICER,),
         button="Withdraw the correction", past="Withdrew a correction that was asked for", sidestep=True,
         hint="The school is not asked for a corrected version any more.",
         explain=("The school has changed nothing yet. We no longer ask it for a corrected version. The "
                  "report that you accepted stands, with its rating.",),
         done="The correction is withdrawn. The school is being told.",
         hidden_while=("not_a_correction",), waits_while=("barred_from_report", "correction_begun"),
         asks_for=(text("reason", "Why?", "Enter why", hint="The school reads this."),), emails=("school",)),
    *(Step("let_pass", (state,), state, OFFICERS,
           button="Let the lateness pass", past="Let the lateness of a report pass", sidestep=True,
           hint="It no longer counts against the school’s claims and bids.",
           explain=("The report is still asked for. That it is late no longer counts against the school’s "
                    "claims and bids. What was held for it goes on.",
                    "The school is told, with your reason. The panel reads it too."),
           done="The lateness is let pass. The school is being told.",
           hidden_while=("report_not_late", "lateness_let_pass"), waits_while=("barred_from_report",),
           asks_for=(REASON,), emails=("school",)) for state in (S.DUE, S.RETURNED)),
    *(Step("hold_for_it", (state,), state, OFFICERS,
           button="Hold payments and bids", past="Held payments and bids for a report", sidestep=True,
           hint="Until this report is accepted, or its lateness let pass.",
           explain=("Until this report is accepted, we pay no claim on this award. The school can’t "
                    "submit another bid. You can let the lateness pass at any time.",
                    "The school, the liaison officer and finance are told, with your reason."),
           done="Payments and bids are held. The people concerned are being told.",
           hidden_while=("report_not_late", "held_for_report", "follow_up_report"),
           waits_while=("barred_from_report", "not_late_enough"),
           asks_for=(REASON,), emails=("school", "officer", "finance"), warning=True)
      for state in (S.DUE, S.RETURNED)),
), WORDS)
# fmt: on
