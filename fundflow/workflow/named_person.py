"""Somebody of the council or the panel whose address a school names in its bid: is that an interest?

A school’s word alone bars nobody: a colleague says whether it is one.
"""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import text


class NamedState(Enum):
    TO_SETTLE = "to_settle"
    INTEREST = "interest"
    NO_INTEREST = "no_interest"


S = NamedState

WORDS = {S.TO_SETTLE: "To settle", S.INTEREST: "An interest that bars", S.NO_INTEREST: "No interest"}


# fmt: off
NAMED_PERSON = Workflow("named_person", "question", S.TO_SETTLE, (
    Step("confirm_interest", (S.TO_SETTLE, S.NO_INTEREST), S.INTEREST, (A.OFFICER, A.CLERK, A.ADMINISTRATOR),
         button="It is an interest", past="Confirmed that being named is an interest",
         hint="They take no part in the bid.",
         explain=("{record.user.name} is named in the bid as {record.named_as}. They will be barred from the "
                  "bid: no papers, no scores, no vote, no review.",),
         done="The interest is recorded. {record.user.name} is being told.",
         waits_while=("named_oneself", "barred_from_naming", "no_longer_before_panel"),
         asks_for=(text("reason", "How do you know?", "Say how you know that it is an interest"),),
         emails=("named",), warning=True),
    Step("dismiss_interest", (S.TO_SETTLE, S.INTEREST), S.NO_INTEREST, (A.OFFICER, A.CLERK, A.ADMINISTRATOR),
         button="It is no interest", past="Recorded that being named is no interest",
         hint="They go on with the bid.",
         explain=("{record.user.name} is named in the bid as {record.named_as}. They will take part in the "
                  "bid as if it did not name them.",),
         done="It is recorded that this is no interest. {record.user.name} is being told.",
         waits_while=("named_oneself", "barred_from_naming", "no_longer_before_panel"),
         asks_for=(text("reason", "How do you know?", "Say how you know that it is no interest"),),
         emails=("named",)),
    # The bid names them as something else now: what was said holds for what it said then.
    Step("name_again", (S.NO_INTEREST,), S.TO_SETTLE, (A.CLOCK,), button="Name again",
         past="The bid names them as something else", emails=("named", "settles")),
), WORDS)
# fmt: on
