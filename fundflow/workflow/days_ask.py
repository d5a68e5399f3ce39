"""The head of a school is asked, by an emailed link, whether days of a log were worked."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import on_page


class DaysAskState(Enum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    QUESTIONED = "questioned"


S = DaysAskState

WORDS = {S.ASKED: "Asked", S.CONFIRMED: "Confirmed", S.QUESTIONED: "Not all confirmed"}

# fmt: off
DAYS_ASK = Workflow("days_ask", "question about days", S.ASKED, (
    Step("confirm", (S.ASKED,), S.CONFIRMED, (A.PARTNER_LEADER,),
         button="Yes, these days were worked", past="Confirmed days by link",
         hint="Tick each day that was worked.",
         done="Thank you. The days are confirmed.", emails=("officer",)),
    Step("question", (S.ASKED,), S.QUESTIONED, (A.PARTNER_LEADER,),
         button="Not all of them", past="Did not confirm all days",
         hint="Tick the days that were worked, and say what is wrong with the others.",
         done="Thank you. The liaison officer and the school are being told.",
         asks_for=on_page("reason"), emails=("school", "officer")),
), WORDS)
# fmt: on
