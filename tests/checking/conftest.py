"""The demonstration’s data, sealed, to be broken."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from fundflow import create_app
from fundflow.chain.sealing import begin_and_seal
from fundflow.demo.load import load
from fundflow.extensions import db
from tests.conftest import settings_for
from tests.demo.test_load import BETWEEN_THE_YEARS
from tests.scenes import rolled_back


@pytest.fixture(scope="session")
def council(
    new_database: Any, template_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("checked")
    app = create_app(settings_for(new_database(template_url), DEMO=True, DATA=folder))
    with app.app_context():
        load(BETWEEN_THE_YEARS)
        begin_and_seal(BETWEEN_THE_YEARS)
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def broken(council: Flask) -> Iterator[Flask]:
    """The demonstration; what is broken is whole again after the test."""
    with council.app_context(), db.engine.connect() as connection, rolled_back(connection):
        yield council
