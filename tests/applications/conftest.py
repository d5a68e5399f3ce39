from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.bid import Bid
from fundflow.models.person import User
from tests.applications.helpers import grow

Enter = Callable[[User | None], FlaskClient]


@pytest.fixture
def sign_in(sign_in: Enter, session: Session) -> Enter:
    """What a test made is committed first, so that a refusal's rollback leaves it standing."""

    def enter(user: User | None) -> FlaskClient:
        session.commit()
        return sign_in(user)

    return enter


@pytest.fixture
def large(make: Any, sign_in: Any) -> Bid:
    """A complete draft of £7,200, with its head signed in."""
    lead = make.school("Hazelmere Primary")
    leader = make.member(lead, name="Hilary Head")
    bid: Bid = make.bid(lead=lead, leader=leader)
    grow(bid)
    sign_in(leader)
    return bid
