"""A council that begins in January with an award under way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.opening import Opening, OpeningLine
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.openings import operations, reading
from fundflow.rules.openings import Entered
from tests.factories import Make
from tests.payments.conftest import LATER
from tests.scenes import scene

SIX_DAYS, TRAVEL = 210_000, 90_000  # pence of the lines below, of £3,000 in all


@dataclass
class Council:
    """£10,000 for a fund that pays nothing in advance, its finance officers, and a school."""

    make: Make
    fund: Fund
    officer: User
    owen: User
    fatima: User
    school: School
    provider: School
    head: User
    provider_head: User

    def award(self, **changes: Any) -> Entered:
        """£3,000 for six days at £350 and £900 of travel: 2.5 days earned, £60 spent, £875 paid."""
        lines = (
            OpeningLine(
                "Assistant head",
                self.provider.id,
                staff_code="AH1",
                half_days=12,
                day_rate_pence=35_000,
                earned=5,
                paid=87_500,
            ),
            OpeningLine("Train tickets", self.school.id, cost="travel", cost_pence=TRAVEL, earned=6_000),
        )
        return Entered(
            **{
                "school": self.school,
                "title": "Reading support",
                "start_on": date(2026, 9, 1),
                "end_on": date(2027, 7, 16),
                "minute_reference": "SF/12",
                "minuted_on": date(2026, 7, 9),
                "pence": 300_000,
                "up_to": date(2026, 12, 31),
                "lines": lines,
                **changes,
            }
        )

    def enter(self, *awards: Entered, user: User | None = None) -> Opening:
        found = awards or (self.award(),)
        return operations.enter(self.fund, "awards.csv", found, user=user or self.owen, now=LATER)

    def confirm(self, opening: Opening, user: User | None = None) -> Opening:
        operations.confirm(opening, user=user or self.fatima, now=LATER, version=opening.version)
        return opening

    def entered(self, *awards: Entered) -> Bid:
        """The first of these awards, confirmed."""
        (first, *_) = self.confirm(self.enter(*awards)).awards
        assert first.bid is not None
        return first.bid


def file_of(school: School, today: date) -> str:
    """A file with one award of a school: six days at £350, of which one is worked and paid."""
    row = {
        "urn": school.urn,
        "title": "Reading support",
        "start_on": (today - timedelta(days=60)).isoformat(),
        "end_on": (today + timedelta(days=100)).isoformat(),
        "minute_reference": "SF/12",
        "minuted_on": (today - timedelta(days=90)).isoformat(),
        "pence": "2100",
        "up_to": today.isoformat(),
        "cost": "Days",
        "what": "Assistant head",
        "staff_code": "AH1",
        "half_days": "6",
        "day_rate_pence": "350",
        "earned": "1",
        "paid": "350",
    }
    headings = ",".join(reading.COLUMNS.values())
    return f"{headings}\n{','.join(row.get(name, '') for name in reading.COLUMNS)}"


def a_council(make: Make, **settings: Any) -> Council:
    fund = make.fund(allocated=1_000_000, **{"lean_advance_percent": 0, **settings})
    make.round(fund)
    school, provider = make.school("Larkfield Infant School"), make.school("Oak Primary")
    found = Council(
        make,
        fund,
        make.staff(RoleName.OFFICER, "Olu"),
        make.staff(RoleName.FINANCE, "Owen"),
        make.staff(RoleName.FINANCE, "Fatima"),
        school,
        provider,
        make.member(school),
        make.member(provider),
    )
    make.session.commit()
    return found


council = scene(a_council)


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at LATER."""
    with time_machine.travel(LATER, tick=False):
        yield
