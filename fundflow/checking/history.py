"""States against the history, and the words beside it against their hashes."""

from functools import cache
from typing import Any

from sqlalchemy import Select, String, func, literal, select, type_coerce

from fundflow.checking.registry import Queries, check
from fundflow.extensions import Base
from fundflow.models.history import HistoryEntry, HistoryWords, words_hash
from fundflow.workflow.processes import PROCESSES


@cache
def models_of_processes() -> dict[str, Any]:
    """The model of each process, by the name of its table of steps."""
    classes = (mapper.class_ for mapper in Base.registry.mappers)
    return {one.workflow.name: one for one in classes if hasattr(one, "workflow")}


def whose(process: str, number: int) -> str:
    """“Claim number 12”: a record of a process, where no page of it is at hand."""
    noun = PROCESSES[process].noun if process in PROCESSES else process
    return f"{noun[:1].upper()}{noun[1:]} number {number}"


def _states() -> Queries:
    return [_state_and_last(name, model) for name, model in models_of_processes().items()]


def _state_and_last(name: str, model: Any) -> Select[*tuple[Any, ...]]:
    """Records whose state is not where their last entry led. One without an entry is as it was made."""
    last = (
        select(func.max(HistoryEntry.id))
        .where(HistoryEntry.process == name, HistoryEntry.record_id == model.id)
        .correlate(model)
        .scalar_subquery()
    )
    state = type_coerce(model.state, String)
    return (
        select(literal(name).label("process"), model.id, state.label("state"), HistoryEntry.to_state)
        .join(HistoryEntry, HistoryEntry.id == last)
        .where(HistoryEntry.to_state != state)
    )


@check("The state of every record is where its last step led.", _states)
def states(row: Any) -> str:
    return (
        f"{whose(row.process, row.id)} is in the state “{row.state}”,"
        f" and its history leads to “{row.to_state}”."
    )


def _breaks() -> Queries:
    before = func.lag(HistoryEntry.to_state).over(
        partition_by=(HistoryEntry.process, HistoryEntry.record_id), order_by=HistoryEntry.id
    )
    columns = (HistoryEntry.id, HistoryEntry.process, HistoryEntry.record_id, HistoryEntry.from_state)
    entries = select(*columns, before.label("before")).where(HistoryEntry.process.in_(PROCESSES)).subquery()
    return [select(entries).where(entries.c.from_state != entries.c.before)]


@check("Every step begins where the one before it ended.", _breaks)
def steps_follow(row: Any) -> str:
    return (
        f"{whose(row.process, row.record_id)}: entry {row.id} of its history begins at “{row.from_state}”,"
        f" and the one before it ended at “{row.before}”."
    )


def _moves() -> Queries:
    columns = (HistoryEntry.process, HistoryEntry.step, HistoryEntry.from_state, HistoryEntry.to_state)
    moved = HistoryEntry.from_state != HistoryEntry.to_state
    return [
        select(*columns, func.min(HistoryEntry.id).label("first"))
        .where(moved, HistoryEntry.process.in_(PROCESSES))
        .group_by(*columns)
    ]


@check("Every change of state in the history is a row of its process’s table.", _moves)
def steps_of_the_table(row: Any) -> str | None:
    for step in PROCESSES[row.process].rows(row.step):
        if step.target.value == row.to_state and row.from_state in {one.value for one in step.sources}:
            return None
    return (
        f"Entry {row.first} of the history says “{row.step}” from “{row.from_state}” to “{row.to_state}”,"
        f" which is no step of {PROCESSES[row.process].noun}."
    )


def _words() -> Queries:
    return [
        select(HistoryEntry.id, HistoryEntry.words_hash, HistoryWords).join(
            HistoryWords, HistoryWords.entry_id == HistoryEntry.id
        )
    ]


@check("The words beside every entry of the history are those it was written with.", _words)
def words_of_history(row: Any) -> str | None:
    if words_hash(row.HistoryWords.copy()) == row.words_hash:
        return None
    return f"The words of entry {row.id} of the history are not those it was written with."
