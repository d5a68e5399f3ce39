"""The figures beside a bid: value for money with its sums, and public data on the schools."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import year_words
from fundflow.models.money import days_number, pounds
from fundflow.models.school import PupilPremium, School


class Sum(NamedTuple):
    """One figure of value for money and how it was worked out."""

    name: str
    sum: str
    result: str


class PublicData(NamedTuple):
    """What is held on a school that takes part; empty text where nothing is."""

    name: str
    part: str
    phase: str
    pupils: str
    free_meals: str
    premium: str
    tier: str = ""


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
    count = days_number(halves)
    units = unit if count == "1" else f"{unit}s"
    return Sum(name, f"{pounds(total)} ÷ {count} {units}", pounds(pence))


def of_schools(bid: Bid) -> list[tuple[School, PublicData]]:
    """The schools of a bid, the lead school first, as public data describe them."""
    parts = [("Leads the bid", bid.lead_school)] + [(p.part.words, p.school) for p in bid.partners]
    return [
        (
            school,
            PublicData(
                school.name,
                part,
                school.phase,
                _plain(school.pupils),
                _percent(school.free_school_meals_percent),
                _premium(school),
            ),
        )
        for part, school in parts
    ]


def of_area(bid: Bid) -> list[PublicData]:
    """The pupil premium of all schools of the lead school's area in its newest year."""
    lead = bid.lead_school
    if not lead.premiums:
        return []
    year = lead.premiums[0].year
    pupils, eligible = area_premium(lead.la_code, year)
    if not pupils:
        return []
    share = _share(eligible, pupils, year)
    return [PublicData(f"All schools of {lead.la_name}", "For comparison", "", "", "", share)]


def area_premium(la_code: str, year: int) -> tuple[Decimal, Decimal]:
    """Pupils on roll and pupils who attract the premium, of all schools of an area in a year."""
    pupils, eligible = db.session.execute(
        select(func.sum(PupilPremium.pupils), func.sum(PupilPremium.eligible))
        .join(School, School.id == PupilPremium.school_id)
        .where(School.la_code == la_code, PupilPremium.year == year)
    ).one()
    return Decimal(str(pupils or 0)), Decimal(str(eligible or 0))


def _premium(school: School) -> str:
    """The share of pupils who attract the pupil premium, from the newest year we hold."""
    if not school.premiums or not school.premiums[0].pupils:
        return ""
    row = school.premiums[0]
    return _share(row.eligible, row.pupils, row.year)


def _share(eligible: Decimal, pupils: Decimal, year: int) -> str:
    share = (eligible / pupils * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share}% ({_plain(eligible)} of {_plain(pupils)}, {year_words(year)})"


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():,f}"


def _percent(number: Decimal | None) -> str:
    return "" if number is None else f"{number}%"


def ratio(top: int, bottom: int) -> int:
    """top ÷ bottom, rounded half up."""
    return (top * 2 + bottom) // (bottom * 2)
