"""Sums in integer pence; no float ever touches money."""

from collections.abc import Iterable, Mapping

from fundflow.workflow.working_days import financial_year as financial_year


def backfill_pence(half_days: int, day_rate_pence: int, on_cost_basis_points: int) -> int:
    """Days × rate × (1 + on-cost), in pence, halves rounded up (docs/rules.md, "Amounts and rounding").

    half_days             days in halves: 2.5 days are 5
    on_cost_basis_points  employer's pension and NI: 40 % is 4000
    """
    return (half_days * day_rate_pence * (10_000 + on_cost_basis_points) + 10_000) // 20_000


def days_number(half_days: int) -> str:
    """`5` half days as “2.5”."""
    return f"{half_days // 2}.5" if half_days % 2 else str(half_days // 2)


def days_in_sum(half_days: int) -> str:
    """`5` half days as “2.5 days”, `2` as “1 day”, `1` as “0.5 days”."""
    return f"{days_number(half_days)} day{'' if half_days == 2 else 's'}"


def days_words(half_days: int) -> str:
    """As `days_in_sum`, but `1` as “half a day”."""
    return "half a day" if half_days == 1 else days_in_sum(half_days)


def pounds(pence: int, *, always_pence: bool = True) -> str:
    """`300000` as “£3,000.00”, or “£3,000” where pence are not wanted and there are none."""
    sign = "−" if pence < 0 else ""
    whole, rest = divmod(abs(pence), 100)
    if not rest and not always_pence:
        return f"{sign}£{whole:,}"
    return f"{sign}£{whole:,}.{rest:02}"


def spread(pence: int, lines: Iterable[int], room: Mapping[int, int]) -> tuple[dict[int, int], int]:
    """Split an amount over lines (their ids) in order, each up to its room: the parts, and the pence
    for which there was no room."""
    parts: dict[int, int] = {}
    for line_id in lines:
        part = min(pence, max(room.get(line_id, 0), 0))
        if part:
            parts[line_id] = part
            pence -= part
    return parts, pence
