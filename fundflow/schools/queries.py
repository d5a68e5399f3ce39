"""What the schools' pages read. Lists select columns and page by key."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from fundflow.extensions import db
from fundflow.models.area import Cluster, ClusterSchool, Patch
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Partner
from fundflow.models.fund import Fund
from fundflow.models.inspection import Inspection
from fundflow.models.panel import AgendaItem
from fundflow.models.person import Membership, Standing, User
from fundflow.models.school import PHASES, STATUSES, PupilPremium, School, SchoolKind, Trust
from fundflow.permissions import may_see, sees_award
from fundflow.rules.asker import Asker
from fundflow.rules.school_queries import every_word, folded_postcode, is_code, school_named
from fundflow.web.paging import Page, comes_after, newest_first, page_of, page_of_rows, row_id, search_text
from fundflow.workflow.working_days import london_date

PAGE = 50  # schools
BIDS = 25

KIND_WORDS = {
    SchoolKind.MAINTAINED: "Maintained by the local authority",
    SchoolKind.ACADEMY: "Academy or free school",
    SchoolKind.OTHER: "Neither maintained nor an academy",
}


class SchoolFilters(NamedTuple):
    """A search as it stands in the address."""

    text: str = ""
    everywhere: bool = False
    after: str = ""  # the URN of the last school of the page before
    patch: int | None = None
    cluster: int | None = None
    phase: int | None = None

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "SchoolFilters":
        phase = row_id(args.get("phase"))
        return cls(
            search_text(args),
            args.get("where") == "england",
            last_code(args),
            row_id(args.get("patch")),
            row_id(args.get("cluster")),
            phase if phase in PHASES else None,
        )

    @property
    def is_narrow(self) -> bool:
        return bool(self.text) or (self.patch, self.cluster, self.phase) != (None, None, None)

    @property
    def narrowed(self) -> dict[str, object]:
        """The search as arguments of its address, without a page."""
        return {
            "q": self.text or None,
            "where": "england" if self.everywhere else None,
            "patch": self.patch,
            "cluster": self.cluster,
            "phase": self.phase,
        }


def last_code(args: Mapping[str, str]) -> str:
    """The URN or code in `after`; empty, the first page, for anything that is none."""
    after = args.get("after", "")
    return after if is_code(after) else ""


class SchoolRow(NamedTuple):
    urn: str
    name: str
    la_name: str
    town: str
    postcode: str
    type_name: str
    status_code: int
    pupils: Decimal | None
    is_organisation: bool

    @property
    def status(self) -> str:
        return STATUSES[self.status_code]


ROW = tuple(getattr(School, name) for name in SchoolRow._fields)
BY_NAME = (School.search_name, School.urn)


def schools_page(wanted: SchoolFilters, area: "Area | None" = None) -> Page[SchoolRow]:
    """One page of the schools a search finds, by name, within an area or in the whole of England."""
    query = select(*ROW).where(*_matching(wanted.text), *_narrowed(wanted)).order_by(*BY_NAME)
    if area:
        query = query.where(School.la_code.in_(area.codes))
    if wanted.after:
        query = query.where(comes_after(wanted.after, *BY_NAME))
    return page_of_rows(query, PAGE, SchoolRow, "urn")


def _narrowed(wanted: SchoolFilters) -> list[ColumnElement[bool]]:
    """The patch, cluster and phase a search stays in."""
    found: list[ColumnElement[bool]] = []
    if wanted.patch is not None:
        found.append(School.patch_id == wanted.patch)
    if wanted.cluster is not None:
        members = select(ClusterSchool.school_id).where(ClusterSchool.cluster_id == wanted.cluster)
        found.append(School.id.in_(members))
    if wanted.phase is not None:
        found.append(School.phase_code == wanted.phase)
    return found


def patch_names() -> dict[int, str]:
    """Patches by number, to choose one from."""
    return dict(db.session.execute(select(Patch.id, Patch.name).order_by(Patch.name)).all())


def cluster_name(number: int | None) -> str | None:
    """The name of the cluster a search stays in, if it stays in one."""
    return None if number is None else db.session.scalar(select(Cluster.name).where(Cluster.id == number))


def organisations(after: str = "") -> Page[SchoolRow]:
    """One page of what is no school, by our codes."""
    query = select(*ROW).where(School.is_organisation.is_(True), School.urn > after).order_by(School.urn)
    return page_of_rows(query, PAGE, SchoolRow, "urn")


class TrustRow(NamedTuple):
    id: int
    code: str
    name: str
    schools: int


def trusts(text: str = "", after: int | None = None) -> Page[TrustRow]:
    """One page of trusts by name, with how many schools each runs: all, or those with these words."""
    count = select(func.count()).where(School.trust_id == Trust.id).correlate(Trust).scalar_subquery()
    query = select(Trust.id, Trust.code, Trust.name, count).order_by(Trust.search_name, Trust.id)
    if text:
        query = query.where(every_word(text, lambda word: Trust.search_name.contains(word, autoescape=True)))
    if after is not None:
        query = query.where(comes_after(after, Trust.search_name, Trust.id))
    return page_of_rows(query, PAGE, TrustRow)


class Area(NamedTuple):
    codes: list[str]
    name: str


def area_of(wanted: SchoolFilters) -> Area | None:
    """The authorities of our funds; None for a search of England, and while there is no fund."""
    if wanted.everywhere:
        return None
    codes = list(db.session.scalars(select(Fund.la_code).distinct()))
    names = db.session.scalars(
        select(School.la_name).where(School.la_code.in_(codes), School.la_name != "").distinct()
    )
    return Area(codes, " and ".join(sorted(names)) or "this authority") if codes else None


def _matching(text: str) -> list[ColumnElement[bool]]:
    """A URN finds one school, a postcode or its beginning a street, words a name in any order."""
    if not text:
        return []
    if is_code(text.upper()):
        return [School.urn == text.upper()]
    ways = [every_word(text, school_named)]
    if re.fullmatch(r"[A-Z]{1,2}[0-9][0-9A-Z]{0,5}", folded_postcode(text)):
        ways.append(School.search_postcode.startswith(folded_postcode(text), autoescape=True))
    return [or_(*ways)]


def premiums_of(school: School) -> Sequence[PupilPremium]:
    """A school's pupil premium, newest year first."""
    return db.session.scalars(
        select(PupilPremium).where(PupilPremium.school_id == school.id).order_by(PupilPremium.year.desc())
    ).all()


