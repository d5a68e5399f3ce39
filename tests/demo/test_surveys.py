"""The demonstration shows a survey in every state, with answers, and the demand for a service."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fundflow.demo import load
from fundflow.demo.services import tell_services
from fundflow.demo.surveys import told_surveys
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.service import Service
from fundflow.models.survey import Survey, SurveyResponse
from fundflow.rules.survey_replies import demand_for, summary_for
from fundflow.workflow.survey import SurveyState


@pytest.mark.parametrize(
    "day", [datetime(2026, 11, 18, 10, tzinfo=UTC), datetime(2027, 4, 2, 10, tzinfo=UTC)]
)
def test_surveys_stand_in_every_state_with_answers_and_hidden_counts(
    app: Flask, monkeypatch: pytest.MonkeyPatch, day: datetime
) -> None:
    def services_and_surveys(fund: Any, people: Any, now: datetime) -> None:
        told = Told(fund, people, now)
        for act in (tell_services(told), *told_surveys(told)):
            assert all(moment <= now for moment in act)

    monkeypatch.setitem(app.config, "DEMO", True)
    monkeypatch.setattr(load, "_play", services_and_surveys)
    load.load(day)
    assert set(db.session.scalars(select(Survey.state))) == set(SurveyState)
    assert db.session.scalar(select(func.count()).where(SurveyResponse.replaced_at.is_not(None))) == 2
    shared = db.session.scalars(select(Survey).where(Survey.state == SurveyState.SHARED)).one()
    assert summary_for(shared, shared=True).marks
    listed = db.session.scalars(select(Service)).all()
    found = demand_for(listed, whole={service.id for service in listed})
    assert {demand.answered for demand in found.values()} == {14}
