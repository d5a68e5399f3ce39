"""The directory: what schools offer, with the days they have left; searched and paged by name."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, cast, join, or_, select
from sqlalchemy.orm import joinedload, selectinload

from fundflow.brokering.candidates import offered_by
from fundflow.brokering.capacity import Days, days_of
from fundflow.brokering.matching import PHASES_OFFERED
from fundflow.extensions import db
from fundflow.models.brokering import Expertise, OfferExpertise, SupportOffer
from fundflow.models.fund import Fund
from fundflow.models.person import Membership, User
from fundflow.models.school import School
from fundflow.rules.school_queries import OFFERED_STATUSES, every_word, school_named
from fundflow.web.paging import Page, comes_after, enum_member, page_of, row_id, search_text
from fundflow.workflow.working_days import london_date

PAGE = 25
BY_SCHOOL = (School.search_name, SupportOffer.school_id, SupportOffer.id)


class OfferFilters(NamedTuple):
    """A search of the directory as it stands in the address; what can't be read is left out."""

    text: str = ""
    expertise: Expertise | None = None
    phase: str = ""
    after: int | None = None  # the last offer of the page before

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> "OfferFilters":
        phase = args.get("phase", "")
        return cls(
            search_text(args),
            enum_member(Expertise, args.get("expertise")),
            phase if phase in PHASES_OFFERED else "",
            row_id(args.get("after")),
        )

    @property
    def narrows(self) -> bool:
        return bool(self.text or self.expertise or self.phase)


class Entry(NamedTuple):
    """One offer as the directory shows it; days in halves, of the school as a whole."""

    offer: SupportOffer
    offered: int
    days: Days
    by_officer: bool  # the one who wrote it last is not of the school

    @property
    def left(self) -> int:
        return max(self.offered - self.days.promised, 0)

    @property
    def phases(self) -> str:
        return ", ".join(words for code, words in PHASES_OFFERED.items() if code in self.offer.phases)


def directory_page(wanted: OfferFilters, now: datetime) -> Page[Entry]:
    """One page of the offers that stand, of schools that are open, by the school's name."""
    query = offers_found(wanted)
    if wanted.after:
        query = query.where(comes_after(wanted.after, *BY_SCHOOL, among=join(SupportOffer, School)))
    page: Page[SupportOffer] = page_of(query.order_by(*BY_SCHOOL), PAGE)
    return Page(_entries(page.rows, now), page.next_key)


def offers_found(wanted: OfferFilters) -> Any:
    """A query of the offers that stand and match, with their schools; to order and narrow further."""
    return _offers().where(*_standing(), *_matching(wanted))


def offers_of(user: User, now: datetime) -> list[Entry]:
    """What this person's own schools offer or have withdrawn."""
    mine = user.school_ids(london_date(now))
    if not mine:
        return []
    query = _offers().where(SupportOffer.school_id.in_(mine))
    return _entries(db.session.scalars(query.order_by(SupportOffer.id)).all(), now)


def offer_by_id(number: int) -> SupportOffer | None:
    """An offer, standing or withdrawn."""
    offer: SupportOffer | None = db.session.scalar(_offers().where(SupportOffer.id == number))
    return offer


def _offers() -> Any:
    return (
        select(SupportOffer)
        .join(School, School.id == SupportOffer.school_id)
        .options(
            joinedload(SupportOffer.school),
            joinedload(SupportOffer.updated_by),
            selectinload(SupportOffer.expertise),
        )
    )


def _standing() -> list[ColumnElement[bool]]:
    lenient = select(Fund.la_code).where(Fund.allows_organisations.is_(True))
    return [
        SupportOffer.withdrawn_at.is_(None),
        School.status_code.in_(OFFERED_STATUSES),
        or_(School.is_organisation.is_(False), School.la_code.in_(lenient)),
    ]


def _matching(wanted: OfferFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.expertise:
        found.append(
            select(OfferExpertise.id)
            .where(
                OfferExpertise.offer_id == SupportOffer.id,
                OfferExpertise.expertise == wanted.expertise,
            )
            .exists()
        )
    if wanted.phase:
        found.append(cast(SupportOffer.phases, String).contains(f'"{wanted.phase}"'))
    if wanted.text:
        found.append(every_word(wanted.text, _says))
    return found


def _says(word: str) -> ColumnElement[bool]:
    return or_(SupportOffer.search_text.contains(word, autoescape=True), school_named(word))


def _entries(offers: Sequence[SupportOffer], now: datetime) -> list[Entry]:
    ids = {offer.school_id for offer in offers}
    everything, days = offered_by(ids), days_of(ids, now)
    members = set(
        db.session.execute(
            select(Membership.user_id, Membership.school_id).where(Membership.school_id.in_(ids))
        )
    )
    return [
        Entry(
            o,
            everything.get(o.school_id, 0),
            days.get(o.school_id, Days()),
            (o.updated_by_id, o.school_id) not in members,
        )
        for o in offers
    ]
