"""Removing personal data that was kept long enough: one administrator proposes, another approves."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON


class RemovalState(Enum):
    NEW = "new"
    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"


S = RemovalState
WORDS = {S.NEW: "New", S.PROPOSED: "To approve", S.DONE: "Removed", S.REFUSED: "Refused"}

# fmt: off
DATA_REMOVAL = Workflow("data_removal", "removal of personal data", S.NEW, (
    Step("propose", (S.NEW,), S.PROPOSED, (A.ADMINISTRATOR,),
         button="Propose to remove their personal data", past="Proposed to remove personal data",
         hint="Another administrator approves or refuses the list.",
         explain=("Nothing is removed before another administrator approves the list.",),
         done="Proposed. The other administrators are being told.",
         emails=("administrator",)),
    Step("approve", (S.PROPOSED,), S.DONE, (A.ADMINISTRATOR,),
         button="Remove the personal data", past="Approved the removal of personal data",
         hint="Names, addresses and what people wrote are removed. Figures stay.",
         explain=("This can’t be undone. You remove the personal data of {record.count_words}.",
                  "Names, addresses, telephone numbers, what people wrote, letters and files go. Figures, "
                  "the ledger and published awards stay.",
                  "Backups, and files that were given away, still hold what they held."),
         done="The personal data is removed. The administrators are being told.",
         waits_while=("not_every_fund", "own_removal"), emails=("administrator",)),
    Step("refuse", (S.PROPOSED,), S.REFUSED, (A.ADMINISTRATOR,),
         button="Refuse the list", past="Refused to remove personal data", sidestep=True,
         hint="Nothing is removed.",
         explain=("Nothing is removed. The administrators are told why.",),
         done="The list is refused. The administrators are being told why.",
         waits_while=("not_every_fund",), asks_for=(REASON,), emails=("administrator",)),
), WORDS)
# fmt: on
