"""Whoever is refused does not learn whether there is something: the answer is the same where there is not.

Compared are status, headers (an ETag too), length and the number of statements, which a stopwatch would tell.
"""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.extensions import db
from fundflow.models.person import RoleName
from tests.factories import NOW, Make
from tests.test_access import council, rows

NOTHING = 900_000  # no record has this number, or one a little higher
# What every head may read: a fund, a school, an offer or an entry of the directory, what is published.
OPEN = {
    "fund",
    "urn",
    "round",
    "priority",
    "trust",
    "patch",
    "cluster",
    "offer",
    "practice",
    "public",
    "case_public",
}
OF_BIDS = ("/bids/{", "/meetings/{meeting}/items/{")


class Looker:
    """Asks for an address as one person, and keeps all of the answer that tells something."""

    def __init__(self, client: FlaskClient, found: SimpleNamespace, seen: list[str], role: str) -> None:
        self.client, self.values, self.seen = client, found.values, seen
        self.session = found.people[role].get_id()

    def answer(self, method: str, path: str, values: dict[str, Any]) -> tuple[Any, ...]:
        with self.client.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"], cookie["_fresh"] = self.session, True
        db.session.rollback()
        db.session.expunge_all()
        self.seen.clear()
        with self.client.open(path.format(**values), method=method) as response:
            said, headers = response.data.decode("latin-1"), dict(response.headers)
        statements = len(self.seen)
        db.session.rollback()
        for name in re.findall(r"{(\w+)}", path):
            said = said.replace(str(values[name]), "?" * len(str(self.values[name])))
        for changing in ("X-Request-Id", "Content-Security-Policy", "Set-Cookie", "Content-Length"):
            headers.pop(changing, None)
        location = re.sub(r"[0-9]+", "?", headers.pop("Location", ""))
        return response.status_code, sorted(headers.items()), location, len(said), statements

    def differences(self, under: tuple[str, ...] = ("/",), known: str = "") -> Iterator[str]:
        """Each refusal, of addresses that begin so, that differs where its numbers but the known one lead to
        nothing."""
        for method, path, _ in rows():
            named = set(re.findall(r"{(\w+)}", path)) - OPEN - {known}
            if not named or not path.startswith(under):
                continue
            real = self.answer(method, path, self.values)
            if real[0] < 400:
                continue
            empty = self.answer(method, path, self.values | {name: self.nothing(name) for name in named})
            if real != empty:
                yield f"{method} {path}: {_changed(real, empty)}"

    def nothing(self, name: str) -> Any:
        value = self.values[name]
        return re.sub(r"\d", "9", value) if isinstance(value, str) else NOTHING + value


def _changed(real: tuple[Any, ...], empty: tuple[Any, ...]) -> str:
    names = ("status", "headers", "location", "length", "statements")
    return ", ".join(f"{n} {a} / {b}" for n, a, b in zip(names, real, empty, strict=True) if a != b)


@pytest.fixture
def found(make: Make, time_machine: Any) -> SimpleNamespace:
    time_machine.move_to(NOW, tick=False)
    return council(make)


def test_the_head_of_another_school_can_tell_nothing_from_what_is_not_theirs(
    client: FlaskClient, found: SimpleNamespace, count_queries: list[str]
) -> None:
    told = list(Looker(client, found, count_queries, "stranger").differences())
    assert not told, "\n".join(told)


@pytest.mark.parametrize("role", ["member", "officer", "clerk"])
def test_who_is_barred_by_the_register_can_tell_no_bid_from_none(
    client: FlaskClient, make: Make, found: SimpleNamespace, count_queries: list[str], role: str
) -> None:
    who = found.people["barred by the register"] = make.user()
    if role == "member":
        make.seat(found.bids["P"].fund, who)
    else:
        make.role(who, RoleName(role))
    make.interest(who, school=found.bids["P"].lead_school)
    make.session.commit()
    looker = Looker(client, found, count_queries, "barred by the register")
    told = list(looker.differences(OF_BIDS, known="meeting"))
    assert not told, "\n".join(told)
