"""Anybody tries anything, in any order: a bid never leaves the table."""

from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fundflow.workflow.actors import Actor
from fundflow.workflow.application import APPLICATION, BidState
from fundflow.workflow.engine import GUARDS, Refused
from tests.workflow.conftest import never
from tests.workflow.fakes import ASK, everything, record

ARROWS = {(source, step.name, step.target) for step in APPLICATION.steps for source in step.sources}
BARS = ("officer_barred", "person_barred")
NAMES = st.sampled_from([*APPLICATION.step_names(), "no_such_step", "state", "__init__"])


def refuses(*_args: Any) -> str:
    return "Not now."


class Walk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.guards = patch.dict(GUARDS, dict.fromkeys(GUARDS, never))
        self.guards.start()
        GUARDS["reply_date_not_past"] = refuses

    def teardown(self) -> None:
        self.guards.stop()

    @initialize()
    def a_draft(self) -> None:
        self.bid = record(BidState.DRAFT)
        self.walked: list[tuple[BidState, str, BidState]] = []

    @rule(
        name=NAMES,
        actors=st.sets(st.sampled_from(Actor), max_size=2),
        gives=st.booleans(),
        barred=st.booleans(),
    )
    def try_a_step(self, name: str, actors: set[Actor], *, gives: bool, barred: bool) -> None:
        before = self.bid.state
        GUARDS.update(dict.fromkeys(BARS, refuses if barred else never))
        given = everything(APPLICATION.find(name, before)) if gives and self.is_row(name) else {}
        try:
            step = APPLICATION.advance(self.bid, name, actors=actors, ask=ASK, given=given)
        except Refused:
            assert self.bid.state is before
            return
        assert (before, name, self.bid.state) in ARROWS
        assert set(step.by) & actors
        assert not (barred and set(BARS) & set(step.waits_while))
        assert set(step.required) <= set(given)
        self.walked.append((before, name, self.bid.state))

    @rule()
    def take_whatever_is_open(self) -> None:
        """So that a walk gets far."""
        step = next(iter(APPLICATION.from_state(self.bid.state)), None)
        if step is None:
            return
        before = self.bid.state
        GUARDS.update(dict.fromkeys(BARS, never))
        APPLICATION.advance(self.bid, step.name, actors=set(step.by), ask=ASK, given=everything(step))
        self.walked.append((before, step.name, self.bid.state))

    @rule()
    def let_the_reply_date_pass(self) -> None:
        GUARDS["reply_date_not_past"] = never
        if self.bid.state is BidState.OFFERED:
            APPLICATION.advance(self.bid, "lapse_offer", actors={Actor.CLOCK}, ask=ASK, given={})
        GUARDS["reply_date_not_past"] = refuses

    @invariant()
    def the_state_is_one_of_the_table(self) -> None:
        if hasattr(self, "bid"):
            assert self.bid.state in APPLICATION.states

    def is_row(self, name: str) -> bool:
        return any(s.name == name for s in APPLICATION.from_state(self.bid.state))


TestWalk = Walk.TestCase
