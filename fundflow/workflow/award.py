"""What an award pays: one sum, from its budget, its schedule and what was done.

Earned (E): what was done, line by line, up to what was awarded.
Scheduled (V): what the fund's rule pays in advance by now.
May be paid so far (M): the greater of the two, up to the award, or E once the final report is accepted
or the funding has stopped. Due now is M less what was paid, never below nothing.

Everything is reckoned payee by payee and then added. All amounts are integer pence, halves rounded up
(docs/rules.md, "What an award pays").
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from fundflow.workflow.worded import Worded

Key = TypeVar("Key")  # of what an amount is split over
PayeeId = int  # the id of the school or organisation to which a line is paid

MOST_OF_A_LINE = 110  # percent of its budget that counts as earned


class Milestone(Worded):
    """What a tranche of the award waits for."""

    ACCEPTED = "accepted", "When the offer is accepted"
    HALF_TIME = "half_time", "At half-time, once the council has checked how it goes"
    FINAL = "final", "When the final report is accepted"


class Tranche(NamedTuple):
    """A share of the award, in percent, that falls due at once when something has happened."""

    when: Milestone
    percent: int


def tranches(advance: int, half_time: int) -> tuple[Tranche, ...]:
    """A schedule from two percentages; the rest waits for the final report.

    Empty where nothing is paid in advance: then all of it is claimed as it is done.
    """
    if not advance + half_time:
        return ()
    rest = 100 - advance - half_time
    parts = (Milestone.ACCEPTED, advance), (Milestone.HALF_TIME, half_time), (Milestone.FINAL, rest)
    return tuple(Tranche(when, percent) for when, percent in parts if percent)


class BudgetLine(NamedTuple):
    """A line of the budget: what it was to cost, and what was done of it, both rounded once."""

    payee: PayeeId
    budget: int
    done: int = 0


class Basis(NamedTuple):
    """What the sum is reckoned from: an award as it stands.

    pence    what the school accepted
    reached  what has happened of what tranches wait for
    stopped  the funding was stopped: only what is earned is paid
    paid     what each payee has had, less what came back; also one whose lines all left the award
    misused  what is asked back of each payee because it was not spent as agreed: it leaves the award
    """

    pence: int
    lines: Sequence[BudgetLine]
    schedule: Sequence[Tranche] = ()
    reached: frozenset[Milestone] = frozenset()
    stopped: bool = False
    paid: Mapping[PayeeId, int] = {}
    misused: Mapping[PayeeId, int] = {}

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can be earned: only what was earned is owed."""
        return self.stopped or Milestone.FINAL in self.reached


class PayeeSum(NamedTuple):
    """The sum for one payee, or for all of them."""

    share: int  # of the award
    earned: int
    scheduled: int  # by now; nothing once the award is settled, when only what is earned counts
    kept: int  # until the final report is accepted
    allowed: int  # what may be paid so far
    paid: int
    due: int
    back: int  # paid and not earned, once the award is settled; before, paid above a share that was cut
    released: int  # what goes back to the fund when the award is settled


NOTHING = PayeeSum(*(0 for _ in PayeeSum._fields))


def sums(basis: Basis) -> dict[PayeeId, PayeeSum]:
    """The sum of each payee of the award, in the order of its lines; then of those that were paid and have no
    line any more: their share is nothing."""
    budgets = _budgets(basis.lines)
    cost = sum(budgets.values())
    awarded = min(basis.pence, cost)  # a plan that costs less than the offer is paid as it costs
    shares = parts_of(awarded, budgets)
    scheduled = parts_of(part_of(awarded, _percent(basis, basis.reached)), budgets)
    kept = parts_of(part_of(awarded, _kept(basis)), budgets)
    return {
        payee: _sum(
            basis.is_settled,
            share=shares.get(payee, 0),
            done=_scaled(_counted(basis.lines, payee), awarded, cost),
            scheduled=scheduled.get(payee, 0),
            kept=kept.get(payee, 0),
            paid=basis.paid.get(payee, 0),
            misused=basis.misused.get(payee, 0),
        )
        for payee in {**budgets, **basis.paid}
    }


