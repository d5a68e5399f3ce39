"""Which allocation lines pay, where money lapses at the year's end (docs/rules.md, "The ledger").

A line that lapsed pays what was served before it did, and nothing else. Where too little is committed on
other lines, the commitment moves. All amounts are integer pence.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from fundflow.models.money import spread
from fundflow.models.payment import Claim
from fundflow.rules.award_sums import sum_of
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.working_days import year_ends

Served = Mapping[int, int]  # pence, by the financial year by whose end it was earned


class Line(NamedTuple):
    """An allocation line as it stands for one award.

    lapses  the financial year with which it lapses; None where it carries forward
    left    pence committed to the award and not paid
    room    pence that may still be committed to it: U − R; 0 where the line may not support its school now
    """

    id: int
    lapses: int | None
    left: int
    room: int = 0

    def pays(self, year: int) -> bool:
        """Whether it pays what was served by the end of a financial year."""
        return self.lapses is None or self.lapses >= year


class Plan(NamedTuple):
    """How a payment is taken: pence by line (its id).

    paid              what each line pays
    moved_out         of which lines the commitment moves, and to which
    moved_in
    short             pence for which no line has room
    """

    paid: dict[int, int]
    moved_out: dict[int, int]
    moved_in: dict[int, int]
    short: int = 0

    @property
    def moved(self) -> int:
        return sum(self.moved_in.values())


def plan(served: Served, lines: Sequence[Line]) -> Plan:
    """Take a payment from the lines that may pay each part of it, in the order in which they are spent.

    served  together not more than is left on the lines
    """
    left = {line.id: line.left for line in lines}
    paid: Counter[int] = Counter()
    homeless = 0
    for year, pence in sorted(served.items()):
        parts, missing = spread(pence, [line.id for line in lines if line.pays(year)], left)
        homeless += missing
        for line_id, part in parts.items():
            left[line_id] -= part
            paid[line_id] += part
    moved_in, short = move(homeless, lines)
    moved_out, _ = spread(homeless - short, [line.id for line in lines if line.lapses is not None], left)
    paid.update(moved_in)
    return Plan({line.id: paid[line.id] for line in lines if paid[line.id]}, moved_out, moved_in, short)


def move(pence: int, lines: Iterable[Line]) -> tuple[dict[int, int], int]:
    """The lines to which a commitment moves, in order, each up to its room; and what finds none."""
    found = list(lines)
    return spread(pence, [line.id for line in found], {line.id: line.room for line in found})


def in_order_of_service(pence: int, paid: int, earned: Served, current: int) -> Counter[int]:
    """A payment of so many pence by the financial year by whose end it was earned: what was paid before
    counts for what was earned first.

    paid     pence that the payee has had before
    earned   pence it had earned by the end of each of these financial years
    current  the financial year of all that was earned later, or is paid in advance
    """
    parts: Counter[int] = Counter()
    for year in sorted(earned):
        part = min(max(earned[year] - paid, 0), pence)
        if part:
            parts[year] = part
            paid, pence = paid + part, pence - part
    if pence:
        parts[current] += pence
    return parts


def served_by(claims: Sequence[Claim], years: Iterable[int], current: int) -> Counter[int]:
    """What claims of one award pay, by the financial year by whose end it was earned: what was paid before
    counts for what was earned first. What approved payment runs are to pay counts where its claims are
    among these, as they are where a run is approved. Two queries a year."""
    bid = claims[0].bid
    sums = {year: sum_of(bid, until=year_ends(year)[1]) for year in years}
    found: Counter[int] = Counter()
    for school in {claim.school for claim in claims}:
        own = [claim for claim in claims if claim.school is school]
        had = sum(claim.pence for claim in own if claim.state is ClaimState.PAID)
        payees = {year: payee for year, whole in sums.items() if (payee := whole.of(school))}
        earned = {year: payee.sum.earned for year, payee in payees.items()}
        paid = next((payee.sum.paid - had for payee in payees.values()), 0)
        found += in_order_of_service(sum(claim.pence for claim in own), paid, earned, current)
    return found
