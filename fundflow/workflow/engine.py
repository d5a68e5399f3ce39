"""The mechanism under every process: a table of steps, driven by one `transitions` machine.

A table is a list of `Step` rows. Everything else reads it: the buttons on a page, permissions,
refusals, letters, history, the diagram and the tests. Only `Workflow.advance` assigns `.state`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, TypeVar

from transitions import EventData, Machine, MachineError

from fundflow.workflow.actors import Actor
from fundflow.workflow.inputs import Input


class Refused(Exception):
    """A step, or another operation, that may not happen; its text is a sentence to show."""

    @property
    def sentence(self) -> str:
        return str(self.args[0])


def refuse_if(why: str | None) -> None:
    """Raise Refused with this sentence, where there is one."""
    if why:
        raise Refused(why)


class Money(Enum):
    """What a step does to the ledger, always together with the step."""

    RESERVE = "reserve"
    AWARD = "award"
    OPEN = "open"  # award and pay at once what was awarded and paid before the fund began here
    INCREASE = "increase"  # award what a larger award may still pay
    RELEASE = "release"
    REVISE = "revise"  # release what is reserved, reserve the corrected amount
    SETTLE = "settle"  # release what can no longer be earned
    PAY = "pay"
    REVERSE = "reverse"  # take a payment back
    RECOVER = "recover"
    UNRECOVER = "unrecover"  # where it was taken off a payment that is reversed


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks a guard, and when: `user` is None for the clock, `now` is an aware datetime.

    known  what guards worked out for one another: nothing changes while they are asked
    """

    now: datetime
    user: Any = None
    known: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


# A guard looks at a record and answers None (go on) or the sentence that says what it waits for.
Guard = Callable[[Any, Ask], str | None]
G = TypeVar("G", bound=Callable[..., str | None])

# By the name that tables give in `waits_while`. They ask models and rules, so they live above this
# package: `fundflow.rules.guards`.
GUARDS: dict[str, Guard] = {}


