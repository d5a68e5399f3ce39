"""Who sees a bid's case study, and the published ones as everybody finds them."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseStudy
from fundflow.models.person import User
from fundflow.models.round import Priority
from fundflow.models.school import PHASES, School
from fundflow.permissions import sees_notes
from fundflow.rules.case_studies import Told, read, says, study_of, told, with_schools
from fundflow.rules.school_queries import every_word
from fundflow.web.paging import Page, comes_after, enum_member, page_of_rows, row_id, search_text
from fundflow.workflow.case_study import CaseState as S
from fundflow.workflow.working_days import london_date

PAGE = 25
# In which the schools that it names read it: what they were asked about, never a draft.
SHOWN_IN = (S.ASKED, S.TO_CHANGE, S.AGREED, S.REFUSED, S.PUBLISHED, S.WITHDRAWN)


def seen_study(bid: Bid, user: User, now: datetime) -> CaseStudy | None:
    """The bid's case study, where this person may see it: who works on the bid for the council, and once it
    was sent to them, people of the schools that it names. None too where there is none."""
    study = study_of(bid)
    if study is None or sees_notes(user, bid, now):
        return study
    ours = study.asked_schools & user.school_ids(london_date(now))
    return study if ours and study.state in SHOWN_IN else None


class Wanted(NamedTuple):
    """What a reader of the published case studies asks for; what can't be read in the address is left out."""

    text: str = ""
    expertise: Expertise | None = None
    priority: str = ""
    phase: int | None = None
    fund_id: int | None = None
    after: int | None = None  # the last one of the page before

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "Wanted":
        phase = args.get("phase", "")
        return cls(
            search_text(args),
            enum_member(Expertise, args.get("need")),
            search_text(args, "priority", 140),
            next((code for code in PHASES if str(code) == phase), None),
            row_id(args.get("fund")),
            row_id(args.get("after")),
        )

    @property
    def narrows(self) -> bool:
        return self._replace(after=None) != Wanted()


def page_of_told(wanted: Wanted) -> Page[Told]:
    """One page of the published case studies that are wanted, newest first."""
    query = told().where(*_matching(wanted))
    if wanted.after is not None:
        query = query.where(comes_after(wanted.after, CaseStudy.published_at, CaseStudy.id, falling=True))
    newest = query.order_by(CaseStudy.published_at.desc(), CaseStudy.id.desc())
    page = page_of_rows(newest, PAGE, Told)
    return Page(with_schools(page.rows), page.next_key)


def told_by_id(number: int) -> Told | None:
    """A published case study; None for every other, as if there were none."""
    return next(iter(read(told().where(CaseStudy.id == number))), None)


def told_of_award(reference: str) -> int | None:
    """The id of the published case study of the award with this reference."""
    return db.session.scalar(
        select(CaseStudy.id).join(Bid).where(Bid.reference == reference, CaseStudy.state == S.PUBLISHED)
    )


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.expertise:
        found.append(CaseStudy.expertise == wanted.expertise)
    if wanted.priority:
        found.append(Priority.title == wanted.priority)
    if wanted.phase is not None:
        found.append(School.phase_code == wanted.phase)
    if wanted.fund_id is not None:
        found.append(Bid.fund_id == wanted.fund_id)
    if wanted.text:
        found.append(every_word(wanted.text, says))
    return found
