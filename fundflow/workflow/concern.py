"""A concern about a school: raised with a reason and a day of review, reviewed, and ended."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, TODAY, day, on_page, text


class ConcernState(Enum):
    NEW = "new"
    OPEN = "open"
    ENDED = "ended"


S = ConcernState

WORDS = {S.NEW: "New", S.OPEN: "Open", S.ENDED: "Ended"}
STAFF_ONLY = "Only liaison officers, administrators and auditors read it. The school doesn’t see it."

# fmt: off
CONCERN = Workflow("concern", "concern", S.NEW, (
    Step("raise", (S.NEW,), S.OPEN, (A.OFFICER,),
         button="Raise a concern", past="Raised a concern",
         hint="With a reason, and the day of its review.",
         explain=(STAFF_ONLY,),
         done="The concern is raised. The school’s link officer is being told.",
         waits_while=("barred_from_concern",), asks_for=on_page("kind", "reason", "review_on"),
         emails=("link_officer",)),
    Step("review", (S.OPEN,), S.OPEN, (A.OFFICER,),
         button="Review the concern", past="Reviewed a concern",
         hint="What you found, and when it is reviewed next.",
         explain=(STAFF_ONLY,),
         done="The review is recorded. The school’s link officer is being told.",
         waits_while=("barred_from_concern",),
         asks_for=(text("found", "What did you find?", "Enter what you found"),
                   day("review_on", "When is it reviewed next?", "Enter the day of the next review",
                       after=TODAY)),
         emails=("link_officer",)),
    Step("end", (S.OPEN,), S.ENDED, (A.OFFICER,),
         button="End the concern", past="Ended a concern", sidestep=True,
         hint="With a reason. It is kept.",
         explain=(STAFF_ONLY, "An ended concern can’t be opened again. Raise another one then."),
         done="The concern has ended. The school’s link officer is being told.",
         waits_while=("barred_from_concern",), asks_for=(REASON,), emails=("link_officer",)),
), WORDS)
# fmt: on
