"""The form of a revised plan: a field for each line of the bid."""

from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.money import days_words, pounds
from fundflow.rules.plans import Planned
from fundflow.web.forms import Form
from fundflow.web.number_fields import HalfDays, Pounds


def plan_form(bid: Bid, amounts: Planned) -> Form:
    """The form for this bid's lines, filled with these amounts where the page is asked for."""
    fields: dict[str, Any] = {
        f"days_{line.id}": HalfDays(
            f"Days for {line.staff_role} ({line.staff_code}, {line.school.name})",
            least=0,
            missing="Enter the days, or 0 to leave this out",
            description=f"The bid has {days_words(line.half_days)} at {pounds(line.day_rate_pence)} a day.",
        )
        for line in bid.backfill_lines
    }
    fields |= {
        f"cost_{line.id}": Pounds(
            line.description,
            what="The cost",
            least=0,
            missing="Enter the cost, or 0 to leave this out",
            description=f"The bid has {pounds(line.pence)}.",
        )
        for line in bid.cost_lines
    }
    form: Form = type("PlanForm", (Form,), fields).on(bid)  # type: ignore[attr-defined]
    if not form.is_submitted():
        for line_id, half_days in amounts.half_days.items():
            form[f"days_{line_id}"].data = half_days
        for line_id, pence in amounts.pence.items():
            form[f"cost_{line_id}"].data = pence
    return form


def amounts_in(form: Form, bid: Bid) -> Planned:
    """What a valid form says."""
    return Planned(
        {line.id: form[f"days_{line.id}"].data for line in bid.backfill_lines},
        {line.id: form[f"cost_{line.id}"].data for line in bid.cost_lines},
    )
