"""Concerns about schools, caseloads, looked-after children’s focus, and reviews of a term."""

from datetime import date
from typing import Any

from fundflow.models.caseload import (
    Caseload,
    CaseloadEntry,
    Concern,
    ConcernKind,
    FocusEntry,
    ReviewOutcome,
    TermReview,
)
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.concern import ConcernState
from tests.factories.base import NOW
from tests.factories.people import People


class Caseloads(People):
    """What the council holds of each school; the fund keeps caseloads."""

    def concern(self, fund: Fund, school: School, by: User, **values: Any) -> Concern:
        """An open concern of an officer, to be reviewed in January 2027."""
        fund.keeps_caseloads = True
        return self._add(
            Concern(
                **{
                    "fund": fund,
                    "school": school,
                    "kind": ConcernKind.JUDGEMENT,
                    "state": ConcernState.OPEN,
                    "reason": "Leadership changed twice.",
                    "review_on": date(2027, 1, 15),
                    "raised_at": NOW,
                    "raised_by": by,
                    "state_since": NOW,
                    **values,
                }
            )
        )

    def caseload(self, fund: Fund, school: School, by: User, **values: Any) -> CaseloadEntry:
        """In challenge, from today; the link officer of its patch looks after it."""
        given = {"caseload": Caseload.CHALLENGE, "reason": "Results fell.", "from_on": NOW.date()}
        return self._of_school(CaseloadEntry, fund, school, by, given | values)

    def focus(self, fund: Fund, school: School, by: User, **values: Any) -> FocusEntry:
        """Attendance, to be reviewed in January 2027."""
        given = {"focus": "Attendance of the group.", "review_on": date(2027, 1, 20)}
        return self._of_school(FocusEntry, fund, school, by, given | values)

    def term_review(self, fund: Fund, school: School, by: User, **values: Any) -> TermReview:
        """Of the autumn term of 2026: the third tier is confirmed."""
        given = {
            "school_year": 2026,
            "term": 1,
            "reviewed_on": NOW.date(),
            "outcome": ReviewOutcome.CONFIRMED,
            "tier": 3,
            "note": "Reading is better.",
        }
        return self._of_school(TermReview, fund, school, by, given | values)

    def _of_school(self, kind: Any, fund: Fund, school: School, by: User, values: dict[str, Any]) -> Any:
        fund.keeps_caseloads = True
        given = {"fund_id": fund.id, "school_id": school.id, "at": NOW, "by_id": by.id}
        return self._add(kind(**given, **values))
