"""Conditions on bids by rows that belong to them: begun with those rows, or with one bid asked about."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import BindParameter, ColumnElement, ColumnExpressionArgument, Integer, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from fundflow.models.bid import Bid

_ONE_BID = ContextVar("one_bid", default=False)


def some(
    bid_id: InstrumentedAttribute[int], *conditions: ColumnExpressionArgument[bool]
) -> ColumnElement[bool]:
    """Whether the bid is among those with such a row; `bid_id` is its column of the row's table.

    So that the database can begin with the rows, which are few, instead of going through the bids; where
    it is asked of one bid, with that bid's rows (`about_one_bid`).
    """
    if _ONE_BID.get():
        return has(bid_id, *conditions)
    return Bid.id.in_(select(bid_id).where(*conditions).correlate(None))


def has(
    bid_id: InstrumentedAttribute[int], *conditions: ColumnExpressionArgument[bool]
) -> ColumnElement[bool]:
    """The same as `some`, asked of each bid: where the rows are many and few bids are left to ask."""
    return select(bid_id).where(bid_id == Bid.id, *conditions).correlate(Bid).exists()


def the_one_bid() -> BindParameter[int] | None:
    """The id of the one bid that is asked about; None where it is all of them."""
    return bindparam("bid", type_=Integer) if _ONE_BID.get() else None


@contextmanager
def about_one_bid() -> Iterator[None]:
    """Conditions that are made meanwhile are asked of one bid."""
    token = _ONE_BID.set(True)
    try:
        yield
    finally:
        _ONE_BID.reset(token)
