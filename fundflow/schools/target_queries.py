"""Targets of schools: a school's, and the list of all with where each stands.

A council has a few hundred at most; where one stands depends on the day, so the list is narrowed and sorted
once they are read.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.measure import Measure
from fundflow.models.person import User
from fundflow.models.school import PHASES, School
from fundflow.models.target import SchoolTarget, TargetFigure, TargetTerms
from fundflow.permissions import in_funds
from fundflow.rules.school_queries import every_word, school_named
from fundflow.rules.targets import Progress, TargetStanding, progress_on
from fundflow.schools.rules import EDITORS, of_others
from fundflow.web.paging import Page, cut, enum_member, row_id, search_text
from fundflow.workflow.working_days import london_date

PAGE = 25
HEADER = (
    "School",
    "URN",
    "Phase",
    "Measure",
    "Unit",
    "Baseline",
    "Baseline on",
    "Target",
    "Target on",
    "Latest figure",
    "Measured on",
    "Source",
    "Way to the target (%)",
    "Stands",
    "Owner",
)
WHOLE: Any = (
    joinedload(SchoolTarget.school),
    joinedload(SchoolTarget.measure).joinedload(Measure.fund),
    joinedload(SchoolTarget.ended_by),
    selectinload(SchoolTarget.terms).options(joinedload(TargetTerms.owner), joinedload(TargetTerms.by)),
    selectinload(SchoolTarget.figures).options(
        joinedload(TargetFigure.by), joinedload(TargetFigure.removed_by)
    ),
)


class TargetRow(NamedTuple):
    """A target, and where it stands today."""

    id: int
    target: SchoolTarget
    progress: Progress


Order = Callable[[TargetRow], Any]
SORTS: Mapping[str, tuple[str, Order]] = {
    "stands": ("Behind first", lambda row: list(TargetStanding).index(row.progress.standing)),
    "school": ("By school", lambda row: row.target.school.search_name),
    "due": ("Next date first", lambda row: row.target.now.target_on),
    "measure": ("By measure", lambda row: row.target.measure.name),
}


class TargetFilters(NamedTuple):
    """The list as it stands in the address."""

    text: str = ""
    stands: TargetStanding | None = None  # None: those that have not ended
    measure: int | None = None
    owner: int | None = None
    phase: int | None = None
    sort: str = "stands"
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "TargetFilters":
        phase, sort = row_id(args.get("phase")), args.get("sort", "")
        return cls(
            search_text(args),
            enum_member(TargetStanding, args.get("stands")),
            row_id(args.get("measure")),
            row_id(args.get("owner")),
            phase if phase in PHASES else None,
            sort if sort in SORTS else "stands",
            row_id(args.get("after")),
        )

    @property
    def narrowed(self) -> dict[str, object]:
        """The list as arguments of its address, without a page."""
        return {
            "q": self.text or None,
            "stands": self.stands and self.stands.value,
            "measure": self.measure,
            "owner": self.owner,
            "phase": self.phase,
            "sort": self.sort if self.sort != "stands" else None,
        }

    @property
    def is_narrow(self) -> bool:
        return any(value for name, value in self.narrowed.items() if name != "sort")


def targets_page(wanted: TargetFilters, user: User, now: datetime) -> Page[TargetRow]:
    """One page of the list; no row follows one that is gone."""
    rows = target_rows(wanted, user, now)
    if wanted.after is not None:
        place = next((n for n, row in enumerate(rows) if row.id == wanted.after), len(rows))
        rows = rows[place + 1 :]
    return cut(rows[: PAGE + 1], PAGE)


def target_rows(wanted: TargetFilters, user: User, now: datetime) -> list[TargetRow]:
    """Every row of the list, in its order; none of the reader's own school or trust."""
    found = _rows(db.session.scalars(_listed(wanted).where(of_others(user, now))).all(), now)
    if wanted.owner is not None:
        found = [row for row in found if row.target.now.owner_id == wanted.owner]
    if wanted.stands is not None:
        found = [row for row in found if row.progress.standing is wanted.stands]
    key = SORTS[wanted.sort][1]
    return sorted(found, key=lambda row: (key(row), row.target.school.search_name, row.id))


def target_lines(wanted: TargetFilters, user: User, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Every row of the list, as a file has it."""
    for _, target, progress in target_rows(wanted, user, now):
        terms, latest = target.now, target.latest
        yield (
            target.school.name,
            target.school.urn,
            target.school.phase,
            target.measure.name,
            target.measure.unit,
            target.baseline,
            target.baseline_on,
            terms.target,
            terms.target_on,
            latest and latest.value,
            latest and latest.measured_on,
            latest and latest.source,
            None if progress.moved is None else round(progress.moved, 1),
            progress.standing.words,
            terms.owner.name,
        )


def targets_of(school: School, now: datetime) -> list[TargetRow]:
    """A school's targets, those that run first."""
    query = (
        select(SchoolTarget)
        .where(SchoolTarget.school_id == school.id)
        .options(*WHOLE)
        .order_by(SchoolTarget.ended_at.is_not(None), SchoolTarget.id.desc())
    )
    return _rows(db.session.scalars(query).all(), now)


def target_by_id(number: int, school: School) -> SchoolTarget | None:
    query = select(SchoolTarget).where(SchoolTarget.id == number, SchoolTarget.school_id == school.id)
    return db.session.scalar(query.options(*WHOLE))


def measures_to_choose(user: User, now: datetime) -> Sequence[Measure]:
    """The measures offered today by the funds that this person works for, by name."""
    return db.session.scalars(
        select(Measure)
        .where(Measure.retired.is_(False), in_funds(user, EDITORS, now, Measure.fund_id))
        .order_by(Measure.name, Measure.id)
    ).all()


def measures_used() -> dict[int, str]:
    """The measures that targets have, to choose one from."""
    used = select(SchoolTarget.measure_id)
    return {one.id: one.words for one in db.session.scalars(select(Measure).where(Measure.id.in_(used)))}


def owners() -> dict[int, str]:
    """Who looks after targets, or did, to choose one from."""
    query = select(User.id, User.name).where(User.id.in_(select(TargetTerms.owner_id))).order_by(User.name)
    return dict(db.session.execute(query).all())


def _listed(wanted: TargetFilters) -> Any:
    ended = wanted.stands is TargetStanding.ENDED
    query = select(SchoolTarget).join(School).options(*WHOLE)
    query = query.where(SchoolTarget.ended_at.is_not(None) if ended else SchoolTarget.ended_at.is_(None))
    if wanted.text:
        query = query.where(every_word(wanted.text, school_named))
    if wanted.measure is not None:
        query = query.where(SchoolTarget.measure_id == wanted.measure)
    if wanted.phase is not None:
        query = query.where(School.phase_code == wanted.phase)
    return query


def _rows(targets: Sequence[SchoolTarget], now: datetime) -> list[TargetRow]:
    day = london_date(now)
    return [TargetRow(one.id, one, progress_on(one, day)) for one in targets]
