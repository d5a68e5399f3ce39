"""The directory of good practice: published case studies, offers of support and entries, in one list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from fundflow.brokering.directory import OfferFilters, offers_found
from fundflow.brokering.matching import FITS, PHASES_OFFERED
from fundflow.brokering.practice import IS_ON, entries, is_shown
from fundflow.extensions import db
from fundflow.models.brokering import Expertise, SupportOffer
from fundflow.models.case_study import CaseStudy
from fundflow.models.fund import Fund
from fundflow.models.practice import PracticeEntry, PracticeKind
from fundflow.models.school import School, SchoolRef
from fundflow.rules.case_studies import Told, says, told, with_schools
from fundflow.rules.school_queries import every_word, school_named
from fundflow.web.paging import Page, cut, enum_member, row_id, search_text
from fundflow.workflow.worded import Worded

PAGE = 25
CASE, ENTRY, OFFER = "case", "entry", "offer"  # what a row comes from, as its key begins


class Kind(Worded):
    """What a row of the directory is."""

    CASE_STUDY = "case_study", "Case study"
    OFFER = "offer", "Offer of support"
    UNIT = PracticeKind.UNIT.value, PracticeKind.UNIT.words
    DOES_WELL = PracticeKind.DOES_WELL.value, PracticeKind.DOES_WELL.words


class Wanted(NamedTuple):
    """A search as it stands in the address; what can't be read is left out."""

    text: str = ""
    need: Expertise | None = None
    phase: str = ""  # a code of PHASES_OFFERED
    kind: Kind | None = None
    after: tuple[str, int] | None = None  # what the last row of the page before comes from, and its id

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Wanted":
        phase = args.get("phase", "")
        source, _, number = args.get("after", "").partition("-")
        last = row_id(number)
        return cls(
            search_text(args),
            enum_member(Expertise, args.get("need")),
            phase if phase in PHASES_OFFERED else "",
            enum_member(Kind, args.get("kind")),
            (source, last) if source in (CASE, ENTRY, OFFER) and last else None,
        )

    @property
    def narrows(self) -> bool:
        return any((self.text, self.need, self.phase, self.kind))


class Found(NamedTuple):
    """A row of the directory."""

    at: datetime
    source: str
    id: int
    kind: Kind
    title: str
    says: str
    needs: str
    schools: tuple[SchoolRef, ...]
    path: str

    @property
    def key(self) -> str:
        return f"{self.source}-{self.id}"


def found_page(wanted: Wanted) -> Page[Found]:
    """One page, the newest first. Each of the three kinds is asked for a page of its own at most."""
    last = _moment_of(wanted.after) if wanted.after else None
    if wanted.after and last is None:
        return Page([])  # no row follows one that is gone
    rows: list[tuple[datetime, str, int, Any]] = []
    if wanted.kind in (None, Kind.CASE_STUDY):
        rows += _of(_cases(wanted), CASE, CaseStudy.published_at, CaseStudy.id, wanted, last)
    if wanted.kind in (None, Kind.OFFER):
        rows += _of(_offers(wanted), OFFER, SupportOffer.updated_at, SupportOffer.id, wanted, last)
    if wanted.kind not in (Kind.CASE_STUDY, Kind.OFFER):
        rows += _of(_entries(wanted), ENTRY, PracticeEntry.agreed_at, PracticeEntry.id, wanted, last)
    rows.sort(key=lambda row: row[:3], reverse=True)
    shown = rows[: PAGE + 1]
    studies = {study.id: study for study in with_schools([row[3] for row in shown if row[1] == CASE])}
    return cut([_found(source, number, one, studies) for _at, source, number, one in shown], PAGE, "key")


def _moment_of(after: tuple[str, int]) -> datetime | None:
    """When a row was last made or changed, by which the list is ordered."""
    source, number = after
    column, key = {
        CASE: (CaseStudy.published_at, CaseStudy.id),
        OFFER: (SupportOffer.updated_at, SupportOffer.id),
        ENTRY: (PracticeEntry.agreed_at, PracticeEntry.id),
    }[source]
    moment: datetime | None = db.session.scalar(select(column).where(key == number))
    return moment


def _of(
    query: Any, source: str, at: Any, number: Any, wanted: Wanted, last: datetime | None
) -> list[tuple[datetime, str, int, Any]]:
    if wanted.after and last:
        query = query.where(_comes_after(source, at, number, wanted.after, last))
    newest = query.order_by(at.desc(), number.desc()).limit(PAGE + 1)
    if source == CASE:
        cases = [Told(*row) for row in db.session.execute(newest)]
        return [(one.published_at, source, one.id, one) for one in cases]
    return [(getattr(one, at.key), source, one.id, one) for one in db.session.scalars(newest)]


def _comes_after(
    source: str, at: Any, number: Any, after: tuple[str, int], last: datetime
) -> ColumnElement[bool]:
    """The rows of one source that follow, where all are ordered downwards by moment, source and id."""
    if source < after[0]:
        return at <= last  # type: ignore[no-any-return]
    if source > after[0]:
        return at < last  # type: ignore[no-any-return]
    return or_(at < last, and_(at == last, number < after[1]))


def _cases(wanted: Wanted) -> Any:
    query = told().where(IS_ON, *_of_phase(wanted))
    if wanted.need:
        query = query.where(CaseStudy.expertise == wanted.need)
    return query.where(every_word(wanted.text, says)) if wanted.text else query


def _offers(wanted: Wanted) -> Any:
    served = select(Fund.la_code).where(IS_ON)
    query = offers_found(OfferFilters(wanted.text, wanted.need, wanted.phase))
    return query.where(School.la_code.in_(served))


def _entries(wanted: Wanted) -> Any:
    query = entries().where(is_shown(), *_of_phase(wanted))
    if wanted.need:
        query = query.where(PracticeEntry.expertise == wanted.need)
    if wanted.kind:
        query = query.where(PracticeEntry.kind == PracticeKind(wanted.kind.value))
    return query.where(every_word(wanted.text, _says)) if wanted.text else query


def _of_phase(wanted: Wanted) -> list[ColumnElement[bool]]:
    codes = [code for code, fits in FITS.items() if wanted.phase in fits]
    return [School.phase_code.in_(codes)] if wanted.phase else []


def _says(word: str) -> ColumnElement[bool]:
    return or_(PracticeEntry.search_text.contains(word, autoescape=True), school_named(word))


def _found(source: str, number: int, one: Any, studies: Mapping[int, Told]) -> Found:
    if source == CASE:
        study = studies[number]
        place = f"/case-studies/{number}"
        return Found(
            study.published_at,
            source,
            number,
            Kind.CASE_STUDY,
            study.title,
            study.change,
            study.expertise.words,
            study.schools,
            place,
        )
    school = (SchoolRef(one.school.urn, one.school.name),)
    if source == OFFER:
        needs = ", ".join(row.expertise.words for row in one.expertise)
        place = f"/directory?q={one.school.urn}#offer-{number}"
        return Found(
            one.updated_at, source, number, Kind.OFFER, one.title, one.description, needs, school, place
        )
    kind = Kind(one.kind.value)
    return Found(
        one.agreed_at, source, number, kind, one.title, one.what, one.expertise.words, school, one.path
    )
