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
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.working_days import london_date


class Schools(NamedTuple):
    """Rows for the schools and one for the whole area; tiers are for staff only."""

    rows: list[PublicData]
    shows_tiers: bool


def schools_table(bid: Bid, user: User, now: datetime) -> Schools:
    """The schools of a bid, the lead school first, and their area, as public data describe them."""
    staff = sees_tiers(bid, user, now)
    day = london_date(now)
    own = OwnBodies.of(user, day)
    read = [school.id for school in bid.schools if staff and not own.bar_from([school])]
    tiers = {number: tier.words for number, tier in tiers_on(read, day).items()} if read else {}
    rows = [
        row._replace(tier=tiers.get(school.id, "") if school.id in read else "Not shown to its own people")
        for school, row in of_schools(bid)
    ]
    return Schools(rows + of_area(bid), staff)
