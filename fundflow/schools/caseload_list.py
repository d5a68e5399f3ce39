"""The list of schools as the council looks after them: narrowed, and sorted by name.

A council has a few hundred at most; what is wanted depends on several tables and the day, so the list is
narrowed once they are read, each in one query.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.area import Tier, tiers_on
from fundflow.models.caseload import (
    Caseload,
    CaseloadEntry,
    Concern,
    ConcernKind,
    FocusEntry,
    ReviewOutcome,
    TermReview,
)
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import PHASES, School
from fundflow.rules.caseloads import is_kept, officer_of
from fundflow.rules.concerns import Met, met_by, still_to_raise
from fundflow.rules.school_queries import every_word, school_named
from fundflow.schools.caseload_queries import funds_read, is_read, needs_officer
from fundflow.schools.queries import last_code
from fundflow.schools.rules import of_others
from fundflow.web.paging import Page, cut, row_id, search_text
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.terms import Term, term_on
from fundflow.workflow.working_days import london_date

PAGE = 25
NONE = "none"  # in the address: without an officer who may look after it
HEADER = (
    "School",
    "URN",
    "Phase",
    "Caseload",
    "Since",
    "Officer",
    "Tier",
    "Open concerns",
    "Meets a concern’s test",
    "Looked-after children: next review",
    "Reviewed this term on",
    "Outcome",
)


class CaseloadFilters(NamedTuple):
    """The list as it stands in the address."""

    text: str = ""
    show: str = ""
    officer: str = ""  # an id, or NONE
    after: str = ""

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "CaseloadFilters":
        show, officer = args.get("show", ""), args.get("officer", "")
        return cls(
            search_text(args),
            show if show in SHOWS else "",
            officer if officer == NONE or row_id(officer) else "",
            last_code(args),
        )

    @property
    def narrowed(self) -> dict[str, object]:
        """The list as arguments of its address, without a page."""
        return {"q": self.text or None, "show": self.show or None, "officer": self.officer or None}

    @property
    def is_narrow(self) -> bool:
        return any(self.narrowed.values())


class CaseloadLine(NamedTuple):
    """A school of the list."""

    id: int
    urn: str
    name: str
    phase_code: int | None
    la_code: str
    officer_id: int | None
    officer: str | None
    needs_officer: bool  # whether nobody looks after it who may
    tier: Tier | None = None
    caseload: Caseload = Caseload.NEITHER
    since: date | None = None
    concerns: tuple[tuple[int, ConcernKind, date], ...] = ()  # number, kind, next review
    met: tuple[Met, ...] = ()
    focus_review_on: date | None = None
    reviewed_on: date | None = None
    outcome: ReviewOutcome | None = None

    @property
    def phase(self) -> str:
        return PHASES.get(self.phase_code, "Not known") if self.phase_code is not None else "Not known"


SHOWS: Mapping[str, tuple[str, Any]] = {
    "challenge": ("Challenge caseload", lambda one: one.caseload is Caseload.CHALLENGE),
    "traded": ("Traded caseload", lambda one: one.caseload is Caseload.TRADED),
    "neither": ("In no caseload", lambda one: one.caseload is Caseload.NEITHER),
    "concern": ("With an open concern", lambda one: bool(one.concerns)),
    "to_raise": ("Meet a concern’s test and have none", lambda one: bool(one.met) and not one.concerns),
    "unreviewed": ("Not reviewed this term", lambda one: one.reviewed_on is None),
    "reviewed": ("Reviewed this term", lambda one: one.reviewed_on is not None),
    "focus": ("With a focus on looked-after children", lambda one: one.focus_review_on is not None),
}


def caseloads_page(wanted: CaseloadFilters, user: User, now: datetime) -> Page[CaseloadLine]:
    """One page of the list, by name; no row follows one that is gone."""
    rows = caseload_lines(wanted, user, now)
    if wanted.after:
        place = next((n for n, row in enumerate(rows) if row.urn == wanted.after), len(rows))
        rows = rows[place + 1 :]
    return cut(rows[: PAGE + 1], PAGE, "urn")


def caseload_lines(
    wanted: CaseloadFilters, user: User, now: datetime, *, tests: bool = False
) -> list[CaseloadLine]:
    """Every school of the list, by name; none of the reader's own school or trust. A council has a few
    hundred at most.

    tests  with the tests of a concern that each meets, though the list does not ask for them
    """
    funds = funds_read(user, now)
    found = _schools(wanted, user, funds, now)
    ids = [one.id for one in found]
    if not ids:
        return []
    met = _met(funds, found, user, now) if tests or wanted.show == "to_raise" else {}
    day = london_date(now)
    tiers, entries, focus = tiers_on(ids, day), _latest_entries(user, now), _latest_focus(user, now)
    concerns, reviews = _open_concerns(user, now), _reviews(user, now, term_on(day))
    lines = [
        one._replace(
            tier=tiers.get(one.id),
            caseload=entries[one.id][0] if one.id in entries else Caseload.NEITHER,
            since=entries[one.id][1] if one.id in entries else None,
            concerns=tuple(concerns.get(one.id, ())),
            met=tuple(met.get(one.id, ())),
            focus_review_on=focus.get(one.id),
            reviewed_on=reviews[one.id][0] if one.id in reviews else None,
            outcome=reviews[one.id][1] if one.id in reviews else None,
        )
        for one in found
    ]
    return [one for one in lines if SHOWS[wanted.show][1](one)] if wanted.show else lines


def caseload_rows(wanted: CaseloadFilters, user: User, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Every row of the list, as a file has it."""
    for one in caseload_lines(wanted, user, now, tests=True):
        yield (
            one.name,
            one.urn,
            one.phase,
            one.caseload.words,
            one.since,
            one.officer,
            one.tier.words if one.tier else "",
            "; ".join(kind.words for _, kind, _ in one.concerns),
            "; ".join(test.words for test in one.met),
            one.focus_review_on,
            one.reviewed_on,
            one.outcome.words if one.outcome else "",
        )


