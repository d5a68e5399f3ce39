"""The caseload: one page of the bids that are wanted, how many there are, and what to choose from."""

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, select, union_all

from fundflow.desk.filters import (
    AGES,
    COVERED,
    DUE,
    FILTER,
    FILTERS,
    MINE,
    NOBODY,
    NONE,
    STAGES,
    TURNS,
    BidFilters,
    Reader,
)
from fundflow.desk.rows import BidRow, bid_rows
from fundflow.desk.sorting import LastRow, Sort
from fundflow.extensions import db
from fundflow.models.area import Patch
from fundflow.models.bid import Bid, Origin
from fundflow.models.fund import Fund
from fundflow.models.person import RoleGrant, RoleName, User
from fundflow.models.round import Priority, Round
from fundflow.models.school import PHASES, School
from fundflow.permissions import is_visible_to
from fundflow.rules.asker import Shape
from fundflow.web.paging import Page, counting
from fundflow.workflow.application import BidState
from fundflow.workflow.words import plain_words

PAGE = 25
MOST_CHOICES = 200  # of one filter
OFFICERS = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER)
Choices = list[tuple[str, str]]  # (value, words)


def narrowing(wanted: BidFilters, reader: Reader) -> list[ColumnElement[bool]]:
    """What a bid must meet to be in the list: to be wanted, and to be visible; for `reader.who.values`.

    In this order: of words that few bids say, most are looked at for nothing else.
    """
    return [*wanted.conditions(reader), is_visible_to(reader.who.shape)]


def page_and_total(wanted: BidFilters, reader: Reader) -> tuple[Page[BidRow], int]:
    """One page of the bids this person may see and wants, and how many there are, as `count_of` counts."""
    if wanted.is_narrow or wanted.place is not None:
        narrow = narrowing(wanted, reader)
        query, count = _rows(wanted, reader.who.shape, narrow), counting(Bid, *narrow)
    else:
        query, count = _first_of_all(wanted.sort, reader.who.shape)
    page = _page(wanted, query, reader)
    if wanted.place is None and page.next_key is None:  # this is all
        return page, len(page.rows)
    return page, db.session.scalar(count, reader.who.values) or 0


@lru_cache(maxsize=256)
def _first_of_all(sort: Sort, shape: Shape) -> tuple[Any, Select[int]]:
    """The queries of the first page and of the count where nothing is asked for; for anybody of a shape.

    Made once: the page that most people open takes as long to be written as to be asked.
    """
    seen = is_visible_to(shape)
    return _rows(BidFilters(sort=sort), shape, [seen]), counting(Bid, seen)


def _page(wanted: BidFilters, query: Any, reader: Reader) -> Page[BidRow]:
    found = list(db.session.execute(query, reader.who.values))
    rows = [BidRow(*columns) for *columns, _key in found[:PAGE]]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(rows, wanted.sort.written(LastRow(last[-1], last[0])) if last else None)


def _rows(wanted: BidFilters, shape: Shape, narrow: list[ColumnElement[bool]]) -> Any:
    """The rows of one page and one more: which they are is decided before their columns are read."""
    sort = wanted.sort
    ranges = (
        select(Bid.id, range_.key.label("key"))
        .join(School, School.id == Bid.lead_school_id)
        .where(*narrow, range_.which)
        .order_by(*range_.order)
        .limit(PAGE + 1)
        .subquery()
        for range_ in sort.ranges(wanted.place)
    )
    few = union_all(*(select(range_) for range_ in ranges)).subquery("few")
    few = select(few).order_by(*sort.by(few.c.key, few.c.id)).limit(PAGE + 1).subquery("few")
    rows = bid_rows(shape).add_columns(few.c.key).join(few, few.c.id == Bid.id)
    return rows.order_by(*sort.by(few.c.key, few.c.id))


# -- what to choose from -------------------------------------------------------------------------------

