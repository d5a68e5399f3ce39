"""Every address that can be made to point at the secret bid, and what its answers say."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import unescape
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from fundflow.extensions import db
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import User
from fundflow.pdfs import drawing
from fundflow.web.access import now, rule_of
from tests.pdf import opened, press_here, text_of
from tests.security.town import Town

# Pages that know of no bid: accounts, the setting up of funds, schools apart from their own page.
AWAY = re.compile(
    r"^/(static|healthz|readyz|sign-in|demo|approve|people|funds|rounds|directory|privacy|"
    r"accessibility|schools/(clusters|patches|organisations|changes)|calendar/)"
)


def paths_of(app: Flask, town: Town) -> list[str]:
    """Every address the application answers a GET at that could be made to point at the secret bid."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not AWAY.match(rule.rule):
            found += list(_filled(rule, town))
    return [*dict.fromkeys(found), *_asked_otherwise(town)]


def _filled(rule: Any, town: Town) -> Iterator[str]:
    values = _values(rule.rule, town)
    names = [name for name in re.findall(r"<(?:\w+:)?(\w+)>", rule.rule) if name in values]
    for chosen in product(*(values[name] for name in names)):
        path = rule.rule
        for name, value in zip(names, chosen, strict=True):
            path = re.sub(rf"<(?:\w+:)?{name}>", str(value), path)
        if "<" not in path:
            yield path


def _values(rule: str, town: Town) -> dict[str, list[Any]]:
    """What each part of an address may be; ids of the secret bid's parts, and of others' to mix with."""
    item, mixed = town.item, "item_id" in rule
    return {
        "reference": [town.secret.reference],
        "meeting_id": [item.meeting_id, *[town.elsewhere.items[0].meeting_id] * mixed],
        "item_id": [item.id, town.open.items[0].id],
        "seat_id": [town.seats["chair"].id],
        "slug": ["need"],
        "kind": ["schools"],
        "token": ["unknown"],
        "signed": ["unknown"],
        "number": _numbers(rule, town),
        "other": [1],
        "urn": [town.lead.urn],
        "code": [town.lead.urn],
        "of": [town.user("officer").id],
        "to": [town.user("officer who is barred").id],
    }


def _numbers(rule: str, town: Town) -> list[int]:
    """The ids of what an address ending in a number could mean here; every small one elsewhere."""
    if "/sections/" in rule:
        minutes = getattr(town, "minutes", None)
        return [section.id for section in minutes.sections] if minutes else [1]
    if "/notes/" in rule:
        return [town.note.id]
    if "/confirmations/" in rule:
        return [one.id for one in town.secret.confirmations]
    if "/conditions/" in rule:
        return [one.id for one in town.conditions] if hasattr(town, "conditions") else [1]
    if rule.startswith("/letters/"):
        return [number for (number,) in db.session.query(Letter.id)]
    return [1]


def _asked_otherwise(town: Town) -> list[str]:
    """Questions in an address: searches, filters, orders, other funds."""
    fund, urn, officer = town.fund.id, town.lead.urn, town.user("officer").id
    return [
        *(f"/bids?q={word}" for word in ("Zq-title", "Quillmoor", "ZQ-0002", "Zq-need")),
        "/bids.csv?q=ZQ",
        "/bids.xlsx?q=ZQ",
        "/bids?sort=-amount",
        "/bids?sort=due",
        "/bids?state=offered",
        "/bids?stage=decision",
        "/bids?turn=panel",
        "/bids?due=week",
        f"/bids?officer={officer}",
        f"/bids?school={urn}",
        f"/ranking?fund={fund}",
        f"/panel?fund={fund}",
        "/register?q=Zq-title",
        f"/schools?q={urn}",
        "/brokering/contacts?q=Zq",
        f"/money/ledger?fund={fund}",
    ]


def without_repeats(app: Flask, user: User | None, paths: list[str]) -> list[str]:
    """These addresses, but one alone of each route that its rule refuses this person: the guard answers
    before anything reads what else is in the address."""
    found, refused = [], set()
    adapter = app.url_map.bind("fund.example")
    for path in paths:
        endpoint = str(adapter.match(path.partition("?")[0])[0])
        rule = rule_of(app, endpoint)
        if endpoint in refused:
            continue
        if rule and user and not rule.allows(user, now()):
            refused.add(endpoint)
        found.append(path)
    return found


def press_once(monkeypatch: pytest.MonkeyPatch, key: Callable[[str], str]) -> None:
    """Make one PDF of the pages that have the same key: each takes half a second and more."""
    press_here(monkeypatch)
    make, pressed = drawing.Press.make, {}

    def once(self: Any, page: str, parts: list[Any], into: Path) -> Any:
        same = key(page), *(Path(path).read_bytes() for _, path, _ in parts)
        if same not in pressed:
            pressed[same] = make(self, page, parts, into), into.read_bytes()
        made, data = pressed[same]
        into.write_bytes(data)
        return made

    monkeypatch.setattr(drawing.Press, "make", once)


def without_names(names: set[str], page: str) -> str:
    """A page without the line that says whom it was made for."""
    return re.sub("|".join(f"For {re.escape(name)}:" for name in names), "", page)


def read(client: FlaskClient, path: str) -> str:
    """What an answer says, and where it leads."""
    with client.get(path) as answer:
        said = f"{said_by(answer)} {answer.location or ''}"
        waits = answer.status_code == 202
    if waits:  # for the worker to make a PDF
        drawing.draw(now())
        return said + read(client, path)
    return said


def said_by(answer: Any) -> str:
    """The words of an answer, in whatever form it comes."""
    kind = answer.content_type or ""
    if kind.startswith("application/pdf"):
        return _of_pdf(answer.data)
    if "spreadsheet" in kind:
        return _of_xlsx(answer.data)
    return _plain(answer.data.decode(errors="replace"))


def _plain(text: str) -> str:
    unfolded = text.replace("\r\n ", "")  # as calendars fold long lines
    return unescape(unfolded)


@lru_cache(maxsize=100)  # many readers get the same bytes
def _of_pdf(data: bytes) -> str:
    with opened(data) as document:
        said = [*document.get_metadata_dict().values(), *(one.get_title() for one in document.get_toc())]
    return " ".join([text_of(data), *map(str, said)])


def _of_xlsx(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        return unescape(" ".join(folder.read(name).decode(errors="replace") for name in folder.namelist()))


def letters_to(user: User) -> str:
    """Everything that was ever written to somebody, but for what is held back."""
    found = (
        db.session.query(Letter)
        .filter(
            (Letter.user_id == user.id) | (Letter.email == user.email), Letter.status != LetterStatus.HELD
        )
        .all()
    )
    return "\n".join(f"{letter.subject}\n{letter.body}" for letter in found)
