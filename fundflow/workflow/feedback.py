"""What a supported school says of the support: asked for, chased twice, given or not."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import on_page


class FeedbackState(Enum):
    ASKED = "asked"
    GIVEN = "given"
    NOT_GIVEN = "not_given"


S = FeedbackState

WORDS = {S.ASKED: "Asked for", S.GIVEN: "Given", S.NOT_GIVEN: "Not given"}

# fmt: off
FEEDBACK = Workflow("feedback", "feedback", S.ASKED, (
    Step("chase", (S.ASKED,), S.ASKED, (A.CLOCK,), button="Ask again", past="Asked for feedback again",
         waits_while=("not_to_chase_yet",), emails=("rates",)),
    Step("record_not_given", (S.ASKED,), S.NOT_GIVEN, (A.CLOCK,), button="Record as not given",
         past="Recorded that no feedback was given",
         waits_while=("not_to_end_yet",), emails=("rates", "impact_officer")),
    Step("give", (S.ASKED, S.GIVEN, S.NOT_GIVEN), S.GIVEN, (A.SUPPORTED_SCHOOL,),
         button="Send your rating", past="Rated the support",
         hint="It takes two minutes.", done="Thank you. Your rating is kept.",
         waits_while=("support_not_over",),
         asks_for=on_page("quality", "timeliness", "fit", "use_again", "text?", "council", "council_text?"),
         emails=("impact_officer",)),
), WORDS)
# fmt: on
