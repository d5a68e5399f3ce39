"""A school's request for support, from the asking to a draft bid."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class RequestState(Enum):
    ASKED = "asked"
    PROPOSED = "proposed"
    BECAME_BID = "became_bid"
    CLOSED = "closed"


S = RequestState


WORDS = {S.ASKED: "New", S.PROPOSED: "School proposed", S.BECAME_BID: "Became a bid", S.CLOSED: "Closed"}

# fmt: off
SUPPORT_REQUEST = Workflow("support_request", "request", S.ASKED, (
    Step("propose", (S.ASKED, S.PROPOSED), S.PROPOSED, (A.OFFICER,),
         button="Propose a school", past="Proposed a school",
         hint="Suggestions with their reasons; you choose.",
         done="The school that asked is being told which school you propose.",
         waits_while=("broker_barred",), asks_for=on_page("school", "why"), emails=("school",)),
    Step("begin_draft", (S.ASKED, S.PROPOSED), S.BECAME_BID, (A.SCHOOL_TEAM, A.OFFICER),
         button="Start a bid", past="Started a bid",
         hint="A draft with what is known filled in.",
         done="The bid is begun, with what the request says.",
         waits_while=("outsider_barred",), emails=("school", "officer")),
    Step("close", (S.ASKED, S.PROPOSED), S.CLOSED, (A.SCHOOL_TEAM, A.OFFICER),
         button="Close the request", past="Closed the request",
         hint="Nothing more happens with it. What was asked is kept.",
         explain=("The school and the officer are told, with the reason. The school can ask again at any "
                  "time.",),
         done="The request is closed.",
         waits_while=("outsider_barred",), asks_for=(REASON,), emails=("school", "officer"), warning=True),
), WORDS)
# fmt: on
