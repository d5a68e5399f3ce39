"""More of everything in a bid there is."""

from decimal import Decimal

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostKind,
    CostLine,
    Evidence,
    EvidenceKind,
    Outcome,
    Part,
    Partner,
    PupilGroup,
    PupilGroupKind,
)
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.confirmation import ConfirmationState as Word
from fundflow.models.day_log import WorkedDay
from fundflow.models.feedback import Feedback
from fundflow.models.files import Attachment, FileKind
from fundflow.models.impact import ImpactReturn
from fundflow.models.impact_results import Actual
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import AgendaItem, Choice, Presence, Vote
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import Seat, SeatPosition, Sector, User
from fundflow.models.review import Query
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.workflow.claim import ClaimState
from tests.factories import LONG_AGO, NOW, TODAY
from tests.growth.base import Rows


class MoreWithin(Rows):
    """More rows in one bid, item, claim or report."""

    def in_bid(self, bid: Bid) -> None:
        """More of every kind of row a bid has several of."""
        schools = self.put(
            School,
            [
                {
                    "urn": f"{800_000 + bid.id % 19_000 * 10 + n}",
                    "name": f"More {bid.id}-{n}",
                    "la_name": "B",
                    "la_code": "899",
                    "type_code": 1,
                    "status_code": 1,
                }
                for n in range(6)
            ],
        )
        parts = [Part.PROVIDER, Part.PARTNER]
        self.put(
            Partner, [{"bid_id": bid.id, "school_id": s, "part": parts[n % 2]} for n, s in enumerate(schools)]
        )
        self._answers(bid, schools)
        self.told(bid.id, 30)
        if bid.submitted_at:
            self._words(bid, schools)

    def _answers(self, bid: Bid, schools: list[int]) -> None:
        self.put(
            Evidence,
            [{"bid_id": bid.id, "kind": EvidenceKind.SURVEY, "source": "S", "dated": TODAY, "text": "T"}] * 5,
        )
        self.put(
            PupilGroup,
            [
                {"bid_id": bid.id, "group": group, "count": 5}
                for group in (PupilGroupKind.EAL, PupilGroupKind.BOYS, PupilGroupKind.GIRLS)
            ],
        )
        self.put(
            Outcome,
            [
                {
                    "bid_id": bid.id,
                    "measure": "M",
                    "unit": "%",
                    "group": PupilGroupKind.ALL,
                    "method": "Test",
                    "baseline": Decimal(1),
                    "baseline_on": TODAY,
                    "target": Decimal(2),
                    "target_on": bid.end_on,
                }
            ]
            * 4,
        )
        self.put(
            Activity,
            [
                {
                    "bid_id": bid.id,
                    "what": "W",
                    "who": "H",
                    "starts_on": bid.start_on,
                    "ends_on": bid.start_on,
                    "half_days": 2,
                }
            ]
            * 5,
        )
        self.put(
            BackfillLine,
            [
                {
                    "bid_id": bid.id,
                    "school_id": school,
                    "staff_role": "Teacher",
                    "staff_code": f"M{school}",
                    "half_days": 2,
                    "day_rate_pence": 100,
                }
                for school in schools
            ],
        )
        self.put(
            CostLine, [{"bid_id": bid.id, "kind": CostKind.TRAVEL, "description": "Bus", "pence": 1}] * 5
        )

    def _words(self, bid: Bid, schools: list[int]) -> None:
        self.put(
            Confirmation,
            [
                {
                    "bid_id": bid.id,
                    "school_id": school,
                    "part": Part.PARTNER,
                    "asked_at": NOW,
                    "due_on": TODAY,
                    "state": Word.CONFIRMED,
                    "answered_at": NOW,
                    "answered_by_id": self.officer_id,
                }
                for school in schools
            ],
        )
        self.put(
            Approval,
            [
                {
                    "bid_id": bid.id,
                    "state": "signed",
                    "name": f"C{n}",
                    "email": "c@d.example",
                    "role": "Chair",
                    "asked_at": NOW,
                    "due_on": TODAY,
                    "answered_at": NOW,
                }
                for n in range(3)
            ],
        )
        self.put(
            Query,
            [
                {
                    "bid_id": bid.id,
                    "batch": 1,
                    "section": "need",
                    "question": "Why?",
                    "answer": "So",
                    "asked_at": NOW,
                }
                for n in range(5)
            ],
        )

    def in_panel(self, item: AgendaItem, count: int = 8) -> None:
        """More members, present, with their interests, votes and decisions that were undone."""
        people = self.put(
            User,
            [{"name": f"Member {n}", "email": f"m{n}@b.example", "created_at": NOW} for n in range(count)],
        )
        seats = self.put(
            Seat,
            [
                {
                    "fund_id": self.fund_id,
                    "user_id": p,
                    "position": SeatPosition.MEMBER,
                    "sector": Sector.LA,
                    "starts_on": LONG_AGO,
                }
                for p in people
            ],
        )
        self.put(
            Presence, [{"item_id": item.id, "seat_id": s, "present": True, "changed_at": NOW} for s in seats]
        )
        self.put(
            Vote,
            [
                {
                    "item_id": item.id,
                    "seat_id": s,
                    "choice": Choice.FUND,
                    "at": NOW,
                    "recorded_by_id": self.officer_id,
                }
                for s in seats
            ],
        )
        self.put(
            Declaration,
            [
                {
                    "bid_id": item.bid_id,
                    "user_id": p,
                    "kind": InterestKind.DISCLOSED,
                    "text": "Cousin",
                    "declared_at": NOW,
                    "recorded_by_id": p,
                }
                for p in people
            ],
        )

    def in_claim(self, claim: Claim) -> None:
        """More days and costs in a claim's log, and more claims on its bid."""
        lines = [line for line in claim.bid.award.lines if line.is_days]
        self.put(
            WorkedDay,
            [
                {
                    "bid_id": claim.bid_id,
                    "claim_id": claim.id,
                    "line_id": line.id,
                    "school_id": line.school_id,
                    "day": TODAY,
                    "staff_code": line.staff_code,
                    "half_days": 1,
                    "activity": "Coaching",
                    "where_id": claim.bid.lead_school_id,
                    "logged_at": NOW,
                    "logged_by_id": self.officer_id,
                    "by_school_id": claim.bid.lead_school_id,
                    "confirms_id": line.school_id if confirmed is None else None,
                    "confirmed_at": confirmed,
                    "confirmed_by_id": confirmed and self.officer_id,
                }
                for line in lines
                for confirmed in (None, NOW)
            ],
        )
        self.costs_of(claim)
        self.put(
            Claim,
            [
                {
                    "bid_id": claim.bid_id,
                    "school_id": claim.school_id,
                    "number": 10 + n,
                    "kind": ClaimKind.BACKFILL,
                    "pence": 1,
                    "state": ClaimState.PAID,
                    "created_at": NOW,
                    "certified_by_id": self.officer_id,
                    "paid_by_id": claim.bid.created_by_id,
                    "paid_at": NOW,
                }
                for n in range(5)
            ],
        )

    def costs_of(self, claim: Claim) -> None:
        """More costs that it asks for, each with its receipt; some are receipts twice."""
        bid = claim.bid
        line = next(line for line in bid.award.lines if not line.is_days)
        ids = self.put(
            SpentCost,
            [
                {
                    "bid_id": bid.id,
                    "line_id": line.id,
                    "spent_on": TODAY,
                    "pence": 100 + n,
                    "what": "Train tickets",
                    "entered_at": NOW,
                    "entered_by_id": bid.created_by_id,
                    "by_school_id": bid.lead_school_id,
                    "claim_id": claim.id,
                }
                for n in range(6)
            ],
        )
        self.put(
            Attachment,
            [
                {
                    "bid_id": bid.id,
                    "spent_cost_id": cost_id,
                    "name": "ticket.pdf",
                    "kind": FileKind.PDF,
                    "size": 1,
                    "sha256": f"{n % 3:064}",
                    "store_key": f"00/more-{cost_id}",
                    "uploaded_at": NOW,
                    "uploaded_by_id": bid.created_by_id,
                }
                for n, cost_id in enumerate(ids)
            ],
        )

    def in_report(self, report: ImpactReturn) -> None:
        """A result for every outcome, and feedback of more schools."""
        self.put(
            Actual,
            [
                {"report_id": report.id, "outcome_id": outcome.id, "value": Decimal(2), "measured_on": TODAY}
                for outcome in self.session.query(Outcome).filter_by(bid_id=report.bid_id)
            ],
        )
        self.put(
            Feedback,
            [
                {
                    "bid_id": report.bid_id,
                    "school_id": partner.school_id,
                    "asked_at": NOW,
                    "state": "asked",
                }
                for partner in self.session.query(Partner).filter_by(bid_id=report.bid_id)
            ],
        )
