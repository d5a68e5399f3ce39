"""What an agreement to a change of an award waits for: claims and money that are on their way."""

from fundflow.models.change import ChangeRequest
from fundflow.models.money import pounds
from fundflow.models.recovery import TO_COME, Ground
from fundflow.rules.change_requests import is_less, is_more, losing
from fundflow.rules.recoveries import recoveries_of
from fundflow.workflow.claim import ClaimState


def why_claim_certified(change: ChangeRequest) -> str | None:
    """The sentence where a claim is about to be paid, which less money for its school might not allow."""
    checked = {one.school.today_id for one in change.bid.claims if one.state is ClaimState.CERTIFIED}
    if checked and (is_less(change) or losing(change) & checked):
        return "A claim is checked and about to be paid. Pay it or refuse it first."
    return None


def why_cut_comes_back(change: ChangeRequest) -> str | None:
    """The sentence where money of an earlier cut is still to come back: the fund would take it, and nothing
    would be awarded again to pay it from."""
    if not is_more(change):
        return None
    unearned = [one for one in recoveries_of(change.bid) if one.ground is Ground.NOT_EARNED]
    standing = [one for one in unearned if one.state in TO_COME]
    if not standing:
        return None
    pence, names = sum(one.pence for one in standing), " and ".join(one.reference for one in standing)
    return (
        f"{pounds(pence)} is still to come back ({names}). More money waits until it is paid back or let go."
    )
