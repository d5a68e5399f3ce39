"""What awards are expected to earn and to be paid by the last day of a financial year
(docs/rules.md, "The ledger"). Values in, values out; integer pence.

The days still planned are spread evenly over the working days that are left until the award's end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from fundflow.models.money import spread
from fundflow.workflow.award import Basis, BudgetLine, Milestone, half_time, share_of, sums
from fundflow.workflow.working_days import working_days_between


class Share(NamedTuple):
    """Of the working days left until an award's end, those that come by the year's last day."""

    by_then: int
    left: int

    def of(self, pence: int) -> int:
        """What of the work that is still planned is done by then: all of it where no days are left, since
        what was done is then still to be logged."""
        return share_of(pence, self.by_then, self.left) if self.left else pence


def days_left(today: date, end: date, last: date, off: frozenset[date]) -> Share:
    """The working days after today until an award's end; `off` as the schools are."""
    if end <= today:
        return Share(0, 0)
    return Share(working_days_between(today, min(end, last), off), working_days_between(today, end, off))


def milestones(start: date, end: date, report_due: date, last: date) -> frozenset[Milestone]:
    """What an award's schedule waits for and is expected by the year's last day."""
    when = {Milestone.HALF_TIME: half_time(start, end), Milestone.FINAL: report_due}
    return frozenset(milestone for milestone, day in when.items() if day <= last)


class Outlook(NamedTuple):
    """What an award, or several, may come to; pence.

    due      may be paid now
    earned   earned by the year's last day
    coming   still to be paid by then, what is due now included
    accrued  earned by then and not paid
    """

    due: int = 0
    earned: int = 0
    coming: int = 0
    accrued: int = 0

    @property
    def used(self) -> int:
        """What of the award that is unpaid today the year is expected to take."""
        return self.coming + self.accrued


def outlook(
    basis: Basis, logged: Sequence[BudgetLine], share: Share, expected: frozenset[Milestone], unpaid: int
) -> Outlook:
    """What one award may come to.

    basis     as it stands
    logged    its lines, with what waits to be confirmed
    expected  as `milestones`
    unpaid    pence that are awarded, neither paid nor released: no more is paid
    """
    now, unpaid = sums(basis), max(unpaid, 0)
    lines = [
        line if basis.is_settled else line._replace(done=line.done + _to_do(line, share)) for line in logged
    ]
    then = sums(basis._replace(lines=lines, reached=basis.reached | expected))
    due = min(sum(one.due for one in now.values()), unpaid)
    paid = {payee: max(one.paid, one.allowed, now[payee].allowed) for payee, one in then.items()}
    coming = min(sum(paid[payee] - one.paid for payee, one in then.items()), unpaid)
    accrued = sum(max(one.earned - paid[payee], 0) for payee, one in then.items())
    earned = sum(one.earned for one in then.values())
    return Outlook(due, earned, coming, min(accrued, unpaid - coming))


def _to_do(line: BudgetLine, share: Share) -> int:
    """What of a line is expected to be done after today by the year's last day."""
    return share.of(max(line.budget - line.done, 0))


class Held(NamedTuple):
    """What an allocation line holds for an award; pence."""

    paid: int
    unpaid: int


def still_pay(held: Mapping[int, Held], lapsed: Mapping[int, int], owed: Mapping[int, int]) -> dict[int, int]:
    """What lines (their ids) that lapsed before the year still pay for an award, in pence: what was earned by
    then and is unpaid.

    lapsed  the financial year with which each lapsed
    owed    pence of the award that were earned by the end of each of these years and are unpaid
    """
    found: dict[int, int] = {}
    for line, year in sorted(lapsed.items(), key=lambda one: one[1]):
        if line in held:
            found[line] = max(min(held[line].unpaid, owed.get(year, 0) - sum(found.values())), 0)
    return found


def on_lines(
    found: Outlook, held: Mapping[int, Held], order: Iterable[int], most: Mapping[int, int] | None = None
) -> dict[int, Outlook]:
    """An outlook split over the allocation lines (their ids) that hold the award, in the order in which they
    are spent. The parts add up to what these lines can pay: what lapsed pays no more than `most` says, as
    `still_pay` finds it."""
    lines = [line for line in order if line in held]
    most = most or {}
    room = {line: max(min(held[line].unpaid, most.get(line, held[line].unpaid)), 0) for line in lines}
    due, _ = spread(found.due, lines, room)
    coming, _ = spread(found.coming, lines, room)
    accrued, _ = spread(found.accrued, lines, {line: room[line] - coming.get(line, 0) for line in lines})
    whole = {line: max(held[line].paid + held[line].unpaid, 0) for line in lines}
    earned, _ = spread(found.earned, lines, whole)
    return {line: Outlook(*(part.get(line, 0) for part in (due, earned, coming, accrued))) for line in lines}


def added(outlooks: Iterable[Outlook]) -> Outlook:
    """Several outlooks as one."""
    return Outlook(*map(sum, zip(Outlook(), *outlooks, strict=True)))
