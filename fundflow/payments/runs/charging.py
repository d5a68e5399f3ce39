"""What a payment's cost lines are charged to: the cost centre and subjective of the allocation lines that
bear them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from fundflow.models.payment import Claim
from fundflow.payments.runs.facts import CostLine
from fundflow.spending import planned
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

Account = tuple[str, str]  # a cost centre and a subjective, each may be empty


def charged(
    claim: Claim, parts: Iterable[CostLine], before: Sequence[Claim], now: datetime
) -> list[CostLine]:
    """Cost lines, parted where one is charged to several accounts; together they are what they were.

    before  claims of the bid that are paid before this one
    """
    accounts = _accounts(claim, before, now)
    found: list[CostLine] = []
    for part in parts:
        left = part.pence
        while left:
            account, room = accounts.pop(0) if accounts else (("", ""), left)
            taken = min(left, room)
            found.append(CostLine(part.what, part.staff_code, taken, *account))
            left -= taken
            if room > taken:
                accounts.insert(0, (account, room - taken))
    return found


def _accounts(claim: Claim, before: Sequence[Claim], now: datetime) -> list[tuple[Account, int]]:
    """(account, pence) of what the claim's payment is taken from, in the order in which it is."""
    day = london_date(now)
    try:
        found, lines = planned([*before, claim], now, day, forced=True)
    except Refused:  # more than is unpaid: the run's approval leaves it out
        return []
    taken = planned(before, now, day, forced=True)[0].paid if before else {}
    accounts: Counter[Account] = Counter()
    for line in lines.values():
        pence = found.paid.get(line.id, 0) - taken.get(line.id, 0)
        if pence > 0:
            accounts[line.cost_centre, line.subjective] += pence
    return list(accounts.items())
