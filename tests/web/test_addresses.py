"""The numbers in addresses: over the whole url map, one that no column can hold is a page not found."""

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from fundflow.web.addresses import Id, Number

pytestmark = pytest.mark.one_database

ABSURD = ("0", "-1", "007", str(2**63), str(10**30), "9" * 5000)
PLAIN = {"reference": "LS-1", "urn": "100001", "slug": "need", "kind": "backfill"}


def numbers_of(rule: Rule) -> dict[str, IntegerConverter]:
    return {name: found for name, found in rule._converters.items() if isinstance(found, IntegerConverter)}


def with_numbers(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if numbers_of(rule)]


def address(rule: Rule, number: str, name: str = "") -> str:
    """The rule's address: `number` for the converter of this name, 1 for the other numbers."""

    def put(found: re.Match[str]) -> str:
        kind, _, word = found[1].rpartition(":")
        if kind in ("id", "number"):
            return number if word == name else "1"
        return re.findall(r"'([^']+)'", kind)[0] if kind.startswith("any") else PLAIN[word]

    return re.sub(r"<([^>]+)>", put, rule.rule)


def test_every_number_in_an_address_is_an_id_or_a_number_within_a_record(app: Flask) -> None:
    plain = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for found in rule._converters.values()
        if type(found) is IntegerConverter
    ]
    assert plain == []
    assert len(with_numbers(app)) >= 100


def test_an_absurd_number_is_no_page_on_any_route(app: Flask, client: FlaskClient) -> None:
    known = app.url_map.bind("localhost")
    answered: dict[str, Any] = {}
    for rule in with_numbers(app):
        method = "GET" if "GET" in rule.methods else "POST"
        assert known.match(address(rule, "1"), method=method)[0] == rule.endpoint
        for name in numbers_of(rule):
            for absurd in ABSURD:
                asked = address(rule, absurd, name)
                if (status := client.open(asked, method=method).status_code) != 404:
                    answered[asked[:100]] = status
    assert answered == {}


@pytest.mark.parametrize(("kind", "most"), [(Id, 2**63 - 1), (Number, 2**31 - 1)])
def test_what_a_number_may_be_fits_its_column(kind: type[IntegerConverter], most: int) -> None:
    longest = max((n for n in range(1, 30) if re.fullmatch(kind.regex, "9" * n)), default=0)
    assert longest == len(str(most)) - 1
