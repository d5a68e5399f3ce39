"""What tests of decisions do."""

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from fundflow.models.letter import Letter
from fundflow.models.person import User
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
