"""take_step(): the one door for every change of state.

It authorises, asks the guards, advances, moves the money, writes history and the letters, all in
the caller's transaction. It never commits; the operation that called it does (`take_and_commit` for
a step without one).
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select

import fundflow.rules.guards  # noqa: F401 (registers the guards that the tables name)
from fundflow import ledger, letters
from fundflow.actors import actors_for, fund_of
from fundflow.extensions import db
from fundflow.history import plain, record_event
from fundflow.models.decision import is_untold
from fundflow.models.history import HistoryEntry
from fundflow.models.person import User
from fundflow.models.signing_in import ProofFor
from fundflow.permissions import why_outcome_kept
from fundflow.proofs import require_proof
from fundflow.workflow.engine import Ask, OpenStep, Refused, Workflow, only, refuse_if


class Stale(Exception):
    """The record changed after the page that was posted had been loaded."""


class AlreadyTaken(Exception):
    """The same person took the same step from the same page: a double click.

    given  what was recorded then, by the table's names
    """

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.given = dict(given or {})


def lock(
    record: Any,
    version: int | None,
    *,
    step: str | None = None,
    user: User | None = None,
    about: Mapping[str, Any] | None = None,
) -> None:
    """Lock the record's row (its bid's first) and compare the page's version.

    about  which part of the record the step is about, as the facts of its entry say it: the same step
           about another part, in another window, is no double click
    Raises Stale when the record changed since the page was loaded, AlreadyTaken when that change
    was this very step by this very person.
    """
    db.session.flush()
    if record.bid is not None and record.bid is not record:
        lock_row(record.bid)
    lock_row(record)
    if version is None or version == record.version:
        return
    taken = _taken(record, step, user, version) if step and user else None
    if taken is not None and all(taken.facts.get(key) == value for key, value in plain(about or {}).items()):
        raise AlreadyTaken(taken.given)
    raise Stale


def lock_and_refresh(*records: Any) -> None:
    """Lock these rows and read everything afresh under the lock: what was loaded before it may have
    changed since. No page's version is compared.

    Rows of one table are given in the order of their ids, so that two people never wait for each other.
    """
    db.session.flush()
    for record in records:
        key, model = inspect(record).identity[0], type(record)
        row = select(model.id).where(model.id == key).with_for_update(key_share=True)
        db.session.scalars(row).one()
    db.session.expire_all()


def lock_row(record: Any) -> None:
    """Lock a row until the transaction ends, and read it afresh. No page's version is compared."""
    # "of": PostgreSQL locks no outer-joined row, and a refresh repeats the joins of the first load.
    # "key_share": rows that only point at this one (letters, entries) need not wait.
    db.session.refresh(record, with_for_update={"of": type(record), "key_share": True})


def _taken(record: Any, step: str, user: User, version: int) -> HistoryEntry | None:
    return db.session.scalar(
        select(HistoryEntry)
        .where(
            HistoryEntry.process == record.workflow.name,
            HistoryEntry.record_id == record.id,
            HistoryEntry.step == step,
            HistoryEntry.user_id == user.id,
            HistoryEntry.form_version == version,
        )
        .order_by(HistoryEntry.id)
        .limit(1)
    )


def lock_to_make(bid: Any, process: str, user: User, version: int | None) -> None:
    """Lock a bid on whose page this person makes a record of another process, and compare the page's version.

    Raises AlreadyTaken where they made one from this very page, Stale where the bid changed since.
    """
    lock(bid, None)
    if made := made_from_page(bid, process, user, version):
        raise AlreadyTaken(made[0].given)
    lock(bid, version)


def made_from_page(bid: Any, process: str, user: User, version: int | None) -> list[HistoryEntry]:
    """The entries of the records of another process that this person made from this very page of a bid.
    What makes one gives the page's version as `made_from` to its first step."""
    if version is None:
        return []
    entries = db.session.scalars(
        select(HistoryEntry)
        .where(
            HistoryEntry.bid_id == bid.id,
            HistoryEntry.process == process,
            HistoryEntry.user_id == user.id,
        )
        .order_by(HistoryEntry.id)
    )
    return [entry for entry in entries if entry.facts.get("made_from") == version]


