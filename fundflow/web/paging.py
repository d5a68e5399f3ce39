"""Long lists: what the address asks for, one page of it, and the way to the next.

A list is read a page at a time by key: `after` in the address is the key of the last row of the page
before. What can't be read in the address is left out.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy import ColumnElement, FromClause, Select, func, literal, select, tuple_

from fundflow.extensions import db
from fundflow.web.fields import one_line

MOST_COUNTED = 1000
Row = TypeVar("Row")
E = TypeVar("E", bound=Enum)


class Page(NamedTuple, Generic[Row]):
    """The rows of one page. The next page begins after `next_key`; None where this is the last."""

    rows: Sequence[Row]
    next_key: Any = None


def page_of(query: Select[Row], size: int, key: str = "id") -> Page[Row]:
    """The first rows of a query of one entity; `key` is the attribute that `after` names."""
    return cut(db.session.scalars(query.limit(size + 1)).all(), size, key)


def page_of_rows(
    query: Any, size: int, make: Callable[..., Row], key: str = "id", values: Mapping[str, Any] | None = None
) -> Page[Row]:
    """The same of a query of several columns, of which `make` makes a row; `values` of its parameters."""
    return cut([make(*row) for row in db.session.execute(query.limit(size + 1), values)], size, key)


def cut(found: Sequence[Row], size: int, key: str = "id") -> Page[Row]:
    """A page of what was found; what is beyond `size` says that there is another."""
    return Page(found[:size], attrgetter(key)(found[size - 1]) if len(found) > size else None)


def newest_first(query: Any, key: Any, after: int | None) -> Any:
    """A query ordered by its id, the highest first, from the row that follows `after` on."""
    query = query.order_by(key.desc())
    return query if after is None else query.where(key < after)


def comes_after(
    key: Any, *columns: Any, falling: bool = False, among: FromClause | None = None
) -> ColumnElement[bool]:
    """The rows that follow the row with this key. `columns` are the query's ORDER BY, in order; the last
    is the unique key. No row follows one that is gone.

    falling  all of them are ordered downwards
    among    the join these columns are from, where it is not one table
    """
    last = select(*columns).where(columns[-1] == key)
    there = (last if among is None else last.select_from(among)).scalar_subquery()
    return tuple_(*columns) < there if falling else tuple_(*columns) > there


# -- what the address says -----------------------------------------------------------------------


def row_id(text: str | None) -> int | None:
    """An id, such as `after`'s; None for anything that is none."""
    return int(text) if text and re.fullmatch(r"[1-9][0-9]{0,8}", text) else None


def enum_member(kind: type[E], text: str | None) -> E | None:
    """The member of an enum with this value, if there is one."""
    return next((one for one in kind if one.value == text), None)


def search_text(args: Mapping[str, str], name: str = "q", most: int = 100) -> str:
    """The words a list is searched for."""
    return str(one_line(args.get(name, "")))[:most]


def page_address(after: Any = None) -> str:
    """This list as it is narrowed, from a place on; without one its first page."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "after" and value]
    query = urlencode([*kept, *([("after", after)] if after is not None else [])])
    path = url_for(request.endpoint or "", **(request.view_args or {}))
    return f"{path}?{query}" if query else path


# -- how many --------------------------------------------------------------------------------------


def count_of(table: Any, *where: ColumnElement[bool], values: Mapping[str, Any] | None = None) -> int:
    """How many rows there are: exactly up to MOST_COUNTED, one more for any number above; `values` of
    the conditions' parameters."""
    return db.session.scalar(counting(table, *where), values) or 0


def counting(table: Any, *where: ColumnElement[bool]) -> Select[int]:
    """The query of `count_of`."""
    few = select(literal(1)).select_from(table).where(*where).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(few)


def count_words(number: int, most: int | None = None) -> str:
    """“1,000” or “More than 1,000”, as `count_of` counts; `most`: where another count ends."""
    most = MOST_COUNTED if most is None else most
    return f"More than {most:,}" if number > most else f"{number:,}"
