"""The demonstration shows an order of a service in every state."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fundflow.demo import load
from fundflow.demo.services import tell_services
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.service import Service, ServiceOrder
from fundflow.workflow.order import OrderState


@pytest.mark.parametrize(
    "day", [datetime(2026, 11, 18, 10, tzinfo=UTC), datetime(2027, 4, 2, 10, tzinfo=UTC)]
)
def test_the_catalogue_has_eight_services_and_orders_in_every_state(
    app: Flask, monkeypatch: pytest.MonkeyPatch, day: datetime
) -> None:
    def services_alone(fund: Any, people: Any, now: datetime) -> None:
        assert all(moment <= now for moment in tell_services(Told(fund, people, now)))

    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setattr(load, "_play", services_alone)
    load.load(day)
    assert db.session.scalar(select(func.count(Service.id))) == 8
    assert set(db.session.scalars(select(ServiceOrder.state))) == set(OrderState)
    assert db.session.scalar(select(func.count()).where(ServiceOrder.proposed_at.is_not(None))) == 1
