"""What an order of a service waits for."""

from fundflow.models.service import ServiceOrder
from fundflow.rules.interests.bars import bar_from_brokering
from fundflow.rules.services import priced_by, proposed_to, why_changed, why_not_order, why_ordered
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
def ordered_already(order: ServiceOrder, ask: Ask) -> str | None:
    """One service is not charged twice for the same years."""
    why = why_ordered(order)
    if why is None:
        return None
    ours = order.is_of(ask.user, ask.now)
    return f"{why} {'Cancel or change that order instead.' if ours else 'Decline one of the two orders.'}"


@guard
def priced_by_ours(order: ServiceOrder, ask: Ask) -> str | None:
    """Nobody sets the price that their own school, or one of their trust, pays."""
    who = priced_by(order.service)
    if bar_from_brokering(order, who, london_date(ask.now)) is None:
        return None
    return f"{who.name} set this price, and has a tie to your school or trust. Another officer must check it."


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
def cancelling_proposed(order: ServiceOrder, _ask: Ask) -> str | None:
    return "The proposal is to cancel the order. Agree to that instead." if order.would_cancel else None


@guard
def no_cancelling_proposed(order: ServiceOrder, _ask: Ask) -> str | None:
    return None if order.would_cancel else "Nobody proposes to cancel the order."


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
