"""The demonstration of two years with all that is due removed: nobody removed shows, figures are the same."""

import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask
from sqlalchemy import JSON, String, select, update

from fundflow import create_app
from fundflow.checking import everything_wrong
from fundflow.extensions import Base, db
from fundflow.files import files
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.pdf import Pdf
from fundflow.models.person import Membership, RoleGrant, RoleName, User
from fundflow.personal.forgetting import still_held
from fundflow.personal.registry import REGISTRY, Kind, tables
from fundflow.personal.removals import approve, propose
from fundflow.personal.removing import FIGURE, GOES, STAYS
from fundflow.personal.subjects import of_account
from fundflow.personal.unlocked import unlocked
from fundflow.rules.rows_of_bids import of_bids, ways_to_bid
from tests.bench.crawl import CHANGING
from tests.conftest import settings_for
from tests.reports.crawling import _words, public_pages

LATER = datetime(2034, 1, 10, 12, tzinfo=UTC)
PLANTED = {"quillfeather", "quill.example", "960123"}
SAID = "Rosalind Quillfeather, 01632 960123"
READERS = ("Ian Potts", "Joan Baker", "Priya Raman", "Vera Holloway")
OF_A_SHAPE = 4  # pages of one shape that a reader opens
LINK = re.compile(r'href="(/[^"#]*)')
ELSEWHERE = re.compile(r"^/(demo|static|sign-out|healthz)")


class Removed(NamedTuple):
    """What the public read before and after, the ledger's figures, and who was taken out."""

    app: Flask
    public: tuple[dict[str, str], dict[str, str]]
    ledger: tuple[list[Any], list[Any]]
    gone: set[str]
    keys: list[str]


