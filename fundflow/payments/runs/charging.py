"""What a payment's cost lines are charged to: the cost centre and subjective of the allocation lines that
bear them."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from fundflow.models.payment import Claim
from fundflow.payments.runs.facts import CostLine
from fundflow.rules.invoices import parts_by_line
from fundflow.rules.payment_runs import pence_out
from fundflow.spending import planned
from fundflow.workflow.award import parts_of
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

Account = tuple[str, str]  # a cost centre and a subjective, each may be empty


def cost_lines(claim: Claim, before: Sequence[Claim], now: datetime) -> list[CostLine]:
    """What a claim's payment is for: by what it asks for on each line of the award, or, where a share fell
    due by itself, as the award plans, each parted by what it is charged to; and last its VAT, which no
    allocation line bears. Together they are what is paid out: what is taken off is taken off all alike.

    before  claims of the bid that are paid before this one
    """
    out = pence_out(claim)
    vat = min(claim.gross_pence - claim.pence, out)
    accounts = _accounts(claim, before, now, out - vat)
    found: list[CostLine] = []
    for line, left in parts_by_line(claim, out - vat):
        while left:
            account, room = accounts.pop(0) if accounts else (("", ""), left)
            taken = min(left, room)
            found.append(CostLine(line.what, line.staff_code or "", taken, *account))
            left -= taken
            if room > taken:
                accounts.insert(0, (account, room - taken))
    return [*found, CostLine("VAT", "", vat)] if vat else found


def _accounts(claim: Claim, before: Sequence[Claim], now: datetime, pence: int) -> list[tuple[Account, int]]:
    """So many pence by account, in the order in which the claim's payment is taken from the lines, and in
    proportion to what is."""
    day = london_date(now)
    try:
        found, lines = planned([*before, claim], now, day, forced=True)
    except Refused:  # more than is unpaid: the run's approval leaves it out
        return []
    taken = planned(before, now, day, forced=True)[0].paid if before else {}
    accounts: Counter[Account] = Counter()
    for line in lines.values():
        part = found.paid.get(line.id, 0) - taken.get(line.id, 0)
        if part > 0:
            accounts[line.cost_centre, line.subjective] += part
    return list(parts_of(pence, accounts).items())
