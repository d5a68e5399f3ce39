"""A fund with advisers: an adviser with an account, a school to visit, its head, and an officer."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.person import RoleName, User
from tests.factories import NOW, Make

SignIn = Callable[[User | None], FlaskClient]


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def area(make: Make) -> SimpleNamespace:
    fund = make.fund(has_advisers=True)
    school = make.school("Visited Primary")
    account = make.user("Ava Adviser")
    found = SimpleNamespace(
        fund=fund,
        school=school,
        account=account,
        adviser=make.adviser(fund, account=account, email=account.email),
        head=make.member(school, name="Ada Head"),
        officer=make.staff(RoleName.OFFICER, "Olga Officer"),
        deputy=make.staff(RoleName.DEPUTY_OFFICER, "Dan Deputy"),
        auditor=make.staff(RoleName.AUDITOR),
    )
    make.session.commit()
    return found
