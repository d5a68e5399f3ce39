"""What the sums of many awards are reckoned from, read for all of them at once."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.payment import Claim
from fundflow.rules.award_rows import (
    IN_FORCE,
    NO_CLAIM,
    OF_CLAIMS,
    Bids,
    What,
    added_up,
    beside_lines,
    done_on_lines,
)
from fundflow.rules.award_sums import AwardSum, basis_of, budget_of, summed
from fundflow.workflow.award import Basis, BudgetLine


class InForce(NamedTuple):
    """The version of an award that is in force: what its sum is reckoned from, its lines with what waits to
    be confirmed, and what stands beside them (`beside_lines`)."""

    award: Award
    basis: Basis
    logged: Sequence[BudgetLine]
    beside: Mapping[What, Counter[int]]


def awards_in_force(session: Session, fund_id: int) -> list[InForce]:
    """The awards of a fund that are not closed, by bid; four queries, however many there are."""
    return awards_of(session, IN_FORCE, fund=fund_id)


def awards_of(session: Session, which: Bids, **values: Any) -> list[InForce]:
    """The awards of bids, by bid; `which` as in `award_sums`, with its values."""
    asked = {"with_claims": NO_CLAIM, "requested": True, "days": [], "costs": [], "until": date.max, **values}
    other = aliased(Award)
    newest = select(func.max(other.number)).where(other.bid_id == Award.bid_id).scalar_subquery()
    bid = joinedload(Award.bid)
    awards = session.scalars(
        select(Award)
        .where(Award.bid_id.in_(which), Award.number == newest)
        .order_by(Award.bid_id)
        .options(
            joinedload(Award.lines).joinedload(AwardLine.payee),
            bid.joinedload(Bid.returns),
            bid.joinedload(Bid.lead_school),
        ),
        asked,
    )
    found = list(awards.unique())
    done, hoped = (added_up(session.execute(done_on_lines(hoped, which), asked)) for hoped in (False, True))
    pence: defaultdict[int, defaultdict[What, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    for bid_id, what, school_id, part in session.execute(beside_lines(False, which), asked):
        pence[bid_id][What(what)][school_id] += part
    return [
        InForce(award, basis_of(award, award.bid, done, beside), budget_of(award, hoped), beside)
        for award in found
        for beside in [pence[award.bid_id]]
    ]


def sums_of(session: Session, which: Bids, **values: Any) -> dict[int, AwardSum]:
    """`sum_of` many bids by their ids, those of them that have an award; in as many queries for many."""
    found = awards_of(session, which, **values)
    return {one.award.bid_id: summed(session, one.basis, one.beside) for one in found}


def sums_with(session: Session, claims: Iterable[Claim]) -> dict[int, AwardSum]:
    """`sum_of` with each of these claims, of as many bids, by the bid's id."""
    return sums_of(session, OF_CLAIMS, with_claims=[claim.id for claim in claims] or NO_CLAIM)
