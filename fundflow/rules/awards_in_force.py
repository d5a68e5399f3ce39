"""What the sums of many awards are reckoned from, read for all of them at once."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.rules.award_rows import IN_FORCE, Bids, What, added_up, beside_lines, done_on_lines
from fundflow.rules.award_sums import AwardSum, basis_of, budget_of, reckoned
from fundflow.workflow.award import Basis, BudgetLine

Beside = defaultdict[int, defaultdict[What, Counter[int]]]  # pence by bid, what and school


class InForce(NamedTuple):
    """The version of an award that is in force: what its sum is reckoned from, and its lines with what waits
    to be confirmed."""

    award: Award
    basis: Basis
    logged: Sequence[BudgetLine]


def awards_in_force(session: Session, fund_id: int) -> list[InForce]:
    """The awards of a fund that are not closed, by bid; four queries, however many there are."""
    return awards_of(session, IN_FORCE, fund=fund_id)


def awards_of(session: Session, which: Bids, **values: Any) -> list[InForce]:
    """The awards of bids, by bid; `which` as in `award_sums`, with its values."""
    asked = _asked(values)
    found, done, pence = _awards(session, which, asked), *_done_and_beside(session, which, asked)
    hoped = added_up(session.execute(done_on_lines(True, which), asked))
    return [
        InForce(award, basis_of(award, award.bid, done, pence[award.bid_id]), budget_of(award, hoped))
        for award in found
    ]


def sums_of(session: Session, which: Bids, **values: Any) -> dict[int, AwardSum]:
    """`sum_of` many bids by their ids, those of them that have an award; four queries."""
    asked = _asked(values)
    done, pence = _done_and_beside(session, which, asked)
    return {
        award.bid_id: reckoned(session, award, award.bid, done, pence[award.bid_id])
        for award in _awards(session, which, asked)
    }


def _asked(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"with_claim": 0, "requested": True, "days": [], "costs": [], "until": date.max, **values}


def _awards(session: Session, which: Bids, asked: Mapping[str, Any]) -> list[Award]:
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
    return list(awards.unique())


def _done_and_beside(
    session: Session, which: Bids, asked: Mapping[str, Any]
) -> tuple[dict[int, int], Beside]:
    done = added_up(session.execute(done_on_lines(False, which), asked))
    pence: Beside = defaultdict(lambda: defaultdict(Counter))
    for bid_id, what, school_id, part in session.execute(beside_lines(False, which), asked):
        pence[bid_id][What(what)][school_id] += part
    return done, pence
