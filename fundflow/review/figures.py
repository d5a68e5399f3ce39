"""The figures beside the officer's notes: value for money, and public data on the schools."""

from datetime import datetime
from typing import NamedTuple

from fundflow.figures import PublicData, of_area, of_schools
from fundflow.figures import ratio as ratio  # the review takes them from here
from fundflow.figures import value_for_money as value_for_money
from fundflow.models.area import tiers_on
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.review.rules import sees_tiers
from fundflow.workflow.working_days import london_date


class Schools(NamedTuple):
    """Rows for the schools and one for the whole area; tiers are for staff only."""

    rows: list[PublicData]
    shows_tiers: bool


def schools_table(bid: Bid, user: User, now: datetime) -> Schools:
    """The schools of a bid, the lead school first, and their area, as public data describe them."""
    staff = sees_tiers(bid, user, now)
    tiers = tiers_on([school.id for school in bid.schools], london_date(now)) if staff else {}
    rows = [
        row._replace(tier=tiers[school.id].words) if school.id in tiers else row
        for school, row in of_schools(bid)
    ]
    return Schools(rows + of_area(bid), staff)
