"""What tables are asked about and with. The guards are content here (`conftest`): only the table decides."""

from datetime import UTC, date, datetime
from enum import Enum
from types import SimpleNamespace

from fundflow.workflow.engine import Ask, Step

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
LONG_PAST, FAR_AHEAD = date(2026, 1, 5), date(2027, 12, 31)
SOMEBODY = SimpleNamespace(  # heads school 1
    id=7,
    name="Somebody",
    email="some@body.example",
    former_emails=[],
    school_ids=lambda *_day, **_leading: {1},
)
ASK = Ask(NOW, SOMEBODY)


def record(state: Enum) -> SimpleNamespace:
    """A record of any process, in this state."""
    return SimpleNamespace(state=state)


def everything(step: Step) -> dict[str, object]:
    """What the step asks for."""
    return {wanted.name: "given" for wanted in step.asks_for}


def is_sentence(text: str) -> bool:
    return text[:1] in "“" + text[:1].upper() and text.rstrip("”")[-1:] in ".?" and "  " not in text
