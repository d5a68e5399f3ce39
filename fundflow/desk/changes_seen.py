"""For the auditor: what was corrected, taken back, waived or let go, the latest first."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import and_, func, or_, select, tuple_

from fundflow.audit.kinds import KIND_OF
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.models.person import BrowserSession, RoleName, User
from fundflow.permissions import in_funds, is_visible
from fundflow.rules.asker import Asker
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import london_date

LOOKED_AT = timedelta(days=30)
MOST = 25
# History entries have no index of their days: no more of them are looked at than these, the latest.
LATEST = 2_000


class Change(NamedTuple):
    """An entry of the history; `is_new` where it was made since its reader last signed in."""

    kind: str
    label: str
    actor: str
    reason: str
    reference: str  # of a bid, or empty
    path: str
    at: datetime
    is_new: bool


class Changes(NamedTuple):
    """The latest `MOST` changes of `LOOKED_AT`, and whether there are more.

    since  when their reader signed in before; None: longer ago than is kept, or never
    """

    rows: list[Change]
    is_more: bool
    since: datetime | None

    @property
    def title(self) -> str:
        """“What changed in the last 30 days”."""
        return f"What changed in the last {LOOKED_AT.days} days"

    @property
    def says(self) -> str:
        """“2 are new since you signed in on 3 November 2026.”"""
        if self.since is None:
            return ""
        new = sum(row.is_new for row in self.rows)
        count = f"{new} {'is' if new == 1 else 'are'}" if new else "Nothing is"
        return f"{count} new since you signed in on {day_words(self.since)}."


def changes(user: User, now: datetime) -> Changes:
    """What this auditor should know of; two queries."""
    who, since = Asker.of(user, london_date(now)), _signed_in_before(user)
    of_fund = and_(
        HistoryEntry.process == "fund", in_funds(user, [RoleName.AUDITOR], now, HistoryEntry.record_id)
    )
    query = (
        select(HistoryEntry, Bid.reference)
        .outerjoin(Bid, Bid.id == HistoryEntry.bid_id)
        .where(HistoryEntry.id > select(func.max(HistoryEntry.id) - LATEST).scalar_subquery())
        .where(HistoryEntry.at >= now - LOOKED_AT)
        .where(tuple_(HistoryEntry.process, HistoryEntry.step).in_(list(KIND_OF)))
        .where(or_(and_(Bid.id.is_not(None), is_visible(who)), of_fund))
        .order_by(HistoryEntry.at.desc(), HistoryEntry.id.desc())
        .limit(MOST + 1)
    )
    rows = [_change(entry, reference, since) for entry, reference in db.session.execute(query)]
    return Changes(rows[:MOST], len(rows) > MOST, since)


def _change(entry: HistoryEntry, reference: str | None, since: datetime | None) -> Change:
    return Change(
        KIND_OF[entry.process, entry.step],
        entry.label,
        entry.actor,
        entry.reason,
        reference or "",
        f"/bids/{reference}/history" if reference else f"/funds/{entry.record_id}",
        entry.at,
        since is not None and entry.at > since,
    )


def _signed_in_before(user: User) -> datetime | None:
    """When the session before this one began, as long as it is kept."""
    begun = select(BrowserSession.begun_at).where(BrowserSession.user_id == user.id)
    return db.session.scalar(
        begun.order_by(BrowserSession.begun_at.desc(), BrowserSession.id.desc()).offset(1).limit(1)
    )
