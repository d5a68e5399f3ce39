"""VAT of an invoice: what each line carries, rounded once for the invoice and each rate (docs/rules.md,
"Purchase mode"). Amounts are integer pence, rates basis points: 20 % is 2000."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from fundflow.workflow.worded import Worded

EXEMPT = 0
# The standard rate and the day from which it holds (Value Added Tax Act 1994, s.2), the latest last.
STANDARD_RATES = ((date(2010, 1, 1), 1_750), (date(2011, 1, 4), 2_000))


class VatCode(Worded):
    """How VAT stands on what is sold; the value is the code in files for finance."""

    STANDARD = "standard", "Standard rate"
    ZERO = "zero", "Zero rate"
    EXEMPT = "exempt", "Exempt"
    OUTSIDE = "outside", "Outside the scope of VAT"

    def rate_on(self, day: date) -> int:
        """In basis points."""
        return standard_rate(day) if self is VatCode.STANDARD else EXEMPT


class InvoiceLine(NamedTuple):
    """What a line is for, whose staff code, its pence and its rate of VAT.

    pence  before VAT, or with it where it can't be recovered
    """

    what: str
    staff_code: str
    pence: int
    rate: int


class AtRate(NamedTuple):
    """What an invoice has at one rate."""

    rate: int
    net: int
    vat: int

    @property
    def words(self) -> str:
        """“20%”, or “Exempt”."""
        percent = f"{self.rate / 100:g}%"
        return percent if self.rate else "Exempt"


class Sums(NamedTuple):
    """What an invoice comes to, and its parts by rate, exempt ones first."""

    rates: Sequence[AtRate]

    @property
    def net(self) -> int:
        return sum(part.net for part in self.rates)

    @property
    def vat(self) -> int:
        return sum(part.vat for part in self.rates)

    @property
    def gross(self) -> int:
        return self.net + self.vat


def standard_rate(day: date) -> int:
    """The standard rate in force on a day; the first known one before."""
    return max((since, rate) for since, rate in STANDARD_RATES if since <= max(day, STANDARD_RATES[0][0]))[1]


def sums(lines: Iterable[InvoiceLine], *, recoverable: bool) -> Sums:
    """What lines come to with VAT, halves of a penny rounded up.

    recoverable  the lines are before VAT, which is added; else it is in them, and taken out
    """
    at: dict[int, int] = {}
    for line in lines:
        at[line.rate] = at.get(line.rate, 0) + line.pence
    return Sums([_at(rate, pence, recoverable) for rate, pence in sorted(at.items())])


def _at(rate: int, pence: int, recoverable: bool) -> AtRate:
    of = 10_000 if recoverable else 10_000 + rate
    vat = (2 * pence * rate + of) // (2 * of)
    return AtRate(rate, pence if recoverable else pence - vat, vat)
