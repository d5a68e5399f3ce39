"""What a payment's cost lines are charged to: the cost centre and subjective of the allocation lines that
bear them."""

from collections.abc import Iterable

from fundflow import ledger
from fundflow.models.payment import Claim
from fundflow.payments.runs.facts import CostLine

Account = tuple[str, str]  # a cost centre and a subjective, each may be empty


def charged(claim: Claim, parts: Iterable[CostLine], before: int = 0) -> list[CostLine]:
    """Cost lines, parted where one is charged to several accounts; together they are what they were.

    before  pence of the bid's that are paid before this claim, in the same run
    """
    accounts = _accounts(claim, before)
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


def _accounts(claim: Claim, before: int) -> list[tuple[Account, int]]:
    """(account, pence) of what is unpaid of the bid, in the order in which it is paid."""
    found: list[tuple[Account, int]] = []
    for line, pence in ledger.unpaid(claim.bid_id):
        skipped = min(before, pence)
        before, pence = before - skipped, pence - skipped
        account = (line.cost_centre, line.subjective)
        if found and found[-1][0] == account:
            pence += found.pop()[1]
        if pence:
            found.append((account, pence))
    return found
