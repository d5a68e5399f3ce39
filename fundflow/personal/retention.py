"""What has been kept as long as its fund says: bids, and accounts that nothing kept needs. Reads only.

docs/rules.md, "Evidence".
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Exists, Select, Table, exists, func, or_, select

from fundflow.extensions import db
from fundflow.models.adviser import Adviser
from fundflow.models.bid import Bid
from fundflow.models.data_protection import DataRestriction
from fundflow.models.fund import Fund
from fundflow.models.person import Membership, RoleGrant, Seat, User
from fundflow.personal.registry import tables, whose
from fundflow.rules.rows_of_bids import of_bids, ways_to_bid
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

    bid_id: int
    reference: str
    fund: str
    kept: Kept
    ended_on: date
    until: date


def expired(now: datetime) -> list[Expired]:
    """Every bid that has been kept as long as its fund says, the longest over first; reads only."""
    today = london_date(now)
    asked = (
        select(Bid.id, Bid.reference, Bid.state, Bid.state_since, Bid.submitted_at, Fund)
        .join(Fund, Fund.id == Bid.fund_id)
        .where(Bid.state.in_(list(ENDED)), Bid.removed_at.is_(None), *_unrestricted())
    )
    return sorted(_expired(db.session.execute(asked), today), key=lambda one: (one.until, one.reference))


def restricted() -> list[int]:
    """The accounts whose data is kept and not used for now."""
    return list(
        db.session.scalars(select(DataRestriction.person_id).where(DataRestriction.lifted_at.is_(None)))
    )


def _unrestricted() -> list[ColumnElement[bool]]:
    """Bids that say of nobody whose data is restricted that they had to do with it."""
    if not (people := restricted()):
        return []
    return [
        ~exists().where(table.c[column].in_(people), _its(table) == Bid.id)
        for table in (
            tables()[name] for name, ways in ways_to_bid().items() if ways in (("id",), ("bid_id",))
        )
        for column in whose(table)
    ]


def _its(table: Table) -> ColumnElement[int]:
    return table.c.id if table.name == "bid" else table.c.bid_id


def _expired(rows: object, today: date) -> Iterator[Expired]:
    for bid_id, reference, state, since, submitted_at, fund in rows:  # type: ignore[attr-defined]
        kept = Kept.DRAFT if submitted_at is None and state is S.WITHDRAWN else ENDED[state]
        ended = london_date(since)
        until = years_after(ended, kept.years(fund))
        if until <= today:
            yield Expired(bid_id, reference, fund.name, kept, ended, until)


class Unneeded(NamedTuple):
    """An account that holds nothing and that no kept bid names, and the first day it need not be kept."""

    person_id: int
    name: str
    until: date


def unneeded(now: datetime, *, beside: Collection[int] = ()) -> list[Unneeded]:
    """Accounts that need not be kept, the longest over first: the last role, place or seat ended as long
    ago as drafts are kept, and no bid that stays says that they had to do with it.

    beside  the ids of bids that are removed together with them
    """
    today = london_date(now)
    years = db.session.scalar(select(func.max(Fund.keep_drafts_years))) or 1
    found = []
    for person_id, name, created_at, seen_at, *ends in db.session.execute(_out_of_office(today, beside)):
        days = [london_date(at) for at in (created_at, seen_at) if at] + [day for day in ends if day]
        until = years_after(max(days), years)
        if until <= today:
            found.append(Unneeded(person_id, name, until))
    return sorted(found, key=lambda one: (one.until, one.name, one.person_id))


def _out_of_office(today: date, beside: Collection[int]) -> Select[*tuple[Any, ...]]:
    """Accounts that hold nothing and never will, and that no kept bid points at."""
    terms = (RoleGrant, Membership, Seat)
    holds = (
        exists().where(one.user_id == User.id, or_(one.ends_on.is_(None), one.ends_on >= today))
        for one in terms
    )
    ends = (
        select(func.max(one.ends_on)).where(one.user_id == User.id).correlate(User).scalar_subquery()
        for one in terms
    )
    found = select(User.id, User.name, User.created_at, User.last_signed_in_at, *ends)
    return found.where(
        User.removed_at.is_(None),
        User.id.not_in(restricted()),
        *(~one for one in holds),
        ~exists().where(Adviser.account_id == User.id, Adviser.left_at.is_(None)),
        *(~one for one in _named_by_kept(beside)),
    )


def _named_by_kept(beside: Collection[int]) -> Iterator[Exists]:
    kept = select(Bid.id).where(Bid.removed_at.is_(None), Bid.id.not_in(list(beside)))
    for name in ways_to_bid():
        table = tables()[name]
        for column in whose(table):
            yield exists().where(table.c[column] == User.id, of_bids(name, kept))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 1 March for a 29 February that is not there."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
