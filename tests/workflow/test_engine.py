"""The mechanism itself, and that nothing goes round it."""

import ast
from enum import Enum
from pathlib import Path
from types import SimpleNamespace

import pytest

import fundflow
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import GUARDS, Ask, OpenStep, Refused, Step, Workflow, guard
from fundflow.workflow.inputs import on_page
from tests.workflow.fakes import ASK, NOW

HOUSE = Path(fundflow.__file__).parent


class Door(Enum):
    OPEN = "open"
    SHUT = "shut"


def jammed(door: SimpleNamespace, _ask: Ask) -> str | None:
    return door.jammed


SHUT = Step(
    "shut",
    (Door.OPEN,),
    Door.SHUT,
    (Actor.CLERK,),
    "Shut it",
    "Shut it",
    ("clerk",),
    waits_while=("jammed",),
    asks_for=on_page("reason", "note?"),
)
OPEN = Step("open", (Door.SHUT,), Door.OPEN, (Actor.CLERK, Actor.OFFICER), "Open it", "Opened it", ("clerk",))
DOOR = Workflow("door", "door", Door.OPEN, (SHUT, OPEN), {Door.OPEN: "Open", Door.SHUT: "Shut"})


@pytest.fixture(autouse=True)
def jams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GUARDS, "jammed", jammed)


def door(state: Door = Door.OPEN, jammed: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(state=state, jammed=jammed)


def test_a_step_moves_the_record_and_answers_with_its_row() -> None:
    it = door()
    taken = DOOR.advance(it, "shut", actors={Actor.CLERK}, ask=ASK, given={"reason": "draught"})
    assert (taken, it.state) == (SHUT, Door.SHUT)


def test_a_step_from_another_state_is_refused_with_the_state_in_words() -> None:
    with pytest.raises(Refused) as refusal:
        DOOR.advance(door(Door.SHUT), "shut", actors={Actor.CLERK}, ask=ASK, given={})
    assert refusal.value.sentence == "This can no longer be done: the door is now “Shut”."


def test_a_step_nobody_has_heard_of_is_refused() -> None:
    with pytest.raises(Refused):
        DOOR.advance(door(), "burn", actors={Actor.CLERK}, ask=ASK, given={})


def test_the_wrong_person_is_refused_by_name_of_the_right_one() -> None:
    with pytest.raises(Refused) as refusal:
        DOOR.advance(door(Door.SHUT), "open", actors={Actor.FINANCE}, ask=ASK, given={})
    assert refusal.value.sentence == "Only the panel’s clerk or the liaison officer can do this."


def test_a_guard_refuses_with_its_sentence_and_nothing_moves() -> None:
    it = door(jammed="The door is jammed.")
    with pytest.raises(Refused) as refusal:
        DOOR.advance(it, "shut", actors={Actor.CLERK}, ask=ASK, given={"reason": "draught"})
    assert (refusal.value.sentence, it.state) == ("The door is jammed.", Door.OPEN)


def test_a_waiting_step_is_shown_with_its_reason_and_only_to_those_who_may() -> None:
    it = door(jammed="The door is jammed.")
    shown = DOOR.open_steps(it, actors={Actor.CLERK}, ask=ASK)
    assert shown == [OpenStep(SHUT, "The door is jammed.")]
    assert DOOR.open_steps(it, actors={Actor.FINANCE}, ask=ASK) == []


def test_a_table_that_lists_a_step_twice_from_a_state_is_refused() -> None:
    with pytest.raises(ValueError, match="listed twice"):
        Workflow("door", "door", Door.OPEN, (SHUT, SHUT))


def test_a_guard_has_its_name_for_itself() -> None:
    with pytest.raises(ValueError, match="jammed: there are two guards of this name"):
        guard(jammed)


def test_two_records_of_one_process_do_not_share_a_state() -> None:
    one, other = door(), door()
    DOOR.advance(one, "shut", actors={Actor.CLERK}, ask=Ask(NOW), given={"reason": "draught"})
    assert (one.state, other.state) == (Door.SHUT, Door.OPEN)


def assignments_of_state(tree: ast.AST) -> list[int]:
    """Lines that set an attribute called `state`, by assignment, setattr or a bulk update."""
    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "state":
            lines += [node.lineno] * isinstance(node.ctx, ast.Store | ast.Del)
        if isinstance(node, ast.Call) and writes_state(node):
            lines.append(node.lineno)
    return lines


def writes_state(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in ("setattr", "__setattr__"):
        return "state" in [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
    return name == "values" and "state" in [word.arg for word in call.keywords]


def test_only_the_engine_changes_a_state() -> None:
    broken = [
        f"{path.relative_to(HOUSE)}:{line}"
        for path in sorted(HOUSE.rglob("*.py"))
        if path != HOUSE / "workflow" / "engine.py"
        for line in assignments_of_state(ast.parse(path.read_text()))
    ]
    assert broken == []


@pytest.mark.parametrize(
    "code",
    [
        "bid.state = S.CLOSED",
        "bid.state: S = S.CLOSED",
        "a, bid.state = 1, 2",
        "setattr(bid, 'state', 1)",
        "update(Bid).values(state='closed')",
        "del bid.state",
    ],
)
def test_that_test_would_see_a_short_cut(code: str) -> None:
    assert assignments_of_state(ast.parse(code))
