"""A bid whose support has ended, with a report to write."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.impact import operations
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.scenes import scene

LATER = datetime(2027, 6, 2, 10, 0, tzinfo=UTC)  # the support ended on 17 May 2027
MEASURED = date(2027, 5, 14)
WHOLE = {
    "half_days_delivered": 17,
    "spent_pence": 300_000,
    "teaching_before": 2,
    "teaching_after": 3,
    "lessons": "Start sooner",
    "summary": "Reading improved",
}
GOOD = {"quality": 5, "timeliness": 4, "fit": 4, "use_again": True, "text": "Very kind"}
GOOD |= {"council": 4, "council_text": "Pay sooner"}
SignIn = Callable[[Any], FlaskClient]


@pytest.fixture
def today() -> Iterator[None]:
    """The clock stands at LATER."""
    with time_machine.travel(LATER, tick=False):
        yield


@dataclass
class Ended:
    """A bid in monitoring and the people around it."""

    make: Make
    bid: Bid
    head: User
    impact_officer: User
    officer: User
    supported_head: User | None = None

    @property
    def report(self) -> ImpactReturn:
        assert self.bid.report is not None
        return self.bid.report

    def write(self, value: Any = 76, measured_on: date = MEASURED, **answers: Any) -> None:
        step = ("", "Train two more teachers", "Deputy head", MEASURED)
        results = {outcome.id: (Decimal(value), measured_on, "", *step) for outcome in self.bid.outcomes}
        operations.save_report(
            self.report,
            results=results,
            answers={**WHOLE, **answers},
            user=self.head,
            now=LATER,
            version=self.report.version,
        )

    def rate(self) -> None:
        """The lead school rates the support, where it received it."""
        for feedback in self.bid.feedback:
            if feedback.is_part_of_report and not feedback.is_given:
                stamp = operations.stamp_of(feedback)
                operations.give_feedback(feedback, ratings=GOOD, stamp=stamp, user=self.head, now=LATER)

    def send(self) -> None:
        self.rate()
        operations.submit_report(
            self.report, user=self.head, now=LATER, version=self.report.version, reason="On paper"
        )

    def accept(self, rag: Rag = Rag.GREEN, reason: str = "", *, closes: bool = False) -> None:
        operations.accept_report(
            self.report,
            rag=rag,
            reason=reason,
            closes=closes,
            user=self.impact_officer,
            now=LATER,
            version=self.report.version,
        )


def an_ended_bid(make: Make, state: BidState = BidState.IN_MONITORING, *, supported: bool = False) -> Ended:
    lead = make.school()
    head = make.member(lead)
    bid = make.bid(state=state, lead=lead, leader=head)
    ended = Ended(make, bid, head, make.staff(RoleName.IMPACT_OFFICER), make.staff(RoleName.OFFICER))
    if supported:
        school = make.school("Hazelmere Primary")
        bid.partners.append(Partner(school=school, part=Part.SUPPORTED))
        ended.supported_head = make.member(school)
        for feedback in bid.feedback:
            feedback.school = school
    db.session.commit()
    return ended


ended = scene(an_ended_bid)


def letters_to(user: User) -> list[Letter]:
    """The letters to somebody, the latest last."""
    return list(db.session.scalars(select(Letter).where(Letter.email == user.email).order_by(Letter.id)))


def path(ended: Ended, rest: str) -> str:
    return f"/bids/{ended.bid.reference}/{rest}"


def answers(ended: Ended, **changes: Any) -> dict[str, Any]:
    key = ended.bid.outcomes[0].id
    return {
        f"value_{key}": "76",
        f"on_{key}-day": "14",
        f"on_{key}-month": "5",
        f"on_{key}-year": "2027",
        f"note_{key}": "",
        "days_delivered": "8.5",
        "spent": "3000",
        "teaching_before": "2",
        "teaching_after": "3",
        "lessons": "Start sooner",
        "summary": "Reading improved",
        "version": ended.report.version,
        **changes,
    }
