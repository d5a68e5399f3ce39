"""What an adviser's visit waits for."""

from fundflow.models.adviser import AdviserVisit
from fundflow.rules.advising import next_ask
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def barred_from_advising(visit: AdviserVisit, ask: Ask) -> str | None:
    """Nobody acts on visits to their own school or trust."""
    bar = bar_from_brokering(visit, ask.user, london_date(ask.now)) if ask.user else None
    return f"You can’t do this for the visit: {bar_to_you(bar)}. A colleague can." if bar else None


@guard
def own_visit(visit: AdviserVisit, ask: Ask) -> str | None:
    """Nobody excuses or rates their own visits."""
    mine = ask.user is not None and visit.adviser.account_id == ask.user.id
    return "You are the adviser. A colleague can do this." if mine else None


@guard
def visit_still_ahead(visit: AdviserVisit, ask: Ask) -> str | None:
    """A visit is missed on its day or later; before, it is moved or cancelled."""
    if visit.planned_on is None or visit.planned_on <= london_date(ask.now):
        return None
    return f"The visit is planned for {visit.day_words}. Before that day, move it or have it cancelled."


@guard
def allocation_ended(visit: AdviserVisit, _ask: Ask) -> str | None:
    if visit.allocation.ends_on is None:
        return None
    return f"{visit.adviser.name} no longer advises {visit.school.name}."


@guard
def not_to_chase_visit_yet(visit: AdviserVisit, ask: Ask) -> str | None:
    return "The school has been asked again." if visit.chased_at else _why_too_soon(visit, ask)


@guard
def not_to_end_visit_yet(visit: AdviserVisit, ask: Ask) -> str | None:
    return _why_too_soon(visit, ask) if visit.chased_at else "The school has not been asked again yet."


def _why_too_soon(visit: AdviserVisit, ask: Ask) -> str | None:
    day = next_ask(visit)
    return None if london_date(ask.now) >= day else f"The school has until {day_words(day)}."
