"""Awards that were under way before the fund began here: entered by one person, confirmed by another."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON


class OpeningState(Enum):
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


S = OpeningState


WORDS = {S.PROPOSED: "To confirm", S.CONFIRMED: "Confirmed", S.REFUSED: "Refused"}

# fmt: off
OPENING = Workflow("opening", "entry", S.PROPOSED, (
    Step("confirm", (S.PROPOSED,), S.CONFIRMED, (A.FINANCE,),
         proof=True, button="Confirm these awards", past="Confirmed awards already running",
         hint="They begin here with what was earned and paid, and their schools are told.",
         explain=("Confirm only if you have looked at each award’s minute, and at what was earned and paid.",
                  "The ledger will hold {record.count_words}: {record.pence_words} awarded, of which "
                  "{record.paid_words} is paid. Each school is told the figures of its award.",
                  "Afterwards what is earned and what is paid can be put right by two people."),
         done="The awards are in the ledger. Their schools are being told.",
         waits_while=("entered_opening", "opening_barred"), emails=("finance", "officer")),
    Step("refuse", (S.PROPOSED,), S.REFUSED, (A.FINANCE,),
         button="Refuse these awards", past="Refused awards already running", sidestep=True,
         hint="The person who entered them is told why, and can enter them again.",
         explain=("None of them is entered. No school is told.",),
         done="The awards are refused. Finance and the liaison officers are being told why.",
         waits_while=("opening_barred",), asks_for=(REASON,), emails=("finance", "officer")),
), WORDS)
# fmt: on