@pytest.fixture(scope="session")
def removed(
    council: Flask, new_database: Callable[[str | None], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Removed]:
    with council.app_context():
        db.session.remove()
        db.engine.dispose()  # nobody is connected while it is copied
    folder = tmp_path_factory.mktemp("removed")
    shutil.copytree(council.config["DATA"], folder, dirs_exist_ok=True)
    url = new_database(council.config["SQLALCHEMY_DATABASE_URI"])
    app = create_app(settings_for(url, DEMO=True, DATA=Path(folder)))
    with app.app_context(), time_machine.travel(LATER, tick=False):
        found = _remove(app)
    yield found
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def _remove(app: Flask) -> Removed:
    _administrators()
    for place in db.session.scalars(select(Membership)):
        place.ends_on = date(2027, 1, 15)
    db.session.commit()
    public, ledger = _public(app), _ledger()
    first, second = _administrators()
    found = propose(user=first, now=LATER)
    bids = [one.bid_id for one in found.bids]
    people = [of_account(one.person_id) for one in found.people]
    keys = list(db.session.scalars(select(Attachment.store_key).where(Attachment.bid_id.in_(bids))))
    assert bids
    assert people
    assert keys
    named = {text for one in people if one for text in (*one.names, *one.emails)}
    _plant(bids, min(name for name in named if " " in name))
    approve(found, user=second, now=LATER)
    held = still_held()
    gone = {text.lower() for text in named - held.names - held.emails}
    assert gone
    return Removed(app, (public, _public(app)), (ledger, _ledger()), gone | PLANTED, keys)


def _public(app: Flask) -> dict[str, str]:
    db.session.remove()
    found = public_pages(app.test_client())
    db.session.remove()  # its requests only read
    return found


def _administrators() -> tuple[User, User]:
    first = db.session.scalars(select(User).where(User.name == "Ian Potts")).one()
    second = db.session.scalars(select(User).where(User.name == "Nina Rossi")).one()
    if not second.roles:
        second.roles.append(RoleGrant(role=RoleName.ADMINISTRATOR, starts_on=date(2026, 1, 1)))
    return first, second


def _ledger() -> list[Any]:
    columns = (LedgerEntry.id, LedgerEntry.bid_id, LedgerEntry.kind, LedgerEntry.pence, LedgerEntry.at)
    return [tuple(row) for row in db.session.execute(select(*columns).order_by(LedgerEntry.id))]


def _plant(bids: list[int], name: str) -> None:
    """Write a name, an address and a number wherever the registry says that one may stand, and a forgotten
    person's name into the broker log."""
    which = select(Bid.id).where(Bid.id.in_(bids))
    with unlocked():
        for table_name in set(ways_to_bid()) & set(REGISTRY) - {"bid_word"}:
            table, rows = tables()[table_name], of_bids(table_name, which)
            if table_name == "case_study":
                rows = rows & table.c.published_at.is_(None)
            stays = STAYS.get(table_name, set()) if table_name not in GOES else set()
            for column, kind in REGISTRY[table_name].columns.items():
                if kind is not Kind.PLAIN and column not in stays:
                    _plant_in(table_name, column, kind, rows)
        paid = select(tables()["run_line"].c.run_id).where(of_bids("run_line", which))
        run = tables()["payment_run"]
        db.session.execute(update(run).where(run.c.id.in_(paid)).values(content=SAID.encode()))
        contact = tables()["contact"]
        db.session.execute(update(contact).values(said=f"Spoke to {name} about reading."))
    db.session.commit()


def _plant_in(name: str, column: str, kind: Kind, rows: Any) -> None:
    table = tables()[name]
    its, key = table.c[column], next(iter(table.primary_key))
    if isinstance(its.type, JSON) or (name, column) == ("submission", "answers"):
        for number, value in db.session.execute(select(key, its).where(rows)).all():
            planted = _in_copy(value)
            db.session.execute(update(table).where(key == number).values({column: planted}))
        return
    text = {Kind.EMAIL: "rosalind@quill.example"}.get(kind, SAID)
    if (name, column) == ("letter", "key"):
        db.session.execute(update(table).where(rows).values(key=its + " rosalind@quill.example"))
        return
    most = its.type.length if isinstance(its.type, String) else None
    text = text if most is None or most >= len(text) else "Quillfeather"
    db.session.execute(update(table).where(rows, its != "").values({column: text}))


def _in_copy(value: Any) -> Any:
    """With a name where words stand: the shape of a copy stays as its readers expect it."""
    if isinstance(value, str):  # JSON that is kept as text
        return value.replace("{", f'{{"name": "{SAID}", ', 1)
    if isinstance(value, dict):
        return {**{key: _in_item(item) for key, item in value.items()}, "name": SAID}
    return [_in_item(item) for item in value] if isinstance(value, list) else value


def _in_item(value: Any) -> Any:
    if isinstance(value, str):
        return value if FIGURE.fullmatch(value) else SAID
    if isinstance(value, list):
        return [_in_item(item) for item in value]
    return _in_copy(value) if isinstance(value, dict) else value


@pytest.mark.thorough
def test_nobody_removed_stands_in_the_database(removed: Removed) -> None:
    with removed.app.app_context():
        for name, table in Base.metadata.tables.items():
            for row in db.session.execute(select(table)):
                said = str(tuple(row)).lower()
                assert not [text for text in removed.gone if text in said], (name, said[:300])


@pytest.mark.thorough
def test_nothing_is_wrong_and_every_chain_holds(removed: Removed) -> None:
    with removed.app.app_context():
        assert list(everything_wrong(chains=True)) == []


@pytest.mark.thorough
def test_the_register_the_public_pages_and_the_ledger_are_the_same(removed: Removed) -> None:
    before, after = removed.public
    assert {"/register", "/register.csv"} <= set(before)
    assert before.keys() == after.keys()
    for path, text in before.items():
        assert CHANGING.sub("", after[path]) == CHANGING.sub("", text), path
    assert removed.ledger[0] == removed.ledger[1]


@pytest.mark.thorough
def test_files_and_printed_pdfs_are_gone(removed: Removed) -> None:
    with removed.app.app_context():
        assert [key for key in removed.keys if files().hash_of(key) is not None] == []
        assert db.session.scalar(select(Pdf.id).where(Pdf.asked_at < LATER)) is None


@pytest.mark.thorough
@pytest.mark.parametrize("reader", READERS)
def test_nobody_removed_shows_on_any_page_or_export(removed: Removed, reader: str) -> None:
    with removed.app.app_context():
        number = db.session.scalars(select(User.id).where(User.name == reader)).one()
        bids = db.session.scalars(select(Bid.reference).where(Bid.removed_at.is_not(None))).all()
    client = removed.app.test_client()
    client.post("/demo/sign-in", data={"user": number})
    pages = [f"/bids/{bid}{page}" for bid in bids[:5] for page in ("", "/money", "/history", "/letters")]
    waiting, seen, shapes = deque(["/", "/bids", "/bids.csv", *pages]), set[str](), Counter[str]()
    while waiting:
        path = waiting.popleft()
        shape = re.sub(r"\d+", "#", path.split("?")[0])
        shapes[shape] += 1
        if path in seen or ELSEWHERE.match(path) or (shapes[shape] > OF_A_SHAPE and path not in pages):
            continue
        seen.add(path)
        with client.get(path) as answer:
            assert answer.status_code < 500, path
            is_book = answer.status_code == 200 and path.endswith((".xlsx", ".docx"))
            said = _words(path, answer.data) if is_book else answer.data.decode(errors="replace")
        assert not [text for text in removed.gone if text in said.lower()], path
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(said)]
    assert len(seen) > 60