def since(record: Any, version: int) -> HistoryEntry | None:
    """The latest step, of those shown to everybody, taken on this record after a page was made
    that carries this version."""
    return db.session.scalar(
        select(HistoryEntry)
        .where(
            HistoryEntry.process == record.workflow.name,
            HistoryEntry.record_id == record.id,
            HistoryEntry.form_version >= version,
            HistoryEntry.internal.is_(False),
            ~is_untold(HistoryEntry.id),
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )


def take_step(
    record: Any,
    name: str,
    *,
    user: User | None,
    now: datetime,
    given: Mapping[str, Any] | None = None,
    version: int | None = None,
    by_link: str = "",
    internal: bool = False,
    unwritten: Collection[str] = (),
    also: Mapping[str, Any] | None = None,
    locked: bool = False,
    caused_by: User | None = None,
) -> HistoryEntry:
    """Take one step and return its history entry; raises Refused, Stale, AlreadyTaken or ProofWanted.

    given     what the step asks for, by the table's names; `reason` is shown in the history
    version   the version the page carried; None for the clock and for steps without a page
    by_link   the name of a person who answers through an emailed link, without an account
    internal  the entry is never shown to schools
    unwritten recipients whose letters the caller writes, or who are not told
    also      columns of the record that change together with its state
    locked    the caller has locked the record and compared the page's version
    caused_by whose decision the step follows, where nobody takes it by itself: named in history and ledger
    """
    given = dict(given or {})
    if not locked:
        lock(record, version, step=name, user=user)
    if record.bid is not None and record.bid.removed_at is not None:
        raise Refused(
            f"The personal data of {record.bid.reference} was removed. Nothing can be done with it."
        )
    refuse_if(why_outcome_kept(user, record, now))
    actors = {record.link_actor} if by_link else actors_for(user, record, now)
    # Before anything changes: what it asks the database would write a record that is half changed.
    if any(row.proof and actors & set(row.by) for row in record.workflow.rows(name)):
        require_proof(user, ProofFor.MONEY, now, fund=fund_of(record))
    before = record.state
    step = record.workflow.advance(record, name, actors=actors, ask=Ask(now, user), given=given)
    for column, value in (also or {}).items():
        setattr(record, column, value)
    if hasattr(record, "state_since") and record.state is not before:
        record.state_since = now
    entry = record_event(
        record,
        name,
        step.past,
        user=user,
        now=now,
        by=by_link or (caused_by.name if caused_by and not user else ""),
        reason=str(given.get("reason") or ""),
        given=given,
        before=before.value,
        version=version,
        internal=internal,
    )
    record.touch()
    db.session.flush()  # letters and ledger entries point at the entry
    if step.money:
        ledger.move(step.money, record, entry, user or caused_by)
    letters.write_for_step(record, step, entry, given, skipped=unwritten)
    return entry


def take_and_commit(
    record: Any,
    name: str,
    *,
    user: User,
    now: datetime,
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> None:
    """The operation of a step that does nothing but what its row says."""
    take_step(record, name, user=user, now=now, version=version, given=given)
    db.session.commit()


def note(
    record: Any,
    step: str,
    label: str,
    *,
    user: User | None,
    now: datetime,
    reason: str = "",
    version: int | None = None,
    internal: bool = False,
    quietly: bool = False,
    given: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> HistoryEntry:
    """`record_event` for an act that changes no state, flushed, so that letters can point at it.

    version   the version the page carried, so that a second click is known as one
    quietly   changes nothing that others' pages show, so makes none of them stale
    """
    entry = record_event(
        record,
        step,
        label,
        user=user,
        now=now,
        reason=reason,
        given=given,
        facts=facts,
        version=version,
        internal=internal,
    )
    if not quietly:
        record.touch()
    db.session.flush()
    return entry


def open_steps(record: Any, user: User | None, now: datetime) -> list[OpenStep]:
    """The steps this person sees as buttons, with the reason beside each that must wait; none where
    the outcome of a decision is still kept from them."""
    if user is not None and why_outcome_kept(user, record, now):
        return []
    workflow: Workflow = record.workflow
    return workflow.open_steps(record, actors=actors_for(user, record, now), ask=Ask(now, user))


def require_step(record: Any, name: str, user: User, now: datetime) -> None:
    """Raise Refused unless this person may take the step now (for a page that prepares it)."""
    refuse_if(why_no_step(record, name, user, now))


def why_no_step(record: Any, name: str, user: User | None, now: datetime) -> str | None:
    """Why this person may not take the step now; None where they may."""
    return why_outcome_kept(user, record, now) or record.workflow.why_not(
        record, name, actors=actors_for(user, record, now), ask=Ask(now, user)
    )


def require_actor(record: Any, name: str, user: User, now: datetime) -> None:
    """Raise Refused unless some row of the table gives this step to this person.

    Unlike `require_step` it asks neither state nor guards, so a form that was sent twice, or too
    late, still gets its own answer.
    """
    refuse_if(why_outcome_kept(user, record, now))
    by = [actor for row in record.workflow.steps if row.name == name for actor in row.by]
    if not set(by) & actors_for(user, record, now):
        raise Refused(only(by))
