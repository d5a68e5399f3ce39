"""What happened: one entry a step, never changed, and beside it the words that may be erased."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import BigId, Id, UtcDateTime, key_to
from fundflow.models.person import User
from fundflow.workflow.processes import PROCESSES

REMOVED = "Removed on request"  # stands for words that were erased


class HistoryEntry(Base):
    """A step that was taken, or another act worth keeping (a correction, a hand-over).

    It holds what the service decides by, and no personal words: those stand in `words`, of which
    the entry keeps a salted hash. Written by `history.record_event` alone.
    """

    __tablename__ = "history_entry"
    __table_args__ = (
        Index("ix_history_entry_record", "process", "record_id", "id"),
        Index(
            "ix_history_entry_step", "process", "step", "id"
        ),  # for auditors: all of one kind, the newest first
    )

    id: Mapped[Id]
    process: Mapped[str] = mapped_column(String(40))  # a workflow's name, or the record's table
    record_id: Mapped[int] = mapped_column(BigId)
    bid_id: Mapped[int | None] = key_to("bid.id")
    step: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[int | None] = key_to("person.id")  # empty: the clock, or an approver's link
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    internal: Mapped[bool] = mapped_column(default=False)  # not shown to schools
    form_version: Mapped[int | None]  # the version of the page it was taken from
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # what was given that is no text
    words_hash: Mapped[str] = mapped_column(String(64))

    user: Mapped[User | None] = relationship()
    words: Mapped["HistoryWords | None"] = relationship(lazy="joined", uselist=False)

    def __init__(self, *, fund_id: int | None = None, **values: Any) -> None:
        """`fund_id` is kept while the entry is written: an entry about no bid joins that fund's chain."""
        super().__init__(**values)
        self.fund_id = fund_id

    @property
    def label(self) -> str:
        """What was done, in the past tense."""
        return self.words.label if self.words else self._label_of_the_table()

    @property
    def actor_name(self) -> str:
        """Who did it, as they were called then."""
        return self.words.actor_name if self.words else REMOVED

    @property
    def actor(self) -> str:
        """Who did it, and what they were then: “Priya Raman, liaison officer”."""
        role = self.words.actor_role if self.words else ""
        return f"{self.actor_name}, {role}" if role else self.actor_name

    @property
    def reason(self) -> str:
        return self.words.reason if self.words else ""

    @property
    def given(self) -> dict[str, Any]:
        """What was given, by the names of the workflow's table; without texts that were erased."""
        return {**self.facts, **(self.words.given if self.words else {})}

    def _label_of_the_table(self) -> str:
        steps = PROCESSES[self.process].steps if self.process in PROCESSES else ()
        return next((row.past for row in steps if row.name == self.step), REMOVED)


class HistoryWords(Base):
    """What people wrote in one history entry, and the names in it.

    A row may be deleted, for a person's right to erasure, and never be changed: the database
    refuses that. Its salt goes with it, so the hash that the entry keeps can't be guessed back,
    while a copy kept elsewhere (a backup, a letter to a court) can still be verified.
    """

    __tablename__ = "history_words"

    entry_id: Mapped[int] = mapped_column(BigId, ForeignKey("history_entry.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(200))
    actor_name: Mapped[str] = mapped_column(String(120))
    actor_role: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text)
    given: Mapped[dict[str, Any]] = mapped_column(JSON)

    def copy(self) -> dict[str, Any]:
        """All that the hash covers, as plain data: the role where one was kept, as it is since 0008."""
        names = ("salt", "label", "actor_name", "reason", "given")
        role = {"actor_role": self.actor_role} if self.actor_role else {}
        return {name: getattr(self, name) for name in names} | role


def words_hash(words: Mapping[str, Any]) -> str:
    """SHA-256 of the words and their salt (see `HistoryWords.copy`), as canonical JSON."""
    text = json.dumps(words, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
