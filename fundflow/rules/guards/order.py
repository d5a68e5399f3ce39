"""What an order of a service waits for."""

from fundflow.models.service import ServiceOrder
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.rules.services import proposed_to, why_changed, why_not_order
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import BarKind, bar_to_you
from fundflow.workflow.working_days import london_date


@guard
def not_on_offer(order: ServiceOrder, ask: Ask) -> str | None:
    return why_not_order(order.service, order.school, london_date(ask.now))


@guard
def service_changed(order: ServiceOrder, ask: Ask) -> str | None:
    return why_changed(order, london_date(ask.now))


@guard
def priced_by_ours(order: ServiceOrder, ask: Ask) -> str | None:
    """Nobody sets the price that their own school pays."""
    who = order.service.updated_by
    if not order.is_of(who, ask.now):
        return None
    return f"{who.name}, who set this price, belongs to your school. Another officer must look at it first."


@guard
def service_withdrawn(order: ServiceOrder, _ask: Ask) -> str | None:
    return "The service was withdrawn. Decline the order." if order.service.withdrawn_at else None


@guard
def order_barred(order: ServiceOrder, ask: Ask) -> str | None:
    """Officers never answer for a school of their own, or of their trust. Schools of one trust may serve
    one another."""
    if order.is_of(ask.user, ask.now):
        return None  # for the school itself: the table says which steps
    bar = bar_from_brokering(order, ask.user, london_date(ask.now))
    if bar is None or (order.service.is_by_school and bar.kind in (BarKind.TRUST, BarKind.REGISTERED_TRUST)):
        return None
    return f"You can’t answer for the provider: {bar_to_you(bar)}. A colleague can."


@guard
def not_to_cancel(order: ServiceOrder, ask: Ask) -> str | None:
    """An officer cancels only what can no longer be had."""
    if order.is_of(ask.user, ask.now) or order.service.withdrawn_at is not None:
        return None
    return "The school cancels its own order. You can once the service is withdrawn."


@guard
def term_not_begun(order: ServiceOrder, ask: Ask) -> str | None:
    begun = order.begins_on <= london_date(ask.now)
    return None if begun else f"The term begins on {day_words(order.begins_on)}."


@guard
def term_not_over(order: ServiceOrder, ask: Ask) -> str | None:
    over = order.ends_on < london_date(ask.now)
    return None if over else f"The term runs until {day_words(order.ends_on)}."


@guard
def in_last_year(order: ServiceOrder, ask: Ask) -> str | None:
    today = london_date(ask.now)
    if any(year.begins_on > today for year in order.charged_years):
        return None
    return "The order is in its last year. There is no refund in mid-year, so nothing can change."


@guard
def change_awaits_answer(order: ServiceOrder, _ask: Ask) -> str | None:
    return "A change is proposed already, and waits for an answer." if order.proposed_at else None


@guard
def change_too_late(order: ServiceOrder, ask: Ask) -> str | None:
    """There is no change, and no refund, in mid-year."""
    day = order.change_on
    if day is None or day > london_date(ask.now):
        return None
    return f"It was to change on {day_words(day)}, which has passed. Refuse it, and propose another day."


@guard
def no_change_of_yours(order: ServiceOrder, ask: Ask) -> str | None:
    if order.proposed_at is None:
        return "No change is proposed."
    return "The other side proposed this." if proposed_to(order, ask.user, ask.now) else None


@guard
def no_change_to_answer(order: ServiceOrder, ask: Ask) -> str | None:
    if order.proposed_at is None:
        return "No change is proposed."
    return None if proposed_to(order, ask.user, ask.now) else "You proposed this. The other side answers it."
