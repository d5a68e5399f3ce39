"""A case study of a closed bid: drafted by the council, agreed by the head of every school it names, then
published; taken down at once when a school takes its consent back (docs/rules.md, "Case studies")."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import REASON, on_page, text, tick


class CaseState(Enum):
    NEW = "new"
    DRAFT = "draft"
    ASKED = "asked"
    TO_CHANGE = "to_change"
    AGREED = "agreed"
    REFUSED = "refused"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"
    DISCARDED = "discarded"


S = CaseState
WRITERS, HEAD = (A.OFFICER, A.IMPACT_OFFICER), (A.PARTNER_LEADER,)
WRITTEN_IN = (S.DRAFT, S.TO_CHANGE)
WORDS = {
    S.NEW: "New",
    S.DRAFT: "Draft",
    S.ASKED: "Waiting for schools to agree",
    S.TO_CHANGE: "A school suggests a change",
    S.AGREED: "Agreed by the schools",
    S.REFUSED: "A school does not agree",
    S.PUBLISHED: "Published",
    S.WITHDRAWN: "Consent withdrawn",
    S.TAKEN_DOWN: "Taken down",
    S.DISCARDED: "Not used",
}
# What several rows of one step share.
DISCARD: dict[str, Any] = {
    "button": "Do not use it",
    "past": "Set the case study aside",
    "hint": "Another can be drafted for this bid later.",
    "explain": ("It is kept with your reason and is not published. Another can be drafted later.",),
    "done": "The case study is set aside.",
    "waits_while": ("barred_from_case_study",),
    "asks_for": (REASON,),
    "warning": True,
}

# fmt: off
CASE_STUDY = Workflow("case_study", "case study", S.NEW, (
    Step("draft", (S.NEW,), S.DRAFT, WRITERS,
         button="Draft a case study", past="Drafted a case study",
         hint="For other schools to learn from. It begins with what the report says.",
         explain=("The head of every school that it names agrees before anybody else can read it.",),
         done="The draft is saved.",
         waits_while=("nothing_to_tell", "case_study_there", "barred_from_case_study"),
         asks_for=on_page("expertise"), emails=("officer",)),
    Step("ask", WRITTEN_IN, S.ASKED, WRITERS,
         button="Ask the schools to agree", past="Asked the schools to agree to the case study",
         hint="The head of each school that it names reads it and answers.",
         explain=("It names {record.schools_words}. The head of each school that it names reads it, and "
                  "agrees, suggests a change or says no. It can’t be changed meanwhile.",),
         done="The heads are being asked.",
         waits_while=("barred_from_case_study", "case_head_missing"), emails=("named_schools",)),
    Step("agree", (S.ASKED,), S.ASKED, HEAD,
         button="Yes, we agree", past="A school agreed to the case study",
         hint="Read it first. You can take your consent back at any time.",
         explain=("You agree that everybody may read this case study on the council’s website, with the name "
                  "of your school. You can take this back at any time. It is then no longer public.",),
         done="Thank you. The council is being told that your school agrees.",
         hidden_while=("case_answered",),
         asks_for=(tick("consent", "We have read the case study and agree that it is published",
                        "Tick the box to show that you agree"),),
         emails=("drafter",)),
    Step("suggest", (S.ASKED,), S.TO_CHANGE, HEAD,
         button="Suggest a change", past="Suggested a change of the case study",
         hint="Say what should read differently. You are asked again afterwards.",
         explain=("Say what should read differently, and how. Whoever drafted it changes it and asks every "
                  "school again.",),
         done="Thank you. Whoever drafted it is being told what you suggest.",
         asks_for=(text("suggestion", "What should read differently?", "Say what should read differently",
                        hint="Don’t name pupils or staff."),),
         emails=("drafter",), sidestep=True),
    Step("say_no", (S.ASKED,), S.REFUSED, HEAD,
         button="No, we don’t agree", past="A school did not agree to the case study",
         hint="It is not published.",
         explain=("The case study is not published. The council is told, with what you say.",),
         done="Thank you. The case study is not published.",
         asks_for=(text("reason", "Why not? (optional)", "Enter the reason", optional=True),),
         emails=("drafter",), warning=True),
    Step("conclude", (S.ASKED,), S.AGREED, (A.CLOCK,),
         button="Conclude", past="Every school that the case study names has agreed",
         waits_while=("case_unanswered",), emails=("drafter",)),
    Step("publish", (S.AGREED,), S.PUBLISHED, WRITERS,
         button="Publish the case study", past="Published the case study",
         hint="Everybody can then read it.",
         explain=("Everybody can read it, and schools that look for help with the same need find it.",),
         done="The case study is published. The schools are being told.",
         waits_while=("barred_from_case_study", "case_unanswered"),
         asks_for=(tick("read", "I have read it, and it names no pupil and no member of staff",
                        "Tick the box to show that you have read it"),),
         emails=("named_schools", "officer")),
    Step("withdraw_consent", (S.AGREED, S.PUBLISHED), S.WITHDRAWN, HEAD,
         button="Take our consent back", past="A school took its consent to the case study back",
         hint="Nobody outside can then read it any more.",
         explain=("The case study is taken down at once. You need not say why.",),
         done="The case study is no longer public.",
         asks_for=(text("reason", "Why? (optional)", "Enter the reason", optional=True),),
         emails=("drafter", "named_schools"), warning=True),
    Step("take_down", (S.PUBLISHED,), S.TAKEN_DOWN, WRITERS,
         button="Take it down", past="Took the case study down",
         hint="Nobody outside can then read it any more.",
         explain=("It is no longer public. The schools are told, with your reason.",),
         done="The case study is no longer public. The schools are being told.",
         waits_while=("barred_from_case_study",), asks_for=(REASON,),
         emails=("named_schools", "officer"), warning=True),
    Step("correct", (S.ASKED, S.AGREED, S.PUBLISHED), S.DRAFT, WRITERS,
         button="Change it", past="Took the case study back to change it", sidestep=True,
         hint="It is a draft again, and the schools are asked once more.",
         explain=("It is a draft again. If it is published, it is taken down. What the schools agreed to no "
                  "longer counts, and they are asked once more.",),
         done="The case study is a draft again. The schools are being told.",
         waits_while=("barred_from_case_study",), asks_for=(REASON,), emails=("named_schools",)),
    Step("correct", (S.REFUSED, S.WITHDRAWN, S.TAKEN_DOWN), S.DRAFT, WRITERS,
         button="Draft it again", past="Drafted the case study again", sidestep=True,
         hint="Talk to the schools first. They are asked once more.",
         explain=("Talk to the schools first. It is a draft again, and they are asked once more.",),
         done="The case study is a draft again.",
         waits_while=("barred_from_case_study",), asks_for=(REASON,), emails=("officer",)),
    Step("discard", (S.DRAFT, S.REFUSED, S.WITHDRAWN, S.TAKEN_DOWN), S.DISCARDED, WRITERS,
         **DISCARD, emails=("officer",)),
    Step("discard", (S.ASKED, S.TO_CHANGE, S.AGREED), S.DISCARDED, WRITERS,
         **DISCARD, emails=("named_schools",)),
), WORDS)
# fmt: on
