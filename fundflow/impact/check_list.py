"""All quality checks that somebody may read: the list, its file, and a table by kind of provider."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.models.quality_check import COLOURS, CheckRating, QualityCheck
from fundflow.models.school import School
from fundflow.permissions import sees_papers
from fundflow.rules.quality_checks import CHECKED_IN
from fundflow.rules.school_queries import every_word, school_named
from fundflow.web.paging import Page, enum_member, page_of_rows, row_id, search_text
from fundflow.workflow.quality_check import QUALITY_CHECK, CheckState, Stage
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date

PAGE = 50
HEADER = (
    "Bid",
    "School",
    "Stage",
    "State",
    "Rating",
    "Due",
    "Checked",
    "What was found",
    "Action",
    "Who",
    "Action due",
    "Action carried out",
    "Kind of provider",
    "Provider",
)


class ProviderKind(Worded):
    """Who gives support that is paid for."""

    SCHOOL = "school", "School"
    TRADED = "traded", "Traded service or other organisation"
    INDEPENDENT = "independent", "Independent provider"


class CheckFilters(NamedTuple):
    """What the list is narrowed to, as it stands in the address."""

    state: CheckState | None = None
    rating: CheckRating | None = None
    kind: ProviderKind | None = None
    provider: str = ""
    late: bool = False
    after: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "CheckFilters":
        return cls(
            enum_member(CheckState, args.get("state")),
            enum_member(CheckRating, args.get("rating")),
            enum_member(ProviderKind, args.get("kind")),
            search_text(args, "provider"),
            args.get("late") == "yes",
            row_id(args.get("after")),
        )

    @property
    def address(self) -> dict[str, str]:
        """The filters as an address has them."""
        chosen = {"state": self.state, "rating": self.rating, "kind": self.kind}
        found = {name: one.value for name, one in chosen.items() if one}
        return (
            found
            | ({"provider": self.provider} if self.provider else {})
            | ({"late": "yes"} if self.late else {})
        )


class CheckRow(NamedTuple):
    """A check in the list."""

    id: int
    reference: str
    school: str
    stage: Stage
    state: CheckState
    rating: CheckRating | None
    due_on: date
    checked_on: date | None
    found: str
    action: str
    owner: str
    action_due_on: date | None
    done_on: date | None
    kind: str | None
    external: str
    schools: str | None

    @property
    def provider(self) -> str:
        return self.external or self.schools or "Not named"

    @property
    def kind_words(self) -> str:
        return ProviderKind(self.kind).words if self.kind else "Not named"

    @property
    def state_words(self) -> str:
        return QUALITY_CHECK.words[self.state]

    @property
    def colour(self) -> str:
        return COLOURS[self.state]

    def is_late(self, today: date) -> bool:
        waits = {CheckState.TO_DO: self.due_on, CheckState.TO_ACT: self.action_due_on}.get(self.state)
        return waits is not None and waits < today


class KindCount(NamedTuple):
    """The checks of one kind of provider, by what they found."""

    kind: str
    to_do: int
    green: int
    amber: int
    red: int


def _gives(*where: ColumnElement[bool]) -> Any:
    return (
        exists()
        .where(
            Partner.bid_id == Bid.id, Partner.part == Part.PROVIDER, Partner.school_id == School.id, *where
        )
        .correlate(Bid)
    )


KIND: Any = case(
    (Bid.external_provider != "", ProviderKind.INDEPENDENT.value),
    (_gives(School.is_organisation.is_(True)), ProviderKind.TRADED.value),
    (_gives(), ProviderKind.SCHOOL.value),
)


def _given_by() -> Any:
    """The name of the first school that gives the support."""
    its = School.__table__.alias("gives")
    return (
        select(func.min(its.c.name))
        .join(Partner, Partner.school_id == its.c.id)
        .where(Partner.bid_id == Bid.id, Partner.part == Part.PROVIDER)
        .correlate(Bid)
        .scalar_subquery()
    )


def _provider_named(word: str) -> ColumnElement[bool]:
    """Whether a folded word stands in the name of a school that gives the support, or of the provider of the
    register that the bid names."""
    its = exists().where(Provider.fund_id == Bid.fund_id, Provider.name == Bid.external_provider)
    its = its.where(Provider.search_name.contains(word, autoescape=True)).correlate(Bid)
    gives = aliased(School)
    school = exists().where(Partner.bid_id == Bid.id, Partner.part == Part.PROVIDER)
    return or_(its, school.where(gives.id == Partner.school_id, school_named(word, gives)).correlate(Bid))


def _readable(user: User, now: datetime) -> ColumnElement[bool]:
    return and_(sees_papers(user, now), Fund.checks_support, Bid.state.in_(CHECKED_IN))


def _rows(wanted: CheckFilters, user: User, now: datetime) -> Any:
    given_by = _given_by()
    c, today = QualityCheck, london_date(now)
    query = (
        select(
            c.id,
            Bid.reference,
            School.name,
            c.stage,
            c.state,
            c.rating,
            c.due_on,
            c.checked_on,
            c.found,
            c.action,
            c.owner,
            c.action_due_on,
            c.done_on,
            KIND,
            Bid.external_provider,
            given_by,
        )
        .select_from(c)
        .join(Bid, Bid.id == c.bid_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(School, School.id == Bid.lead_school_id)
        .where(_readable(user, now))
        .order_by(c.id.desc())
    )
    if wanted.state:
        query = query.where(c.state == wanted.state)
    if wanted.rating:
        query = query.where(c.rating == wanted.rating)
    if wanted.kind:
        query = query.where(wanted.kind.value == KIND)
    if wanted.provider:
        query = query.where(every_word(wanted.provider, _provider_named))
    if wanted.late:
        undone = and_(c.state == CheckState.TO_DO, c.due_on < today)
        query = query.where(or_(undone, and_(c.state == CheckState.TO_ACT, c.action_due_on < today)))
    return query


def checks_page(wanted: CheckFilters, user: User, now: datetime) -> Page[CheckRow]:
    """The newest first."""
    query = _rows(wanted, user, now)
    if wanted.after:
        query = query.where(QualityCheck.id < wanted.after)
    return page_of_rows(query, PAGE, CheckRow)


def check_lines(wanted: CheckFilters, user: User, now: datetime) -> Iterator[tuple[Any, ...]]:
    """The list as `HEADER` says."""
    return _as_lines(_rows(wanted, user, now))


def _as_lines(query: Any) -> Iterator[tuple[Any, ...]]:
    for values in db.session.execute(query.execution_options(yield_per=500)):
        row = CheckRow(*values)
        rating = row.rating.words if row.rating else ""
        said = (row.found, row.action, row.owner, row.action_due_on, row.done_on)
        stage, state = row.stage.words, row.state_words
        days = (row.due_on, row.checked_on)
        yield (row.reference, row.school, stage, state, rating, *days, *said, row.kind_words, row.provider)


def counts_by_kind(user: User, now: datetime) -> list[KindCount]:
    """One row a kind of provider that has checks, whatever the list is narrowed to."""
    found = _rows(CheckFilters(), user, now).order_by(None)
    its = found.with_only_columns(
        KIND.label("kind"), QualityCheck.rating.label("rating"), func.count().label("number")
    ).group_by(KIND, QualityCheck.rating)
    numbers: dict[tuple[str | None, CheckRating | None], int] = {
        (kind, rating): number for kind, rating, number in db.session.execute(its)
    }
    order = [*(kind.value for kind in ProviderKind), None]
    return [
        KindCount(
            ProviderKind(kind).words if kind else "Not named",
            *(numbers.get((kind, rating), 0) for rating in (None, *CheckRating)),
        )
        for kind in order
        if any(one == kind for one, _rating in numbers)
    ]
