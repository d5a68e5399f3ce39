"""A half-day visit of an adviser to a school, from the plan of the year to the school's feedback."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, day, on_page, text
from fundflow.workflow.visit import WORDS as VISIT_WORDS
from fundflow.workflow.visit import VisitState


class AdviserVisitState(Enum):
    TO_PLAN = "to_plan"
    PLANNED = "planned"
    DONE = "done"
    RATED = "rated"
    NOT_RATED = "not_rated"
    MISSED = "missed"
    CAUGHT_UP = "caught_up"
    LET_GO = "let_go"
    CANCELLED = "cancelled"


S = AdviserVisitState

VISITORS = (A.ADVISER, A.OFFICER)
AHEAD = (S.TO_PLAN, S.PLANNED)
TOOK_PLACE = (S.DONE, S.RATED, S.NOT_RATED)
NOT_KEPT = (S.MISSED, S.CAUGHT_UP, S.LET_GO)
WAITING = (*AHEAD, S.MISSED, S.DONE)  # for the adviser, the officer or the head
WORDS = {
    S.TO_PLAN: "To plan",
    S.PLANNED: VISIT_WORDS[VisitState.PLANNED],
    S.DONE: "Done, feedback asked for",
    S.RATED: "Done, feedback given",
    S.NOT_RATED: "Done, no feedback",
    S.MISSED: VISIT_WORDS[VisitState.MISSED],
    S.CAUGHT_UP: "Missed, another planned",
    S.LET_GO: "Missed, not made up for",
    S.CANCELLED: "Cancelled",
}
THE_DAY = day("planned_on", "On which day?", "Enter the day", past=False)
PURPOSE = text("purpose", "What is it for?", "Enter what it is for", hint="The school reads this.")

# fmt: off
ADVISER_VISIT = Workflow("adviser_visit", "visit", S.TO_PLAN, (
    Step("plan", (S.TO_PLAN,), S.PLANNED, VISITORS,
         button="Plan the visit", past="Planned a visit",
         hint="The school and the adviser are told the day and what it is for.",
         explain=("Agree the day with {record.school.name} first. The visit is due by {record.due_words}.",),
         done="The visit is planned. The school and the adviser are being told.",
         waits_while=("barred_from_advising", "allocation_ended"), asks_for=(THE_DAY, PURPOSE),
         emails=("school", "adviser")),
    Step("move", (S.PLANNED,), S.PLANNED, VISITORS,
         button="Move the visit", past="Moved a visit", sidestep=True,
         hint="To another day, with a reason.",
         explain=("The visit to {record.school.name} is planned for {record.day_words}.",),
         done="The visit is moved. The school and the adviser are being told.",
         waits_while=("barred_from_advising",),
         asks_for=(day("planned_on", "The new day", "Enter the new day", past=False),
                   text("reason", "Why?", "Enter why it is moved", hint="The school reads this.")),
         emails=("school", "adviser")),
    Step("done", (S.PLANNED,), S.DONE, VISITORS,
         button="Record the visit", past="Recorded a visit",
         hint="What you saw, and what you agreed. The school reads it.",
         explain=("The school reads the note and the actions. Its head is asked how useful the visit was.",),
         done="The visit is recorded. The school is being told and asked how useful it was.",
         waits_while=("barred_from_advising",), asks_for=on_page("visited_on", "note", "actions?"),
         emails=("school", "adviser")),
    Step("miss", (S.PLANNED,), S.MISSED, VISITORS,
         button="It did not take place", past="Recorded that a visit did not take place",
         hint="Say why. Then plan another to make up for it.",
         explain=("The visit to {record.school.name} was planned for {record.day_words}.",),
         done="That is recorded. The school, the adviser and the officer are being told.",
         waits_while=("barred_from_advising", "visit_still_ahead"),
         asks_for=(text("reason", "Why did it not take place?", "Enter why it did not take place",
                        hint="The school reads this. Please say what happened, and blame nobody."),),
         emails=("school", "adviser", "officer"), warning=True),
    Step("catch_up", (S.MISSED,), S.CAUGHT_UP, VISITORS,
         button="Plan another visit", past="Planned another visit for one that was missed",
         hint="To make up for this one.",
         explain=("The visit to {record.school.name} on {record.day_words} did not take place.",),
         done="Another visit is planned. The school and the adviser are being told.",
         waits_while=("barred_from_advising", "allocation_ended"), asks_for=(THE_DAY, PURPOSE),
         emails=("school", "adviser")),
    Step("let_go", (S.MISSED,), S.LET_GO, (A.OFFICER,),
         button="Do not make up for it", past="Decided not to make up for a missed visit",
         hint="With a reason. The visit stays missed.",
         explain=("The visit to {record.school.name} on {record.day_words} did not take place.",),
         done="That is recorded. The school and the adviser are being told.",
         waits_while=("barred_from_advising", "own_visit"), asks_for=(REASON,),
         emails=("school", "adviser"), warning=True),
    Step("cancel", AHEAD, S.CANCELLED, (A.OFFICER,),
         button="Cancel the visit", past="Cancelled a visit",
         hint="With a reason. It no longer counts in the plan.",
         explain=("The visit to {record.school.name} is due by {record.due_words}.",),
         done="The visit is cancelled. The school and the adviser are being told.",
         waits_while=("barred_from_advising", "own_visit"), asks_for=(REASON,),
         emails=("school", "adviser"), warning=True),
    Step("rate", (S.DONE, S.NOT_RATED), S.RATED, (A.PARTNER_LEADER,),
         button="Say how useful it was", past="Gave feedback on a visit",
         hint="It takes one minute.",
         explain=("The officer reads your answers. The adviser reads averages over several schools.",),
         done="Thank you. Your feedback is kept.",
         waits_while=("own_visit",), asks_for=on_page("usefulness", "helped", "feedback?"),
         emails=("officer",)),
    Step("chase", (S.DONE,), S.DONE, (A.CLOCK,), button="Ask again",
         past="Asked for feedback on a visit again",
         waits_while=("not_to_chase_visit_yet",), emails=("school",)),
    Step("record_not_rated", (S.DONE,), S.NOT_RATED, (A.CLOCK,), button="Record as not given",
         past="Recorded that no feedback on a visit was given",
         waits_while=("not_to_end_visit_yet",), emails=("school", "officer")),
), WORDS)
# fmt: on
