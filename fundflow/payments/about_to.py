"""What a step would do to the money of an award, in sentences for the page before it is done."""

from datetime import datetime

from fundflow.models.bid import Bid
from fundflow.models.change import ChangeRequest
from fundflow.models.money import pounds
from fundflow.rules.award_sums import sum_of
from fundflow.rules.change_requests import effect_of, terms_after, terms_before


def stop(bid: Bid) -> list[str]:
    """What is earned of an award, paid, still due, to come back and free again, if the funding stops now."""
    found, hoped = sum_of(bid, stopped=True), sum_of(bid, stopped=True, hoped=True)
    said = [
        f"You are about to stop the funding of {bid.lead_school.name}",
        f"{pounds(found.awarded)} is awarded. {pounds(found.whole.earned)} of it is earned so far, "
        f"and {pounds(found.whole.paid)} is paid.",
    ]
    sums = (
        (found.to_keep, "is still due and will be paid"),
        (hoped.missing + hoped.to_come, "was paid and must come back"),
        (max(hoped.outstanding - hoped.to_keep, 0), "goes back to the fund"),
        (hoped.whole.earned - found.whole.earned, "more is earned if the days that wait are confirmed"),
    )
    return said + [f"{pounds(pence)} {what}." for pence, what in sums if pence]


def change(change: ChangeRequest, now: datetime) -> list[str]:
    """What agreeing to a change of an award does to the money."""
    name, effect = change.bid.lead_school.name, effect_of(change, now)
    before, after = terms_before(change).paid_at_most, terms_after(change).paid_at_most
    if before == after:
        said = [f"You are about to change the award of {name}", f"The award stays {pounds(after)}."]
    else:
        verb = "reduce" if after < before else "increase"
        said = [f"You are about to {verb} the award of {name} from {pounds(before)} to {pounds(after)}"]
    sums = (
        (effect.added, "is awarded besides"),
        (effect.released, "goes back to the fund"),
        (effect.back, "was paid and must come back"),
        (effect.waits if not effect.added else 0, "waits until that is paid back"),
    )
    said += [f"{pounds(pence)} {what}." for pence, what in sums if pence]
    return said if any(pence for pence, _what in sums) else [*said, "No money moves."]
