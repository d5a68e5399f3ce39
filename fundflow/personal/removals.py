"""Proposing, approving and refusing lists of what was kept long enough."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from fundflow.accounts.administrators import require_administrator_of
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.bid import Bid
from fundflow.models.data_removal import DataRemoval, RemovalBid, RemovalPerson
from fundflow.models.person import User
from fundflow.personal.forgetting import forget_accounts, forget_names, still_held
from fundflow.personal.frozen_copies import note_hashes
from fundflow.personal.removing import (
    People,
    files_of,
    forget_pdfs,
    people_in,
    plus,
    remove_from_bids,
    rows_of,
)
from fundflow.personal.retention import expired, unneeded
from fundflow.personal.unlocked import unlocked
from fundflow.steps import lock, take_step
from fundflow.workflow.data_removal import RemovalState
from fundflow.workflow.engine import Refused


def propose(*, user: User, now: datetime) -> DataRemoval:
    """Make a list of everything that is due now, for another administrator to approve. Commits.

    Raises Refused for anybody but an administrator of every fund, where nothing is due, and where a list
    already waits.
    """
    require_administrator_of(user, None, now)
    if db.session.scalar(select(DataRemoval.id).where(DataRemoval.state == RemovalState.PROPOSED).limit(1)):
        raise Refused("There is a list already that waits for approval.")
    bids = expired(now)
    people = unneeded(now, beside=[one.bid_id for one in bids])
    if not bids and not people:
        raise Refused("Nothing has been kept long enough.")
    made = DataRemoval(
        proposed_at=now,
        proposed_by_id=user.id,
        bids=[
            RemovalBid(bid_id=one.bid_id, kept=one.kept.value, ended_on=one.ended_on, until=one.until)
            for one in bids
        ],
        people=[RemovalPerson(person_id=one.person_id, until=one.until) for one in people],
    )
    db.session.add(made)
    take_step(made, "propose", user=user, now=now)
    db.session.commit()
    return made


def approve(removal: DataRemoval, *, user: User, now: datetime, version: int | None = None) -> None:
    """Remove the personal data of a list, at once and for good. Commits; then deletes the bytes of files.

    Raises Refused where something on the list is not due any more, and for who proposed it.
    """
    lock(removal, version, step="approve", user=user)
    bids, people = [one.bid_id for one in removal.bids], [one.person_id for one in removal.people]
    list(db.session.scalars(select(Bid.id).where(Bid.id.in_(bids)).order_by(Bid.id).with_for_update()))
    list(db.session.scalars(select(User.id).where(User.id.in_(people)).order_by(User.id).with_for_update()))
    _require_due(removal, bids, now)
    also = {"approved_at": now, "approved_by_id": user.id}
    take_step(removal, "approve", user=user, now=now, also=also, locked=True)
    which = select(Bid.id).where(Bid.id.in_(bids))
    keys = files_of(which)
    removal.done, pdfs = _remove(which, people, len(keys), user, now)
    db.session.commit()
    for key in keys + pdfs:
        files().delete(key)


def _require_due(removal: DataRemoval, bids: Sequence[int], now: datetime) -> None:
    due = {one.bid_id for one in expired(now)}
    late = [one.bid.reference for one in removal.bids if one.bid_id not in due]
    unneeded_now = {one.person_id for one in unneeded(now, beside=bids)}
    late += [one.person.name for one in removal.people if one.person_id not in unneeded_now]
    if late:
        raise Refused(f"{late[0]} is not due any more. Refuse this list, then propose another.")


def _remove(
    which: Select[Any], people: Sequence[int], count_of_files: int, user: User, now: datetime
) -> tuple[dict[str, Any], list[str]]:
    """Carry a list out; returns what is kept of it, and the keys of PDFs whose bytes go after the commit."""
    db.session.flush()
    with unlocked():
        named = people_in(rows_of(which))
        rows = remove_from_bids(which, now)
        named = plus(named, forget_accounts(people, now))
        held = still_held()
        elsewhere = forget_names(People(named.names - held.names, named.emails - held.emails))
        pdfs = forget_pdfs()
    db.session.expire_all()
    submissions, papers = ({key[0] for key in elsewhere.get(name, ())} for name in ("submission", "paper"))
    note_hashes(submissions, papers, user=user, now=now)
    done = {
        "rows": dict(rows),
        "elsewhere": {name: len(keys) for name, keys in elsewhere.items()},
        "files": count_of_files,
        "pdfs": [sha256 for _key, sha256 in pdfs],
    }
    return done, [key for key, _sha256 in pdfs]
