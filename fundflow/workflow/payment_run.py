"""A payment run: claims that are due, paid in one file. One finance officer gathers it, another approves."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class RunState(Enum):
    NEW = "new"
    GATHERED = "gathered"
    APPROVED = "approved"
    EXPORTED = "exported"
    ANSWERED = "answered"
    SETTLED = "settled"
    CANCELLED = "cancelled"


S = RunState

WORDS = {
    S.NEW: "New",
    S.GATHERED: "To approve",
    S.APPROVED: "To export",
    S.EXPORTED: "Waiting for the answer",
    S.ANSWERED: "Answered in part",
    S.SETTLED: "Settled",
    S.CANCELLED: "Cancelled",
}
FROZEN = (S.APPROVED, S.EXPORTED, S.ANSWERED, S.SETTLED)  # its file is made and never changes
OUT = (S.EXPORTED, S.ANSWERED, S.SETTLED)  # its file may be downloaded
FINANCE = (A.FINANCE,)
FILE = on_page("file", "rejected?", "returned?")
ASKED_FOR = ("Send the file that came back. You see every row, and what is wrong, before anything changes.",)

# fmt: off
PAYMENT_RUN = Workflow("payment_run", "payment run", S.NEW, (
    Step("gather", (S.NEW,), S.GATHERED, FINANCE,
         button="Gather a payment run", past="Gathered the run",
         hint="Every claim that can be paid now.",
         explain=("Another finance officer approves it before anything is paid.",),
         done="The run is gathered. Another finance officer is asked to approve it.",
         asks_for=on_page("layout"), emails=("finance",)),
    Step("approve", (S.GATHERED,), S.APPROVED, FINANCE,
         proof=True, button="Approve this run", past="Approved the run",
         hint="Its lines, its total and its file are fixed from then on.",
         explain=("Every claim is looked at again. What can no longer be paid is left out. So is "
                  "what you checked yourself. The run says so.",
                  "The file is made once. Its lines, its total and its file never change after that."),
         done="The run is approved and its file is made. Export it next.",
         waits_while=("gathered_it", "nothing_in_run", "approves_nothing"), emails=("finance",)),
    Step("export", (S.APPROVED,), S.EXPORTED, FINANCE,
         button="Export this run", past="Exported the run",
         hint="Then download the file and give it to the finance system.",
         explain=("From then on the run can’t be cancelled. We record who downloads the file.",),
         done="The run is exported. Download its file, then load the answer when it comes.",
         waits_while=("not_payable_now",), emails=("finance",)),
    Step("answer", (S.EXPORTED, S.ANSWERED), S.ANSWERED, FINANCE,
         button="Load the answer", past="Loaded an answer",
         hint="What was paid goes into the ledger. What was refused can be paid in another run.",
         explain=ASKED_FOR, done="The answer is loaded.", asks_for=FILE, emails=("finance",)),
    Step("answer", (S.SETTLED,), S.SETTLED, FINANCE, sidestep=True,
         button="Load another answer", past="Loaded an answer",
         hint="Where a payment has bounced since.",
         explain=ASKED_FOR, done="The answer is loaded.", asks_for=FILE, emails=("finance",)),
    Step("settle", (S.ANSWERED,), S.SETTLED, (A.CLOCK,),
         button="Settle this run", past="Settled: every payment is answered",
         waits_while=("lines_unanswered",), emails=("finance",)),
    Step("cancel", (S.GATHERED, S.APPROVED), S.CANCELLED, FINANCE,
         button="Cancel this run", past="Cancelled the run",
         hint="Its claims can then be paid in another run.",
         explain=("Nothing of it is paid. Its claims can be gathered again.",),
         done="The run is cancelled.", asks_for=(REASON,), emails=("finance",), warning=True),
), WORDS)
# fmt: on
