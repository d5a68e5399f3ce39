"""Sums of the ledger's entries (docs/rules.md, "The ledger")."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from fundflow.models.ledger_entry import EntryKind as K


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
    """Figures by allocation line (its id), from (line, kind, pence)."""
    sums: dict[int, dict[K, int]] = defaultdict(dict)
    for line, kind, pence in rows:
        sums[line][kind] = pence
    return {line: _totals(kinds) for line, kinds in sums.items()}


def _totals(sums: Mapping[K, int]) -> Totals:
    def of(kind: K) -> int:
        return sums.get(kind, 0)

    return Totals(
        allocated=of(K.ALLOCATED) - of(K.CUT),
        awarded=of(K.AWARDED) + of(K.MOVED_IN) - of(K.MOVED_OUT),
        released=of(K.RELEASED),
        recovered=of(K.RECOVERED) - of(K.UNRECOVERED),
        paid_gross=of(K.PAID) - of(K.REVERSED),
        reserved=of(K.RESERVED) - of(K.UNRESERVED),
    )
