from typing import Any

import pytest

from fundflow.models.bid import Bid
from fundflow.models.person import RoleName, Standing, User
from tests.applications.helpers import grow
from tests.factories import Make
from tests.signing_in import sign_in as sign_in


@pytest.fixture
def people(make: Any) -> dict[str, Any]:
    """A lead school with head and team, a provider with its head, an officer, and a stranger."""
    lead, oak = make.school("Hazelmere Primary"), make.school("Oakfield Academy")
    return {
        "head": make.member(lead, name="Hilary Head"),
        "team": make.member(lead, Standing.TEAM, name="Tom Team"),
        "provider": make.member(oak, name="Ola Oak"),
        "officer": make.staff(RoleName.OFFICER, "Olive Officer"),
        "stranger": make.member(make.school()),
        "lead": lead,
        "oak": oak,
    }


@pytest.fixture
def large(make: Any, sign_in: Any) -> Bid:
    """A complete draft of £7,200, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead, name="Hilary Head")
    bid: Bid = make.bid(lead=lead, leader=leader)
    grow(bid)
    sign_in(leader)
    return bid


@pytest.fixture
def full(make: Any, sign_in: Any) -> Bid:
    """The worked example as a draft, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead, name="Hilary Head")
    bid = make.bid(lead=lead, leader=leader)
    sign_in(leader)
    return bid


@pytest.fixture
def head(make: Make) -> User:
    """The head of a school."""
    return make.member(make.school("Oak"))