def officers_of_schools(user: User, now: datetime) -> dict[int, str]:
    """Who looks after schools that this person may read about, by name."""
    ids = [fund.id for fund in funds_read(user, now)]
    looked_after = select(officer_of(School)).where(is_kept(ids))
    query = select(User.id, User.name).where(User.id.in_(looked_after)).order_by(User.name)
    return dict(db.session.execute(query).all())


def _schools(wanted: CaseloadFilters, user: User, funds: Sequence[Fund], now: datetime) -> list[CaseloadLine]:
    query = (
        select(
            School.id,
            School.urn,
            School.name,
            School.phase_code,
            School.la_code,
            User.id,
            User.name,
            needs_officer(now),
        )
        .outerjoin(User, User.id == officer_of(School))
        .where(is_kept([fund.id for fund in funds]), of_others(user, now))
        .order_by(School.search_name, School.urn)
    )
    if wanted.text:
        query = query.where(every_word(wanted.text, school_named))
    if wanted.officer:
        query = query.where(needs_officer(now) if wanted.officer == NONE else User.id == int(wanted.officer))
    return [CaseloadLine(*row) for row in db.session.execute(query)]


def _met(
    funds: Sequence[Fund], lines: Sequence[CaseloadLine], user: User, now: datetime
) -> dict[int, list[Met]]:
    """The tests that each school meets, and that no concern has dealt with."""
    found: dict[int, list[Met]] = {}
    for fund in funds:
        found |= met_by(fund, [one.id for one in lines if one.la_code == fund.la_code])
    ends: dict[int, list[tuple[ConcernKind, date | None]]] = {}
    if found:
        query = select(Concern).where(is_read(Concern, user, now), Concern.school_id.in_(found))
        for one in db.session.scalars(query):
            ends.setdefault(one.school_id, []).append((one.kind, one.ended_on))
    return {school: still_to_raise(met, ends.get(school, ())) for school, met in found.items()}


def _newest_ids(model: Any, user: User, now: datetime) -> Any:
    return select(func.max(model.id)).where(is_read(model, user, now)).group_by(model.school_id)


def _latest_entries(user: User, now: datetime) -> dict[int, tuple[Caseload, date]]:
    rows = db.session.execute(
        select(CaseloadEntry.school_id, CaseloadEntry.caseload, CaseloadEntry.from_on).where(
            CaseloadEntry.id.in_(_newest_ids(CaseloadEntry, user, now))
        )
    )
    return {school: (caseload, since) for school, caseload, since in rows}


def _latest_focus(user: User, now: datetime) -> dict[int, date | None]:
    rows = db.session.execute(
        select(FocusEntry.school_id, FocusEntry.review_on).where(
            FocusEntry.id.in_(_newest_ids(FocusEntry, user, now))
        )
    )
    return dict(rows.all())


def _open_concerns(user: User, now: datetime) -> dict[int, list[tuple[int, ConcernKind, date]]]:
    rows = db.session.execute(
        select(Concern.school_id, Concern.id, Concern.kind, Concern.review_on)
        .where(is_read(Concern, user, now), Concern.state.in_([ConcernState.OPEN]))
        .order_by(Concern.id)
    )
    found: dict[int, list[tuple[int, ConcernKind, date]]] = {}
    for school, *concern in rows:
        found.setdefault(school, []).append(tuple(concern))  # type: ignore[arg-type]
    return found


def _reviews(user: User, now: datetime, term: Term) -> dict[int, tuple[date, ReviewOutcome]]:
    rows = db.session.execute(
        select(TermReview.school_id, TermReview.reviewed_on, TermReview.outcome)
        .where(is_read(TermReview, user, now), TermReview.school_year == term.year)
        .where(TermReview.term == term.number)
        .order_by(TermReview.id)
    )
    return {school: (day, outcome) for school, day, outcome in rows}
