"""Sums of the ledger's entries (docs/rules.md, "The ledger")."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, case

from fundflow.models.ledger_entry import BidBalance
from fundflow.models.ledger_entry import EntryKind as K
from fundflow.workflow.worded import Worded

Sums = Mapping[K, int]  # pence by kind of entry


class Figure(Worded):
    """A figure of the ledger, in pence (docs/rules.md, "The ledger")."""

    ALLOCATED = "allocated", "Allocated"
    COMMITTED = "committed", "Committed"
    PAID = "paid", "Paid, less what was recovered"
    OUTSTANDING = "outstanding", "Outstanding: awarded and not paid yet"
    UNCOMMITTED = "uncommitted", "Uncommitted"
    RESERVED = "reserved", "Reserved: for offers that are out"
    FREE = "free", "Free: may still be offered"
    AWARDED = "awarded", "Awarded"
    RELEASED = "released", "Released"
    PAID_OUT = "paid_out", "Paid out"
    RECOVERED = "recovered", "Recovered"

    @property
    def short(self) -> str:
        """Its first words: “Outstanding”."""
        return self.words.partition(":")[0]

    @property
    def signs(self) -> Mapping[K, int]:
        """What an entry of each kind does to it: 1 adds, −1 takes off; other kinds leave it as it is."""
        return SIGNS[self]

    def of(self, sums: Sums) -> int:
        """What it comes to."""
        return sum(sign * sums.get(kind, 0) for kind, sign in self.signs.items())


F = Figure


def _less(figure: Figure, *others: Figure) -> dict[K, int]:
    """A figure less others."""
    signs = Counter(SIGNS[figure])
    for other in others:
        signs.subtract(SIGNS[other])
    return {kind: sign for kind, sign in signs.items() if sign}


SIGNS: dict[Figure, dict[K, int]] = {
    F.ALLOCATED: {K.ALLOCATED: 1, K.CUT: -1},
    F.RESERVED: {K.RESERVED: 1, K.UNRESERVED: -1},
    F.AWARDED: {K.AWARDED: 1, K.MOVED_IN: 1, K.MOVED_OUT: -1},
    F.RELEASED: {K.RELEASED: 1},
    F.PAID_OUT: {K.PAID: 1, K.REVERSED: -1},
    F.RECOVERED: {K.RECOVERED: 1, K.UNRECOVERED: -1},
}
SIGNS[F.COMMITTED] = _less(F.AWARDED, F.RELEASED, F.RECOVERED)
SIGNS[F.PAID] = _less(F.PAID_OUT, F.RECOVERED)
SIGNS[F.OUTSTANDING] = _less(F.COMMITTED, F.PAID)
SIGNS[F.UNCOMMITTED] = _less(F.ALLOCATED, F.COMMITTED)
SIGNS[F.FREE] = _less(F.UNCOMMITTED, F.RESERVED)


def balances_as(signs: Mapping[K, int]) -> ColumnElement[int]:
    """What a row of a bid’s balances adds to what has these signs, as a column."""
    return case(
        *((BidBalance.kind == kind, BidBalance.pence * sign) for kind, sign in signs.items()), else_=0
    )


class Totals(NamedTuple):
    """Sums of some of the ledger's entries, in pence (docs/rules.md, "The ledger").

    awarded  of a line also what moved to it from other lines, less what moved away: of a bid that is nothing
    """

    allocated: int
    awarded: int
    released: int
    recovered: int
    paid_gross: int
    reserved: int

    @property
    def committed(self) -> int:
        return self.awarded - self.released - self.recovered

    @property
    def paid(self) -> int:
        return self.paid_gross - self.recovered

    @property
    def outstanding(self) -> int:
        return self.committed - self.paid

    @property
    def uncommitted(self) -> int:
        return self.allocated - self.committed

    @property
    def free(self) -> int:
        """U − R: what may still be offered; negative after a cut."""
        return self.uncommitted - self.reserved


NOTHING = Totals(0, 0, 0, 0, 0, 0)


def added(figures: Iterable[Totals]) -> Totals:
    """Several lines' figures as one."""
    return Totals(*map(sum, zip(NOTHING, *figures, strict=True)))


def grouped(rows: Iterable[tuple[int, K, int]]) -> dict[int, Totals]:
    """Figures by allocation line (its id), from (line, kind, pence); a kind may come twice."""
    sums: dict[int, Counter[K]] = defaultdict(Counter)
    for line, kind, pence in rows:
        sums[line][kind] += pence
    return {line: _totals(kinds) for line, kinds in sums.items()}


def _totals(sums: Sums) -> Totals:
    return Totals(
        allocated=F.ALLOCATED.of(sums),
        awarded=F.AWARDED.of(sums),
        released=F.RELEASED.of(sums),
        recovered=F.RECOVERED.of(sums),
        paid_gross=F.PAID_OUT.of(sums),
        reserved=F.RESERVED.of(sums),
    )
