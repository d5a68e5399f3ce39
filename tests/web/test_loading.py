"""What a web worker loads before it answers the first request."""

import gc
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from govuk_frontend_jinja import __file__ as library

from fundflow import create_app, gunicorn_conf
from fundflow.letters import rendering
from fundflow.workflow import working_days
from tests.conftest import settings_for

OURS = Path(__file__).parents[2] / "templates"
LIBRARY = Path(library).parent / "templates"


@pytest.fixture
def unused_app(new_database: Callable[[str | None], str], template_url: str) -> Flask:
    """An application no page of which was asked for."""
    rendering.environment().cache.clear()
    return create_app(settings_for(template_url))


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def loaded(app: Flask) -> set[str]:
    pages = {name for _, name in app.jinja_env.cache}
    return pages | {f"emails/{name}" for _, name in rendering.environment().cache}


def test_every_template_and_the_bank_holidays_are_loaded_before_the_worker_freezes_what_is_there(
    unused_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[set[str], int]] = []

    def freeze() -> None:
        seen.append((loaded(unused_app), working_days._calendar.cache_info().currsize))

    monkeypatch.setattr(gc, "freeze", freeze)
    monkeypatch.setattr(gc, "set_threshold", lambda *_: None)
    working_days._calendar.cache_clear()
    gunicorn_conf.post_worker_init(SimpleNamespace(wsgi=unused_app))
    of_library = {f"govuk_frontend_jinja/{name}" for name in files_in(LIBRARY)}
    assert seen == [(files_in(OURS) | of_library, 1)]


def test_commands_load_no_template(unused_app: Flask) -> None:
    assert loaded(unused_app) == set()
