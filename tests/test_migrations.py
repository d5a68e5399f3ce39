"""Migrations make the tables the models describe, from empty and back."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect

from fundflow import create_app
from fundflow.extensions import db
from tests.conftest import settings_for


@pytest.fixture
def empty_app(new_database: Callable[[str | None], str]) -> Iterator[Flask]:
    app = create_app(settings_for(new_database(None)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_newest_migration_makes_what_the_models_say(empty_app: Flask) -> None:
    upgrade()
    check()
    tables = set(inspect(db.engine).get_table_names())
    assert tables - {"alembic_version"} == set(db.metadata.tables)


def test_every_migration_can_be_undone(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()
