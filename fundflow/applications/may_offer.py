"""What may still be offered to a school this year, as its people read it before they start a bid."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.rules.bid_money import given_in
from fundflow.workflow.working_days import financial_year, london_date


class MayOffer(NamedTuple):
    """Pence that a fund may still offer to a school in its financial year.

    free     over the allocation lines that may pay a school of its kind
    given    the school has from the fund this year already, awarded or offered; None where no cap counts it
    most     one bid may still ask for, within the fund's caps
    """

    fund: Fund
    school: School
    year: int
    free: int
    given: int | None
    most: int


def may_offer(funds: Iterable[Fund], schools: Iterable[School], now: datetime) -> list[MayOffer]:
    """What each fund may still offer to each of these schools."""
    year = financial_year(london_date(now))
    found = list(schools)
    return [_one(fund, school, year, now) for fund in dict.fromkeys(funds) for school in found]


def _one(fund: Fund, school: School, year: int, now: datetime) -> MayOffer:
    free = ledger.room_for(fund.id, school.kind, now, as_told=True)
    cap = fund.school_year_cap_pence
    given = None if cap is None else given_in(db.session(), fund.id, school.id, year)
    left = free if cap is None else min(free, max(cap - (given or 0), 0))
    return MayOffer(fund, school, year, free, given, min(left, fund.bid_cap_pence))
