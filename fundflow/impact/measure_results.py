"""Results added up over the bids that a person sees, by the fund's measures."""

from datetime import datetime

from fundflow.impact.desk import READERS
from fundflow.models.bid import Bid
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.permissions import in_funds, may_see
from fundflow.rules import results
from fundflow.rules.results import Summed


def by_measure(user: User, now: datetime, measure_id: int | None = None) -> list[Summed]:
    """`results.by_measure` in the bids that this person sees; one query."""
    which = [in_funds(user, READERS, now, Bid.fund_id), may_see(user, now)]
    if measure_id is not None:
        which.append(Measure.id == measure_id)
    return results.by_measure(*which)
