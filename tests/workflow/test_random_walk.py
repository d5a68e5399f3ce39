"""Anybody tries anything, in any order: a bid never leaves the table."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from fundflow.workflow.actors import Actor
from fundflow.workflow.application import APPLICATION, BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import Bar, BarKind, Body
from tests.workflow.fakes import ASK, LONG_PAST, everything, never, ready_bid

ARROWS = {(source, step.name, step.target) for step in APPLICATION.steps for source in step.sources}
NAMES = st.sampled_from([*APPLICATION.step_names(), "no_such_step", "state", "__init__"])


class Walk(RuleBasedStateMachine):
    @initialize()
    def a_draft(self) -> None:
        self.bid = ready_bid(BidState.DRAFT)
        self.walked: list[tuple[BidState, str, BidState]] = []

    @rule(
        name=NAMES,
        actors=st.sets(st.sampled_from(Actor), max_size=2),
        gives=st.booleans(),
        barred=st.booleans(),
    )
    def try_a_step(self, name: str, actors: set[Actor], *, gives: bool, barred: bool) -> None:
        before = self.bid.state
        self.bid.bar_of = (lambda *_a: Bar(BarKind.SCHOOL, Body(1, "Oak"))) if barred else never
        given = everything(APPLICATION.find(name, before)) if gives and self.is_row(name) else {}
        try:
            step = APPLICATION.advance(self.bid, name, actors=actors, ask=ASK, given=given)
        except Refused:
            assert self.bid.state is before
            return
        assert (before, name, self.bid.state) in ARROWS
        assert set(step.by) & actors
        assert set(step.required) <= set(given)
        self.walked.append((before, name, self.bid.state))

    @rule()
    def take_whatever_is_open(self) -> None:
        """So that a walk gets far."""
        step = next(iter(APPLICATION.from_state(self.bid.state)), None)
        if step is None:
            return
        before, self.bid.bar_of = self.bid.state, never
        APPLICATION.advance(self.bid, step.name, actors=set(step.by), ask=ASK, given=everything(step))
        self.walked.append((before, step.name, self.bid.state))

    @rule()
    def let_the_reply_date_pass(self) -> None:
        self.bid.offer.reply_by = LONG_PAST
        if self.bid.state is BidState.OFFERED:
            APPLICATION.advance(self.bid, "lapse_offer", actors={Actor.CLOCK}, ask=ASK, given={})
        self.bid.offer.reply_by = ready_bid().offer.reply_by

    @invariant()
    def the_state_is_one_of_the_table(self) -> None:
        if hasattr(self, "bid"):
            assert self.bid.state in APPLICATION.states

    def is_row(self, name: str) -> bool:
        return any(s.name == name for s in APPLICATION.from_state(self.bid.state))


TestWalk = Walk.TestCase
