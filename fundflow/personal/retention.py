"""What has been kept as long as its fund says: a list to look at. Nothing is removed by it.

docs/rules.md, "Evidence".
"""

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.workflow.application import BidState as S
from fundflow.workflow.working_days import london_date


class Kept(Enum):
    """Kinds of bids that are kept equally long: the value is the setting of the fund."""

    AWARD = "keep_awards_years"
    REFUSED = "keep_refused_years"
    DRAFT = "keep_drafts_years"

    @property
    def words(self) -> str:
        return {"AWARD": "Award", "REFUSED": "Not funded", "DRAFT": "Never sent"}[self.name]

    def years(self, fund: Fund) -> int:
        return int(getattr(fund, self.value))


# Where a bid has ended. Whatever is still under way is kept.
ENDED = {
    S.CLOSED: Kept.AWARD,
    S.TERMINATED: Kept.AWARD,
    S.NOT_FUNDED: Kept.REFUSED,
    S.INELIGIBLE: Kept.REFUSED,
    S.NOT_TAKEN_UP: Kept.REFUSED,
    S.WITHDRAWN: Kept.REFUSED,
    S.DRAFT: Kept.DRAFT,
}


class Expired(NamedTuple):
    """A bid that was kept long enough: when it ended, and the first day it need not be kept."""

    reference: str
    fund: str
    kept: Kept
    ended_on: date
    until: date


def expired(now: datetime) -> list[Expired]:
    """Every bid that has been kept as long as its fund says, the longest over first; reads only."""
    today = london_date(now)
    asked = (
        select(Bid.reference, Bid.state, Bid.state_since, Bid.submitted_at, Fund)
        .join(Fund, Fund.id == Bid.fund_id)
        .where(Bid.state.in_(list(ENDED)))
    )
    return sorted(_expired(db.session.execute(asked), today), key=lambda one: (one.until, one.reference))


def _expired(rows: object, today: date) -> Iterator[Expired]:
    for reference, state, since, submitted_at, fund in rows:  # type: ignore[attr-defined]
        kept = Kept.DRAFT if submitted_at is None and state is S.WITHDRAWN else ENDED[state]
        ended = london_date(since)
        until = years_after(ended, kept.years(fund))
        if until <= today:
            yield Expired(reference, fund.name, kept, ended, until)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 1 March for a 29 February that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
