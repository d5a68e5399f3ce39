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


def change(service: Service, user: Any, **changes: Any) -> None:
    said = offered(service, **changes)
    catalogue.change_service(service, said, email="", user=user, now=NOW, version=None)


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
    with pytest.raises(Refused, match="Olga Officer, who set this price, belongs to your school"):
        place(area, order)
    change(area.governors, make.staff(area.officer.roles[0].role))
    place(area, order)
    assert order.state is S.PLACED


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
