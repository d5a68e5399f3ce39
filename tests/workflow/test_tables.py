"""For every process, step, state and actor, the engine allows exactly what the table says."""

import re
from enum import Enum

import pytest

from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState, Stage
from fundflow.workflow.engine import GUARDS, Refused, Step, Workflow
from fundflow.workflow.inputs import Kind
from fundflow.workflow.processes import PROCESSES
from fundflow.workflow.words import TABLE
from tests.workflow.fakes import ASK, everything, is_sentence, record

pytestmark = pytest.mark.usefixtures("content")

WORKFLOWS = list(PROCESSES.values())
NAMED = [(workflow, name) for workflow in WORKFLOWS for name in workflow.step_names()]


def row(workflow: Workflow, name: str, state: Enum) -> Step | None:
    return next((s for s in workflow.steps if s.name == name and state in s.sources), None)


@pytest.mark.parametrize(("workflow", "name"), NAMED, ids=[f"{w.name}-{n}" for w, n in NAMED])
def test_a_step_is_allowed_exactly_where_and_to_whom_the_table_says(workflow: Workflow, name: str) -> None:
    anything = everything(next(s for s in workflow.steps if s.name == name))
    for state in workflow.states:
        wanted = row(workflow, name, state)
        for actor in Actor:
            it = record(state)
            if wanted and actor in wanted.by:
                taken = workflow.advance(it, name, actors={actor}, ask=ASK, given=anything)
                assert (taken, it.state) == (wanted, wanted.target)
                continue
            with pytest.raises(Refused) as refusal:
                workflow.advance(it, name, actors={actor}, ask=ASK, given=anything)
            assert it.state is state
            assert is_sentence(refusal.value.sentence), refusal.value.sentence


@pytest.mark.parametrize(("workflow", "name"), NAMED, ids=[f"{w.name}-{n}" for w, n in NAMED])
def test_the_buttons_agree_with_the_engine(workflow: Workflow, name: str) -> None:
    for state in workflow.states:
        wanted = row(workflow, name, state)
        for actor in Actor:
            it = record(state)
            why = workflow.why_not(it, name, actors={actor}, ask=ASK)
            shown = [
                o.step.name for o in workflow.open_steps(it, actors={actor}, ask=ASK) if o.reason is None
            ]
            allowed = bool(wanted and actor in wanted.by)
            assert (why is None) is allowed
            assert (name in shown) is allowed


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_nobody_at_all_may_take_any_step(workflow: Workflow) -> None:
    for step in workflow.steps:
        for state in step.sources:
            with pytest.raises(Refused, match=r"^Only "):
                workflow.advance(
                    record(state),
                    step.name,
                    actors=set(),
                    ask=ASK,
                    given=everything(step),
                )


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_every_state_can_be_reached(workflow: Workflow) -> None:
    reached, edge = {workflow.initial}, [workflow.initial]
    while edge:
        here = edge.pop()
        for step in workflow.from_state(here):
            if step.target not in reached:
                reached.add(step.target)
                edge.append(step.target)
    assert reached == set(workflow.states)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_a_step_leaves_a_state_by_one_row_only(workflow: Workflow) -> None:
    rows = [(step.name, source) for step in workflow.steps for source in step.sources]
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_every_row_emails_somebody_and_has_its_words(workflow: Workflow) -> None:
    for step in workflow.steps:
        assert step.emails, step.name
        assert all((step.button, step.past, step.by, step.sources)), step.name
        assert len(set(step.emails)) == len(step.emails), step.name
    assert set(workflow.words) == set(workflow.states)


# Steps whose button stands on a page of their own, after which another page says what comes next.
SENT_FROM_THE_ANSWERS = {"submit", "submit_on_behalf", "resubmit"}
# Their pages explain them from the record: the offer, the amount, the request, what is asked.
OWN_EXPLANATION = {"accept_offer", "renew_offer", "reply_to_report", "begin_draft", "confirm"}
BEHIND_THE_LINK = {("approval", "sign"), ("approval", "refuse"), ("approval", "cancel")}


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_every_step_that_people_take_has_all_its_words(workflow: Workflow) -> None:
    for step in workflow.steps:
        if set(step.by) == {Actor.CLOCK} or (workflow.name, step.name) in BEHIND_THE_LINK:
            continue
        assert is_sentence(step.hint), step.name
        assert len(step.hint) <= 90, f"{step.name}: a hint is one line"
        from_answers = workflow.name == "application" and step.name in SENT_FROM_THE_ANSWERS
        assert bool(step.done) is not from_answers, step.name
        plain = all(wanted.kind is not Kind.PAGE for wanted in step.asks_for)
        assert step.explain or not plain or from_answers or step.name in OWN_EXPLANATION, step.name
        for text in (*step.explain, *filter(None, [step.done])):
            assert is_sentence(re.sub(r"{[^}]*}", "X.", text)), text
        for wanted in step.asks_for:
            assert wanted.kind is Kind.PAGE or (wanted.label and wanted.missing), (step.name, wanted.name)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_what_a_step_asks_for_must_be_given(workflow: Workflow) -> None:
    for step in workflow.steps:
        for missing in step.required:
            for empty in (None, "", [], False):
                it = record(step.sources[0])
                before = it.state
                with pytest.raises(Refused) as refusal:
                    workflow.advance(
                        it,
                        step.name,
                        actors=set(step.by),
                        ask=ASK,
                        given={**everything(step), missing: empty},
                    )
                assert is_sentence(refusal.value.sentence)
                assert it.state is before


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_what_may_be_left_empty_may(workflow: Workflow) -> None:
    for step in workflow.steps:
        it = record(step.sources[0])
        given = {name: "given" for name in step.required}
        workflow.advance(it, step.name, actors=set(step.by), ask=ASK, given=given)
        assert it.state is step.target


def test_every_state_of_a_bid_has_a_stage_and_words_for_schools_and_staff() -> None:
    assert {state.stage for state in BidState} == set(Stage)
    assert set(TABLE) == set(BidState)


def test_every_guard_that_a_table_names_is_there_and_every_guard_is_named() -> None:
    named = {
        name
        for workflow in WORKFLOWS
        for step in workflow.steps
        for name in step.waits_while + step.hidden_while
    }
    assert named == set(GUARDS)
