"""How figures about schools are written."""

from decimal import ROUND_HALF_UP, Decimal

from fundflow.models.school import PupilPremium


def pupils(count: Decimal | None) -> str:
    """“732” or “522.5”; empty where it is not known."""
    if count is None:
        return ""
    return f"{count:,.0f}" if count == count.to_integral_value() else f"{count:,.1f}"


def share(premium: PupilPremium) -> str:
    """The share of a school's pupils for whom it gets the premium: “13.4%”."""
    if not premium.pupils:
        return "–"
    percent = 100 * premium.eligible / premium.pupils
    return f"{percent.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"
