"""What an award pays: one sum, from its budget, its schedule and what was done.

Earned (E): what was done, line by line, up to what was awarded.
Scheduled (V): what the fund's rule pays in advance by now.
May be paid so far (M): the greater of the two, up to the award, or E once the final report is accepted
or the funding has stopped. Due now is M less what was paid, never below nothing.

Everything is reckoned payee by payee and then added. All amounts are integer pence, halves rounded up
(docs/rules.md, "What an award pays").
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

Payee = int  # the id of the school or organisation to which a line is paid

MOST_OF_A_LINE = 110  # percent of its budget that counts as earned


class When(Enum):
    """What a share of the award waits for."""

    ACCEPTED = "accepted"  # the school accepted the offer
    HALF_TIME = "half_time"  # the interim report is accepted, or the officer recorded half-time
    FINAL = "final"  # the final report is accepted


class Share(NamedTuple):
    """A part of the award that falls due at once when something has happened."""

    when: When
    percent: int


class Line(NamedTuple):
    """A line of the budget: what it was to cost, and what was done of it, both rounded once."""

    payee: Payee
    budget: int
    done: int = 0


class Award(NamedTuple):
    """An award as it stands.

    pence    what the school accepted
    reached  what has happened of what shares wait for
    stopped  the funding was stopped: only what is earned is paid
    paid     what each payee has had, less what came back
    """

    pence: int
    lines: Sequence[Line]
    schedule: Sequence[Share] = ()
    reached: frozenset[When] = frozenset()
    stopped: bool = False
    paid: Mapping[Payee, int] = {}

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can be earned: only what was earned is owed."""
        return self.stopped or When.FINAL in self.reached


class Sum(NamedTuple):
    """The sum for one payee, or for all of them."""

    share: int  # of the award
    earned: int
    scheduled: int
    kept: int  # until the final report is accepted
    allowed: int  # what may be paid so far
    paid: int
    due: int
    back: int  # paid and not earned, once the award is settled
    released: int  # what goes back to the fund when the award is settled


NOTHING = Sum(*(0 for _ in Sum._fields))


def sums(award: Award) -> dict[Payee, Sum]:
    """The sum of each payee of the award, in the order of its lines."""
    budgets = _budgets(award.lines)
    cost = sum(budgets.values())
    awarded = min(award.pence, cost)  # a plan that costs less than the offer is paid as it costs
    shares = _parts(awarded, budgets)
    scheduled = _parts(part_of(awarded, _percent(award, award.reached)), budgets)
    kept = _parts(part_of(awarded, _kept(award)), budgets)
    return {
        payee: _sum(
            award.is_settled,
            share=shares[payee],
            earned=min(_scaled(_counted(award.lines, payee), awarded, cost), shares[payee]),
            scheduled=scheduled[payee],
            kept=kept[payee],
            paid=award.paid.get(payee, 0),
        )
        for payee in budgets
    }


def total(sums: Iterable[Sum]) -> Sum:
    """Several payees' sums as one."""
    return Sum(*map(sum, zip(NOTHING, *sums, strict=True)))


def part_of(pence: int, percent: int) -> int:
    """So many percent of an amount."""
    return _scaled(pence, percent, 100)


def after_cut(awarded: int, now: int, paid: int) -> tuple[int, int]:
    """(released, to come back) where an award is lowered to `now`, paid or not."""
    return awarded - max(now, paid), max(paid - now, 0)


def _sum(settled: bool, *, share: int, earned: int, scheduled: int, kept: int, paid: int) -> Sum:
    allowed = earned if settled else min(share - kept, max(earned, scheduled))
    return Sum(
        share=share,
        earned=earned,
        scheduled=scheduled,
        kept=kept,
        allowed=allowed,
        paid=paid,
        due=max(allowed - paid, 0),
        back=max(paid - earned, 0) if settled else 0,
        released=share - max(earned, paid) if settled else 0,
    )


def _percent(award: Award, reached: frozenset[When]) -> int:
    return sum(share.percent for share in award.schedule if share.when in reached)


def _kept(award: Award) -> int:
    """The percentage that waits for the final report."""
    if award.is_settled:
        return 0
    return sum(share.percent for share in award.schedule if share.when is When.FINAL)


def _budgets(lines: Iterable[Line]) -> dict[Payee, int]:
    budgets: dict[Payee, int] = {}
    for line in lines:
        budgets[line.payee] = budgets.get(line.payee, 0) + line.budget
    return budgets


def _counted(lines: Iterable[Line], payee: Payee) -> int:
    """What a payee did, each line up to the most that counts of it."""
    return sum(min(line.done, part_of(line.budget, MOST_OF_A_LINE)) for line in lines if line.payee == payee)


def _parts(pence: int, budgets: Mapping[Payee, int]) -> dict[Payee, int]:
    """An amount split in proportion to the budgets; the last takes what rounding leaves."""
    cost, left = sum(budgets.values()), pence
    parts: dict[Payee, int] = {}
    for payee, budget in budgets.items():
        parts[payee] = min(_scaled(budget, pence, cost), left)
        left -= parts[payee]
    if parts:
        parts[payee] += left
    return parts


def _scaled(pence: int, by: int, of: int) -> int:
    """pence × by ÷ of, halves rounded up; nothing where there is nothing to divide by."""
    return (2 * pence * by + of) // (2 * of) if of else 0
