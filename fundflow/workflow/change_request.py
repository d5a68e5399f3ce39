"""A change of an award: asked for by its school or entered by the officer, agreed by the schools concerned,
and decided by another person; more money by the panel (docs/rules.md, "Changes of an award")."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Money, Step, Workflow
from fundflow.workflow.inputs import REASON, on_page, text, tick


class ChangeState(Enum):
    NEW = "new"
    TO_CONFIRM = "to_confirm"
    WITH_SCHOOLS = "with_schools"
    WITH_OFFICER = "with_officer"
    WITH_DECIDER = "with_decider"
    AT_PANEL = "at_panel"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


S = ChangeState

OPEN = (S.TO_CONFIRM, S.WITH_SCHOOLS, S.WITH_OFFICER, S.WITH_DECIDER, S.AT_PANEL)
WORDS = {
    S.NEW: "New",
    S.TO_CONFIRM: "Waiting for the head",
    S.WITH_SCHOOLS: "Waiting for other schools",
    S.WITH_OFFICER: "With the liaison officer",
    S.WITH_DECIDER: "With the decision maker",
    S.AT_PANEL: "Going to the panel",
    S.AGREED: "Agreed",
    S.REFUSED: "Refused",
    S.WITHDRAWN: "Withdrawn",
}
LEADER, OFFICER, DECIDER, CLOCK = (A.SCHOOL_LEADER,), (A.OFFICER,), (A.DECISION_MAKER,), (A.CLOCK,)

# What several rows of one step share.
AGREE: dict[str, Any] = {
    "button": "Agree to the change",
    "past": "Agreed to the change",
    "hint": "The award changes at once.",
    "explain": ("The award changes at once. The award as it was stays on record.",),
    "done": "The award is changed. The people concerned are being told.",
    "waits_while": ("barred_from_change", "asked_for_change", "change_impossible"),
    "emails": ("school", "concerned", "finance", "officer"),
}
REFUSE: dict[str, Any] = {
    "button": "Refuse the change",
    "past": "Refused the change",
    "hint": "The award stays as it is.",
    "explain": ("The award stays as it is. The schools concerned are told, with your reason.",),
    "done": "The change is refused. The people concerned are being told.",
    "waits_while": ("barred_from_change", "asked_for_change"),
    "asks_for": (REASON,),
    "emails": ("school", "concerned", "officer"),
    "warning": True,
}
WITHDRAW: dict[str, Any] = {
    "button": "Withdraw the change",
    "past": "Withdrew the change",
    "hint": "The award stays as it is.",
    "explain": ("The award stays as it is. You can ask for another change later.",),
    "done": "The change is withdrawn. The people concerned are being told.",
    "hidden_while": ("another_asked",),
    "waits_while": ("barred_from_withdrawing",),
    "asks_for": (REASON,),
    "sidestep": True,
}
# What a decision of the panel about more money waits for, but for the majority.
VOTED = (
    "asked_for_change",
    "change_off_agenda",
    "decider_barred",
    "decider_not_there",
    "interests_outstanding",
    "inquorate",
)

# fmt: off
CHANGE_REQUEST = Workflow("change_request", "change", S.NEW, (
    Step("ask", (S.NEW,), S.WITH_SCHOOLS, LEADER,
         button="Ask for a change of the award", past="Asked for a change of the award",
         hint="Other dates, days, staff, outcomes, or another amount.",
         explain=("The liaison officer or the decision maker decides; about more money, the panel. The award "
                  "stays as it is until then.",
                  "Other schools that the change concerns are asked to agree first."),
         done="The change is asked for. The people concerned are being told.",
         waits_while=("award_fixed", "change_open"), asks_for=on_page("reason"),
         emails=("school", "concerned")),
    Step("enter", (S.NEW,), S.TO_CONFIRM, OFFICER,
         button="Enter a change of the award", past="Entered a change of the award",
         hint="The head of the school agrees to it first.",
         explain=("The head of the school that leads the bid agrees first, then the other schools that the "
                  "change concerns. Another person than you decides.",),
         done="The change is entered. The head is being asked to agree.",
         waits_while=("barred_from_change", "award_fixed", "change_open"), asks_for=on_page("reason"),
         emails=("school",)),
    Step("reduce", (S.NEW,), S.WITH_DECIDER, OFFICER,
         button="Propose less money", past="Proposed less money for the award",
         hint="Where the school does not ask for it.",
         explain=("The decision maker decides. The schools that the award pays are told, with your reason.",),
         done="The decision maker is being asked, and the schools told.",
         waits_while=("barred_from_change", "award_fixed", "change_open"), asks_for=on_page("reason"),
         emails=("school", "concerned", "decision_maker")),
    Step("confirm", (S.TO_CONFIRM,), S.WITH_SCHOOLS, LEADER,
         button="Yes, we want this change", past="The head agreed to the change",
         hint="It then goes to the decision maker.",
         explain=("The liaison officer entered this change for your school. It goes to the decision maker "
                  "once you and the other schools concerned agree.",),
         done="Thank you. The people concerned are being told.",
         asks_for=(tick("agreement", "We want this change of our award",
                        "Tick the box to show that you agree"),),
         emails=("officer", "concerned")),
    Step("decline", (S.TO_CONFIRM,), S.REFUSED, LEADER,
         button="No, we don’t want it", past="The head did not agree to the change",
         hint="The award stays as it is.",
         explain=("The award stays as it is. The liaison officer is told, with your reason.",),
         done="Thank you. The liaison officer is being told.",
         asks_for=(REASON,), emails=("officer",), warning=True),
    Step("say_yes", (S.WITH_SCHOOLS,), S.WITH_SCHOOLS, (A.PARTNER_LEADER,),
         button="Yes, our school agrees", past="A school agreed to the change",
         hint="For the part of the change that concerns your school.",
         explain=("You agree for your school. We ask for the decision once every school concerned agrees.",),
         done="Thank you. The liaison officer is being told that you agree.",
         hidden_while=("school_has_agreed",), emails=("officer",)),
    Step("say_no", (S.WITH_SCHOOLS,), S.REFUSED, (A.PARTNER_LEADER,),
         button="No, our school can’t", past="A school did not agree to the change",
         hint="The award stays as it is.",
         explain=("The award stays as it is. The school that leads the bid and the liaison officer are told, "
                  "with your reason.",),
         done="Thank you. The school that leads the bid is being told.",
         hidden_while=("school_has_agreed",), asks_for=(REASON,), emails=("school", "officer"),
         warning=True),
    Step("say_yes_for", (S.WITH_SCHOOLS,), S.WITH_SCHOOLS, OFFICER,
         button="Record that the schools agree", past="Recorded that the schools concerned agree",
         hint="Where a head has no account and has told you.",
         explain=("This records the agreement of every school that has not answered.",),
         done="The agreement is recorded. The school that leads the bid is being told.",
         hidden_while=("schools_have_agreed",), waits_while=("barred_from_change", "heads_have_accounts"),
         asks_for=(text("reason", "How did each head agree?", "Say how each head agreed",
                        hint="For example, “By email on 3 March”. Don’t give bank details."),),
         emails=("school",)),
    Step("go_to_officer", (S.WITH_SCHOOLS,), S.WITH_OFFICER, CLOCK,
         button="Go to the officer", past="The change went to the liaison officer to decide",
         waits_while=("schools_not_agreed", "too_large_for_officer"), emails=("officer",)),
    Step("go_to_decider", (S.WITH_SCHOOLS,), S.WITH_DECIDER, CLOCK,
         button="Go to the decision maker", past="The change went to the decision maker",
         waits_while=("schools_not_agreed",), emails=("decision_maker", "officer")),
    Step("agree", (S.WITH_OFFICER,), S.AGREED, OFFICER, **AGREE, hidden_while=("asks_for_more",)),
    Step("agree", (S.WITH_DECIDER,), S.AGREED, DECIDER, **AGREE),
    Step("refuse", (S.WITH_SCHOOLS, S.WITH_OFFICER), S.REFUSED, OFFICER, **REFUSE,
         hidden_while=("asks_for_more",)),
    Step("refuse", (S.WITH_DECIDER,), S.REFUSED, DECIDER, **REFUSE),
    Step("put_to_panel", (S.WITH_OFFICER,), S.AT_PANEL, OFFICER,
         button="Put the change to the panel", past="Put the change to the panel",
         hint="Only the panel gives more money. You choose the meeting.",
         explain=("The change becomes an item of its own on the agenda. The panel reads the award before and "
                  "after, why the school asks, and what you say. The schools are told the date.",),
         done="The change goes to the panel. The schools are being told the date.",
         hidden_while=("asks_for_no_more",), waits_while=("barred_from_change", "change_impossible"),
         asks_for=on_page("advice", "meeting"), emails=("school", "concerned")),
    Step("take_from_panel", (S.AT_PANEL,), S.WITH_OFFICER, OFFICER,
         button="Take back from the panel", past="Took the change back from the panel",
         hint="It leaves the agenda and comes back to you.",
         explain=("The change comes off the agenda and back to the liaison officer. The school and the panel "
                  "are told why.",),
         done="The change is off the agenda. The school and the panel are being told.",
         waits_while=("barred_from_change",), asks_for=(REASON,), emails=("school", "panel"), sidestep=True),
    Step("award_more", (S.AT_PANEL,), S.AGREED, DECIDER,
         button="Give more money", past="The panel gave more money",
         hint="The award becomes larger at once.",
         explain=("The award is changed at once, and the money is awarded. The award as it was stays on "
                  "record.",),
         done="The award is changed. The people concerned are being told.",
         waits_while=(*VOTED, "no_majority_for", "above_officers_limit", "change_impossible"),
         asks_for=on_page("reasons", "equality_note"), money=Money.INCREASE,
         emails=("school", "concerned", "finance", "officer")),
    Step("refuse_more", (S.AT_PANEL,), S.REFUSED, DECIDER,
         button="Refuse more money", past="The panel refused more money",
         hint="The award stays as it is.",
         explain=("The award stays as it is. The schools concerned are told, with the panel’s reasons.",),
         done="The change is refused. The people concerned are being told.",
         waits_while=(*VOTED, "no_majority_against"), asks_for=on_page("reasons", "equality_note"),
         emails=("school", "concerned", "officer"), warning=True),
    Step("put_off", (S.AT_PANEL,), S.WITH_OFFICER, DECIDER,
         button="Put the decision off", past="The panel put its decision off",
         hint="The panel has a question. At most twice.",
         explain=("The change goes back to the liaison officer, who asks the school and puts it to another "
                  "meeting with the answer.",),
         done="The decision is put off. The school and the liaison officer are being told.",
         waits_while=(*VOTED, "put_off_twice"),
         asks_for=(text("question", "What does the panel want to know?", "Enter the panel’s question"),),
         emails=("school", "officer"), sidestep=True),
    Step("undo_more", (S.AGREED, S.REFUSED), S.AT_PANEL, DECIDER,
         button="Take the decision back", past="Took the decision about more money back",
         hint="The decision is kept, with your reason, and made again.",
         explain=("For a decision that was recorded wrongly. It is kept, marked as taken back, with your "
                  "reason.",
                  "If money was given, the award is as it was before and the money is free again, until the "
                  "decision is recorded once more."),
         done="The decision is taken back and the item is open again. The people concerned are being told.",
         hidden_while=("panel_has_not_decided",),
         waits_while=("decider_barred", "asked_for_change", "acted_on"), asks_for=(REASON,),
         emails=("school", "concerned", "officer", "finance"), warning=True),
    Step("withdraw", tuple(state for state in OPEN if state is not S.AT_PANEL), S.WITHDRAWN,
         (A.SCHOOL_LEADER, A.OFFICER), **WITHDRAW, emails=("school", "officer", "concerned")),
    Step("withdraw", (S.AT_PANEL,), S.WITHDRAWN, (A.SCHOOL_LEADER, A.OFFICER), **WITHDRAW,
         emails=("school", "officer", "concerned", "panel")),
    Step("end", OPEN, S.WITHDRAWN, CLOCK,
         button="End the change", past="The change ended, as the award can’t be changed any more",
         emails=("school", "officer", "concerned")),
), WORDS)
# fmt: on
