"""What a visit waits for."""

from fundflow.models.visit import Visit
from fundflow.rules.follow_ups import why_nothing_to_follow_up
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def nothing_to_visit(visit: Visit, _ask: Ask) -> str | None:
    return why_nothing_to_follow_up(visit.bid)


@guard
def barred_from_visit(visit: Visit, ask: Ask) -> str | None:
    bar = bar_of(visit.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t visit for this bid: {bar_to_you(bar)}. Ask a colleague." if bar else None
