"""A small area: a school that asks, schools that offer, an officer, a fund and its round."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.brokering.operations import requests as operations
from fundflow.models.bid import Bid
from fundflow.models.brokering import SupportRequest
from fundflow.models.person import RoleName, User
from tests.factories import NOW, Make

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    fund = make.fund()
    asking, helper = make.school("Asking Primary"), make.school("Helping Primary", telephone="01632 960 111")
    found = SimpleNamespace(
        fund=fund,
        round=make.round(fund),
        asking=asking,
        helper=helper,
        head=make.member(asking, name="Ada Head"),
        helpers_head=make.member(helper, name="Hal Helper"),
        officer=make.staff(RoleName.OFFICER, "Olga Officer"),
        deputy=make.staff(RoleName.DEPUTY_OFFICER, "Dan Deputy"),
        auditor=make.staff(RoleName.AUDITOR),
    )
    found.offer = make.offer(helper, title="Maths mastery", by=found.helpers_head)
    make.session.commit()
    return found


@pytest.fixture
def request_(make: Make, area: SimpleNamespace) -> SupportRequest:
    """What the school asks for."""
    found = make.support_request(area.asking, area.fund, by=area.head)
    make.session.commit()
    return found


def begin(area: SimpleNamespace, request: SupportRequest, user: object) -> Bid:
    return operations.begin_bid(request, area.round, user=user, now=NOW, version=request.version)  # type: ignore[arg-type]
