"""Personal data taken out of bids that were kept long enough, by the registry. Figures and hashes stay.

Every statement is written out, past the session: the chain gets no links, and loses the salts of the words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, ColumnElement, Select, String, and_, case, cast, delete, or_, select, update

from fundflow.chain.linking import erase_salts, link_again
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.files import Attachment
from fundflow.models.letter import Letter
from fundflow.models.pdf import Pdf
from fundflow.names import searchable
from fundflow.personal.registry import REGISTRY, Kind, tables
from fundflow.rules.rows_of_bids import of_bids, ways_to_bid

REMOVED = "[removed]"
# What is public, what figures are counted by, and what the chain holds; the bid's own title is handled apart.
STAYS = {
    "bid": {"title", "sent_title", "search_text"},
    "change_outcome": {"measure"},
    "decision": {"published_reasons", "published_title"},
    "history_entry": {"facts"},
    "impact_return": {"published_summary"},
    "minutes_section": {"heading", "drafted", "text"},  # the meeting's record; names in it go
    "outcome": {"measure"},
}
GOES = ("bid_word", "kept_typing", "viewing")  # whole rows
NO_NAMES = ("history_words", "letter", "one_time_link")  # name people by what stands elsewhere
FIGURE = re.compile(r"[\d\s.,:/+TZ-]*")  # numbers and dates in a frozen copy


class People(NamedTuple):
    """Names and addresses, as they are written."""

    names: set[str]
    emails: set[str]


def people_in(where: dict[str, ColumnElement[bool]]) -> People:
    """Whom the columns for names and addresses give, in these rows of these tables."""
    found = People(set(), set())
    for name, rows in where.items():
        for column, kind in REGISTRY[name].columns.items() if name in REGISTRY else ():
            if kind not in (Kind.NAME, Kind.EMAIL) or column == "search_text" or name in NO_NAMES:
                continue
            values = db.session.scalars(select(tables()[name].c[column]).where(rows))
            texts = {text for value in values for text in (value if isinstance(value, list) else [value])}
            (found.names if kind is Kind.NAME else found.emails).update(texts - {"", None, REMOVED})
    return found


def rows_of(which: Select[Any]) -> dict[str, ColumnElement[bool]]:
    """For each table, which of its rows belong to these bids."""
    return {name: of_bids(name, which) for name in ways_to_bid()}


def remove_from_bids(which: Select[Any], now: datetime) -> Counter[str]:
    """Take what is personal out of these bids and all that hangs on them; how many rows, by table.

    which  a query of the bids' ids
    The caller has opened the way (`unlocked`), deletes the bytes of `files_of` after the commit, and commits.
    """
    counts: Counter[str] = Counter()
    for name, rows in rows_of(which).items():
        table = tables()[name]
        if name == "history_words":
            counts[name] = erase_history_words(rows)
        elif name in GOES:
            counts[name] = db.session.execute(delete(table).where(rows)).rowcount  # type: ignore[attr-defined]
        elif name in REGISTRY and (columns := _personal(name)):
            if name == "case_study":
                rows = and_(rows, table.c.published_at.is_(None))
            counts[name] = empty(name, rows, columns)
    counts["payment_run"] = _empty_run_files(which)
    digests = select(Letter.digest_id).where(Letter.bid_id.in_(which), Letter.digest_id.is_not(None))
    counts["letter"] += empty("letter", Letter.__table__.c.id.in_(digests), {"body": Kind.WORDS})
    for bid in db.session.execute(select(Bid.id, Bid.reference, Bid.title).where(Bid.id.in_(which))).all():
        _name_bid(bid.id, bid.reference, _title(bid.id, bid.title), now)
    return +counts


def files_of(which: Select[Any]) -> list[str]:
    """The keys of the files of these bids in the store. Their rows stay, with the hashes."""
    return list(db.session.scalars(select(Attachment.store_key).where(Attachment.bid_id.in_(which))))


def forget_pdfs() -> list[tuple[str, str]]:
    """Forget every PDF that was made or ordered: any may show what was removed, and is made again when it is
    asked for. Returns key in the store and hash of each."""
    made = select(Pdf.store_key, Pdf.sha256).where(Pdf.store_key.is_not(None))
    found = [(str(key), str(sha256)) for key, sha256 in db.session.execute(made).all()]
    db.session.execute(delete(Pdf))
    return found


def _empty_run_files(which: Select[Any]) -> int:
    """Empty the stored files of payment runs that paid for these bids: a school's own words say there what a
    cost is for. Their hashes stay."""
    table, line = tables()["payment_run"], tables()["run_line"]
    runs = select(line.c.run_id).where(of_bids("run_line", which))
    theirs = update(table).where(table.c.id.in_(runs), table.c.content.is_not(None))
    return db.session.execute(theirs.values(content=b"")).rowcount  # type: ignore[attr-defined,no-any-return]


def empty(name: str, rows: ColumnElement[bool], columns: Mapping[str, Kind]) -> int:
    """Put nothing personal into these columns of these rows, and erase their salts; how many rows."""
    table = tables()[name]
    copies = [c for c, kind in columns.items() if kind is Kind.COPY or isinstance(table.c[c].type, JSON)]
    for column in copies:
        _hollow_out(name, column, rows)
    values = {c: _emptied(name, c, kind) for c, kind in columns.items() if c not in copies}
    erase_salts(db.session(), name, rows)
    if not values:
        return 0
    return db.session.execute(update(table).where(rows).values(values)).rowcount  # type: ignore[attr-defined,no-any-return]


def hollow(value: Any) -> Any:
    """A frozen copy with its shape, numbers and dates, and without its words."""
    if isinstance(value, str):
        return value if FIGURE.fullmatch(value) else REMOVED
    if isinstance(value, dict):
        return {key: hollow(item) for key, item in value.items()}
    return [hollow(item) for item in value] if isinstance(value, list) else value


def erase_history_words(rows: ColumnElement[bool]) -> int:
    """Delete these words of the history; how many rows. Their entries are linked again: an entry that was
    linked once has its words, or somebody else deleted them."""
    table = tables()["history_words"]
    gone = db.session.scalars(delete(table).where(rows).returning(table.c.entry_id)).all()
    link_again(db.session(), "history_entry", gone)
    return len(gone)


def _personal(name: str) -> dict[str, Kind]:
    columns = REGISTRY[name].columns.items()
    return {c: kind for c, kind in columns if kind is not Kind.PLAIN and c not in STAYS.get(name, ())}


def _emptied(name: str, column: str, kind: Kind) -> Any:
    its = tables()[name].c[column]
    if (name, column) == ("letter", "key"):  # stays the only one of its kind
        return "removed:" + cast(tables()[name].c.id, String)
    word = "" if kind is Kind.EMAIL or column == "search_text" else REMOVED
    return case((or_(its.is_(None), its == ""), its), else_=word)


def _hollow_out(name: str, column: str, rows: ColumnElement[bool]) -> None:
    table = tables()[name]
    key, its = next(iter(table.primary_key)), table.c[column]
    as_text = not isinstance(its.type, JSON)
    for number, value in db.session.execute(select(key, its).where(rows)).all():
        if value:
            kept = json.dumps(hollow(json.loads(value))) if as_text else hollow(value)
            db.session.execute(update(table).where(key == number).values({column: kept}))


def _title(bid_id: int, title: str) -> str:
    """An award's title is public, as somebody read it; any other bid loses its own."""
    if (
        db.session.scalar(select(tables()["award"].c.id).where(tables()["award"].c.bid_id == bid_id).limit(1))
        is None
    ):
        return REMOVED
    read = select(Decision.published_title).where(Decision.bid_id == bid_id, Decision.published_title != "")
    return db.session.scalar(read.order_by(Decision.id.desc()).limit(1)) or title


def _name_bid(bid_id: int, reference: str, title: str, now: datetime) -> None:
    table = tables()["bid"]
    sent = case((table.c.sent_title.is_(None), table.c.sent_title), else_=title)
    values = {
        "title": title,
        "sent_title": sent,
        "search_text": searchable(f"{reference} {title}"),
        "removed_at": now,
    }
    db.session.execute(update(table).where(table.c.id == bid_id).values(values))


def plus(*found: People) -> People:
    """All of these together."""
    return People(
        {name for one in found for name in one.names},
        {email.lower() for one in found for email in one.emails},
    )


def texts(values: Iterable[str]) -> list[str]:
    """Longest first, so that a whole name goes before a part of it."""
    return sorted(values, key=lambda text: (-len(text), text))
