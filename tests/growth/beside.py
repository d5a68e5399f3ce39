"""More of the parts beside the bids: services and orders, advisers and visits, checks of support."""

from datetime import date

from sqlalchemy import select

from fundflow.models.adviser import Adviser, AdviserAllocation, AdviserKind, AdviserVisit, OffPayroll
from fundflow.models.bid import Bid
from fundflow.models.quality_check import QualityCheck
from fundflow.models.school import School
from fundflow.models.service import OrderYear, ProviderKind, Service, ServiceOrder
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.application import BidState
from fundflow.workflow.order import OrderState
from fundflow.workflow.quality_check import CheckState, Stage
from fundflow.workflow.vat import VatCode
from tests.factories import NOW
from tests.growth.base import Rows

BEGINS, ENDS = date(2026, 4, 1), date(2027, 3, 31)


class MoreBeside(Rows):
    """More of what a fund may have beside its bids."""

    def beside(self, count: int) -> None:
        """So many of each, of schools that there are."""
        schools = list(self.session.scalars(select(School.id).order_by(School.id).limit(count)))
        places = [schools[n % len(schools)] for n in range(count)]
        self._orders(places)
        self._visits(schools)
        bids = select(Bid.id).where(Bid.state == BidState.IN_DELIVERY).limit(count)
        known = set(self.session.scalars(select(QualityCheck.bid_id)))
        self.put(
            QualityCheck,
            [
                {"bid_id": bid, "stage": Stage.PLAN, "state": CheckState.TO_DO, "due_on": BEGINS}
                for bid in self.session.scalars(bids)
                if bid not in known
            ],
        )

    def _orders(self, places: list[int]) -> None:
        service = {
            "fund_id": self.fund_id,
            "included": "Two visits",
            "provider_kind": ProviderKind.COUNCIL,
            "unit": "a year",
            "price_pence": 60_000,
            "vat_code": VatCode.STANDARD,
            "terms": [1],
            "for_maintained": True,
            "for_academies": True,
            "updated_at": NOW,
            "updated_by_id": self.officer_id,
        }
        names = [f"Service {n}" for n in range(len(places))]
        folded = [{**service, "name": name, "search_text": name.lower()} for name in names]
        services = self.put(Service, folded)
        order = {
            "fund_id": self.fund_id,
            "state": OrderState.IN_TERM,
            "state_since": NOW,
            "asked_at": NOW,
            "asked_by_id": self.officer_id,
            "placed_at": NOW,
            "placed_by_id": self.officer_id,
            "years": 1,
            "begins_on": BEGINS,
            "ends_on": ENDS,
            "unit": "a year",
            "unit_pence": 60_000,
            "vat_code": VatCode.STANDARD,
        }
        each = zip(services, places, names, strict=True)
        orders = self.put(
            ServiceOrder,
            [
                {**order, "service_id": number, "school_id": place, "name": name}
                for number, place, name in each
            ],
        )
        self.put(OrderYear, [{"order_id": number, "begins_on": BEGINS, "quantity": 1} for number in orders])

    def _visits(self, schools: list[int]) -> None:
        adviser = {
            "fund_id": self.fund_id,
            "name": "Zed Adviser",
            "search_text": "zed adviser",
            "kind": AdviserKind.COUNCIL,
            "half_days": 9,
            "off_payroll": OffPayroll.NOT_INDIVIDUAL,
        }
        rows = [{**adviser, "email": f"adviser{n}@zed.example"} for n in range(len(schools))]
        advisers = self.put(Adviser, rows)
        known = select(AdviserAllocation.school_id).where(AdviserAllocation.ends_on.is_(None))
        taken = set(self.session.scalars(known))
        pairs = [pair for pair in zip(advisers, schools, strict=True) if pair[1] not in taken]
        given = {"fund_id": self.fund_id, "starts_on": BEGINS, "visits": 1, "why": "It asked."}
        allocations = self.put(
            AdviserAllocation, [{**given, "adviser_id": who, "school_id": school} for who, school in pairs]
        )
        visit = {
            "fund_id": self.fund_id,
            "state": AdviserVisitState.TO_PLAN,
            "state_since": NOW,
            "school_year": 2026,
            "term": 1,
            "number": 1,
            "due_on": ENDS,
        }
        self.put(
            AdviserVisit,
            [
                {**visit, "allocation_id": number, "adviser_id": who, "school_id": school}
                for number, (who, school) in zip(allocations, pairs, strict=True)
            ],
        )