_OFFICERS = (
    select(User.id, User.name)
    .where(User.id.in_(select(RoleGrant.user_id).where(RoleGrant.role.in_(OFFICERS))))
    .order_by(User.name, User.id)
    .limit(MOST_CHOICES)
)
_PATCHES = select(Patch.id, Patch.name).order_by(Patch.name).limit(MOST_CHOICES)
_PRIORITIES = select(Priority.title).distinct().order_by(Priority.title).limit(MOST_CHOICES)
_FUNDS_AND_ROUNDS = (
    select(Fund.id, Fund.name, Round.id, Round.name)
    .join(Round, Round.fund_id == Fund.id)
    .order_by(Fund.name, Fund.id, Round.id.desc())
    .limit(MOST_CHOICES)
)


def choices(reader: Reader) -> dict[str, Choices]:
    """Filter's name → the values this person may choose."""
    found: dict[str, Choices] = {
        "state": [(state.value, plain_words(state, for_staff=reader.council_words)) for state in BidState]
    }
    if reader.is_staff:
        found |= {
            "stage": [(slug, stage.value) for slug, stage in STAGES.items()],
            "turn": list(TURNS.items()),
            "age": list(AGES.items()),
            "due": list(DUE.items()),
            "officer": _officers(reader),
            "patch": _patches(),
            "phase": [*((str(code), words) for code, words in PHASES.items()), (NONE, "Not known")],
            "priority": _priorities(),
            **_funds_and_rounds(),
            "origin": [(origin.value, origin.words) for origin in Origin],
        }
    return {one.name: found[one.name] for one in FILTERS if one.name in found}


def _officers(reader: Reader) -> Choices:
    """Everybody who is or was an officer; the reader's own bids have a word of their own."""
    rows = db.session.execute(_OFFICERS).all()
    own = [(MINE, "My bids"), (COVERED, "Bids of those I cover")]
    is_one = any(number == reader.user.id for number, _name in rows)
    others = [(str(number), name) for number, name in rows if number != reader.user.id]
    return [*(own if is_one else []), (NOBODY, "Nobody yet"), *others]


def _patches() -> Choices:
    rows = db.session.execute(_PATCHES).all()
    return [*((str(number), name) for number, name in rows), (NONE, "In no patch")] if rows else []


def _priorities() -> Choices:
    return [(title, title) for title in db.session.scalars(_PRIORITIES)]


def _funds_and_rounds() -> dict[str, Choices]:
    rows = db.session.execute(_FUNDS_AND_ROUNDS).all()
    funds = {str(number): name for number, name, _round, _name in rows}
    several = len(funds) > 1
    rounds = [(str(number), f"{fund}: {name}" if several else name) for _id, fund, number, name in rows]
    return {"fund": list(funds.items()), "round": rounds}


# -- what is chosen, and what is often wanted -----------------------------------------------------------


class Chip(NamedTuple):
    """A filter in use, and the list without it."""

    words: str
    rest: BidFilters


def chips(wanted: BidFilters, offered: dict[str, Choices]) -> list[Chip]:
    return [
        Chip(
            f"{FILTER[name].title}: {dict(offered.get(name, ())).get(value, 'not known')}",
            wanted.without(name, value),
        )
        for name, value in wanted.chosen
    ]


class View(NamedTuple):
    words: str
    address: dict[str, Any]


def views(reader: Reader) -> list[View]:
    """Lists that officers want again and again, as addresses."""
    if not reader.is_staff:
        return []
    by_deadline = {"sort": "deadline"}
    mine = View("Waiting for me", {"turn": ["officer"], "officer": [MINE, NOBODY, COVERED], **by_deadline})
    return [
        View("New", {"state": [BidState.SUBMITTED.value]}),
        *([mine] if _is_officer(reader.user, reader.today) else []),
        View("Waiting for school", {"turn": ["school"], **by_deadline}),
        View("Going to the panel", {"state": [BidState.AT_PANEL.value], **by_deadline}),
        View("Overdue", {"due": ["overdue"], **by_deadline}),
    ]


def _is_officer(user: User, day: date) -> bool:
    return bool(user.roles_on(day) & set(OFFICERS))
