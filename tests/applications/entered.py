"""A bid that an officer entered for a school, as a draft and submitted; a test imports the fixtures."""

from typing import Any

import pytest

from fundflow.models.bid import Bid, Origin
from fundflow.models.confirmation import Confirmation
from fundflow.models.person import RoleName
from tests.applications.helpers import at, form, hidden


@pytest.fixture
def people(people: Any, make: Any) -> dict[str, Any]:
    """Those of the folder, and another officer."""
    return people | {"other": make.staff(RoleName.OFFICER, "Otto Other")}


@pytest.fixture
def draft(make: Any, people: Any) -> Bid:
    """A complete draft that the officer entered from a telephone call."""
    made: Bid = make.bid(
        lead=people["lead"],
        provider=people["oak"],
        leader=people["officer"],
        origin=Origin.ENTERED,
        origin_note="From a telephone call: Hilary Head on 16 November",
    )
    return made


def submit_for(client: Any, bid: Bid) -> Any:
    version = hidden(client.get(form(bid, "/check")).text, "version")
    return client.post(at(bid, "/steps/submit-on-behalf"), data={"version": version})


@pytest.fixture
def entered(draft: Bid, people: Any, sign_in: Any, session: Any) -> Bid:
    """The same, submitted for the school."""
    assert submit_for(sign_in(people["officer"]), draft).location.endswith("/submitted")
    session.expire_all()
    return draft


def for_lead(bid: Bid) -> Confirmation:
    (asked,) = [c for c in bid.confirmations if c.for_lead]
    return asked


def word(bid: Bid, rest: str = "") -> str:
    return at(bid, f"/confirmations/{for_lead(bid).id}{rest}")
