"""Real connections: PostgreSQL is the judge, SQLite lets one writer in at a time."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.fund import Fund
from tests.concurrency.books import check_everything
from tests.concurrency.hall import Hall
from tests.conftest import settings_for
from tests.factories import NOW


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """From the moment of the tests on, for threads too: two acts are never at the same one."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="session")
def shared_app(new_database: Callable[[str | None], str], template_url: str) -> Iterator[Flask]:
    """One application for the folder: each test makes funds, bids and people of its own."""
    app = create_app(settings_for(new_database(template_url)))
    with app.app_context():
        db.session.remove()
        db.session.configure(join_transaction_mode="conditional_savepoint")
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def hall(shared_app: Flask) -> Iterator[Hall]:
    """After a module's last test the books of the funds it made are checked."""
    hall = Hall(shared_app)
    before = hall.ask(lambda: db.session.scalar(select(func.max(Fund.id)))) or 0
    yield hall
    hall.ask(lambda: check_everything(after_fund=before))


@pytest.fixture
def quiet_hall(real_app: Flask) -> Hall:
    """With a database of its own, where nothing waits but what the test puts there."""
    return Hall(real_app)
