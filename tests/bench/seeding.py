"""A database of many bids: the demonstration's, cloned with everything that hangs on them.

Copy n of a row has the id of the row it is made from plus n × STRIDE, and so has every foreign key to a
cloned row. The schools and their people have TOWNS copies, and so have the liaison officers; the copies of
bids take them in turn. Fund, rounds, seats and the council's other people stay one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    and_,
    case,
    cast,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    update,
)

from fundflow import balances
from fundflow.extensions import db
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.letter import LetterStatus
from fundflow.models.person import RoleName
from fundflow.models.recovery import TO_COME
from fundflow.workflow.application import ENDED
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.meeting import MEETING, MeetingState
from fundflow.workflow.minutes import MINUTES
from fundflow.workflow.recovery import RecoveryState

STRIDE = 10_000
TOWNS = 10
SPREAD_MINUTES = 300_000  # copies of a bid begin over the seven months before it
MOST_PENCE = 2_000_000_000
SPREAD_MEETINGS = 1_500 * 1_440  # and meetings that were held, over the four years

TOWN = ("school", "person", "membership", "role_grant", "pupil_premium", "payee")
ROOTS = frozenset({"bid", "meeting"})  # what is cloned, and whatever has a key to it
# A payment run is a fund's, and its lines are numbered.
NOT_CLONED = frozenset(
    {"support_request", "contact", "kept_typing", "one_time_link", "viewing", "run_line", "removal_bid"}
)


def clone_bids(connection: Connection, total: int, *, live_only_once: bool = False) -> int:
    """Clone the demonstration's bids until there are `total` or a few more; how many there are then.

    live_only_once  clone only bids that have ended, so that those under way stay the demonstration's
    """
    tables = _tables_to_clone()
    bid = db.metadata.tables["bid"]
    there = connection.scalar(select(func.count()).select_from(bid)) or 0
    ended = bid.c.state.in_(ENDED) if live_only_once else true()
    each = connection.scalar(select(func.count()).select_from(bid).where(ended)) or 1
    copies = -(-(total - there) // each)
    clone = _Clone(connection, tables, copies, live_only_once)
    with _without_triggers(connection):
        clone.towns()
        clone.records()
        clone.money()
        if live_only_once:
            _let_go_of_recoveries(connection)
            _read_for_the_register(connection)
            _set_case_studies_aside(connection)
        balances.rebuild(connection)
    _set_sequences(connection)
    connection.execute(text("ANALYZE"))
    return connection.scalar(select(func.count()).select_from(bid)) or 0


def _tables_to_clone() -> list[Table]:
    """Every table with a key to a bid or a meeting, or to a table that has, parents first."""
    names, ordered = set(ROOTS), db.metadata.sorted_tables
    for _ in ordered:
        names |= {
            table.name
            for table in ordered
            if table.name not in NOT_CLONED | set(TOWN)
            and names & {parent.name for parent in _parents(table)}
        }
    return [table for table in ordered if table.name in names]


def _parents(table: Table) -> set[Table]:
    return {key.column.table for key in table.foreign_keys}


class _Clone:
    """Inserts copies 1 to `copies` of what hangs on the bids, a statement a table."""

    def __init__(self, connection: Connection, tables: list[Table], copies: int, ended_only: bool) -> None:
        self.connection, self.tables, self.copies, self.ended_only = connection, tables, copies, ended_only
        self.cloned = {table.name for table in tables}
        self.sources: dict[str, ColumnElement[bool]] = {}
        self.moving = self._who_moves()

    def _who_moves(self) -> list[int]:
        """Ids of the people who have a copy in each town: of schools, and the liaison officers."""
        members = text(
            "SELECT user_id FROM membership UNION SELECT user_id FROM role_grant WHERE role = 'officer'"
        )
        return sorted(self.connection.scalars(members))

    def towns(self) -> None:
        number = _numbers(TOWNS - 1)
        tables = db.metadata.tables
        who = {
            "person": tables["person"].c.id.in_(self.moving),
            "role_grant": tables["role_grant"].c.role == RoleName.OFFICER,
        }
        for name in TOWN:
            self._insert(tables[name], number, who.get(name, true()), town=True)

    def records(self) -> None:
        number = _numbers(self.copies)
        for table in self.tables:
            self._insert(table, number, self._which(table), town=False)

    def _which(self, table: Table) -> ColumnElement[bool]:
        """The rows of the demonstration that are cloned: those all of whose parents are."""
        wanted: list[ColumnElement[bool]] = [true()]
        if table.name == "bid" and self.ended_only:
            wanted.append(table.c.state.in_(ENDED))
        if table.name == "meeting" and self.ended_only:
            wanted.append(table.c.state == MeetingState.CLOSED)
        for key in table.foreign_keys:
            parent, column = key.column.table, key.parent
            if parent.name in self.sources and parent is not table:
                there = select(parent.c[key.column.name]).where(self.sources[parent.name])
                # As values: asked inside each other they are deeper than SQLite reads.
                kept = [value for value in self.connection.scalars(there) if value is not None]
                wanted.append(or_(column.is_(None), column.in_(kept)))
        if table.name in ("letter", "ledger_entry"):
            wanted.append(table.c.bid_id.is_not(None))
        if table.name == "history_entry":
            wanted.append(or_(table.c.bid_id.is_not(None), table.c.process.in_((MEETING.name, MINUTES.name))))
        first = next(iter(table.primary_key.columns))
        self.sources[table.name] = and_(*wanted, first < STRIDE)
        return self.sources[table.name]

    def _insert(self, table: Table, number: CTE, which: ColumnElement[bool], *, town: bool) -> None:
        values = {column.name: self._value(column, number.c.n, town) for column in table.columns}
        values |= _others(table, number.c.n)
        first = next(iter(table.primary_key.columns))
        rows = select(*values.values()).select_from(table.join(number, true())).where(which, first < STRIDE)
        self.connection.execute(insert(table).from_select(list(values), rows, include_defaults=False))

    def _value(self, column: Column[Any], n: ColumnElement[int], town: bool) -> ColumnElement[Any]:
        turn = n if town else n % TOWNS
        key = next(iter(column.foreign_keys), None)
        parent = key.column.table.name if key is not None else None
        if parent == "person":
            return case((column.in_(self.moving), column + turn * STRIDE), else_=column)
        if parent == "school":
            return column + turn * STRIDE
        if parent in self.cloned and not town:
            return column + n * STRIDE
        return column + n * STRIDE if column.name == "id" else column

    def money(self) -> None:
        """Allocate as many times as much, so that no fund is overdrawn."""
        entry = db.metadata.tables["ledger_entry"]
        first = (
            select(func.min(entry.c.id))
            .where(entry.c.kind == EntryKind.ALLOCATED)
            .group_by(entry.c.allocation_id)
        )
        for number, pence in self.connection.execute(
            select(entry.c.id, entry.c.pence).where(entry.c.id.in_(first))
        ):
            times = max(1, min(self.copies, MOST_PENCE // pence))
            values = {column.name: column for column in entry.columns}
            values |= {"id": entry.c.id + STRIDE - 1_000, "pence": entry.c.pence * times}
            rows = select(*values.values()).where(entry.c.id == number)
            self.connection.execute(insert(entry).from_select(list(values), rows, include_defaults=False))


def _let_go_of_recoveries(connection: Connection) -> None:
    """Of copies of bids that have ended, nothing is to come back any more."""
    recovery = db.metadata.tables["recovery"]
    to_come = recovery.c.state.in_(TO_COME) & (recovery.c.id >= STRIDE)
    ended = {"state": RecoveryState.LET_GO, "ended_at": recovery.c.opened_at}
    connection.execute(update(recovery).where(to_come).values(ended))


def _read_for_the_register(connection: Connection) -> None:
    """Of copies of bids that have ended, reasons and summaries wait for nobody to read them any more."""
    decision, report = db.metadata.tables["decision"], db.metadata.tables["impact_return"]
    award = db.metadata.tables["award"]
    awarded = decision.c.bid_id.in_(select(award.c.bid_id))  # others stay unread for good
    unread = decision.c.published_at.is_(None) & (decision.c.id >= STRIDE) & awarded
    read = {"published_reasons": decision.c.reasons, "published_at": decision.c.decided_at}
    connection.execute(update(decision).where(unread, decision.c.pence.is_not(None)).values(read))
    accepted = report.c.accepted_at.is_not(None) & report.c.summary_published_at.is_(None)
    read = {"published_summary": report.c.summary, "summary_published_at": report.c.accepted_at}
    connection.execute(update(report).where(accepted, report.c.id >= STRIDE).values(read))


def _set_case_studies_aside(connection: Connection) -> None:
    """Of copies of bids that have ended, no case study waits for anybody any more."""
    study = db.metadata.tables["case_study"]
    waits = study.c.state.in_((CaseState.DRAFT, CaseState.ASKED, CaseState.TO_CHANGE, CaseState.AGREED))
    connection.execute(
        update(study).where(waits, study.c.id >= STRIDE).values({"state": CaseState.WITHDRAWN})
    )


def _numbers(most: int) -> CTE:
    """A table of the numbers 1 to `most`."""
    first = select(literal(1).label("n")).cte("number", recursive=True)
    return first.union_all(select(first.c.n + 1).where(first.c.n < most))


def _earlier(moment: ColumnElement[Any], minutes: ColumnElement[int]) -> ColumnElement[Any]:
    """So many minutes before."""
    if db.engine.dialect.name == "sqlite":
        before = literal_column("'-'") + cast(minutes, String) + literal_column("' minutes'")
        return func.strftime(literal_column("'%Y-%m-%d %H:%M:%f000'"), moment, before)
    return moment - func.make_interval(0, 0, 0, 0, 0, cast(minutes, Integer))


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """The database refuses evidence out of turn, and these copies come all at once."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        yield
        connection.execute(text("SET session_replication_role = DEFAULT"))
        return
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)
    assert not connection.execute(text("PRAGMA foreign_key_check")).first()


