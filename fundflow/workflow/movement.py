"""How far a result has come (docs/rules.md, "Impact")."""

from decimal import Decimal


def movement(baseline: Decimal, target: Decimal, actual: Decimal) -> Decimal:
    """(actual − baseline) ÷ (target − baseline), in percent: of a target below its baseline too.

    Raises ValueError where baseline and target are the same.
    """
    if target == baseline:
        raise ValueError("baseline and target are the same")
    return (actual - baseline) * 100 / (target - baseline)
