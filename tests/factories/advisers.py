"""Advisers, the schools they are allocated to, and their visits."""

from datetime import date
from typing import Any

from fundflow.models.adviser import (
    Adviser,
    AdviserAllocation,
    AdviserKind,
    AdviserRecord,
    AdviserVisit,
    OffPayroll,
    RecordKind,
)
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from tests.factories.base import LONG_AGO, NOW
from tests.factories.people import People


class Advisers(People):
    """The register of advisers, and the visits."""

    def adviser(self, fund: Fund, name: str = "Ava Adviser", **values: Any) -> Adviser:
        """An independent adviser with twelve half days a year; the fund has advisers."""
        fund.has_advisers = True
        return self._add(
            Adviser(
                **{
                    "fund": fund,
                    "name": name,
                    "email": f"{name.replace(' ', '.').lower()}@advisers.example",
                    "kind": AdviserKind.INDEPENDENT,
                    "subjects": ["maths"],
                    "half_days": 12,
                    "off_payroll": OffPayroll.TO_DECIDE,
                    **values,
                }
            )
        )

    def adviser_record(self, adviser: Adviser, by: User, **values: Any) -> AdviserRecord:
        """A safeguarding training that is due."""
        return self._add(
            AdviserRecord(
                **{
                    "adviser": adviser,
                    "kind": RecordKind.TRAINING,
                    "what": "Safeguarding",
                    "due_on": date(2026, 12, 1),
                    "at": NOW,
                    "by_id": by.id,
                    **values,
                }
            )
        )

    def adviser_allocation(self, adviser: Adviser, school: School, **values: Any) -> AdviserAllocation:
        """Three visits a year, since long ago; without a plan."""
        return self._add(
            AdviserAllocation(
                **{
                    "fund": adviser.fund,
                    "adviser": adviser,
                    "school": school,
                    "starts_on": LONG_AGO,
                    "visits": 3,
                    "why": "Results in mathematics fell.",
                    **values,
                }
            )
        )

    def adviser_visit(self, allocation: AdviserAllocation, **values: Any) -> AdviserVisit:
        """A visit of the autumn term of 2026 that is to be planned."""
        return self._add(
            AdviserVisit(
                **{
                    "allocation": allocation,
                    "fund": allocation.fund,
                    "adviser": allocation.adviser,
                    "school": allocation.school,
                    "state_since": NOW,
                    "school_year": 2026,
                    "term": 1,
                    "number": 1,
                    "due_on": date(2026, 12, 18),
                    **values,
                }
            )
        )
