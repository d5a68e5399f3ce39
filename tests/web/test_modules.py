"""Parts of the service that a fund may leave off."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fundflow.models.fund import Module
from fundflow.models.person import RoleName
from fundflow.web import modules
from fundflow.web.access import Rule
from tests.factories import Make


def test_a_module_is_on_where_any_fund_uses_it(app: Flask, make: Make) -> None:
    make.fund()
    assert not any(modules.is_on(module) for module in Module)
    make.fund(sells_services=True)
    make.fund(checks_support=True)
    assert [module for module in Module if modules.is_on(module)] == [Module.CATALOGUE, Module.QUALITY_CHECKS]
    assert modules.is_on(None)


@pytest.mark.parametrize("who", ["nobody", "officer"])
def test_pages_of_a_module_that_is_off_are_not_there(
    app: Flask,
    client: FlaskClient,
    make: Make,
    sign_in: Callable[[Any], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
    who: str,
) -> None:
    """Before anybody is asked to sign in: the answer is the same for all."""
    guides = app.view_functions["help.every_guide"]
    monkeypatch.setattr(guides, "access_rule", Rule(signed_in=True, module=Module.ADVISERS))
    fund = make.fund()
    sign_in(make.staff(RoleName.OFFICER) if who == "officer" else None)
    assert client.get("/help").status_code == 404
    fund.has_advisers = True
    assert client.get("/help").status_code == (200 if who == "officer" else 302)
