"""Statements: what some entries of the ledger add up to, and the balance after each of them
(docs/rules.md, "The ledger"). Every amount is integer pence."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from fundflow.models.ledger_entry import EntryKind as K
from fundflow.models.payee import Route
from fundflow.rules.ledger_totals import Figure, Sums

F = Figure


def added(*sums: Sums) -> Sums:
    """Several sums as one."""
    return {kind: sum(one.get(kind, 0) for one in sums) for kind in K}


# What a statement shows of the money of a fund, and of awards; the balance runs of the last.
OF_MONEY = (F.ALLOCATED, F.COMMITTED, F.PAID, F.OUTSTANDING, F.UNCOMMITTED, F.RESERVED, F.FREE)
OF_AWARDS = (F.RESERVED, F.AWARDED, F.RELEASED, F.PAID_OUT, F.RECOVERED, F.PAID, F.OUTSTANDING)
# The columns of a file: each adds up to its figure.
OF_FILES = (F.ALLOCATED, F.RESERVED, F.COMMITTED, F.PAID)


class Entry(NamedTuple):
    """An entry of the ledger as statements show it.

    lead    the school that led the bid then; None where it is of no bid
    paid    the school that a payment was for, where that is kept
    """

    id: int
    at: datetime
    kind: K
    pence: int
    reason: str
    source: str
    financial_year: int
    minute_reference: str
    reference: str | None
    lead: "SchoolThen | None"
    paid: "SchoolThen | None"
    claim_number: int | None
    payment_reference: str | None
    paid_to: str | None
    route: Route | None
    supplier_number: str | None
    by: str | None

    @property
    def _school(self) -> "SchoolThen":
        return self.paid or self.lead or NO_SCHOOL

    @property
    def school(self) -> str | None:
        """The name of the school it was for on the day."""
        return self._school.name

    @property
    def urn(self) -> str | None:
        return self._school.urn


class SchoolThen(NamedTuple):
    """A school on the day of an entry."""

    urn: str | None
    name: str | None


NO_SCHOOL = SchoolThen(None, None)


class StatementLine(NamedTuple):
    """An entry with its signed pence, and the balance after it."""

    entry: Entry
    pence: int
    balance: int


def running(
    entries: Iterable[Entry], chosen: Figure | None, figure: Figure, opening: int
) -> Iterator[StatementLine]:
    """Entries, oldest first, with the balance of a figure after each.

    chosen   the figure whose entries they are, as which their pence are signed; else each as its kind says
    opening  the balance before the first
    """
    balance = opening
    for entry in entries:
        moved = figure.signs.get(entry.kind, 0) * entry.pence
        balance += moved
        yield StatementLine(entry, moved if chosen else entry.kind.signed(entry.pence), balance)


def newest_first(
    entries: Sequence[Entry], chosen: Figure | None, figure: Figure, closing: int
) -> list[StatementLine]:
    """`running` of entries that come newest first; `closing` is the balance after the first of them."""
    moved = sum(figure.signs.get(entry.kind, 0) * entry.pence for entry in entries)
    return list(running(reversed(entries), chosen, figure, closing - moved))[::-1]


class LeadPassed(NamedTuple):
    """A bid passed on from one school to another, by their URNs.

    entry_id  of the history entry
    lead      the school that led it until then; None where the lead did not change; empty where the
              history of that time doesn't say (then the lead changed if the successor led it afterwards)
    """

    entry_id: int
    at: datetime
    old: str
    new: str
    lead: str | None


def lead_then(today: str, passed: Sequence[LeadPassed], at: datetime, entry_id: int | None) -> str:
    """The URN of the school that led a bid when an entry was made.

    today     the URN of the school that leads it now
    passed    how it was passed on, oldest first
    entry_id  the history entry of the step that made the entry, where there was one
    """
    lead = today
    for one in reversed(passed):
        if (entry_id > one.entry_id) if entry_id else (at > one.at):
            break
        if one.new == lead and one.lead is not None:
            lead = one.lead or one.old
    return lead
