"""A visit to a school by the liaison or the impact officer."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import day, on_page, text


class VisitState(Enum):
    NEW = "new"
    PLANNED = "planned"
    DONE = "done"
    MISSED = "missed"


S = VisitState

VISITORS = (A.OFFICER, A.IMPACT_OFFICER)
WORDS = {S.NEW: "New", S.PLANNED: "Planned", S.DONE: "Done", S.MISSED: "Did not take place"}

# fmt: off
VISIT = Workflow("visit", "visit", S.NEW, (
    Step("plan", (S.NEW,), S.PLANNED, VISITORS,
         button="Plan a visit", past="Planned a visit",
         hint="The school is told the day and what it is for.",
         explain=("Agree the day with the school first. It is told the day, and what the visit is for.",),
         done="The visit is planned. The school is being told.",
         waits_while=("nothing_to_visit", "barred_from_visit"),
         asks_for=on_page("school_id", "planned_on", "half_days", "purpose"),
         emails=("own_school",)),
    Step("move", (S.PLANNED,), S.PLANNED, VISITORS,
         button="Move the visit", past="Moved a visit", sidestep=True,
         hint="To another day, with a reason.",
         explain=("The visit to {record.school.name} is planned for {record.day_words}.",),
         done="The visit is moved. The school is being told.",
         waits_while=("barred_from_visit",),
         asks_for=(day("planned_on", "The new day", "Enter the new day", past=False),
                   text("reason", "Why?", "Enter why it is moved", hint="The school reads this.")),
         emails=("own_school",)),
    Step("done", (S.PLANNED,), S.DONE, VISITORS,
         button="Record the visit", past="Recorded a visit",
         hint="What you saw, and whether the school reads it.",
         explain=("A note that you share is sent to the school. What you keep is for the council’s staff.",),
         done="The visit is recorded. The school is being told.",
         waits_while=("barred_from_visit",),
         asks_for=on_page("visited_on", "half_days", "note", "shared?", "teaching?", "teaching_note?"),
         emails=("own_school",)),
    Step("miss", (S.PLANNED,), S.MISSED, VISITORS,
         button="It did not take place", past="Recorded that a visit did not take place",
         hint="Say why. Plan another where one is still wanted.",
         explain=("The visit to {record.school.name} was planned for {record.day_words}.",),
         done="That is recorded. The school is being told.",
         waits_while=("barred_from_visit",),
         asks_for=(text("reason", "Why did it not take place?", "Enter why it did not take place",
                        hint="The school reads this."),),
         emails=("own_school",), warning=True),
), WORDS)
# fmt: on
