"""How often one person may write to the same people about the same record."""

from datetime import timedelta
from weakref import WeakKeyDictionary

from flask import current_app
from sqlalchemy import bindparam, select

from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.workflow.engine import Refused

# Acts of which each says something else, or is about another school or role.
SAYS_MORE = frozenset(("write_note", "send_note", "late_evidence", "let_in", "end_late_entry", "give", "end"))

# Built once: asked at every step.
_SAME_ACTS = (
    select(HistoryEntry.id, Letter.email)
    .outerjoin(Letter, Letter.history_entry_id == HistoryEntry.id)
    .where(
        HistoryEntry.process == bindparam("process"),
        HistoryEntry.record_id == bindparam("record_id"),
        HistoryEntry.step == bindparam("step"),
        HistoryEntry.user_id == bindparam("user_id"),
        HistoryEntry.at > bindparam("since"),
        HistoryEntry.id != bindparam("id"),
    )
)

_KNOWN: "WeakKeyDictionary[HistoryEntry, list[tuple[int, str | None]]]" = WeakKeyDictionary()


def refuse_again_so_soon(entry: HistoryEntry, email: str | None = None) -> None:
    """Raise Refused where this person did this to this record as often as anybody may in an hour.

    email  whom it writes to: only those times count that wrote to this address; None: each time
    """
    if entry.user_id is None:
        return
    config = current_app.config
    most = config["MESSAGES_PER_HOUR" if entry.step in SAYS_MORE else "SAME_ACT_PER_HOUR"]
    if len({number for number, address in _before(entry) if email in (None, address)}) >= most:
        raise Refused(
            f"You have done this {'once' if most == 1 else f'{most} times'} in the last hour, and each time "
            "people were written to. Try again in an hour."
        )


def _before(entry: HistoryEntry) -> list[tuple[int, str | None]]:
    """(entry, address) of each letter of the same acts within the hour before, read once for an entry."""
    if entry not in _KNOWN:
        db.session.flush()  # acts are told apart by their numbers
        same = {name: getattr(entry, name) for name in ("process", "record_id", "step", "user_id", "id")}
        found = db.session.execute(_SAME_ACTS, same | {"since": entry.at - timedelta(hours=1)})
        _KNOWN[entry] = [(number, address) for number, address in found]
    return _KNOWN[entry]
