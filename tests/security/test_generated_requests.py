"""Ten thousand requests that nobody thought of: every route, method and role, with odd ids and answers.

None is answered with a 500, and nothing changes for somebody who has no right to change it. REQUESTS and SEED
are environment variables; a failure names its seed and the request.
"""

import io
import os
import random
import re
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.routing import Rule

from fundflow.extensions import db
from fundflow.web.access import rule_of
from tests.access_table import ROLES
from tests.bad_requests_table import TABLE
from tests.factories import NOW, Make
from tests.test_bad_requests import wider_council

pytestmark = [pytest.mark.thorough, pytest.mark.both_databases]
PARTS = 10
EACH = int(os.environ.get("REQUESTS", "10000")) // PARTS
SEED = int(os.environ.get("SEED", "19"))

METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW")
ODD_IDS = (
    "0",
    "-1",
    "1",
    "999999",
    str(2**31),
    str(2**63),
    str(10**20),
    "1.0",
    "01",
    "１",
    "x",
    " 1",
    "1 ",
    "",
)
ODD_IDS += (
    "%00",
    "\0",
    "é",
    "None",
    "../1",
    "1;DROP TABLE bid",
    "LSIF-0001 ",
    "lsif-0001",
    "x" * 300,
    "\u202e1",
)
ODD_TEXT = ("", " ", "0", "-1", "1", "y", "yes", "no", "31", "02", "2026", "1e9", "NaN", "inf", "٣", "0.005")
ODD_TEXT += (
    "£3,000",
    "=1+1",
    "x" * 5000,
    str(10**20),
    "a\0b",
    "\u202e",
    "<script>",
    "' OR 1=1 --",
    "😀",
)
QUERY = (
    "q",
    "after",
    "before",
    "sort",
    "state",
    "page",
    "school",
    "fund",
    "year",
    "next",
    "from",
    "to",
    "at",
)

# What is written of everybody who comes by: where they are signed in, how often they tried, what they opened,
# and that they want the PDF of a page they may read.
TRACES = {"browser_session", "sign_in_attempt", "viewing", "pdf"}
UNREADY = ("health.readyz", "health.worker_readyz")  # they say 503 where no worker runs
READERS = ("auditor", "board")
OWN_ROOM = ("accounts.", "panel.new_calendar_address")  # everybody’s own account, and calendar


def fields() -> list[str]:
    """The names of fields that forms here have."""
    named = {name for bad in TABLE for name in bad.send if not re.fullmatch(r"f\d+", name)}
    return sorted(
        named | {"reason", "agreement", "version", "pence", "amount", "choice", "email", "name", "file"}
    )


