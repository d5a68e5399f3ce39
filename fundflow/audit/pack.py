"""The audit pack of a bid: everything about it in one zip, with a program that checks it.

Rows are read a portion at a time and files a part at a time, so memory does not grow with the bid.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from fundflow.audit import proof
from fundflow.audit.readme import readme
from fundflow.audit.records import around, own_rows
from fundflow.audit.writing import Pack
from fundflow.files import files
from fundflow.files.store import CHUNK
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment, Viewing
from fundflow.models.history import HistoryEntry, HistoryWords
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.minutes import Minutes, MinutesSection, Paper
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import User
from fundflow.models.review import Submission
from fundflow.models.school import School
from fundflow.papers import frozen
from fundflow.web.csv import pounds_cell
from fundflow.workflow.date_words import moment_words
from fundflow.workflow.engine import Refused
from fundflow.workflow.minutes import MinutesState

PORTION = 200
VERIFIER = Path(__file__).with_name("verify.py")
NAMED = {"person": User, "school": School}  # whose rows a pack holds by name alone


class Copied(NamedTuple):
    """A record whose SHA-256 is that of a file of the pack; `name` is empty where its bytes are gone."""

    name: str
    table: str
    id: int
    what: str


def write_pack(session: Session, bid: Bid, into: IO[bytes], *, by: str, now: datetime) -> None:
    """Write the pack of a bid, as one moment of the database has it.

    session  reads that moment (`database.snapshot`)
    by       who takes it, as the pack says
    """
    with Pack(into, now) as pack:
        pack.add("README.txt", [readme(bid, by, now)])
        _records(pack, session, bid.id)
        packed = (_versions, _papers, _files)
        copied = [one for make in packed for one in make(pack, session, bid.id)]
        pack.rows("copies.jsonl", (one._asdict() for one in copied))
        _letters(pack, session, bid.id)
        _minutes(pack, session, bid.id)
        _tables(pack, session, bid.id)
        _chain(pack, session, bid)
        pack.add("verify.py", [VERIFIER.read_bytes()])


def _rows(session: Session, query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    return iter(session.execute(query, execution_options={"yield_per": PORTION}))


def _records(pack: Pack, session: Session, bid_id: int) -> None:
    """Every table’s rows as they are, then the names of the people and schools that they point at."""
    named: dict[str, set[int]] = {table: set() for table in NAMED}
    for table, query in (own_rows(bid_id) | around(bid_id)).items():
        pack.rows(f"records/{table}.jsonl", _noting(_rows(session, query), query, named))
    for table, numbers in named.items():
        model: Any = NAMED[table]
        called = select(model.id, model.name).where(model.id.in_(sorted(numbers))).order_by(model.id)
        pack.rows(f"records/{table}.jsonl", (row._mapping for row in _rows(session, called)))


def _noting(
    rows: Iterable[Any], query: Select[*tuple[Any, ...]], named: dict[str, set[int]]
) -> Iterator[Any]:
    """The rows, with a note of whom they point at."""
    keys = [
        (column.name, key.column.table.name)
        for column in query.selected_columns
        for key in column.foreign_keys
        if key.column.table.name in named
    ]
    for row in rows:
        for name, table in keys:
            if (number := row._mapping[name]) is not None:
                named[table].add(number)
        yield row._mapping


def _versions(pack: Pack, session: Session, bid_id: int) -> Iterator[Copied]:
    columns = select(Submission.id, Submission.number, Submission.answers)
    for row in _rows(session, columns.where(Submission.bid_id == bid_id).order_by(Submission.number)):
        name = f"versions/{row.number}.json"
        pack.add(name, [row.answers])
        yield Copied(name, "submission", row.id, f"Version {row.number}")


def _papers(pack: Pack, session: Session, bid_id: int) -> Iterator[Copied]:
    asked = (
        select(Paper, Submission)
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .outerjoin(Submission, Submission.id == Paper.submission_id)
        .where(AgendaItem.bid_id == bid_id)
        .order_by(Paper.item_id, Paper.number)
    )
    for paper, sent in _rows(session, asked):
        name = f"papers/item-{paper.item_id}-{paper.number}.json"
        pack.add(name, [frozen(sent, paper.report, paper.figures)])
        yield Copied(name, "paper", paper.id, f"Papers number {paper.number} of item {paper.item_id}")


def _files(pack: Pack, session: Session, bid_id: int) -> Iterator[Copied]:
    columns = Attachment.id, Attachment.name, Attachment.kind, Attachment.store_key, Attachment.sha256
    for row in _rows(session, select(*columns).where(Attachment.bid_id == bid_id).order_by(Attachment.id)):
        name, what = f"files/{row.id}.{row.kind.value}", f"“{row.name}”"
        try:
            stored = files().fetch(row.store_key, row.sha256)
        except Refused:  # the record says what it was; the rest of the pack is no worse for it
            yield Copied("", "attachment", row.id, what)
            continue
        with stored, pack.file(name) as out:
            while part := stored.read(CHUNK):
                out.write(part)
        yield Copied(name, "attachment", row.id, what)


def _letters(pack: Pack, session: Session, bid_id: int) -> None:
    columns = (
        Letter.id,
        Letter.name,
        Letter.email,
        Letter.written_at,
        Letter.status,
        Letter.subject,
        Letter.body,
    )
    for row in _rows(session, select(*columns).where(Letter.bid_id == bid_id).order_by(Letter.id)):
        head = (
            f"To: {row.name} <{row.email}>\nWritten: {moment_words(row.written_at)}\n"
            f"Status: {row.status.value}\nSubject: {row.subject}\n\n"
        )
        pack.add(f"letters/{row.id}.txt", [head, row.body])


def _minutes(pack: Pack, session: Session, bid_id: int) -> None:
    """What the minutes say of the bid, and what they say of the meeting as a whole."""
    items = select(AgendaItem.id).where(AgendaItem.bid_id == bid_id)
    meetings = select(AgendaItem.meeting_id).where(AgendaItem.bid_id == bid_id)
    asked = (
        select(Meeting.id, Meeting.starts_at, Minutes.state, Minutes.seal, MinutesSection)
        .join(Minutes, Minutes.meeting_id == Meeting.id)
        .join(MinutesSection, MinutesSection.minutes_id == Minutes.id)
        .where(Meeting.id.in_(meetings), Minutes.state != MinutesState.DRAFT)
        .where(MinutesSection.item_id.is_(None) | MinutesSection.item_id.in_(items))
        .order_by(Meeting.id, MinutesSection.position)
    )
    said: dict[int, list[str]] = {}
    for number, starts_at, state, seal, section in _rows(session, asked):
        head = f"Minutes of {moment_words(starts_at)} ({state.value})\nSeal: {seal or 'none'}\n"
        said.setdefault(number, [head]).append(f"\n{section.heading}\n\n{section.text}\n")
    for number, parts in said.items():
        pack.add(f"minutes/meeting-{number}.txt", parts)


def _tables(pack: Pack, session: Session, bid_id: int) -> None:
    """History, ledger and views, to read in a spreadsheet."""
    entries = (
        select(HistoryEntry.at, HistoryWords.label, HistoryWords.actor_name, HistoryWords.actor_role)
        .add_columns(
            HistoryEntry.process, HistoryEntry.from_state, HistoryEntry.to_state, HistoryWords.reason
        )
        .outerjoin(HistoryWords, HistoryWords.entry_id == HistoryEntry.id)
        .where(HistoryEntry.bid_id == bid_id)
        .order_by(HistoryEntry.id)
    )
    header = ("When", "What", "Who", "As", "Process", "From", "To", "Reason")
    pack.table("history.csv", header, _rows(session, entries))
    money = select(LedgerEntry.id, LedgerEntry.at, LedgerEntry.kind, LedgerEntry.pence, LedgerEntry.reason)
    entered = _rows(session, money.where(LedgerEntry.bid_id == bid_id).order_by(LedgerEntry.id))
    amounts = ((row.id, row.at, row.kind.value, pounds_cell(row.pence), row.reason) for row in entered)
    pack.table("ledger.csv", ("Entry", "When", "Kind", "Pounds", "Reason"), amounts)
    views = select(Viewing.at, User.name, Viewing.what).join(User, User.id == Viewing.user_id)
    seen = views.where(Viewing.bid_id == bid_id).order_by(Viewing.id)
    pack.table("views.csv", ("When", "Who", "What"), _rows(session, seen))


def _chain(pack: Pack, session: Session, bid: Bid) -> None:
    """The links, the seals from the one that holds them on, and what the verifier must know of both."""
    chain = f"bid:{bid.id}"
    pack.rows("chain/links.jsonl", proof.links(session, chain))
    names, newest = [], ""
    for seal in proof.seals(session, chain):
        names.append(f"seals/{seal.day.isoformat()}.txt")
        pack.add(names[-1], proof.sealed_lines(session, seal))
        newest = seal.hash
    about = {
        "bid": bid.reference,
        "chain": chain,
        "columns": proof.columns(),
        "seals": names,
        "seal": newest,
    }
    pack.rows("chain/about.json", [about])
