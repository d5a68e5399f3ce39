"""Money on My work: payees and awards already running to confirm, awards that wait for a payee, payment runs
and reversals."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_

from fundflow.desk.conditions import in_hand_of
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.desk.some import the_one_bid
from fundflow.models.person import RoleName, User
from fundflow.openings.correcting import waiting_for as corrections_waiting_for
from fundflow.openings.queries import waiting_for as openings_waiting_for
from fundflow.payments.payees.queries import waiting_for
from fundflow.payments.runs.queries import to_do
from fundflow.rules.asker import Asker
from fundflow.rules.interests.bars import is_hidden
from fundflow.rules.payees import award_waits
from fundflow.web.access import roles

FINANCE = roles(RoleName.FINANCE)


def payees_to_confirm(user: User, now: datetime) -> list[Waiting]:
    """A line a payee or a file, for finance officers who did not propose it themselves."""
    if not FINANCE.allows(user, now):
        return []
    return [
        Waiting("Payee", found.title, found.detail, "Confirm who is paid", None, found.path)
        for found in waiting_for(user, MOST)
    ]


def openings_to_confirm(user: User, now: datetime) -> list[Waiting]:
    """A line an entry of awards already running, for finance officers who did not enter it themselves."""
    if not FINANCE.allows(user, now):
        return []
    return [
        Waiting("Awards", found.name, found.count_words, "Confirm awards already running", None, found.path)
        for found in openings_waiting_for(user, now, MOST)
    ]


def corrections_to_confirm(user: User, now: datetime) -> list[Waiting]:
    """A line a correction of what was earned before, for finance officers who did not ask for it."""
    if not FINANCE.allows(user, now):
        return []
    return [
        Waiting(
            found.bid.reference,
            found.bid.listed_title,
            f"{found.line.what}: {found.was_words} to {found.right_words}",
            "Confirm what was earned before",
            None,
            f"/money/openings/corrections/{found.id}/steps/confirm",
        )
        for found in corrections_waiting_for(user, now, MOST)
    ]


def runs_to_do(user: User, now: datetime) -> list[Waiting]:
    """A line a payment run or a reversal, for finance officers who can do what comes next."""
    if not FINANCE.allows(user, now):
        return []
    return [
        Waiting(found.reference, found.title, found.detail, found.what, None, found.path)
        for found in to_do(user, now, MOST)
    ]


def payee_missing(who: Asker) -> ColumnElement[bool]:
    return award_waits(who.day, _is_the_one if the_one_bid() is not None else None)


def payee_missing_in_hand(who: Asker) -> ColumnElement[bool]:
    """The same of the bids that this officer handles."""

    def of(bid: Any) -> ColumnElement[bool]:
        return _is_the_one(bid) if the_one_bid() is not None else in_hand_of(who, bid)

    return and_(in_hand_of(who), award_waits(who.day, of), ~is_hidden(who))


def _is_the_one(bid: Any) -> Any:
    return bid.id == the_one_bid()
