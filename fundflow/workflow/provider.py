"""An independent provider of support: proposed by one officer, approved by another.

Due diligence recorded again, a suspension lifted, or an ended provider proposed again is approved again.
"""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class ProviderState(Enum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    ENDED = "ended"


S = ProviderState

WORDS = {S.PROPOSED: "To approve", S.APPROVED: "Approved", S.SUSPENDED: "Suspended", S.ENDED: "Ended"}

# fmt: off
PROVIDER = Workflow("provider", "provider", S.PROPOSED, (
    Step("approve", (S.PROPOSED,), S.APPROVED, (A.OFFICER,),
         button="Approve this provider", past="Approved the provider",
         hint="From then on support can be commissioned from it.",
         explain=("Approve only if you have seen the due diligence yourself.",),
         done="The provider is approved. The officers are being told.",
         waits_while=("proposed_provider", "own_provider", "due_diligence"), emails=("contact", "officer")),
    Step("renew", (S.PROPOSED, S.APPROVED), S.PROPOSED, (A.OFFICER,),
         button="Record due diligence", past="Recorded due diligence", sidestep=True,
         hint="The days on which each part was seen, and is due again.",
         explain=("Another officer then approves the provider.",
                  "Until then no support is commissioned from it."),
         done="The due diligence is recorded. The officers are being told.",
         waits_while=("own_provider",), asks_for=on_page("days"), emails=("officer",)),
    Step("suspend", (S.APPROVED,), S.SUSPENDED, (A.OFFICER,),
         button="Suspend this provider", past="Suspended the provider", sidestep=True,
         hint="No more support is commissioned from it until somebody lifts this.",
         explain=("Support that it gives now goes on. The contact of the provider reads your reason.",),
         done="The provider is suspended. Its contact and the officers are being told.",
         waits_while=("own_provider",), asks_for=(REASON,), emails=("contact", "officer"), warning=True),
    Step("reinstate", (S.SUSPENDED,), S.PROPOSED, (A.OFFICER,),
         button="Lift the suspension", past="Lifted the suspension of the provider",
         hint="Another officer then approves the provider again.",
         explain=("Say how it was settled. The officers read that.",
                  "Another officer then approves the provider again, and its contact is told."),
         done="The suspension is lifted. The officers are being told.",
         waits_while=("own_provider",), asks_for=(REASON,), emails=("officer",)),
    Step("end", (S.PROPOSED, S.APPROVED, S.SUSPENDED), S.ENDED, (A.OFFICER,),
         button="End this provider", past="Ended the provider", sidestep=True,
         hint="No more support is commissioned from it. What was commissioned goes on.",
         explain=("It can be proposed again later.",),
         done="The provider has ended. Its contact and the officers are being told.",
         waits_while=("own_provider",), asks_for=(REASON,), emails=("contact", "officer"), warning=True),
    Step("propose_again", (S.ENDED,), S.PROPOSED, (A.OFFICER,),
         button="Propose it again", past="Proposed the provider again",
         hint="Another officer approves it, once its due diligence is in force.",
         explain=("Look whether its contact and its due diligence are still right.",),
         done="The provider is proposed again. The officers are being told.",
         waits_while=("own_provider",), asks_for=(REASON,), emails=("officer",)),
), WORDS)
# fmt: on