def guard(function: G) -> G:
    """Register a function as the guard of its name, which no other has."""
    name = function.__name__
    if name in GUARDS:
        raise ValueError(f"{name}: there are two guards of this name")
    GUARDS[name] = function
    return function


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a table: who may take the step, when, what it does, and every word about it.

    button       on the button, and the heading of its page
    past         in the history
    emails       recipients, each a block of `emails/<process>/<step>.txt`
    hint         one line beside the button
    explain      paragraphs on its page; `{record.…}` and `{bid.…}` are filled in
    done         said when it is taken
    warning      the button is red: the step is hard to undo
    sidestep     not what is expected next: its button is never green
    waits_while  names of guards: what is not yet so
    hidden_while likewise, of steps that don't concern every record: there is no button meanwhile
    asks_for     what the person must give as they take it
    money        what it does to the ledger
    proof        it pays, or says who is paid: a fund may first want to know that it is the person
    """

    name: str
    sources: tuple[Enum, ...]
    target: Enum
    by: tuple[Actor, ...]
    button: str
    past: str
    emails: tuple[str, ...]
    hint: str = ""
    explain: tuple[str, ...] = ()
    done: str = ""
    warning: bool = False
    sidestep: bool = False
    waits_while: tuple[str, ...] = ()
    hidden_while: tuple[str, ...] = ()
    asks_for: tuple[Input, ...] = ()
    money: Money | None = None
    proof: bool = False

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the inputs that may not be left empty."""
        return tuple(wanted.name for wanted in self.asks_for if not wanted.optional)

    def explained(self, record: Any) -> tuple[str, ...]:
        """The explanation, about this record."""
        return tuple(self.filled(text, record) for text in self.explain)

    def filled(self, text: str, record: Any) -> str:
        """A text of this row with `{record.…}` and `{bid.…}` filled in."""
        return text.format(record=record, bid=record.bid)


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step the asker may take from here; `reason` says why its button must wait, if it must."""

    step: Step
    reason: str | None

    @property
    def is_expected(self) -> bool:
        """Whether this may be the green button: the next step, and open."""
        return not (self.reason or self.is_sidestep)

    @property
    def is_sidestep(self) -> bool:
        """Whether it leads out or aside, not on: such steps stand last, and are never green."""
        return self.step.warning or self.step.sidestep


@dataclass(frozen=True)
class Workflow:
    """A process: its states, its steps, and the only door through which `.state` changes."""

    name: str
    noun: str
    initial: Enum
    steps: Sequence[Step]
    words: Mapping[Any, str] = field(default_factory=dict)
    _machine: Any = field(init=False, repr=False, compare=False)
    _rows: Mapping[tuple[str, Enum], Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        rows = [(step.name, source) for step in self.steps for source in step.sources]
        if len(rows) != len(set(rows)):
            raise ValueError(f"{self.name}: a step is listed twice from the same state")
        machine = Machine(
            model=None,
            states=type(self.initial),
            initial=None,
            auto_transitions=False,
            send_event=True,
            queued=False,
        )
        for step in self.steps:
            machine.add_transition(step.name, list(step.sources), step.target, conditions=_ask_the_guards)
        object.__setattr__(self, "_machine", machine)
        object.__setattr__(self, "_rows", {(s.name, source): s for s in self.steps for source in s.sources})

    @property
    def states(self) -> list[Enum]:
        return list(type(self.initial))

    def step_names(self) -> list[str]:
        return list(dict.fromkeys(step.name for step in self.steps))

    def rows(self, name: str) -> list[Step]:
        """The rows of a step, in the table's order."""
        return [step for step in self.steps if step.name == name]

    def find(self, name: str, state: Enum) -> Step:
        """The row for this step from this state; raises Refused where the table has none."""
        row = self._rows.get((name, state))
        if row is None:
            words = self.words.get(state, str(state.value).replace("_", " "))
            raise Refused(f"This can no longer be done: the {self.noun} is now “{words}”.")
        return row

    def why_not(self, record: Any, name: str, *, actors: Collection[Actor], ask: Ask) -> str | None:
        """None when this asker may take the step now, else the sentence that says why not."""
        try:
            step = self._row_for(record, name, actors)
        except Refused as refusal:
            return refusal.sentence
        return first_reason(step, record, ask)

    def _row_for(self, record: Any, name: str, actors: Collection[Actor]) -> Step:
        """The row that this asker may take; raises Refused. Anyone who may never take the step reads that,
        and nothing about the record's state."""
        by = list(dict.fromkeys(actor for row in self.rows(name) for actor in row.by))
        if not set(by) & set(actors):
            raise Refused(only(by))
        step = self.find(name, record.state)
        if not set(step.by) & set(actors):
            raise Refused(only(step.by))
        return step

    def open_steps(self, record: Any, *, actors: Collection[Actor], ask: Ask) -> list[OpenStep]:
        """The steps this asker sees as buttons, in the table's order, waiting ones with reasons."""
        return [
            OpenStep(step, first_reason(step, record, ask))
            for step in self.from_state(record.state)
            if set(step.by) & set(actors) and not _reason(step.hidden_while, record, ask)
        ]

    def from_state(self, state: Enum) -> Iterator[Step]:
        return (step for step in self.steps if state in step.sources)

    def advance(
        self,
        record: Any,
        name: str,
        *,
        actors: Collection[Actor],
        ask: Ask,
        given: Mapping[str, Any],
    ) -> Step:
        """Move the record along one row of the table and return that row.

        Raises Refused, with the record unchanged, when the state, the asker, a guard or something
        that was not given forbids it.
        """
        step = self._row_for(record, name, actors)
        for wanted in step.required:
            if given.get(wanted) in (None, "", [], False):
                raise Refused(f"Enter the {wanted.replace('_', ' ')} first.")
        try:
            self._machine.events[name].trigger(record, step=step, ask=ask)
        except MachineError as error:
            raise Refused("This can no longer be done.") from error
        return step


def first_reason(step: Step, record: Any, ask: Ask) -> str | None:
    """The first sentence any of the step's guards answers with."""
    return _reason(step.hidden_while + step.waits_while, record, ask)


def _reason(guards: Iterable[str], record: Any, ask: Ask) -> str | None:
    return next((why for name in guards if (why := GUARDS[name](record, ask))), None)


def _ask_the_guards(event: EventData) -> bool:
    reason = first_reason(event.kwargs["step"], event.model, event.kwargs["ask"])
    if reason:
        raise Refused(reason)
    return True


def only(actors: Iterable[Actor]) -> str:
    """The refusal that names who may do it."""
    return f"Only {' or '.join(dict.fromkeys(actor.words for actor in actors))} can do this."
