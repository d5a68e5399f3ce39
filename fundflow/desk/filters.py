"""What the list of bids can be narrowed to: one table, a row a filter.

Every filter lives in the address. Several values of one filter mean “any of them”; several filters
mean “all of them”. What can't be read there is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from werkzeug.datastructures import MultiDict

from fundflow.desk.searching import says
from fundflow.desk.sorting import NEWEST, SORTS, LastRow, Sort
from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.days_off import Whose, days_for
from fundflow.models.desk import Cover
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, User
from fundflow.models.round import Priority
from fundflow.models.school import PHASES, School
from fundflow.permissions import is_outcome_kept, reads_council_words
from fundflow.rules.asker import Asker
from fundflow.web.paging import row_id, search_text
from fundflow.workflow.application import ENDED, STAGE_OF, BidState, Stage
from fundflow.workflow.working_days import LONDON, add_working_days, london_date

S = BidState
NONE = "none"
MINE, NOBODY, COVERED = "mine", "nobody", "covered"
STAGES = {stage.name.lower(): stage for stage in Stage}
AGES = {"5": "More than 5 working days", "10": "More than 10 working days", "20": "More than 20 working days"}
DUE = {"overdue": "Overdue", "week": "This week", "fortnight": "In the next 2 weeks"}
TURNS = {"officer": "The liaison officer", "school": "The school", "panel": "The panel"}


@dataclass(frozen=True)
class Reader:
    """Who looks at the list, and when."""

    user: User
    now: datetime

    @cached_property
    def council_off(self) -> dict[int, frozenset[date]]:
        """The days each fund's council is off, by the fund's id; asked once."""
        rows = db.session.execute(select(Fund.id, Fund.days_off))
        return {number: days_for(kept, Whose.COUNCIL) for number, kept in rows}

    @property
    def today(self) -> date:
        return london_date(self.now)

    @cached_property
    def who(self) -> Asker:
        return Asker.of(self.user, self.today)

    @property
    def is_staff(self) -> bool:
        """Whether this person works for the council. The board reads reports: it finds no name of staff."""
        return bool(self.user.roles_on(self.today) - {RoleName.BOARD})

    @property
    def council_words(self) -> bool:
        return reads_council_words(self.user, self.now)


Condition = Callable[[str, Reader], ColumnElement[bool]]


class Filter(NamedTuple):
    """`known` says whether a text of the address is a value; `when` which bids a value means."""

    name: str
    title: str
    known: Callable[[str], bool]
    when: Condition
    several: bool = False
    for_schools: bool = False


def _in_state(reader: Reader, *states: S) -> ColumnElement[bool]:
    """In one of these states, as far as the reader knows: a decision that is kept from them is none."""
    kept = is_outcome_kept(reader.who)
    known = and_(Bid.state.in_(states), ~kept)
    return or_(known, kept) if S.AT_PANEL in states else known


def _stage(value: str, _reader: Reader) -> ColumnElement[bool]:
    return Bid.state.in_([state for state, stage in STAGE_OF.items() if stage is STAGES[value]])


def _age(value: str, reader: Reader) -> ColumnElement[bool]:
    """In this state for more than so many working days of the council."""
    funds: dict[date, list[int]] = {}  # first day that is too late → funds
    for number, off in reader.council_off.items():
        day = add_working_days(reader.today + timedelta(days=1), -int(value) - 1, off)
        funds.setdefault(day, []).append(number)
    old = (
        and_(Bid.fund_id.in_(numbers), Bid.state_since < datetime.combine(day, time.min, LONDON))
        for day, numbers in funds.items()
    )
    return and_(or_(false(), *old), ~_in_state(reader, *ENDED))


def _due(value: str, reader: Reader) -> ColumnElement[bool]:
    today = reader.today
    until = {"week": today + timedelta(days=6 - today.weekday()), "fortnight": today + timedelta(days=14)}
    when = Bid.due_on < today if value == "overdue" else Bid.due_on.between(today, until[value])
    return and_(when, ~_in_state(reader, *ENDED))


def _turn(value: str, reader: Reader) -> ColumnElement[bool]:
    if value == "panel":
        return _in_state(reader, S.AT_PANEL)
    if value == "officer":
        answered = and_(Bid.state == S.DEFERRED, Bid.panel_answer != "")
        return or_(Bid.state.in_((S.SUBMITTED, S.IN_REVIEW)), answered, _letter_to_read_over(reader))
    asked = and_(Bid.state == S.DEFERRED, Bid.panel_answer == "")
    to_report = and_(Bid.state == S.IN_MONITORING, Bid.due_on.is_not(None))
    offered = and_(Bid.state == S.OFFERED, Bid.decision_held_until.is_(None))
    return or_(Bid.state.in_((S.DRAFT, S.RETURNED)), offered, asked, to_report)


def _letter_to_read_over(reader: Reader) -> ColumnElement[bool]:
    return and_(Bid.decision_held_until.is_not(None), ~is_outcome_kept(reader.who))


def _of_school(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return Bid.lead_school_id.in_(select(School.id).where(condition))


def _patch(value: str, _reader: Reader) -> ColumnElement[bool]:
    return _of_school(School.patch_id.is_(None) if value == NONE else School.patch_id == int(value))


def _phase(value: str, _reader: Reader) -> ColumnElement[bool]:
    return _of_school(School.phase_code.is_(None) if value == NONE else School.phase_code == int(value))


def _priority(value: str, _reader: Reader) -> ColumnElement[bool]:
    """Rounds name the same priority each for itself, so the title counts."""
    return Bid.priority_id.in_(select(Priority.id).where(Priority.title == value))


def _officer(value: str, reader: Reader) -> ColumnElement[bool]:
    if value == NOBODY:
        return Bid.officer_id.is_(None)
    if value == COVERED:
        covered = select(Cover.away_id).where(
            Cover.covering_id == reader.user.id, Cover.is_valid_on(reader.today)
        )
        return Bid.officer_id.in_(covered)
    return Bid.officer_id == (reader.user.id if value == MINE else int(value))


def _number(value: str) -> bool:
    return row_id(value) is not None


FILTERS = (
    Filter(
        "state",
        "Status",
        lambda v: v in {s.value for s in S},
        lambda v, r: _in_state(r, S(v)),
        several=True,
        for_schools=True,
    ),
    Filter("stage", "Stage", STAGES.__contains__, _stage),
    Filter("turn", "Waiting for", TURNS.__contains__, _turn),
    Filter("age", "In this state", AGES.__contains__, _age),
    Filter("due", "Deadline", DUE.__contains__, _due),
    Filter(
        "officer", "Officer", lambda v: v in (MINE, NOBODY, COVERED) or _number(v), _officer, several=True
    ),
    Filter("patch", "Patch", lambda v: v == NONE or _number(v), _patch),
    Filter("phase", "Phase of the lead school", {NONE, *map(str, PHASES)}.__contains__, _phase),
    Filter("priority", "Priority", lambda v: 0 < len(v) <= 140 and v.isprintable(), _priority),
    Filter("fund", "Fund", _number, lambda v, _r: Bid.fund_id == int(v)),
    Filter("round", "Round", _number, lambda v, _r: Bid.round_id == int(v)),
    Filter(
        "origin", "Begun", lambda v: v in {o.value for o in Origin}, lambda v, _r: Bid.origin == Origin(v)
    ),
)
FILTER = {one.name: one for one in FILTERS}
MOST_VALUES = 30  # of one filter


@dataclass(frozen=True, slots=True)
class BidFilters:
    """What the address of the list asks for."""

    text: str = ""
    chosen: tuple[tuple[str, str], ...] = ()  # (filter's name, value)
    sort: Sort = NEWEST
    place: LastRow | None = None

    @classmethod
    def from_args(cls, args: MultiDict[str, str], reader: Reader) -> "BidFilters":
        """People of schools can't ask for what only staff see."""
        sort = SORTS.get(args.get("sort", ""), NEWEST)
        return cls(
            search_text(args),
            _chosen(args, staff=reader.is_staff),
            sort,
            sort.place(args.get("after", "")),
        )

    def of(self, name: str) -> list[str]:
        return [value for filter_name, value in self.chosen if filter_name == name]

    @property
    def is_narrow(self) -> bool:
        return bool(self.text or self.chosen)

    def conditions(self, reader: Reader) -> list[ColumnElement[bool]]:
        """What a bid must meet, all of it."""
        names = dict.fromkeys(name for name, _value in self.chosen)
        narrow = [or_(*(FILTER[name].when(value, reader) for value in self.of(name))) for name in names]
        return [says(self.text) if self.text else true(), *narrow]

    def without(self, name: str, value: str) -> "BidFilters":
        left = tuple(pair for pair in self.chosen if pair != (name, value))
        return replace(self, chosen=left, place=None)

    @property
    def wordless(self) -> "BidFilters":
        return replace(self, text="", place=None)

    def sorted_by(self, name: str) -> "BidFilters":
        return replace(self, sort=SORTS[name], place=None)

    def turned(self, name: str) -> "BidFilters":
        """By this column; the other way round where it is sorted by it already."""
        return self.sorted_by(self.sort.opposite if self.sort.name == name else name)

    @property
    def address(self) -> dict[str, Any]:
        """What goes into `url_for`, for the first page."""
        given: dict[str, Any] = {"q": self.text} if self.text else {}
        given |= {name: self.of(name) for name, _value in self.chosen}
        return given | ({"sort": self.sort.name} if self.sort is not NEWEST else {})


def _chosen(args: MultiDict[str, str], *, staff: bool) -> tuple[tuple[str, str], ...]:
    found = []
    for one in FILTERS:
        if staff or one.for_schools:
            values = [v for v in args.getlist(one.name)[:MOST_VALUES] if one.known(v)]
            found += [(one.name, v) for v in dict.fromkeys(values if one.several else values[:1])]
    return tuple(found)


__all__ = [
    "AGES",
    "COVERED",
    "DUE",
    "FILTER",
    "FILTERS",
    "MINE",
    "NOBODY",
    "NONE",
    "STAGES",
    "TURNS",
    "BidFilters",
    "Filter",
    "Reader",
]
