"""What a meeting waits for."""

from fundflow.models.panel import Meeting
from fundflow.rules.panel.sittings import items_to_settle
from fundflow.workflow.engine import Ask, guard


@guard
def agenda_empty(meeting: Meeting, _ask: Ask) -> str | None:
    return None if meeting.undecided_items() else "No bid is on the agenda yet."


@guard
def items_undecided(meeting: Meeting, ask: Ask) -> str | None:
    count = len(items_to_settle(meeting, ask.now))
    if not count:
        return None
    return f"{count} {'item is' if count == 1 else 'items are'} not decided or moved yet."


@guard
def bids_on_agenda(meeting: Meeting, _ask: Ask) -> str | None:
    return "Move its bids to another meeting first." if meeting.undecided_items() else None
