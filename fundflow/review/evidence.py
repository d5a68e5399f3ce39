"""What the fund's own data say beside each item of the checklist, and the sums on the page.

These are facts to weigh; the officer decides.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind, Part
from fundflow.models.fund import year_words
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.review.queries import other_live_bids, overdue_reports, past_rates
from fundflow.web.jinja import days
from fundflow.workflow.confirmation import ConfirmationState
from fundflow.workflow.guards import joined
from fundflow.workflow.working_days import london_date


class Sum(NamedTuple):
    """One figure of value for money and how it was worked out."""

    name: str
    sum: str
    result: str


class PublicData(NamedTuple):
    """What public data say of a school that takes part; empty text where nothing is held."""

    school: School
    part: str
    pupils: str
    free_meals: str
    premium: str


def evidence_for(bid: Bid, user: User, now: datetime) -> dict[str, str]:
    """Checklist slug → what we know, for the items we know something about."""
    today = london_date(now)
    return {
        "area": _area(bid),
        "parties": f"{len(bid.schools)} take part: {joined([s.name for s in bid.schools])}.",
        "priority": f"The bid names “{bid.priority.title}”." if bid.priority else "None is named.",
        "dates": _dates(bid),
        "costs": _costs(bid),
        "duplicate": _other_funding(bid) + _other_bids(other_live_bids(bid, user, now)),
        "reports": _reports(overdue_reports(bid, today)),
        "rates": _rates(bid),
        "capacity": _capacity(bid),
    }


def _area(bid: Bid) -> str:
    school = bid.lead_school
    here = "in the fund’s area" if school.la_code == bid.fund.la_code else "outside the fund’s area"
    return f"{school.name} ({school.status.lower()}) is in {school.la_name}, {here}."


def _dates(bid: Bid) -> str:
    if not (bid.start_on and bid.end_on):
        return "No dates are given."
    count = _months(bid.start_on, bid.end_on)
    months = "1 month" if count == 1 else f"{count} months"
    return (f"{bid.start_on:%-d %B %Y} to {bid.end_on:%-d %B %Y}: {months}; "
            f"the fund allows {bid.fund.max_months}.")  # fmt: skip


def _months(start: date, end: date) -> int:
    """Months begun from start to end: a month and a day are two."""
    whole = (end.year - start.year) * 12 + end.month - start.month
    return whole + (end.day >= start.day)


def _costs(bid: Bid) -> str:
    materials = sum(cost.pence for cost in bid.cost_lines if cost.kind is CostKind.MATERIALS)
    share = f"{ratio(materials * 100, bid.requested_pence)}%" if bid.requested_pence else "0%"
    return (f"Materials are {pounds(materials)} of {pounds(bid.requested_pence)} ({share}); "
            f"at most {bid.fund.materials_percent}%. The fund gives one bid at most "
            f"{pounds(bid.fund.bid_cap_pence, always_pence=False)}.")  # fmt: skip


def _other_funding(bid: Bid) -> str:
    if bid.other_funding is None:
        return "The school has not said."
    if not bid.other_funding:
        return "The school says no."
    return f"The school says yes: {bid.other_funding_note}"


def _other_bids(references: list[str]) -> str:
    if not references:
        return " These schools have no other live bid."
    return f" Other live bids of these schools: {joined(references)}."


def _reports(overdue: list[tuple[str, date]]) -> str:
    if not overdue:
        return "No report of these schools is overdue."
    owed = [f"{reference} since {due:%-d %B %Y}" for reference, due in overdue]
    return f"Overdue: {joined(owed)}."


def _rates(bid: Bid) -> str:
    asked = sorted({line.day_rate_pence for line in bid.backfill_lines})
    words = joined([pounds(rate, always_pence=False) for rate in asked])
    past = past_rates(bid)
    if not past.lines:
        return f"This bid: {words} a day. No award has been made yet to compare with."
    mean = pounds(ratio(past.pence, past.lines))
    drawn_from = "1 line" if past.lines == 1 else f"{past.lines} lines"
    return f"This bid: {words} a day. Past awards: {mean} on average, over {drawn_from} of cover."


def _capacity(bid: Bid) -> str:
    cover = f"{days(sum(line.half_days for line in bid.backfill_lines))} days of cover."
    answers = [f"{c.school.name} {_answered(c.state)}" for c in bid.confirmations
               if c.part is Part.PROVIDER]  # fmt: skip
    return f"{cover} {joined(answers)}." if answers else cover


def _answered(state: ConfirmationState) -> str:
    return {
        ConfirmationState.ASKED: "has not confirmed yet",
        ConfirmationState.CONFIRMED: "has confirmed it can release its staff",
        ConfirmationState.DECLINED: "has declined",
        ConfirmationState.CANCELLED: "was asked, which was cancelled",
    }[state]


def value_for_money(bid: Bid) -> list[Sum]:
    """£ per pupil, per day of support and per school, each with its sum (pence, halves up)."""
    total = bid.requested_pence
    half_days = sum(line.half_days for line in bid.backfill_lines)
    sums = []
    if bid.pupils_benefiting:
        sums.append(_per(total, "Cost per pupil", bid.pupils_benefiting * 2, "pupil"))
    if half_days:
        sums.append(_per(total, "Cost per day of support", half_days, "day"))
    sums.append(_per(total, "Cost per school", len(bid.schools) * 2, "school"))
    return sums


def _per(total: int, name: str, halves: int, unit: str) -> Sum:
    pence = ratio(total * 2, halves)
    count = days(halves)
    units = unit if count == "1" else f"{unit}s"
    return Sum(name, f"{pounds(total)} ÷ {count} {units}", pounds(pence))


def public_data(bid: Bid) -> list[PublicData]:
    """The schools of a bid, the lead school first, as public data describe them."""
    parts = [("Leads the bid", bid.lead_school)] + [(p.part.words, p.school) for p in bid.partners]
    return [
        PublicData(school, part, _plain(school.pupils),
                   _percent(school.free_school_meals_percent), _premium(school))
        for part, school in parts
    ]  # fmt: skip


def _premium(school: School) -> str:
    """The share of pupils who attract the pupil premium, from the newest year we hold."""
    if not school.premiums or not school.premiums[0].pupils:
        return ""
    row = school.premiums[0]
    share = (row.eligible / row.pupils * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}% ({_plain(row.eligible)} of {_plain(row.pupils)}, {year_words(row.year)})"


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _percent(number: Decimal | None) -> str:
    return "" if number is None else f"{number}%"


def ratio(top: int, bottom: int) -> int:
    """top ÷ bottom, rounded half up."""
    return (top * 2 + bottom) // (bottom * 2)
