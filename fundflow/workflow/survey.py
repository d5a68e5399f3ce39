"""A survey of schools, from the draft to the summary that is shared."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, day, text


class SurveyState(Enum):
    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    SHARED = "shared"
    DISCARDED = "discarded"


S = SurveyState
ASKED = (S.OPEN, S.CLOSED, S.SHARED)  # what schools see
WORDS = {
    S.DRAFT: "Draft",
    S.OPEN: "Open",
    S.CLOSED: "Closed",
    S.SHARED: "Findings shared",
    S.DISCARDED: "Discarded",
}
FINDINGS = text(
    "findings",
    "What did the survey find?",
    "Enter what the survey found",
    hint="All schools that were asked read this. Name no school and no person.",
    most=8000,
)

# fmt: off
SURVEY = Workflow("survey", "survey", S.DRAFT, (
    Step("open", (S.DRAFT,), S.OPEN, (A.OFFICER,),
         button="Open the survey", past="Opened the survey",
         hint="The heads of the schools are asked to answer.",
         explain=("The questions and the schools can’t be changed after this.",
                  "Schools can answer until the end of {record.last_day}."),
         done="The survey is open. We are asking the schools to answer.",
         waits_while=("survey_without_questions", "survey_past_its_day", "nobody_to_ask", "nothing_to_buy"),
         emails=("asked_schools", "officer")),
    Step("chase", (S.OPEN,), S.OPEN, (A.OFFICER, A.CLOCK),
         button="Remind the schools", past="Reminded the schools that have not answered",
         hint="Once a day at most. We remind them ourselves 10 and 3 working days before the last day.",
         explain=("The heads of the schools that have not answered get a letter now.",),
         done="We are reminding the schools that have not answered.", sidestep=True,
         waits_while=("survey_past_its_day", "every_school_answered", "reminded_today"),
         emails=("not_answered",)),
    Step("extend", (S.OPEN,), S.OPEN, (A.OFFICER,),
         button="Give the schools more time", past="Gave the schools more time",
         hint="Schools that have not answered are told.",
         explain=("The last day to answer is now {record.last_day}.",),
         done="The schools have more time. We are telling those that have not answered.", sidestep=True,
         asks_for=(day("due_on", "What is the new last day to answer?", "Enter the new last day",
                       past=False, after="due_on"), REASON),
         emails=("not_answered",)),
    Step("close_early", (S.OPEN,), S.CLOSED, (A.OFFICER,),
         button="Close the survey now", past="Closed the survey early",
         hint="No school can answer after that.",
         explain=("It closes by itself after {record.last_day}.",
                  "Schools that have not answered are told, with your reason."),
         done="The survey is closed. We are telling the schools that have not answered.",
         asks_for=(REASON,), emails=("not_answered", "officer"), warning=True),
    Step("close", (S.OPEN,), S.CLOSED, (A.CLOCK,),
         button="Close the survey", past="The survey closed",
         waits_while=("survey_day_not_past",), emails=("officer",)),
    Step("share", (S.CLOSED,), S.SHARED, (A.OFFICER,),
         button="Share the findings", past="Shared the findings",
         hint="All schools that were asked read what you found.",
         explain=("We send it to the heads of all schools that were asked. You can’t change it after that.",),
         done="The findings are shared. We are telling the schools.",
         asks_for=(FINDINGS,), emails=("asked_schools",)),
    Step("discard", (S.DRAFT,), S.DISCARDED, (A.OFFICER,),
         button="Discard the draft", past="Discarded the draft",
         hint="No school has seen it.",
         explain=("Nothing more happens with it. It stays in the list of surveys.",),
         done="The draft is discarded.",
         asks_for=(REASON,), emails=("officer",), warning=True),
), WORDS)
# fmt: on
