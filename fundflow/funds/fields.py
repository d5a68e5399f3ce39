"""Fields of a fund's forms that are asked alike: years, percentages, working days, amounts, roles."""

from fundflow.models.signing_in import PROVING_ROLES
from fundflow.web.fields import Checkboxes
from fundflow.web.number_fields import Pounds, WholeNumber
from fundflow.web.numbers import PERCENT


def years_field(label: str, description: str = "") -> WholeNumber:
    """How many years something is kept, from 1 to 50."""
    return WholeNumber(
        label,
        what="The number of years",
        units=("years",),
        least=1,
        most=50,
        missing="Enter a number of years",
        description=description,
    )


def percent_field(label: str, hint: str = "") -> WholeNumber:
    return WholeNumber(
        label,
        what="The percentage",
        units=PERCENT,
        most=100,
        description=hint,
        missing="Enter a percentage from 0 to 100",
    )


def days_field(label: str, hint: str = "") -> WholeNumber:
    return WholeNumber(
        label,
        what="The number of working days",
        units=("days", "working days"),
        least=1,
        most=250,
        description=hint,
        missing="Enter the number of working days",
    )


def amount_field(label: str, hint: str = "", *, least: int = 0, needed: bool = True) -> Pounds:
    return Pounds(
        label,
        what="The amount",
        least=least,
        description=hint,
        missing="Enter an amount in pounds" if needed else None,
    )


def roles_field(label: str, hint: str) -> Checkboxes:
    """Roles with the council, by value."""
    roles = [(role.value, role.words) for role in PROVING_ROLES]
    return Checkboxes(label, choices=roles, description=hint)