class Written:
    """Which tables were written to and committed since the last look."""

    def __init__(self, engine: Any) -> None:
        self.committed = set[str]()
        event.listen(engine, "before_cursor_execute", self._note)
        event.listen(engine, "commit", self._keep)
        event.listen(engine, "rollback", self._drop)

    def _note(self, connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found = re.match(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "?(\w+)', statement)
        if found:
            connection.info.setdefault("written", set()).add(found[1])

    def _keep(self, connection: Any) -> None:
        self.committed |= connection.info.pop("written", set())

    def _drop(self, connection: Any) -> None:
        connection.info.pop("written", None)

    def taken(self) -> set[str]:
        found, self.committed = self.committed - TRACES, set()
        return found


class Generator:
    """Requests at random, by a seed: `(role, method, path, what the client takes)`."""

    def __init__(self, app: Flask, found: SimpleNamespace, seed: int) -> None:
        self.dice = random.Random(seed)
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
        self.references = [str(value) for name, value in found.values.items() if "-" in str(value)]
        self.numbers = [str(value) for value in found.values.values() if str(value).isdecimal()]
        self.named = {name: str(value) for name, value in found.values.items()}
        self.fields = fields()

    def request(self) -> tuple[str, str, str, Rule, dict[str, Any]]:
        rule = self.dice.choice(self.rules)
        usual = [method for method in METHODS if method in (rule.methods or ())]
        method = self.dice.choice(usual if self.dice.random() < 0.85 else METHODS)
        path = re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda part: self.part(part[1]), rule.rule)
        return self.dice.choice(ROLES), method, path, rule, self.sent(method)

    def part(self, name: str) -> str:
        if self.dice.random() < 0.3:
            return quote(self.dice.choice(ODD_IDS), safe="%")
        if name in self.named and self.dice.random() < 0.5:
            return self.named[name]
        return self.dice.choice(
            self.references if name == "reference" else [*self.numbers, "need", "bid", "csv"]
        )

    def value(self) -> str:
        if self.dice.random() < 0.3:
            return self.dice.choice(self.numbers + self.references)
        return self.dice.choice(ODD_TEXT)

    def sent(self, method: str) -> dict[str, Any]:
        names = self.dice.sample(QUERY, self.dice.choice((0, 0, 1, 2)))
        given: dict[str, Any] = {
            "query_string": {name: self.value() for name in names},
            "headers": self.headers(),
        }
        if method in ("GET", "HEAD", "OPTIONS", "TRACE"):
            return given
        if self.dice.random() < 0.1:
            return given | {"data": b"\xff{not a form", "content_type": "application/json"}
        data: dict[str, Any] = {
            name: self.value() for name in self.dice.sample(self.fields, self.dice.randint(0, 12))
        }
        if self.dice.random() < 0.1:
            data["file"] = (
                io.BytesIO(b"%PDF-1.4 no"),
                self.dice.choice(("a.pdf", "../a", "\u202efdp.exe", "")),
            )
        return given | {"data": data}

    def headers(self) -> dict[str, str]:
        odd = {
            "If-None-Match": '"x"',
            "Range": "bytes=9-1",
            "If-Modified-Since": "yesterday",
            "X-HTTP-Method-Override": "DELETE",
            "Accept-Encoding": "br;q=x",
            "Sec-Fetch-Site": "same-origin",
        }
        name = self.dice.choice([*odd, "", "", ""])
        return {name: odd[name]} if name else {}


@pytest.fixture
def found(real_app: Flask, time_machine: Any) -> SimpleNamespace:
    time_machine.move_to(NOW, tick=False)
    with real_app.app_context():
        made = wider_council(Make(db.session))  # type: ignore[arg-type]
        db.session.commit()
        made.signed_in = {name: made.people[name] and made.people[name].get_id() for name in ROLES}
        db.session.remove()
    return made


def why_wrong(app: Flask, who: str, asked: Rule, path: str, status: int, written: set[str]) -> str:
    """What an answer must not be; empty where all is well."""
    if status >= 500 and asked.endpoint not in UNREADY:
        return "is a fault of ours"
    if not written:
        return ""
    rule = rule_of(app, asked.endpoint)
    if status >= 400:
        return f"was refused and changed {written}"
    if who == "nobody" and not (rule and rule.anyone):
        return f"changed {written} for somebody who is not signed in"
    if who in READERS and not asked.endpoint.startswith(OWN_ROOM):
        return f"changed {written} for somebody who reads"
    if who == "stranger" and re.match(r"/bids/\w+-\d+", path):
        return f"changed {written} of another school’s bid"
    return ""


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_breaks_a_page_or_changes_what_it_may_not(
    real_app: Flask, found: SimpleNamespace, part: int
) -> None:
    seed = SEED * 1000 + part
    generator = Generator(real_app, found, seed)
    with real_app.app_context():
        written = Written(db.engine)
    wrong = []
    for number in range(EACH):
        who, method, path, asked, given = generator.request()
        client = real_app.test_client()
        if found.signed_in[who]:
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = found.signed_in[who], True
        try:
            with client.open(path, method=method, **given) as answer:
                status = answer.status_code
                answer.get_data()
        except Exception as error:
            wrong.append(f"seed {seed}, {number}: {method} {path} as {who} {given}: {error!r}")
            continue
        if why := why_wrong(real_app, who, asked, path, status, written.taken()):
            wrong.append(f"seed {seed}, {number}: {method} {path} as {who} {given}: {status} {why}")
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(line[:600] for line in wrong[:20])
