"""What was earned before the fund began here was entered wrongly: one finance officer corrects it, another
confirms."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class EarnedCorrectionState(Enum):
    NEW = "new"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


S = EarnedCorrectionState

WORDS = {S.NEW: "New", S.PROPOSED: "To confirm", S.CONFIRMED: "Confirmed", S.REFUSED: "Refused"}
FINANCE = (A.FINANCE,)

# fmt: off
EARNED_CORRECTION = Workflow("earned_correction", "correction", S.NEW, (
    Step("propose", (S.NEW,), S.PROPOSED, FINANCE,
         button="Correct what was earned", past="Asked for what was earned before to be corrected",
         hint="Where days or costs from before the fund began here were entered wrongly.",
         explain=("What was entered stays. Once another finance officer confirms, the difference counts "
                  "beside it.",
                  "The school is told then, with your reason."),
         done="The correction is entered. Another finance officer is asked to confirm it.",
         waits_while=("barred_from_correction", "earned_stays"), asks_for=on_page("reason", "right?"),
         emails=("finance",)),
    Step("confirm", (S.PROPOSED,), S.CONFIRMED, FINANCE,
         proof=True, button="Confirm the correction", past="Confirmed a correction of what was earned before",
         hint="What is earned changes, and the school is told.",
         explain=("{record.about}",
                  "The difference counts from now on, beside what was entered. What is due, or comes back, "
                  "is worked out again. The school is told why."),
         done="What was earned is corrected. The school is being told.",
         waits_while=("barred_from_correction", "proposed_correction", "earned_stays", "earned_since"),
         emails=("school", "finance", "officer")),
    Step("refuse", (S.PROPOSED,), S.REFUSED, FINANCE,
         button="Refuse the correction", past="Refused a correction of what was earned before", sidestep=True,
         hint="What was entered stands.",
         explain=("{record.about}", "What was entered stays as it is."),
         done="The correction is refused. Finance is being told why.",
         waits_while=("barred_from_correction",), asks_for=(REASON,), emails=("finance",)),
), WORDS)
# fmt: on
