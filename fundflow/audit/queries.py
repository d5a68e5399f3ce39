"""What auditors' lists show."""

from datetime import datetime
from itertools import starmap
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from fundflow.audit.kinds import READING, Kind
from fundflow.models.bid import Bid
from fundflow.models.chain import Seal
from fundflow.models.files import PersonViewing, Viewing
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.permissions import in_funds, is_visible
from fundflow.rules.asker import Asker
from fundflow.web.access import READERS_OF_PEOPLE
from fundflow.web.paging import Page, newest_first, page_of, page_of_rows
from fundflow.workflow.working_days import london_date

ROWS = 50  # on a page


class Act(NamedTuple):
    """An entry of the history: what it is about, and where more of it is."""

    id: int
    about: str
    label: str
    actor: str
    reason: str
    path: str
    at: datetime


def acts(kind: Kind, user: User, now: datetime, after: int | None) -> Page[Act]:
    """Acts of a kind in this reader’s funds, the newest first. What is done to an account is no fund’s."""
    who, person = Asker.of(user, london_date(now)), aliased(User)
    of_fund = and_(HistoryEntry.process == "fund", in_funds(user, READING, now, HistoryEntry.record_id))
    of_person = and_(HistoryEntry.process == "person", person.id == HistoryEntry.record_id)
    query = (
        select(HistoryEntry, Bid.reference, person.name)
        .outerjoin(Bid, Bid.id == HistoryEntry.bid_id)
        .outerjoin(person, of_person)
        .where(or_(*starmap(_is, kind.steps)))
        .where(or_(and_(Bid.id.is_not(None), is_visible(who)), of_fund, person.id.is_not(None)))
    )
    return page_of_rows(newest_first(query, HistoryEntry.id, after), ROWS, _act)


def _is(process: str, step: str) -> ColumnElement[bool]:
    return and_(HistoryEntry.process == process, HistoryEntry.step == step)


def _act(entry: HistoryEntry, reference: str | None, name: str | None) -> Act:
    if reference:
        about, path = reference, f"/bids/{reference}/history"
    elif name:
        about, path = name, f"/people/{entry.record_id}"
    else:
        about, path = "Fund", f"/funds/{entry.record_id}"
    return Act(entry.id, about, entry.label, entry.actor, entry.reason, path, entry.at)


class View(NamedTuple):
    """Somebody opened something: of a bid, or of a person."""

    id: int
    at: datetime
    who: str
    what: str
    about: str
    path: str


def views_of_bids(user: User, now: datetime, after: int | None) -> Page[View]:
    """Who opened which papers, files and packs, the newest first."""
    query = (
        select(Viewing.id, Viewing.at, User.name, Viewing.what, Bid.reference)
        .join(User, User.id == Viewing.user_id)
        .join(Bid, Bid.id == Viewing.bid_id)
        .where(in_funds(user, READING, now, Bid.fund_id))
    )

    def view(number: int, at: datetime, who: str, what: str, reference: str) -> View:
        return View(number, at, who, what, reference, f"/bids/{reference}/viewings")

    return page_of_rows(newest_first(query, Viewing.id, after), ROWS, view)


def views_of_people(user: User, now: datetime, after: int | None) -> Page[View]:
    """Who opened the account of whom, or made the copy of what is held about them, the newest first.

    Nothing for a reader of single funds: accounts belong to none.
    """
    readable = true() if user.active and READERS_OF_PEOPLE.allows(user, now) else false()
    about = aliased(User)
    query = (
        select(PersonViewing.id, PersonViewing.at, User.name, PersonViewing.what, about.name, about.id)
        .join(User, User.id == PersonViewing.user_id)
        .join(about, about.id == PersonViewing.person_id)
        .where(readable)
    )

    def view(number: int, at: datetime, who: str, what: str, name: str, person: int) -> View:
        return View(number, at, who, what, name, f"/people/{person}")

    return page_of_rows(newest_first(query, PersonViewing.id, after), ROWS, view)


def seals(after: int | None) -> Page[Seal]:
    """The seals, the newest first."""
    return page_of(newest_first(select(Seal), Seal.id, after), ROWS)