def total(sums: Iterable[PayeeSum]) -> PayeeSum:
    """Several payees' sums as one."""
    return PayeeSum(*map(sum, zip(NOTHING, *sums, strict=True)))


class Instalment(NamedTuple):
    """A line of the schedule as the offer and the award show it."""

    when: Milestone
    percent: int
    pence: int


def instalments(schedule: Iterable[Tranche], pence: int) -> list[Instalment]:
    """What is paid when of an award of so many pence; together they are the whole."""
    found: list[Instalment] = []
    percent = 0
    for tranche in schedule:
        before, percent = part_of(pence, percent), percent + tranche.percent
        found.append(Instalment(*tranche, part_of(pence, percent) - before))
    return found


def half_time(start: date, end: date) -> date:
    """The middle day between start and end."""
    return start + (end - start) // 2


def part_of(pence: int, percent: int) -> int:
    """So many percent of an amount."""
    return _scaled(pence, percent, 100)


def most_of_line(budget: int) -> int:
    """The most of a line's budget that counts as earned."""
    return part_of(budget, MOST_OF_A_LINE)


def share_of(pence: int, part: int, whole: int) -> int:
    """What of an amount is for a part of a whole, to the nearest penny."""
    return _scaled(pence, part, whole)


def after_cut(awarded: int, now: int, paid: int) -> tuple[int, int]:
    """(released, to come back) where an award is lowered to `now`, paid or not."""
    return awarded - max(now, paid), max(paid - now, 0)


def _sum(
    settled: bool, *, share: int, done: int, scheduled: int, kept: int, paid: int, misused: int
) -> PayeeSum:
    share = max(share - misused, 0)
    earned, scheduled = min(done, share), 0 if settled else max(scheduled - misused, 0)
    allowed = earned if settled else max(min(share - kept, max(earned, scheduled)), 0)
    return PayeeSum(
        share=share,
        earned=earned,
        scheduled=scheduled,
        kept=kept,
        allowed=allowed,
        paid=paid,
        due=max(allowed - paid, 0),
        back=max(paid - (earned if settled else share), 0),
        released=share - max(earned, paid) if settled else 0,
    )


def _percent(basis: Basis, reached: frozenset[Milestone]) -> int:
    return sum(tranche.percent for tranche in basis.schedule if tranche.when in reached)


def _kept(basis: Basis) -> int:
    """The percentage that waits for the final report."""
    if basis.is_settled:
        return 0
    return sum(tranche.percent for tranche in basis.schedule if tranche.when is Milestone.FINAL)


def _budgets(lines: Iterable[BudgetLine]) -> dict[PayeeId, int]:
    budgets: dict[PayeeId, int] = {}
    for line in lines:
        budgets[line.payee] = budgets.get(line.payee, 0) + line.budget
    return budgets


def _counted(lines: Iterable[BudgetLine], payee: PayeeId) -> int:
    """What a payee did, each line up to the most that counts of it."""
    return sum(min(line.done, most_of_line(line.budget)) for line in lines if line.payee == payee)


def parts_of(pence: int, budgets: Mapping[Key, int]) -> dict[Key, int]:
    """An amount split in proportion to the budgets; the last takes what rounding leaves."""
    cost, left = sum(budgets.values()), pence
    parts: dict[Key, int] = {}
    for payee, budget in budgets.items():
        parts[payee] = min(_scaled(budget, pence, cost), left)
        left -= parts[payee]
    if parts:
        parts[payee] += left
    return parts


def _scaled(pence: int, by: int, of: int) -> int:
    """pence × by ÷ of, halves rounded up; nothing where there is nothing to divide by."""
    return (2 * pence * by + of) // (2 * of) if of else 0
