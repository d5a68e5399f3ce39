"""Saving the bid's form. Several people may work on one bid: each save minds its own section.

A page carries a stamp of its section's answers. Under the bid's lock the stamp is compared: where
the section changed since, the save is Stale, unless what was posted is what is stored already (a
second click). Changes of other sections are no obstacle.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fundflow.applications import freezing
from fundflow.applications.queries import why_not_editable
from fundflow.applications.sections import Rows, SectionPage, begun_rows, place_of
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.models.unfinished import Unfinished, next_begun, set_unfinished
from fundflow.rules.bid_money import recount
from fundflow.steps import Stale, lock
from fundflow.workflow.engine import Refused, refuse_if


def save_section(
    bid: Bid,
    page: SectionPage,
    *,
    answers: Mapping[str, Any],
    replies: Mapping[int, str],
    stamp: str,
    user: User,
    now: datetime,
    unfinished: Unfinished | None = None,
) -> None:
    """Store a section's own answers, and the replies to the officer's questions (by their ids);
    `unfinished` is kept beside them until it is put right.

    Raises Refused where the section can't be changed, Stale where somebody else changed it.
    """
    _hold(bid, user, now)
    asked = {query.id: query for query in freezing.questions(bid, page)}
    new_replies = {n: text for n, text in replies.items() if n in asked and asked[n].answer != text}
    place = place_of(page)
    if not _same(bid, answers) or new_replies or bid.unfinished.get(place) != unfinished:
        _require_open(bid, page, user, now)
        _compare(bid, page, stamp)
        _set(bid, answers)
        for number, text in new_replies.items():
            asked[number].answer, asked[number].answered_at = text, now if text else None
        set_unfinished(bid, place, unfinished)
        _changed(bid)
    db.session.commit()


def add_row(
    bid: Bid,
    page: SectionPage,
    rows: Rows,
    *,
    answers: Mapping[str, Any],
    begun: int | None = None,
    stamp: str,
    user: User,
    now: datetime,
) -> None:
    """Add a row, perhaps one that was begun under a number; the same row sent twice from one page is
    added once."""
    add_rows(bid, page, rows, answers=[answers], begun=begun, stamp=stamp, user=user, now=now)


def add_rows(
    bid: Bid,
    page: SectionPage,
    rows: Rows,
    *,
    answers: Sequence[Mapping[str, Any]],
    begun: int | None = None,
    stamp: str,
    user: User,
    now: datetime,
) -> None:
    """Add several rows, all or none; the same rows sent twice from one page are added once."""
    _hold(bid, user, now)
    there = rows.of(bid)
    stale = stamp != freezing.stamp(bid, page)
    if stale and all(any(_same(row, one) for row in there) for one in answers):
        db.session.commit()
        return
    _require_open(bid, page, user, now)
    if stale:
        raise Stale
    if len(there) + len(answers) > rows.most:
        raise Refused(f"A bid can have at most {rows.most} of these. Change or remove one first.")
    db.session.add_all(rows.model(bid_id=bid.id, **one) for one in answers)
    set_unfinished(bid, place_of(page, rows, begun), None)
    _changed(bid)
    db.session.commit()


def change_row(
    bid: Bid,
    page: SectionPage,
    rows: Rows,
    number: int,
    *,
    answers: Mapping[str, Any],
    stamp: str,
    user: User,
    now: datetime,
) -> None:
    """Store a row's changed answers."""
    _hold(bid, user, now)
    row = _row(bid, rows, number)
    place = place_of(page, rows, number)
    if row is None or not _same(row, answers) or place in bid.unfinished:
        _require_open(bid, page, user, now)
        if row is None:
            raise Stale
        _compare(bid, page, stamp)
        if answers.get("school_id", getattr(row, "school_id", None)) != getattr(row, "school_id", None):
            refuse_if(rows.why_kept(bid, row))
        _set(row, answers)
        set_unfinished(bid, place, None)
        _changed(bid)
    db.session.commit()


def remove_row(
    bid: Bid, page: SectionPage, rows: Rows, number: int, *, stamp: str, user: User, now: datetime
) -> None:
    """Remove a row; one that a first click removed already is no error."""
    _hold(bid, user, now)
    row, place = _row(bid, rows, number), place_of(page, rows, number)
    if row or place in bid.unfinished:
        _require_open(bid, page, user, now)
        _compare(bid, page, stamp)
        if row:
            refuse_if(rows.why_kept(bid, row))
            db.session.delete(row)
        set_unfinished(bid, place, None)
        _changed(bid)
    db.session.commit()


def keep_row(
    bid: Bid,
    page: SectionPage,
    rows: Rows,
    number: int | None,
    entry: Unfinished,
    *,
    stamp: str,
    user: User,
    now: datetime,
) -> int:
    """Keep a row that is not finished as it was typed, or a change of one; None is a new row.

    Returns its number; a second click's is the first one's.
    """
    _hold(bid, user, now)
    begun = begun_rows(bid, page, rows)
    is_new = number is None
    number = number or next((n for n, kept in begun.items() if kept == entry), None) or next_begun(bid)
    if entry != bid.unfinished.get(place_of(page, rows, number)):
        _require_open(bid, page, user, now)
        _compare(bid, page, stamp)
        if is_new and len(rows.of(bid)) + len(begun) >= rows.most:
            raise Refused(f"A bid can have at most {rows.most} of these. Change or remove one first.")
        set_unfinished(bid, place_of(page, rows, number), entry)
        _changed(bid)
    db.session.commit()
    return number


def _hold(bid: Bid, user: User, now: datetime) -> None:
    """Lock the bid, see everything as it is stored now, and refuse where it can't be edited."""
    lock(bid, None)
    db.session.expire_all()
    refuse_if(why_not_editable(user, bid, now))


def _require_open(bid: Bid, page: SectionPage, user: User, now: datetime) -> None:
    """Refuse a change of a section that is closed. A second click changes nothing, and is no error where
    the first one closed the section."""
    refuse_if(why_not_editable(user, bid, now, page.slug))


def _compare(bid: Bid, page: SectionPage, stamp: str) -> None:
    if stamp != freezing.stamp(bid, page):
        raise Stale


def _row(bid: Bid, rows: Rows, number: int) -> Any:
    return next((row for row in rows.of(bid) if row.id == number), None)


def _same(record: Any, answers: Mapping[str, Any]) -> bool:
    return all(getattr(record, name) == value for name, value in answers.items())


def _set(record: Any, answers: Mapping[str, Any]) -> None:
    for name, value in answers.items():
        setattr(record, name, value)


def _changed(bid: Bid) -> None:
    """Count the change, and the money again from the rows as they are now."""
    bid.touch()
    db.session.flush()
    db.session.expire(bid)
    recount(bid)
