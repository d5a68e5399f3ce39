"""Letters against the steps that they tell of."""

from typing import Any

from sqlalchemy import exists, or_, select, tuple_

from fundflow.checking.history import whose
from fundflow.checking.registry import Queries, check
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.workflow.processes import PROCESSES

# A lead school rates the support beside its report, whose letter tells of both.
TOLD_LATER = {("feedback", "give")}


def _untold() -> Queries:
    steps = {(name, one.name) for name, process in PROCESSES.items() for one in process.steps if one.emails}
    told = sorted(steps - TOLD_LATER)
    columns = (HistoryEntry.id, HistoryEntry.process, HistoryEntry.record_id, HistoryEntry.step)
    of_step = tuple_(HistoryEntry.process, HistoryEntry.step).in_(told)
    own = exists().where(Letter.history_entry_id == HistoryEntry.id)
    shared = exists().where(Letter.written_at == HistoryEntry.at)  # one letter of many steps, as of a batch
    moved = HistoryEntry.from_state != HistoryEntry.to_state
    return [select(*columns).where(of_step, moved, ~own, ~shared)]


@check(
    "There is a letter about every step, of its own or written at the same moment.",
    _untold,
)
def letters_of_steps(row: Any) -> str:
    return (
        f"{whose(row.process, row.record_id)}: nobody was written to about its step “{row.step}”"
        f" (entry {row.id} of the history)."
    )


def _astray() -> Queries:
    return [
        select(Letter.id)
        .join(HistoryEntry, HistoryEntry.id == Letter.history_entry_id)
        .where(Letter.bid_id != HistoryEntry.bid_id)
    ]


@check("A letter is of the same bid as the step it tells of.", _astray)
def letters_of_their_bid(row: Any) -> str:
    return f"Letter {row.id} (/letters/{row.id}) belongs to another bid than the step it tells of."


def _digests() -> Queries:
    digest = Letter.__table__.alias("digest")
    return [
        select(Letter.id)
        .join(digest, digest.c.id == Letter.digest_id)
        .where(or_(digest.c.email != Letter.email, Letter.status == LetterStatus.QUEUED))
    ]


@check("A digest went to the person whose letters it carries.", _digests)
def digests_to_their_reader(row: Any) -> str:
    return f"Letter {row.id} (/letters/{row.id}) stands in a digest to somebody else, or still waits to go."
