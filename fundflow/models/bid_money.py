"""What a bid costs, and what it therefore asks for. Integer pence throughout."""

from typing import NamedTuple

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import CostKind, MatchKind


class CostBreakdown(NamedTuple):
    """The parts of the sum, in pence (domain.md section 4)."""

    backfill: int
    other: int
    materials: int  # part of `other`
    cash_match: int
    in_kind_match: int  # shown, never counted

    @property
    def costs(self) -> int:
        return self.backfill + self.other

    @property
    def requested(self) -> int:
        """Costs less the cash match, never below nothing."""
        return max(self.costs - self.cash_match, 0)


def cost_breakdown(bid: Bid) -> CostBreakdown:
    """The bid's costs, summed from its lines."""
    return CostBreakdown(
        backfill=sum(line.pence for line in bid.backfill_lines),
        other=sum(line.pence for line in bid.cost_lines),
        materials=sum(c.pence for c in bid.cost_lines if c.kind is CostKind.MATERIALS),
        cash_match=sum(m.pence for m in bid.match_funding if m.kind is MatchKind.CASH),
        in_kind_match=sum(m.pence for m in bid.match_funding if m.kind is MatchKind.IN_KIND),
    )


def recount(bid: Bid) -> None:
    """Keep `requested_pence` in step with the lines; every operation that changes one calls it."""
    bid.requested_pence = cost_breakdown(bid).requested
