"""Accounts that nobody needs any more, and removed people wherever else they are named."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, false, func, or_, select, true, update

from fundflow.applications.freezing import as_text
from fundflow.chain.linking import erase_salts
from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.names import searchable
from fundflow.personal.gathering import own
from fundflow.personal.registry import REGISTRY, Kind, tables
from fundflow.personal.removing import REMOVED, People, empty, erase_history_words, people_in, plus, texts
from fundflow.personal.subjects import of_account
from fundflow.rules.public_text import TITLES

TRACES = (  # of an account: whole rows, those that hang on others first
    "fresh_proof",
    "browser_session",
    "one_time_link",
    "address_change",
    "known_browser",
    "connected_account",
    "viewing",
)
WRITTEN = {  # rows that lose their words: those of the account by this column, or by an address
    "letter": "user_id",
    "registered_interest": "user_id",
    "data_complaint": "",
    "subject_export": "person_id",
}
AT_ONCE = 40  # names in one statement


def forget_accounts(ids: Sequence[int], now: datetime) -> People:
    """Take name, address and traces away from these accounts; returns who they were. The caller commits."""
    found = []
    for number in ids:
        subject = of_account(number)
        if subject is None:
            continue
        found.append(People(set(subject.names), set(subject.emails)))
        for name in TRACES:
            db.session.execute(delete(tables()[name]).where(own(name, subject)))
        erase_history_words(own("history_words", subject))
        for name, column in WRITTEN.items():
            columns = {c: kind for c, kind in REGISTRY[name].columns.items() if kind is not Kind.PLAIN}
            empty(name, _theirs(name, column, number, subject.emails), columns)
        _forget(number, now)
    return plus(*found)


def _theirs(name: str, column: str, number: int, emails: frozenset[str]) -> ColumnElement[bool]:
    table = tables()[name]
    found = [table.c[column] == number] if column else []
    return or_(false(), *found, *(func.lower(table.c[c]).in_(emails) for c in ("email",) if c in table.c))


def _forget(number: int, now: datetime) -> None:
    name, email = f"Former user {number}", f"removed-{number}@removed.invalid"
    values = {
        "name": name,
        "email": email,
        "search_text": searchable(name),
        "job_title": "",
        "former_emails": [],
        "active": False,
        "removed_at": now,
    }
    db.session.execute(update(User.__table__).where(User.__table__.c.id == number).values(values))  # type: ignore[arg-type]


def still_held() -> People:
    """Everybody whom a record still names, and so keeps."""
    held = people_in({name: true() for name in REGISTRY})
    return plus(held)


def forget_names(gone: People) -> dict[str, set[Any]]:
    """Take these people out of every other text; returns table → the keys of the rows that named them. The
    caller commits, and notes the hashes of frozen copies (`frozen_copies`)."""
    found: dict[str, set[Any]] = {}
    whole = texts({*gone.emails, *(name for name in gone.names if " " in name)})
    for first in range(0, len(whole), AT_ONCE):
        some = whole[first : first + AT_ONCE]
        pattern = _pattern(some)
        for name, held in REGISTRY.items():
            columns = [c for c, kind in held.columns.items() if kind is not Kind.PLAIN]
            if columns and (changed := _forget_in(name, columns, some, pattern)):
                found.setdefault(name, set()).update(changed)
    return found


def _forget_in(
    name: str, columns: Sequence[str], some: Iterable[str], pattern: re.Pattern[str]
) -> list[tuple[Any, ...]]:
    table, needles = tables()[name], list(_needles(some))
    keys = list(table.primary_key)
    said = [cast(table.c[c], Text).icontains(n, autoescape=True) for c in columns for n in needles]
    rows = (
        db.session.execute(select(*keys, *(table.c[c] for c in columns)).where(or_(*said))).mappings().all()
    )
    found = []
    for row in rows:
        left = {c: _without_in(name, c, row[c], pattern) for c in columns}
        if all(left[c] == row[c] for c in columns):
            continue
        found.append(tuple(row[key.name] for key in keys))
        this: ColumnElement[bool] = keys[0] == row[keys[0].name]
        for key in keys[1:]:
            this = this & (key == row[key.name])
        if name == "history_words":  # deleted, or as they were written
            erase_history_words(this)
            continue
        erase_salts(db.session(), name, this)
        changed = {c: value for c, value in left.items() if value != row[c]}
        db.session.execute(update(table).where(this).values(changed))
    return found


def _needles(some: Iterable[str]) -> Iterator[str]:
    """The last word of each name, and each address; as they stand in JSON too."""
    for text in some:
        last = text if "@" in text else text.split()[-1]
        yield from {last, json.dumps(last)[1:-1]}


def _pattern(some: Iterable[str]) -> re.Pattern[str]:
    """Matches whole names, surnames with a title, and addresses."""
    parts = []
    for text in some:
        words = text.split()
        if "@" in text:
            parts.append(re.escape(text))
        else:
            whole = r"\W+".join(map(re.escape, words))
            parts += [
                rf"\b(?:(?:{TITLES})\b\.?\s+)?{whole}\b",
                rf"\b(?:{TITLES})\b\.?\s+{re.escape(words[-1])}\b",
            ]
    return re.compile("|".join(parts) or r"(?!)", re.IGNORECASE)


def _without_in(name: str, column: str, value: Any, pattern: re.Pattern[str]) -> Any:
    if (name, column) != ("submission", "answers"):
        return _without(value, pattern)
    answers = json.loads(value)  # as text a name might be found across two answers
    left = _without(answers, pattern)
    return value if left == answers else as_text(left)


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(REMOVED, value)
    if isinstance(value, dict):
        return {pattern.sub(REMOVED, str(key)): _without(item, pattern) for key, item in value.items()}
    return [_without(item, pattern) for item in value] if isinstance(value, list) else value
