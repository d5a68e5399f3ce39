"""A school's report on what changed."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, Step, Workflow
from fundflow.workflow.inputs import on_page, text, tick
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import add_working_days, london_date


class ReturnState(Enum):
    SCHEDULED = "scheduled"
    DUE = "due"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


S = ReturnState

NOTICE = 5  # working days before the due date on which the clock reminds the school


def not_due_yet(report: Any, ask: Ask) -> str | None:
    opens = add_working_days(report.due_on, -NOTICE, report.bid.fund.schools_off)
    return None if london_date(ask.now) >= opens else f"The report falls due on {day_words(report.due_on)}."


def support_still_under_way(report: Any, _ask: Ask) -> str | None:
    return None if report.bid.is_in_monitoring else "The support is still under way."


def report_incomplete(report: Any, _ask: Ask) -> str | None:
    return report.why_incomplete()  # type: ignore[no-any-return]


def own_school(report: Any, ask: Ask) -> str | None:
    bar = report.bid.bar_of(ask.user, ask.now) if ask.user else None
    return f"You can’t check this report: {bar_to_you(bar)}." if bar else None


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
         waits_while=(support_still_under_way, not_due_yet), emails=("school", "impact_officer")),
    Step("submit", (S.SCHEDULED, S.DUE, S.RETURNED), S.SUBMITTED, (A.SCHOOL_LEADER,),
         button="Agree and send report", past="Sent the report",
         hint="The impact officer reads it. You can’t change it then, unless you are asked to.",
         explain=("The impact officer reads the report. You can’t change it then, unless you are asked to.",),
         done="The report is sent. Thank you. The impact officer reads it next.",
         waits_while=(support_still_under_way, report_incomplete),
         asks_for=(tick("agreement", "This report is true to the best of my knowledge, and its summary may "
                        "be published.", "Tick the box to show that you agree"),),
         emails=("impact_officer",)),
    Step("return", (S.SUBMITTED,), S.RETURNED, (A.IMPACT_OFFICER,),
         button="Ask the school for more", past="Asked for more", sidestep=True,
         hint="The school can change its report, and sends it again.",
         explain=("The school has {bid.fund.answer_days} working days to answer.",),
         done="The school is being asked for more.",
         waits_while=(own_school,),
         asks_for=(text("reason", "What else do you need?", "Enter what you need from the school"),),
         emails=("school",)),
    Step("accept", (S.SUBMITTED,), S.ACCEPTED, (A.IMPACT_OFFICER,),
         button="Accept the report", past="Accepted the report",
         hint="With a rating, worked out for you from the results.",
         done="The report is accepted. The school is being told.",
         waits_while=(own_school,), asks_for=on_page("rag", "reason?"), emails=("school",)),
), WORDS)
# fmt: on
