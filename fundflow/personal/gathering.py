"""Everything that is held about one person, found by the registry, with others taken out."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, Text, and_, cast, false, func, or_, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import Membership, Standing, User
from fundflow.personal.redacting import SOMEBODY, Redactor
from fundflow.personal.registry import REGISTRY, Category, Held, Kind, tables, whose

YOU = "you"
# What somebody does through an emailed link has no account: the records that asked them say who it was.
BY_LINK = {"approval": "approval", "confirmation": "confirmation", "days_ask": "days_ask"}
NAMED = {"bid": "reference", "school": "name", "fund": "name", "trust": "name"}  # how a row is called
LETTERS = ("letter",)  # others' letters are not repeated: what they tell stands in the records


class Subject(NamedTuple):
    """Whose data it is: an account, or an address that a bid gives."""

    user: User | None
    emails: frozenset[str]
    names: frozenset[str]

    @property
    def name(self) -> str:
        return self.user.name if self.user else min(self.names, default=min(self.emails))


class Section(NamedTuple):
    """The rows of one table."""

    category: Category
    title: str
    rows: list[dict[str, Any]]


def sections_of(subject: Subject) -> list[Section]:
    """All that is held, by category and table, in the order of the registry."""
    redactor, called = Redactor(subject.names, subject.emails), _called()
    found = [
        Section(held.category, _words(name), list(_rows(name, held, subject, redactor, called)))
        for name, held in REGISTRY.items()
    ]
    found.append(Section(Category.BID, "Bids of schools where they are a head", _of_their_schools(subject)))
    order = list(Category)
    return sorted((s for s in found if s.rows), key=lambda section: order.index(section.category))


def _rows(
    name: str, held: Held, subject: Subject, redactor: Redactor, called: dict[str, dict[int, str]]
) -> Iterator[dict[str, Any]]:
    table = tables()[name]
    owns, mentions = own(name, subject), {} if name in LETTERS else _mentions(table, held, subject)
    asked = select(table).where(or_(owns, *mentions.values()))
    mine = set(db.session.execute(select(*table.primary_key).where(owns)).all())
    for row in db.session.execute(asked.order_by(*table.primary_key)).mappings():
        key = tuple(row[column.name] for column in table.primary_key)
        if key in mine:
            yield _own_row(table, held, dict(row), subject, redactor, called)
        else:
            yield _mentioning_row(table, held, dict(row), subject, redactor, called)


def own(name: str, subject: Subject) -> ColumnElement[bool]:
    """Which rows of a table are this person's: by their account, an address, or the row they hang on."""
    table, held = tables()[name], REGISTRY[name]
    found: list[ColumnElement[bool]] = []
    if subject.user:
        found += [table.c[column] == subject.user.id for column in whose(table)]
        found += [table.c.id == subject.user.id] if name == "person" else []
    for column, kind in held.columns.items():
        if kind is Kind.EMAIL and column != "former_emails":
            found.append(func.lower(table.c[column]).in_(subject.emails))
    if held.through:
        parent = next(iter(table.c[held.through].foreign_keys)).column.table
        found.append(table.c[held.through].in_(select(parent.c.id).where(own(parent.name, subject))))
    if name == "history_entry":
        found += _of_history(table, subject)
    return or_(false(), *found)


def _of_history(table: Table, subject: Subject) -> list[ColumnElement[bool]]:
    """What was done to the account, and what was answered through links sent to the address."""
    about = [and_(table.c.process == "person", table.c.record_id == subject.user.id)] if subject.user else []
    for process, name in BY_LINK.items():
        asked = select(tables()[name].c.id).where(own(name, subject))
        about.append(
            and_(table.c.process == process, table.c.user_id.is_(None), table.c.record_id.in_(asked))
        )
    return about


def _mentions(table: Table, held: Held, subject: Subject) -> dict[str, ColumnElement[bool]]:
    """For each column of words: whether it says the person's full name or address."""
    said = [*(name for name in subject.names if " " in name), *subject.emails]
    return {
        column: or_(*(cast(table.c[column], Text).icontains(text, autoescape=True) for text in said))
        for column, kind in held.columns.items()
        if kind in (Kind.WORDS, Kind.COPY)
    }


def _own_row(
    table: Table,
    held: Held,
    row: dict[str, Any],
    subject: Subject,
    redactor: Redactor,
    called: dict[str, dict[int, str]],
) -> dict[str, Any]:
    number = subject.user.id if subject.user else None
    mine = {column for column in whose(table) if number is not None and row[column] == number}
    mine |= {c for c, k in held.columns.items() if k is Kind.EMAIL and redactor.is_own_email(str(row[c]))}
    return {
        column.name: value
        for column in table.columns
        if (value := _cell(table, held, column.name, row, mine, redactor, called)) not in (None, "", [], {})
        and (held.columns.get(column.name) not in (Kind.WORDS, Kind.COPY) or held.is_by(mine, column.name))
    }


def _cell(
    table: Table,
    held: Held,
    name: str,
    row: dict[str, Any],
    mine: set[str],
    redactor: Redactor,
    called: dict[str, dict[int, str]],
) -> Any:
    value, kind = row[name], held.columns.get(name)
    if value is None or isinstance(value, bytes):
        return None
    if keys := table.c[name].foreign_keys:
        target = next(iter(keys)).column.table.name
        if target == "person":
            return YOU if name in mine else SOMEBODY
        return called[target].get(value, value) if target in called else value
    if kind is Kind.NAME:
        return None if name == "search_text" else redactor.name(value)
    if kind is Kind.EMAIL:
        return value if name in mine or table.name == "person" else redactor.copy(value)
    if kind is Kind.DETAIL:
        emails = [
            c for c, k in held.columns.items() if k is Kind.EMAIL and c.split("_")[0] == name.split("_")[0]
        ]
        theirs = emails or [c for c, k in held.columns.items() if k is Kind.EMAIL]
        return value if not theirs or set(theirs) & mine or table.name == "person" else None
    if kind in (Kind.WORDS, Kind.COPY):
        return None if name == "search_text" else redactor.copy(value)
    return value


def _mentioning_row(
    table: Table,
    held: Held,
    row: dict[str, Any],
    subject: Subject,
    redactor: Redactor,
    called: dict[str, dict[int, str]],
) -> dict[str, Any]:
    """Of a row that only names the person: the words in which it does, and which record it is."""
    said = [text.lower() for text in (*subject.names, *subject.emails) if " " in text or "@" in text]
    shown = {"id", "bid_id", "reference", "at"} & set(table.c.keys())
    return {
        name: _cell(table, held, name, row, set(), redactor, called)
        for name in table.c.keys()  # noqa: SIM118 (the names, not the columns)
        if name in shown
        or (
            held.columns.get(name) in (Kind.WORDS, Kind.COPY)
            and name != "search_text"
            and any(text in str(row[name]).lower() for text in said)
        )
    }


def _called() -> dict[str, dict[int, str]]:
    """How the bids, schools, funds and trusts that a row points at are called."""
    return {
        name: dict(db.session.execute(select(tables()[name].c.id, tables()[name].c[column])).all())
        for name, column in NAMED.items()
    }


def _of_their_schools(subject: Subject) -> list[dict[str, Any]]:
    if subject.user is None:
        return []
    heads = select(Membership.school_id).where(
        Membership.user_id == subject.user.id, Membership.standing == Standing.LEADER
    )
    bids = select(Bid.reference, Bid.title, Bid.state, Bid.created_at).where(Bid.lead_school_id.in_(heads))
    return [dict(row) for row in db.session.execute(bids.order_by(Bid.id)).mappings()]


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
