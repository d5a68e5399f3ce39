"""Services that schools buy, and their orders."""

from typing import Any

from fundflow.models.fund import Fund
from fundflow.models.school import School
from fundflow.models.service import OrderYear, ProviderKind, Service, ServiceOrder
from fundflow.rules.services import last_day, next_first_day, years_from
from fundflow.workflow.order import OrderState
from fundflow.workflow.vat import VatCode
from tests.factories.base import NOW, TODAY
from tests.factories.people import People


class Services(People):
    """A catalogue's entries and orders of them."""

    def service(self, fund: Fund, school: School | None = None, **values: Any) -> Service:
        """By the council, or by a school that is given: £600 a year, for all schools, at any time."""
        return self._add(
            Service(
                **{
                    "fund": fund,
                    "name": "Governor support",
                    "included": "Advice by telephone and two visits.",
                    "provider_kind": ProviderKind.SCHOOL if school else ProviderKind.COUNCIL,
                    "provider_school": school,
                    "unit": "a year",
                    "price_pence": 60_000,
                    "vat_code": VatCode.STANDARD,
                    "terms": [1, 2, 3],
                    "for_maintained": True,
                    "for_academies": True,
                    "updated_at": NOW,
                    "updated_by": values.pop("by", None) or self.user(),
                    **values,
                }
            )
        )

    def order(
        self, service: Service, school: School, state: OrderState = OrderState.PLACED, **values: Any
    ) -> ServiceOrder:
        """Placed unless said otherwise: one a year for three years, from the next first day."""
        years, quantity = values.pop("years", 3), values.pop("quantity", 1)
        first = values.pop("begins_on", next_first_day(school, TODAY))
        by = values.pop("by", None) or self.member(school)
        placed = {} if state is OrderState.DRAFT else {"placed_at": NOW, "placed_by": by}
        order = ServiceOrder(
            **{
                "fund": service.fund,
                "service": service,
                "school": school,
                "state": state,
                "state_since": NOW,
                "asked_at": NOW,
                "asked_by": by,
                "years": years,
                "begins_on": first,
                "ends_on": last_day(first, years),
                "name": service.name,
                "unit": service.unit,
                "unit_pence": service.price_pence,
                "vat_code": service.vat_code,
                **placed,
                **values,
            }
        )
        order.each_year = [OrderYear(begins_on=day, quantity=quantity) for day in years_from(first, years)]
        return self._add(order)
