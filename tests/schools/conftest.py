"""A school that closed, the one that takes its place, and how its bids pass on."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from fundflow.models.area import Succession
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.schools.operations.succession import SuccessionPlan, bid_ids, pass_on, stamp
from tests.factories import NOW, Make


@pytest.fixture
def old(make: Make) -> School:
    return make.school("Larkfield Infants", status_code=2, closed_on=date(2026, 8, 31))


@pytest.fixture
def new(make: Make) -> School:
    return make.school("Lark Academy", type_code=34)


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER, "Olive Officer")


@pytest.fixture
def passing(old: School, new: School, officer: User) -> Callable[..., Succession]:
    """Pass the bids on as the page does, with what it showed."""

    def act(**changes: Any) -> Succession:
        chosen = {"old": old, "new": new, "user": officer, "now": NOW, "holder": old, **changes}
        wanted = SuccessionPlan(chosen["old"], chosen["holder"], chosen["new"], "It became an academy.")
        seen = changes.get("seen") or stamp(bid_ids(wanted.old, wanted.holder))
        return pass_on(wanted, seen=seen, user=chosen["user"], now=chosen["now"])

    return act
