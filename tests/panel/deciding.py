"""What tests of decisions, and of who may decide, do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from fundflow.models.letter import Letter
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import User
from fundflow.workflow.panel_rules import Rules
from tests.factories import NOW
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]

PanelOf = Callable[..., Panel]

DUE = NOW.date() + timedelta(days=30)

CONDITION = {
    "text_1": "Share the plan.",
    "owner_1": "Head of English",
    "due_1-day": str(DUE.day),
    "due_1-month": str(DUE.month),
    "due_1-year": str(DUE.year),
}


def letters_of(panel: Panel) -> list[tuple[str, str]]:
    found = panel.make.session.query(Letter).filter_by(bid_id=panel.bid.id).order_by(Letter.id)
    return [(letter.recipient, letter.subject) for letter in found]


def under(panel: Panel, **values: Any) -> None:
    """The item is handled under these rules."""
    version = PanelRules.holding(Rules(**values), fund_id=panel.fund.id, number=2)
    panel.make.session.add(version)
    panel.make.session.flush()
    panel.item.rules_id = version.id
    panel.make.session.commit()
