"""`fundflow check`: everything the data promises is looked at, and what is wrong is said in words.

Every promise is a `Check` in a registry (`registry.py`), in modules by what they look at. All of them read
one snapshot of the database, so that work that goes on meanwhile is never taken for a fault.
"""

from collections.abc import Iterator

from fundflow import database
from fundflow.checking import copies, history, letters, money, orphans, people  # noqa: F401 (register checks)
from fundflow.checking.chain import broken_chains
from fundflow.checking.registry import CHECKS, Wrong, found_by
from fundflow.extensions import db

__all__ = ["CHECKS", "Wrong", "everything_wrong"]


def everything_wrong(*, chains: bool = False) -> Iterator[Wrong]:
    """What all checks find, in the order of the registry. Reads the whole database, and writes nothing.

    chains  recompute the chains and their seals too
    """
    with database.snapshot(db.engine) as session:
        for one in CHECKS.values():
            yield from found_by(one, session)
        if chains:
            yield from broken_chains(session)