def inspections_on_page(school: School, *, removed: bool) -> tuple[list[Inspection], list[Inspection]]:
    """A school's inspections that stand, the newest first; and those that were removed, the last one first,
    where they are asked for. Two queries."""
    query = (
        select(Inspection)
        .where(Inspection.school_id == school.id, true() if removed else Inspection.removed_at.is_(None))
        .options(
            selectinload(Inspection.grades), joinedload(Inspection.by), joinedload(Inspection.removed_by)
        )
        .order_by(Inspection.inspected_on.desc(), Inspection.id.desc())
    )
    found = db.session.scalars(query).all()
    standing = [one for one in found if one.removed_at is None]
    gone = [(one.removed_at, one.id, one) for one in found if one.removed_at is not None]
    return standing, [one for *_, one in sorted(gone, reverse=True)]


class SchoolPerson(NamedTuple):
    name: str
    standing: Standing
    job_title: str
    email: str


def people_of(school: School, now: datetime) -> list[SchoolPerson]:
    """Who of a school has an account today: its head first, then the team."""
    columns = (User.name, Membership.standing, User.job_title, User.email)
    return [SchoolPerson(*row) for row in db.session.execute(of_school(school, now, *columns))]


def of_school(school: School, now: datetime, *columns: Any) -> Select[Any]:
    """These columns of the memberships of today and their users: the head first, then by name."""
    day = london_date(now)
    return (
        select(*columns)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.school_id == school.id,
            User.active.is_(True),
            Membership.starts_on <= day,
            or_(Membership.ends_on.is_(None), Membership.ends_on >= day),
        )
        .order_by(Membership.standing, User.name)
    )


def awards_seen(bids: Sequence[Bid], user: User, now: datetime) -> set[int]:
    """The ids of those of these bids whose award this person sees."""
    who = Asker.of(user, london_date(now))
    query = select(Bid.id).where(Bid.id.in_([bid.id for bid in bids]), Bid.awarded_pence.is_not(None))
    return set(db.session.scalars(query.where(sees_award(who)), who.values))


# What `workflow.words.state_words` asks of a bid.
FOR_WORDS: Any = (
    selectinload(Bid.items).joinedload(AgendaItem.meeting),
    selectinload(Bid.offers),
    selectinload(Bid.returns),
    joinedload(Bid.officer),
    joinedload(Bid.lead_school),
)


def bids_of(school: School, user: User, now: datetime, after: int | None = None) -> Page[Bid]:
    """The bids this school leads or takes part in, as far as this person may see them."""
    takes_part = Bid.id.in_(select(Partner.bid_id).where(Partner.school_id == school.id))
    query = (
        select(Bid)
        .where(may_see(user, now), or_(Bid.lead_school_id == school.id, takes_part))
        .options(*FOR_WORDS)
    )
    return page_of(newest_first(query, Bid.id, after), BIDS)