def _set_sequences(connection: Connection) -> None:
    """On PostgreSQL, so that what is added next has a number of its own."""
    if connection.dialect.name != "postgresql":
        return
    for table in db.metadata.sorted_tables:
        if "id" in table.c:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'),"
                    f' (SELECT COALESCE(MAX(id), 1) FROM "{table.name}"))'
                )
            )


def _words(column: ColumnElement[str], n: ColumnElement[int], between: str = " ") -> ColumnElement[str]:
    """A text that differs from copy to copy."""
    return column + literal_column(f"'{between}'") + cast(n, String)


def _others(table: Table, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    """What can't stay as it is: what is unique, and when things began."""
    other = OTHERS.get(table.name)
    return other(table.c, n) if other else {}


def _bid(c: Any, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    moments = ("state_since", "submitted_at", "created_at")
    return {
        "reference": literal_column("'LSIF-'") + cast(1_000_000 + n * 100 + c.id, String),
        "resubmits_id": literal(None, Integer),
        "title": _words(c.title, n),
        "sent_title": _words(c.sent_title, n),
        **{name: _earlier(c[name], n * 37 % SPREAD_MINUTES) for name in moments},
    }


def _meeting(c: Any, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    held = _earlier(c.starts_at, n * 1_440 % SPREAD_MEETINGS)
    return {"starts_at": case((c.state == MeetingState.CLOSED, held), else_=c.starts_at)}


def _letter(c: Any, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    waits = c.status.in_((LetterStatus.QUEUED, LetterStatus.IN_DIGEST))
    return {
        "key": _words(c.key, n, ":"),
        "status": case((waits, literal(LetterStatus.SENT, c.status.type)), else_=c.status),
        "digest_id": literal(None, Integer),
        "sent_at": case((waits, func.coalesce(c.sent_at, c.written_at)), else_=c.sent_at),
    }


def _school(c: Any, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    return {"urn": _urn(c.id, n), "name": _words(c.name, n), "search_name": _words(c.search_name, n)}


def _payee(c: Any, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    return {"for_urn": _urn(c.school_id, n)}


def _urn(school_id: Any, n: ColumnElement[int]) -> ColumnElement[str]:
    return cast(990_000 + n * 100 + school_id, String)


def _person(c: Any, n: ColumnElement[int]) -> dict[str, ColumnElement[Any]]:
    email = literal_column("'t'") + cast(n, String) + literal_column("'.'") + c.email
    return {"email": email, "name": _words(c.name, n), "search_text": _words(c.search_text, n)}


OTHERS = {
    "bid": _bid,
    "meeting": _meeting,
    "letter": _letter,
    "school": _school,
    "payee": _payee,
    "person": _person,
    "attachment": lambda c, n: {"store_key": _words(c.store_key, n, "-")},
    "history_entry": lambda c, n: {"record_id": c.record_id + n * STRIDE},
}
