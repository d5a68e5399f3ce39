"""Complaints about how personal data is used: received, acknowledged within 30 days, answered."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import on_page, text

ACKNOWLEDGED_WITHIN = 30  # days from the day it came: Data Protection Act 2018, section 164A


class ComplaintState(Enum):
    NEW = "new"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"


S = ComplaintState
WORDS = {
    S.NEW: "New",
    S.RECEIVED: "To acknowledge",
    S.ACKNOWLEDGED: "To answer",
    S.ANSWERED: "Answered",
}
# fmt: off
ANSWER = text("answer", "What is your answer?", "Enter your answer",
              hint="Say what you found and did. The letter carries these words.", most=4000)

DATA_COMPLAINT = Workflow("data_complaint", "complaint", S.NEW, (
    Step("receive", (S.NEW,), S.RECEIVED, (A.COMPLAINANT,),
         button="Send your complaint", past="Complained about the use of personal data",
         hint="Anybody may, with or without an account.",
         explain=("We tell you within 30 days that we have it.",),
         done="We have your complaint.",
         asks_for=on_page("name", "email", "text"), emails=("administrator",)),
    Step("acknowledge", (S.RECEIVED,), S.ACKNOWLEDGED, (A.ADMINISTRATOR,),
         button="Tell them we have it", past="Acknowledged a complaint about personal data",
         hint="They get a letter that says we look into it.",
         explain=("The letter says that we have it, and names the Information Commissioner’s Office.",
                  "You answer it afterwards, without undue delay."),
         done="It is acknowledged. They are being told.",
         waits_while=("own_complaint",), emails=("complainant",)),
    Step("answer", (S.ACKNOWLEDGED,), S.ANSWERED, (A.ADMINISTRATOR,),
         button="Answer the complaint", past="Answered a complaint about personal data",
         hint="They get your answer as a letter.",
         explain=("The letter carries your words, and names the Information Commissioner’s Office.",),
         done="It is answered. They are being told.",
         waits_while=("own_complaint",), asks_for=(ANSWER,), emails=("complainant",)),
    Step("answer_again", (S.ANSWERED,), S.ANSWERED, (A.ADMINISTRATOR,),
         button="Correct the answer", past="Corrected the answer to a complaint", sidestep=True,
         hint="They get another letter. The earlier answer is kept.",
         explain=("The new letter carries your words instead of the earlier ones.",),
         done="The answer is corrected. They are being told.",
         waits_while=("own_complaint",), asks_for=(ANSWER,), emails=("complainant",)),
), WORDS)
# fmt: on
