"""The directory is kept by the schools themselves; an officer may help, and it says so."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from fundflow.brokering import queries
from fundflow.extensions import db
from fundflow.models.brokering import Expertise, OfferExpertise, SupportOffer
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.steps import lock
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date


class Offered(NamedTuple):
    """What an offer says; `half_days` a school year, `phases` as codes of matching.PHASES_OFFERED."""

    title: str
    expertise: Collection[Expertise]
    phases: Collection[str]
    half_days: int
    who: str
    description: str = ""


def add_offer(school: School, offered: Offered, *, user: User, now: datetime) -> SupportOffer:
    """A new offer, or the same one that this person has just added. Raises Refused."""
    _require_keeper(user, school, now)
    _require_may_offer(school)
    known = db.session.scalar(
        select(SupportOffer).where(
            SupportOffer.school_id == school.id,
            SupportOffer.withdrawn_at.is_(None),
            SupportOffer.title == offered.title,
        )
    )
    if known is not None:
        return _same(known, offered)
    offer = SupportOffer(school=school)
    _write(offer, offered, user, now)
    db.session.add(offer)
    db.session.commit()
    return offer


def change_offer(
    offer: SupportOffer, offered: Offered, *, user: User, now: datetime, version: int | None
) -> None:
    lock(offer, version)
    _require_keeper(user, offer.school, now)
    _require_may_offer(offer.school)
    _write(offer, offered, user, now)
    offer.touch()
    db.session.commit()


def withdraw_offer(offer: SupportOffer, *, user: User, now: datetime) -> None:
    """Take the offer out of the directory; it is kept, and can be offered again."""
    lock(offer, None)
    _require_keeper(user, offer.school, now)
    if offer.withdrawn_at is None:
        _put(offer, now, user, now)


def offer_again(offer: SupportOffer, *, user: User, now: datetime) -> None:
    lock(offer, None)
    _require_keeper(user, offer.school, now)
    _require_may_offer(offer.school)
    if offer.withdrawn_at is not None:
        _put(offer, None, user, now)


def may_keep(user: User, school: School, now: datetime) -> bool:
    """Whether this person may write a school's offers: its own people, and officers."""
    return school.id in user.school_ids(london_date(now)) or queries.brokers(user, now)


def _put(offer: SupportOffer, withdrawn_at: datetime | None, user: User, now: datetime) -> None:
    offer.withdrawn_at, offer.updated_at, offer.updated_by_id = withdrawn_at, now, user.id
    offer.touch()
    db.session.commit()


def _write(offer: SupportOffer, offered: Offered, user: User, now: datetime) -> None:
    offer.title, offer.description, offer.who = offered.title, offered.description, offered.who
    offer.phases, offer.half_days = list(offered.phases), offered.half_days
    wanted = {e for e in Expertise if e in offered.expertise}
    offer.expertise = [row for row in offer.expertise if row.expertise in wanted]
    known = {row.expertise for row in offer.expertise}
    offer.expertise += [OfferExpertise(expertise=e) for e in Expertise if e in wanted - known]
    offer.updated_at, offer.updated_by_id = now, user.id


def _same(known: SupportOffer, offered: Offered) -> SupportOffer:
    """The offer that stands, where it says the same (a second click); else Refused."""
    says = (
        known.description,
        known.who,
        known.half_days,
        set(known.phases),
        {row.expertise for row in known.expertise},
    )
    if says != (
        offered.description,
        offered.who,
        offered.half_days,
        set(offered.phases),
        set(offered.expertise),
    ):
        raise Refused(f"{known.school.name} offers “{known.title}” already. Change that offer instead.")
    return known


def _require_keeper(user: User, school: School, now: datetime) -> None:
    if not may_keep(user, school, now):
        raise Refused("You can keep the offers only of a school you belong to.")


def _require_may_offer(school: School) -> None:
    if not school.is_open:
        raise Refused(f"{school.name} is not open, so it can’t offer support.")
    if not queries.funds_of(school):
        raise Refused(f"No fund here takes part with {school.name}.")
