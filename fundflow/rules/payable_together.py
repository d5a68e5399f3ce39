"""Which payments of a run may have to wait, asked of all of them at once."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from fundflow.models.bid import Bid
from fundflow.models.payee import Payee
from fundflow.models.payment import Claim
from fundflow.models.payment_run import RunLine
from fundflow.models.recovery import Recovery
from fundflow.models.school import School
from fundflow.rules.awards_in_force import sums_with
from fundflow.rules.claims import is_claimable
from fundflow.rules.invoices import why_no_invoice
from fundflow.rules.payees import in_force, payable
from fundflow.rules.payment_blocks import condition_is_unmet, is_blocked
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.recovery import RecoveryState

AT_ONCE = 500  # claims asked about in one query, of which a database takes so many parameters


def may_wait(session: Session, lines: Sequence[RunLine], day: date) -> set[int]:
    """Of these lines those, by their ids, whose payment may have to wait on a day, or whose payee may have
    changed since: all that do, and some that don't. Who asks why of these alone need not ask of each."""
    found: set[int] = set()
    for start in range(0, len(lines), AT_ONCE):
        found |= _may_wait(session, lines[start : start + AT_ONCE], day)
    return found


def _may_wait(session: Session, lines: Sequence[RunLine], day: date) -> set[int]:
    claims = [line.claim for line in lines]
    ids, schools = [claim.id for claim in claims], {claim.school_id for claim in claims}
    holds = or_(
        Claim.state != ClaimState.CERTIFIED,
        is_blocked(),
        ~is_claimable(),
        condition_is_unmet(day),
        ~payable(day),
    )
    query = select(Claim.id).join(Bid, Bid.id == Claim.bid_id).join(School, School.id == Claim.school_id)
    held = set(session.scalars(query.where(Claim.id.in_(ids), holds)))
    current = select(Payee).where(Payee.school_id.in_(schools), in_force(day))
    payees = {payee.school_id: payee.id for payee in session.scalars(current)}
    less = (Recovery.claim_id.in_(ids), Recovery.state == RecoveryState.SET_AGAINST)
    taken_off = set(session.scalars(select(Recovery.claim_id).where(*less)))
    several = {bid for bid, count in Counter(claim.bid_id for claim in claims).items() if count > 1}
    sums = sums_with(session, [claim for claim in claims if claim.bid_id not in several])

    def waits(line: RunLine) -> bool:
        claim = line.claim
        others = claim.id in held or claim.id in taken_off or claim.bid_id in several
        if others or not claim.gross_pence or payees.get(claim.school_id) != line.payee_id:
            return True
        payee = sums[claim.bid_id].of(claim.school) if claim.bid_id in sums else None
        return payee is None or claim.pence > payee.due or why_no_invoice(claim) is not None

    return {line.id for line in lines if waits(line)}
