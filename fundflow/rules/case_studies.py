"""Case studies: when one may be drafted, and what everybody may read of those that are published
(docs/rules.md, "Case studies")."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, func, or_, select, union_all
from sqlalchemy.orm import object_session

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseConsent, CaseStudy, parts_of
from fundflow.models.fund import Fund
from fundflow.models.person import Membership, Standing, User
from fundflow.models.practice import PracticeEntry
from fundflow.models.round import Priority
from fundflow.models.school import PHASES, School, SchoolRef
from fundflow.rules.school_queries import school_named
from fundflow.workflow.application import BidState
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.phrases import joined

LATELY = 300  # a council’s of some ten years
FEW = 3  # of those that are offered to a school that looks for help


def why_nothing_to_tell(bid: Bid) -> str | None:
    """None where a case study of the bid may be drafted, else the sentence."""
    if bid.state is not BidState.CLOSED:
        return "A case study is drafted once the bid is closed."
    return None if bid.has_accepted_report() else "A case study needs an accepted final report."


def study_of(bid: Bid) -> CaseStudy | None:
    """The bid's case study, but for those that were set aside."""
    session = object_session(bid)
    live = CaseStudy.state.not_in((CaseState.NEW, CaseState.DISCARDED))  # new: being drafted right now
    query = select(CaseStudy).where(CaseStudy.bid_id == bid.id, live)
    return session.scalar(query) if session else None


def why_study_there(bid: Bid) -> str | None:
    return "There is a case study of this bid already." if study_of(bid) else None


def why_head_missing(study: CaseStudy | PracticeEntry, day: date) -> str | None:
    """Which of the schools that it names has no head with an account who could agree, as a sentence."""
    session = object_session(study)
    heads = (
        select(Membership)
        .join(User)
        .where(Membership.school_id.in_(study.asked_schools), Membership.standing == Standing.LEADER)
        .where(User.active.is_(True))
    )
    found = session.scalars(heads).all() if session else []
    led = {member.school_id for member in found if member.is_valid_on(day)}
    names = [school.name for school in study.schools if school.today_id not in led]
    return f"Nobody has an account as head of {joined(names)}. Invite the head first." if names else None


# -- what everybody may read ---------------------------------------------------------------------------


class Told(NamedTuple):
    """A case study as everybody may read it: all pages and files get it from `told`, and no more of it."""

    id: int
    title: str
    expertise: Expertise
    need: str
    support: str
    change: str
    lessons: str
    published_at: datetime
    reference: str
    fund_id: int
    fund: str
    priority: str
    phase: int | None  # of the lead school: a code of PHASES
    schools: tuple[SchoolRef, ...] = ()

    @property
    def phase_words(self) -> str:
        return PHASES.get(self.phase, "") if self.phase is not None else ""

    @property
    def school_words(self) -> str:
        return joined([school.name for school in self.schools])

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(heading, text) of what it says."""
        return parts_of(self)


def told() -> Select[Any]:
    """The published case studies, as columns of `Told` without its schools; to narrow and order further."""
    query: Any = (
        select(
            CaseStudy.id,
            CaseStudy.title,
            CaseStudy.expertise,
            CaseStudy.need,
            CaseStudy.support,
            CaseStudy.change,
            CaseStudy.lessons,
            CaseStudy.published_at,
            Bid.reference,
            Bid.fund_id,
            Fund.name,
            func.coalesce(Priority.title, ""),
            School.phase_code,
        )
        .join(Bid, Bid.id == CaseStudy.bid_id)
        .join(Fund, Fund.id == Bid.fund_id)
        .join(School, School.id == Bid.lead_school_id)
        .outerjoin(Priority, Priority.id == Bid.priority_id)
        .where(CaseStudy.state == CaseState.PUBLISHED)
    )
    return cast(Select[Any], query)


def says(word: str) -> ColumnElement[bool]:
    """Whether a case study, or the name of a school that it names, holds a folded word."""
    named = (
        select(CaseConsent.id)
        .join(School, School.id == CaseConsent.school_id)
        .where(CaseConsent.study_id == CaseStudy.id, school_named(word))
        .correlate(CaseStudy)
    )
    return or_(CaseStudy.search_text.contains(word, autoescape=True), named.exists())


def read(query: Select[Any]) -> list[Told]:
    """What a narrowed `told` finds, with the schools that each names. Two queries."""
    return with_schools([Told(*row) for row in db.session.execute(query)])


def with_schools(rows: Sequence[Told]) -> list[Told]:
    if not rows:
        return []
    named: dict[int, list[SchoolRef]] = {row.id: [] for row in rows}
    for study, urn, name in db.session.execute(
        select(CaseConsent.study_id, School.urn, School.name)
        .join(School, School.id == CaseConsent.school_id)
        .where(CaseConsent.study_id.in_(named))
        .order_by(CaseConsent.id)
    ):
        named[study].append(SchoolRef(urn, name))
    return [row._replace(schools=tuple(named[row.id])) for row in rows]


def alike(*, expertise: Expertise | None = None, priority: str = "", phase: int | None = None) -> list[Told]:
    """Up to three published case studies of the same need or priority, those of the same phase first, then
    the newest; of the last `LATELY` that were published. None where neither is known."""
    if expertise is None and not priority:
        return []
    published = select(CaseStudy.id).where(CaseStudy.state == CaseState.PUBLISHED)
    newest = CaseStudy.published_at.desc(), CaseStudy.id.desc()
    lately = published.order_by(*newest).limit(LATELY).subquery()
    query = told().where(CaseStudy.id.in_(select(lately.c.id)))
    if expertise is not None:
        query = query.where(CaseStudy.expertise == expertise)
    if priority:
        query = query.where(Priority.title == priority)
    of_phase = School.phase_code.is_not_distinct_from(phase), School.phase_code.is_distinct_from(phase)
    few = [query.where(here).order_by(*newest).limit(FEW).subquery() for here in of_phase]
    rows = [Told(*row) for row in db.session.execute(union_all(*map(select, few)))]
    rows.sort(key=lambda row: (row.phase == phase, row.published_at, row.id), reverse=True)
    return with_schools(rows[:FEW])
