"""Nobody keeps, prices or agrees to what their own school sells or buys."""

from types import SimpleNamespace
from typing import Any

import pytest

from fundflow.models.service import ProviderKind, Service
from fundflow.services.operations import catalogue
from fundflow.workflow.engine import Refused
from fundflow.workflow.order import OrderState as S
from tests.factories import NOW, Make
from tests.services.test_orders import agree, draft, place


def offered(service: Service, **changes: Any) -> catalogue.Offered:
    return catalogue._says(service)._replace(**changes)


def change(service: Service, user: Any, *, checked: bool = False, **changes: Any) -> None:
    said = offered(service, **changes)
    catalogue.change_service(service, said, email="", price_checked=checked, user=user, now=NOW, version=None)


def test_nobody_keeps_a_service_of_their_own_school(area: SimpleNamespace, make: Make) -> None:
    make.belongs(area.officer, area.willow)
    make.session.commit()
    with pytest.raises(Refused, match="You can’t keep this service: your school, Willow School"):
        change(area.outreach, area.officer, price_pence=9_999_999)
    with pytest.raises(Refused, match="You can’t keep this service"):
        catalogue.withdraw_service(area.outreach, reason="x", user=area.officer, now=NOW, version=None)
    provider = catalogue.Provider(ProviderKind.SCHOOL, area.willow)
    with pytest.raises(Refused, match="You can’t keep this service"):
        catalogue.add_service(
            area.fund, provider, offered(area.outreach, name="More"), user=area.officer, now=NOW
        )


def test_nobody_orders_at_a_price_that_their_own_school_set(area: SimpleNamespace, make: Make) -> None:
    make.belongs(area.officer, area.oak)
    make.session.commit()
    change(area.governors, area.officer, price_pence=1)
    order = draft(area)
    said = "Olga Officer set this price, and has a tie to your school or trust"
    with pytest.raises(Refused, match=said):
        place(area, order)
    colleague = make.staff(area.officer.roles[0].role)
    change(area.governors, colleague, included="One visit.")  # says nothing of the price
    with pytest.raises(Refused, match=said):
        place(area, order)
    change(area.governors, colleague, checked=True)
    place(area, order)
    assert order.state is S.PLACED


def test_nobody_orders_at_a_price_that_their_own_trust_set(area: SimpleNamespace, make: Make) -> None:
    area.oak.trust_id = area.ash.trust_id = make.trust().id
    make.belongs(area.officer, area.ash)
    make.session.commit()
    change(area.governors, area.officer, price_pence=1)
    order = draft(area)
    with pytest.raises(Refused, match="Olga Officer set this price"):
        place(area, order)


@pytest.mark.parametrize("state", [S.DRAFT, S.PLACED])
@pytest.mark.parametrize("school", ["oak", "ash"])
def test_nobody_sets_the_price_of_what_their_own_school_or_trust_is_ordering(
    area: SimpleNamespace, make: Make, state: S, school: str
) -> None:
    area.oak.trust_id = area.ash.trust_id = make.trust().id
    order = make.order(area.governors, area.oak, state)
    make.belongs(area.officer, getattr(area, school))
    make.session.commit()
    for changes in ({"price_pence": 1}, {"unit": "two years"}, {"checked": True}):
        with pytest.raises(Refused, match=rf"You can’t set or check this price: .*{order.reference}"):
            change(area.governors, area.officer, **changes)
    change(area.governors, area.officer, included="One visit.")
    change(area.governors, make.staff(area.officer.roles[0].role), price_pence=1)
    assert area.governors.price_pence == 1


@pytest.mark.both_databases
def test_a_withdrawn_service_leaves_no_order_to_agree_to(area: SimpleNamespace, make: Make) -> None:
    order = place(area, draft(area))
    make.belongs(area.officer, area.oak)
    make.session.commit()
    catalogue.withdraw_service(
        area.governors, reason="Nobody is free.", user=area.officer, now=NOW, version=None
    )
    assert order.state is S.CANCELLED


def test_an_order_of_a_withdrawn_service_is_not_agreed(area: SimpleNamespace) -> None:
    order = place(area, draft(area, area.outreach))
    area.outreach.withdrawn_at = NOW
    with pytest.raises(Refused, match=r"The service was withdrawn\. Decline the order"):
        agree(order, area.provider_head)


def test_terms_are_kept_once_each(area: SimpleNamespace) -> None:
    change(area.governors, area.officer, terms=[3, 1, 1])
    assert area.governors.terms == [1, 3]
