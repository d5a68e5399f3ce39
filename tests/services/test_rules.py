"""Terms, windows and charges, in figures."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.rules.services import Total, charges_of, early_ends, last_day, next_first_day, why_not_order
from fundflow.workflow.order import OrderState
from tests.factories import NOW, TODAY, Make


@pytest.mark.parametrize(
    ("day", "maintained", "academy"),
    [
        (date(2026, 11, 18), date(2027, 4, 1), date(2027, 9, 1)),
        (date(2027, 3, 31), date(2027, 4, 1), date(2027, 9, 1)),
        (date(2027, 4, 1), date(2028, 4, 1), date(2027, 9, 1)),
        (date(2027, 8, 31), date(2028, 4, 1), date(2027, 9, 1)),
        (date(2027, 9, 1), date(2028, 4, 1), date(2028, 9, 1)),
    ],
)
def test_a_term_begins_in_april_for_a_maintained_school_and_in_september_for_an_academy(
    area: SimpleNamespace, day: date, maintained: date, academy: date
) -> None:
    assert next_first_day(area.oak, day) == maintained
    assert next_first_day(area.ash, day) == academy


def test_a_term_of_three_years_ends_the_day_before_the_fourth() -> None:
    assert last_day(date(2027, 4, 1), 3) == date(2030, 3, 31)
    assert last_day(date(2027, 9, 1), 1) == date(2028, 8, 31)


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({}, None),
        ({"order_from": TODAY, "order_to": TODAY}, None),
        ({"order_from": date(2026, 11, 19)}, "Orders open on 19 November 2026."),
        ({"order_to": date(2026, 11, 17)}, "Orders closed on 17 November 2026."),
        ({"withdrawn_at": NOW}, "This service is withdrawn. It can’t be ordered."),
        ({"for_maintained": False}, "This service is for academies and other schools only."),
    ],
)
def test_a_school_is_told_why_it_can_not_order(
    area: SimpleNamespace, columns: dict[str, Any], why: str | None
) -> None:
    for name, value in columns.items():
        setattr(area.governors, name, value)
    assert why_not_order(area.governors, area.oak, TODAY) == why


def test_no_school_orders_from_itself_or_from_a_fund_that_does_not_serve_it(
    area: SimpleNamespace, make: Make
) -> None:
    assert why_not_order(area.outreach, area.willow, TODAY) == "Willow School provides this service itself."
    far = make.school("Far School", la_code="301")
    assert why_not_order(area.outreach, far, TODAY) == f"{area.fund.name} does not serve Far School."
    area.fund.sells_services = False
    assert why_not_order(area.outreach, area.oak, TODAY) == f"{area.fund.name} no longer offers services."


def test_each_year_is_charged_with_vat_rounded_once(area: SimpleNamespace, make: Make) -> None:
    area.governors.price_pence = 33_333
    order = make.order(area.governors, area.oak, OrderState.AGREED, years=2, quantity=3)
    assert [(c.year.begins_on, c.last_day, c.net, c.vat, c.rate) for c in charges_of(order)] == [
        (date(2027, 4, 1), date(2028, 3, 31), 99_999, 20_000, 2_000),
        (date(2028, 4, 1), date(2029, 3, 31), 99_999, 20_000, 2_000),
    ]
    assert Total.of(charges_of(order)) == (199_998, 40_000, 239_998)
    exempt = make.order(area.outreach, area.oak, OrderState.AGREED, years=1)
    assert [(c.net, c.vat, c.rate) for c in charges_of(exempt)] == [(18_550, 0, 0)]


def test_an_order_ends_early_on_the_last_day_of_a_year_alone(area: SimpleNamespace, make: Make) -> None:
    order = make.order(area.governors, area.oak, OrderState.IN_TERM, begins_on=date(2026, 4, 1))
    assert early_ends(order, TODAY) == [date(2027, 3, 31), date(2028, 3, 31)]
    order.ends_on = date(2028, 3, 31)
    assert early_ends(order, TODAY) == [date(2027, 3, 31)]
    assert [year.begins_on.year for year in order.charged_years] == [2026, 2027]
