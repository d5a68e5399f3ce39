"""record_event(), the one way into the history, and history_of(). Personal words go beside an entry."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry, HistoryWords, words_hash
from fundflow.models.holding_words import office
from fundflow.models.letter import Letter
from fundflow.models.person import User
from fundflow.rules.bank_details import why_not_kept
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.working_days import london_date

THE_CLOCK, THE_COMMAND_LINE = "Fundflow", "The command line"  # how they are named in history
BY_LINK = "through an emailed link"  # beside a name that nobody with an account stands behind
LONGEST_LABEL = LONGEST_ROLE = 200


def record_event(
    record: Any,
    step: str,
    label: str,
    *,
    user: User | None,
    now: datetime,
    by: str = "",
    reason: str = "",
    given: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    process: str = "",
    before: str | None = None,
    version: int | None = None,
    internal: bool = False,
) -> HistoryEntry:
    """Add an entry to the history of a record, in the caller's transaction.

    label     what was done, in the past tense
    user      None for the clock, the command line and an approver who signs by link
    by        the name of the person who did it, where there is no user to name
    given     what was given: text goes beside the entry and may be erased later, the rest stays
    facts     texts among it that the service itself must find again; never a person's words
    process   of a record without a workflow; else the name of its table
    before    the record's state before; else as it is now
    version   the version of the page it was taken from
    internal  never shown to schools
    Raises Refused where the reason holds what looks like bank details.
    """
    refuse_if(why_not_kept(reason))
    if record.id is None:
        db.session.flush()
    found, texts = _apart(given or {})
    words = HistoryWords(
        salt=secrets.token_hex(16),
        label=label[:LONGEST_LABEL],
        actor_name=by or (user.name if user else _nobody(record)),
        actor_role=BY_LINK if by and user is None else _office(user, record, now),
        reason=reason,
        given=texts,
    )
    from_state, to_state = _states(record, before)
    bid = getattr(record, "bid", None)
    entry = HistoryEntry(
        process=process or _process_of(record),
        record_id=record.id,
        bid_id=bid.id if bid is not None else getattr(record, "bid_id", None),
        step=step,
        from_state=from_state,
        to_state=to_state,
        user_id=user.id if user else None,
        at=now,
        internal=internal,
        form_version=version,
        facts={**found, **plain(facts or {})},
        words=words,
        words_hash=words_hash(words.copy()),
        fund_id=getattr(record, "fund_id", None),
    )
    db.session.add(entry)
    return entry


def history_of(record: Any, most: int | None = None) -> list[HistoryEntry]:
    """What was done with a record, whose process is named as its workflow or table; newest first.

    most  so many entries, else all
    """
    return list(
        db.session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.process == _process_of(record), HistoryEntry.record_id == record.id)
            .order_by(HistoryEntry.id.desc())
            .limit(most)
        )
    )


def _process_of(record: Any) -> str:
    return str(record.workflow.name if hasattr(record, "workflow") else record.__tablename__)


def plain(value: Any) -> Any:
    """A value fit for JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return str(value)


def _apart(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(numbers, dates and choices; whatever holds text), both plain."""
    texts = {key for key, value in given.items() if _has_text(value)}
    return (
        {key: plain(value) for key, value in given.items() if key not in texts},
        {key: plain(value) for key, value in given.items() if key in texts},
    )


def _has_text(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_text, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_text, value))
    return not (value is None or isinstance(value, Enum | date | bool | int))


def _office(user: User | None, record: Any, now: datetime) -> str:
    """What the person who acts is, as far as it concerns the record."""
    if user is None:
        return ""
    bid = getattr(record, "bid", None)
    about = bid if bid is not None else record
    schools = {school.id for school in bid.schools} if bid is not None else ()
    found = office(user, london_date(now), fund_id=getattr(about, "fund_id", None), school_ids=schools)
    return found[:LONGEST_ROLE]


def _nobody(record: Any) -> str:
    """The clock takes steps of a workflow; accounts and funds are changed by people or by commands."""
    return THE_CLOCK if hasattr(record, "workflow") else THE_COMMAND_LINE


def _states(record: Any, before: str | None) -> tuple[str, str]:
    if isinstance(record, User):
        return "", "active" if record.active else "inactive"
    if isinstance(record, Letter):
        state = record.status.value
    else:
        state = record.state.value if hasattr(record, "workflow") else ""
    return state if before is None else before, state
