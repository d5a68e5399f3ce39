"""A school's order of a service, from the draft to the last day of its term."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page


class OrderState(Enum):
    DRAFT = "draft"
    PLACED = "placed"
    AGREED = "agreed"
    IN_TERM = "in_term"
    ENDED = "ended"
    DECLINED = "declined"
    CANCELLED = "cancelled"


S = OrderState
ORDERED = (S.PLACED, S.AGREED, S.IN_TERM)  # what a school has, or has asked for
HELD = (S.AGREED, S.IN_TERM, S.ENDED)  # what is charged
WORDS = {
    S.DRAFT: "Draft",
    S.PLACED: "Waiting for the provider",
    S.AGREED: "Agreed",
    S.IN_TERM: "In its term",
    S.ENDED: "Ended",
    S.DECLINED: "Declined",
    S.CANCELLED: "Cancelled",
}
EVERYBODY = ("school", "service_provider", "officer")
BOTH_SIDES = (A.ORDERING_HEAD, A.SERVICE_PROVIDER)
# The states in which both sides may agree to a change, and what they may change then.
CHANGES_IN = {
    S.AGREED: "Another quantity, an earlier end, or no order at all. The other side must agree.",
    S.IN_TERM: "Another quantity from the next year, or an earlier end. The other side must agree.",
}

# fmt: off
ORDER = Workflow("order", "order", S.DRAFT, (
    Step("place", (S.DRAFT,), S.PLACED, (A.ORDERING_HEAD,),
         button="Place the order", past="Placed the order",
         hint="You check it first. Then the provider is asked to agree.",
         done="The order is placed. We have asked the provider to agree.",
         waits_while=("not_on_offer", "service_changed", "ordered_already", "priced_by_ours"),
         asks_for=on_page("order_number?", "authorised"), emails=EVERYBODY),
    Step("agree", (S.PLACED,), S.AGREED, (A.SERVICE_PROVIDER,),
         button="Agree to the order", past="Agreed to the order",
         hint="The service begins on the first day of the term.",
         explain=("From now on the order binds both sides. It changes or ends early only if both agree.",),
         done="The order is agreed. We are telling the school.",
         waits_while=("order_barred", "service_withdrawn", "ordered_already"), emails=EVERYBODY),
    Step("decline", (S.PLACED,), S.DECLINED, (A.SERVICE_PROVIDER,),
         button="Decline the order", past="Declined the order",
         hint="The school is told why.",
         explain=("The school reads your reason. It can order something else.",),
         done="The order is declined. We are telling the school.",
         waits_while=("order_barred",), asks_for=(REASON,), emails=EVERYBODY, warning=True),
    Step("cancel", (S.DRAFT,), S.CANCELLED, (A.ORDERING_SCHOOL, A.OFFICER),
         button="Cancel the order", past="Cancelled the order",
         hint="Nothing more happens with it.",
         explain=("Nothing was sent to the provider, and nothing is charged.",),
         done="The order is cancelled.",
         hidden_while=("not_to_cancel",), asks_for=(REASON,), emails=("school",), warning=True),
    Step("cancel", (S.PLACED,), S.CANCELLED, (A.ORDERING_SCHOOL, A.OFFICER),
         button="Cancel the order", past="Cancelled the order",
         hint="You can until the provider agrees.",
         explain=("The provider is told. Nothing is charged.",),
         done="The order is cancelled. We are telling the provider.",
         hidden_while=("not_to_cancel",), asks_for=(REASON,), emails=EVERYBODY, warning=True),
    Step("begin", (S.AGREED,), S.IN_TERM, (A.CLOCK,),
         button="Begin the term", past="The term began",
         waits_while=("term_not_begun",), emails=EVERYBODY),
    *(Step("propose_change", (state,), state, BOTH_SIDES,
           button="Propose a change", past="Proposed a change", hint=hint,
           done="Your proposal is sent. Nothing changes until the other side agrees.",
           hidden_while=("in_last_year", "change_awaits_answer"), waits_while=("order_barred",),
           asks_for=on_page("what", "why", "quantity?", "ends_on?"), emails=EVERYBODY, sidestep=True)
      for state, hint in CHANGES_IN.items()),
    *(Step("accept_change", (state,), state, BOTH_SIDES,
           button="Agree to the change", past="Agreed to the change",
           hint="The order changes as proposed.",
           explain=("You agree to this change: {record.proposal_words}",),
           done="The order is changed as you both agreed.",
           hidden_while=("no_change_to_answer", "cancelling_proposed"),
           waits_while=("order_barred", "change_too_late"), emails=EVERYBODY)
      for state in CHANGES_IN),
    Step("call_off", (S.AGREED,), S.CANCELLED, BOTH_SIDES,
         button="Agree to cancel the order", past="Agreed to cancel the order",
         hint="The term does not begin. Nothing is charged.",
         explain=("You agree to this: {record.proposal_words}",),
         done="The order is cancelled, as you both agreed. Nothing is charged.",
         hidden_while=("no_change_to_answer", "no_cancelling_proposed"),
         waits_while=("order_barred", "change_too_late"), emails=EVERYBODY),
    *(Step("refuse_change", (state,), state, BOTH_SIDES,
           button="Refuse the change", past="Refused the change",
           hint="The order stays as it is.",
           explain=("You refuse this change: {record.proposal_words}",),
           done="The order stays as it is. We are telling the other side.",
           hidden_while=("no_change_to_answer",), waits_while=("order_barred",),
           asks_for=(REASON,), emails=EVERYBODY, warning=True)
      for state in CHANGES_IN),
    *(Step("take_back_change", (state,), state, BOTH_SIDES,
           button="Take back the proposal", past="Took back the proposed change",
           hint="The order stays as it is.",
           explain=("You take back this change: {record.proposal_words}",),
           done="The proposal is taken back. We are telling the other side.",
           hidden_while=("no_change_of_yours",), emails=EVERYBODY, sidestep=True)
      for state in CHANGES_IN),
    Step("end", (S.IN_TERM,), S.ENDED, (A.CLOCK,),
         button="End the term", past="The term ended",
         waits_while=("term_not_over",), emails=EVERYBODY),
), WORDS)
# fmt: on
