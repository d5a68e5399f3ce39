"""A condition of an award: tracked until it is discharged, or no longer asked for."""

from enum import Enum
from typing import Any

from fundflow.workflow.actors import Actor as A
from fundflow.workflow.engine import Ask, Step, Workflow


class ConditionState(Enum):
    OUTSTANDING = "outstanding"
    REPORTED = "reported"
    DISCHARGED = "discharged"
    WAIVED = "waived"


S = ConditionState


def decision_undone(condition: Any, _ask: Ask) -> str | None:
    return None if condition.binds else "Its decision was corrected or taken back, so it no longer binds."


def not_in_force(condition: Any, _ask: Ask) -> str | None:
    return condition.why_not_in_force()  # type: ignore[no-any-return]


def barred(condition: Any, ask: Ask) -> str | None:
    why = condition.bid.why_barred(ask.user, ask.now) if ask.user else None
    return f"You can’t handle this condition: {why}." if why else None


WORDS = {S.OUTSTANDING: "To do", S.REPORTED: "To check", S.DISCHARGED: "Met", S.WAIVED: "No longer asked for"}

# fmt: off
CONDITION = Workflow("condition", "condition", S.OUTSTANDING, (
    Step("report", (S.OUTSTANDING,), S.REPORTED, (A.SCHOOL_TEAM,), "Tell us it is done",
         "Said that a condition is met", waits_while=(decision_undone, not_in_force), asks_for=("note",),
         emails=("officer",)),
    Step("discharge", (S.OUTSTANDING, S.REPORTED), S.DISCHARGED, (A.OFFICER,), "It is met",
         "Recorded that a condition is met", waits_while=(decision_undone, not_in_force, barred),
         asks_for=("note",), emails=("school",)),
    Step("not_yet", (S.REPORTED,), S.OUTSTANDING, (A.OFFICER,), "It is not met yet",
         "Said that a condition is not met yet", waits_while=(decision_undone, not_in_force, barred),
         asks_for=("reason",), emails=("school",)),
    Step("waive", (S.OUTSTANDING, S.REPORTED), S.WAIVED, (A.DECISION_MAKER,), "No longer ask for it",
         "Let a condition go", waits_while=(decision_undone, not_in_force, barred), asks_for=("reason",),
         emails=("school", "officer", "finance"), warning=True),
), WORDS)
# fmt: on
