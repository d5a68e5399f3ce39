"""On which days a school is visited, by officers and by advisers."""

from datetime import date

from fundflow.models.fund import Fund
from fundflow.workflow.date_words import day_words


def why_not_visit_on(fund: Fund, day: date, today: date) -> str | None:
    """Why a visit can't be planned for a day: it is past, or a day off."""
    if day < today:
        return "A visit can’t be planned in the past."
    off = fund.why_off(day)
    return f"{day_words(day)} is {off}. Choose a working day." if off else None
