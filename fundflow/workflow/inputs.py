"""What a person is asked for as they take a step: the kind of input and its words, never a form."""

from dataclasses import dataclass
from enum import Enum

TODAY = "today"


class Kind(Enum):
    LINE = "a short text"
    TEXT = "a text of several lines"
    DATE = "a date"
    AMOUNT = "an amount of money, in pence"
    TICK = "a box to tick"
    PAGE = "asked for by the step's own page, whose choices come from data"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing a step asks for.

    name     its name in what is `given` to the step
    missing  the error where it is left empty (without a full stop, as errors stand beside a field)
    hint     a line under the label
    most     how many characters a text may have
    past     whether a date may lie in the past
    after    what a date lies after: TODAY, or a column of the record
    """

    name: str
    kind: Kind
    label: str = ""
    missing: str = ""
    hint: str = ""
    most: int = 2000
    optional: bool = False
    past: bool = True
    after: str = ""


def text(
    name: str, label: str, missing: str, *, hint: str = "", most: int = 2000, optional: bool = False
) -> Input:
    return Input(name, Kind.TEXT, label, missing, hint, most, optional)


def line(name: str, label: str, missing: str, *, most: int = 60) -> Input:
    return Input(name, Kind.LINE, label, missing, most=most)


def day(name: str, label: str, missing: str, *, hint: str = "", past: bool = True, after: str = "") -> Input:
    return Input(name, Kind.DATE, label, missing, hint, past=past, after=after)


def pounds(name: str, label: str, missing: str, *, hint: str = "") -> Input:
    return Input(name, Kind.AMOUNT, label, missing, hint)


def tick(name: str, label: str, missing: str) -> Input:
    return Input(name, Kind.TICK, label, missing)


def on_page(*names: str) -> tuple[Input, ...]:
    """What the step's own page asks for; a trailing `?` marks what may be left empty."""
    return tuple(Input(name.rstrip("?"), Kind.PAGE, optional=name.endswith("?")) for name in names)


def yes_or_no(answer: bool | None) -> str | None:
    """An answer as a step is given it: a bare False counts as nothing given, as of a box left unticked."""
    return None if answer is None else "Yes" if answer else "No"


REASON = text("reason", "Why?", "Enter the reason")
AGREEMENT = tick("agreement", "I agree", "Tick the box to show that you agree")
