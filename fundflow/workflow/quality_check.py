"""An officer's check of the quality of support: at the plan, mid-way and at the end."""

from enum import Enum

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Step, Workflow
from fundflow.workflow.inputs import day, line, text
from fundflow.workflow.worded import Worded


class Stage(Worded):
    """When support is checked."""

    PLAN = "plan", "Plan"
    MIDWAY = "midway", "Mid-way"
    END = "end", "End"


class CheckState(Enum):
    TO_DO = "to_do"
    GREEN = "green"
    TO_ACT = "to_act"
    ACTED = "acted"
    GREEN_AGAIN = "green_again"


S = CheckState

WORDS = {
    S.TO_DO: "To do",
    S.GREEN: "Green",
    S.TO_ACT: "Action to carry out",
    S.ACTED: "Action carried out",
    S.GREEN_AGAIN: "Green when checked again",
}

FOUND = text(
    "found", "What did you find?", "Enter what you found", hint="The school and the provider read this."
)
NOTE = text(
    "note",
    "A note for the council’s staff (optional)",
    "Enter a note",
    hint="No school reads this.",
    optional=True,
)
ACTION = (
    text(
        "action",
        "What must be done?",
        "Enter what must be done",
        hint="The school and the provider read this.",
    ),
    line("owner", "Who does it?", "Enter who does it", most=120),
    day("action_due_on", "By when?", "Enter by when", past=False),
)

# fmt: off
QUALITY_CHECK = Workflow("quality_check", "quality check", S.TO_DO, (
    Step("record_green", (S.TO_DO,), S.GREEN, (A.OFFICER,),
         button="Record it as green", past="Checked the quality of the support: green",
         hint="The support is as good as it should be.",
         explain=("{record.words}.",),
         done="The check is recorded as green. The school is being told.",
         waits_while=("nothing_to_check", "barred_from_check", "own_providers_check"),
         asks_for=(FOUND, NOTE), emails=("school",)),
    Step("record_amber", (S.TO_DO,), S.TO_ACT, (A.OFFICER,),
         button="Record it as amber", past="Checked the quality of the support: amber", sidestep=True,
         hint="Something must be put right, by a day.",
         explain=("{record.words}.", "Agree the action with the school and the provider first."),
         done="The check is recorded as amber. The school and the provider are being told.",
         waits_while=("nothing_to_check", "barred_from_check", "own_providers_check"),
         asks_for=(FOUND, *ACTION, NOTE), emails=("school", "support_from")),
    Step("record_red", (S.TO_DO,), S.TO_ACT, (A.OFFICER,),
         button="Record it as red", past="Checked the quality of the support: red", sidestep=True,
         hint="The support is not good enough. Something must be put right, by a day.",
         explain=("{record.words}.", "Agree the action with the school and the provider first.",
                  "The impact officer is told too. Payments go on unless somebody blocks them."),
         done="The check is recorded as red. The school, the provider and the impact officer are being told.",
         waits_while=("nothing_to_check", "barred_from_check", "own_providers_check"),
         asks_for=(FOUND, *ACTION, NOTE), emails=("school", "support_from", "impact_officer"), warning=True),
    Step("carry_out", (S.TO_ACT,), S.ACTED, (A.OFFICER,),
         button="The action is carried out", past="Recorded that the action after a check is carried out",
         hint="You say what was done, and how you know.",
         explain=("{record.action_words}.",),
         done="The action is carried out. The school, the provider and the impact officer are being told.",
         waits_while=("nothing_to_check", "barred_from_check", "own_providers_check"),
         asks_for=(text("done_note", "What was done, and how do you know?", "Enter what was done",
                        hint="The school and the provider read this."),),
         emails=("school", "support_from", "impact_officer")),
    Step("check_again", (S.ACTED,), S.GREEN_AGAIN, (A.OFFICER,),
         button="Record it as green now", past="Checked the quality of the support again: green",
         hint="If you checked again and the support is as good as it should be.", sidestep=True,
         explain=("{record.words}.", "The first rating stays as it was recorded."),
         done="The check is recorded as green now. The school and the provider are being told.",
         waits_while=("nothing_to_check", "barred_from_check", "own_providers_check"),
         asks_for=(text("again_found", "What did you find?", "Enter what you found",
                        hint="The school and the provider read this."),),
         emails=("school", "support_from")),
), WORDS)
# fmt: on
