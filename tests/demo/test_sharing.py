"""The demonstration shows an entry of good practice in every state, and contacts that are due and to come."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from fundflow.demo import load
from fundflow.demo.sharing import told_sharing
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.engagement import Engagement
from fundflow.models.practice import PracticeEntry
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.working_days import london_date


@pytest.mark.parametrize(
    "day", [datetime(2026, 11, 18, 10, tzinfo=UTC), datetime(2027, 4, 6, 10, tzinfo=UTC)]
)
def test_entries_stand_in_every_state_and_contacts_are_logged(
    app: Flask, monkeypatch: pytest.MonkeyPatch, day: datetime
) -> None:
    def sharing_alone(fund: Any, people: Any, now: datetime) -> None:
        acts = told_sharing(Told(fund, people, now))
        assert all(moment <= now for act in acts for moment in act)

    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setattr(load, "_play", sharing_alone)
    load.load(day)
    assert set(db.session.scalars(select(PracticeEntry.state))) == set(PracticeState) - {PracticeState.NEW}
    due = [
        entry for entry in db.session.scalars(select(PracticeEntry)) if entry.review_on <= london_date(day)
    ]
    assert [entry.state for entry in due] == [PracticeState.AGREED]
    lines = db.session.scalars(select(Engagement).order_by(Engagement.id)).all()
    assert len(lines) == 3
    assert {line.next_on <= london_date(day) for line in lines if line.next_on} == {True, False}
