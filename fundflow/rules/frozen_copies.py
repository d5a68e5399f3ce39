"""Frozen copies of bids that names were taken out of since: the history holds the hash each has now.

The hash of the copy as it was frozen stays in its own row, which the chain holds. The new one stands in the
facts of an entry of the bid, which the chain holds too.
"""

from typing import Any

from sqlalchemy import ScalarSelect, select

from fundflow.models.bid import Bid
from fundflow.models.history import HistoryEntry
from fundflow.workflow.application import APPLICATION

NAMES_TAKEN_OUT = "take_names_out"  # the step of these entries
COPIES = "copies"  # the fact: table → number of the row, as text → SHA-256

Hashes = dict[str, dict[str, str]]


def newest_hashes() -> ScalarSelect[Any]:
    """The facts of the newest such entry of the bid of a query; it names all copies of the bid."""
    return (
        select(HistoryEntry.facts)
        .where(
            HistoryEntry.process == APPLICATION.name,
            HistoryEntry.record_id == Bid.id,
            HistoryEntry.step == NAMES_TAKEN_OUT,
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
        .correlate(Bid)
        .scalar_subquery()
    )


def hash_now(facts: dict[str, Any] | None, table: str, number: int, frozen: str) -> str:
    """The hash that a copy must have: as it was frozen, unless names were taken out of it."""
    hashes: Hashes = (facts or {}).get(COPIES, {})
    return hashes.get(table, {}).get(str(number), frozen)
