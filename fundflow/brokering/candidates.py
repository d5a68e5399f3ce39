"""The facts that matching weighs, read in a handful of queries whatever the number of schools."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal

from sqlalchemy import case, func, select, union_all
from sqlalchemy.orm import joinedload

from fundflow.brokering.capacity import Days, days_of
from fundflow.brokering.matching import (
    Broker,
    Candidate,
    Facts,
    Location,
    Match,
    Need,
    Ratings,
    district_of,
    match,
)
from fundflow.extensions import db
from fundflow.models.adviser import Adviser, AdviserKind, AdviserVisit
from fundflow.models.area import ClusterSchool, Patch, tiers_on
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.brokering import Expertise, OfferExpertise, SupportOffer
from fundflow.models.feedback import Feedback
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.adviser_visit import AdviserVisitState
from fundflow.workflow.engine import Refused
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


def matches(
    school: School,
    expertise: Expertise,
    half_days: int | None,
    *,
    user: User,
    now: datetime,
    fund: Fund | None = None,
) -> Match:
    """Who can help this school, as this officer sees it; raises Refused where they may not broker it.

    fund  whose rule about organisations counts; without one, any fund's of the school's area
    """
    own = OwnBodies.of(user, london_date(now))
    if bar := own.bar_from([school]):
        raise Refused(f"You can’t broker this: {bar_to_you(bar)}. A colleague can.")
    offers = live_offers(expertise)
    schools = {school.id: school, **{offer.school_id: offer.school for offer in offers}}
    facts = facts_of(schools.values(), now)
    allowed = fund.allows_organisations if fund else organisations_allowed(school.la_code)
    need = Need(facts[school.id], expertise.words, half_days, allowed)
    return match(need, _candidates(offers, facts, now), Broker(own.schools, own.trusts))


def organisations_allowed(la_code: str) -> bool:
    """Whether some fund of an area lets organisations that are no schools take part."""
    allowed = select(Fund.id).where(Fund.la_code == la_code, Fund.allows_organisations.is_(True))
    return db.session.scalar(allowed.limit(1)) is not None


def live_offers(expertise: Expertise) -> list[SupportOffer]:
    """The offers of this expertise that stand, with their schools (closed ones too)."""
    has = select(OfferExpertise.id).where(
        OfferExpertise.offer_id == SupportOffer.id, OfferExpertise.expertise == expertise
    )
    return list(
        db.session.scalars(
            select(SupportOffer)
            .where(SupportOffer.withdrawn_at.is_(None), has.exists())
            .options(joinedload(SupportOffer.school))
            .order_by(SupportOffer.id)
        )
    )


def _candidates(offers: list[SupportOffer], facts: dict[int, Facts], now: datetime) -> list[Candidate]:
    """One for each school. Its days are those of these offers, and never more than it has left."""
    by_school: dict[int, list[SupportOffer]] = defaultdict(list)
    for offer in offers:
        by_school[offer.school_id].append(offer)
    days, everything, ratings = days_of(by_school, now), offered_by(by_school), ratings_of(by_school)
    return [
        Candidate(
            facts[number],
            tuple(offer.title for offer in theirs),
            frozenset(phase for offer in theirs for phase in offer.phases),
            here := sum(offer.half_days for offer in theirs),
            left_of(here, everything[number], days.get(number, Days())),
            ratings.get(number, Ratings()),
        )
        for number, theirs in by_school.items()
    ]


def left_of(here: int, everything: int, days: Days) -> int:
    """Half days that some offers can still give: a line of backfill does not say under which offer
    it falls, so it is what the school has left in all, and at most what these offers hold."""
    return max(min(here, everything - days.promised), 0)


def offered_by(school_ids: Collection[int]) -> dict[int, int]:
    """Half days a school year of all standing offers of each school."""
    rows = db.session.execute(
        select(SupportOffer.school_id, func.sum(SupportOffer.half_days))
        .where(SupportOffer.school_id.in_(school_ids), SupportOffer.withdrawn_at.is_(None))
        .group_by(SupportOffer.school_id)
    )
    return {school_id: int(half_days) for school_id, half_days in rows}


def ratings_of(school_ids: Collection[int]) -> dict[int, Ratings]:
    """What schools said of the support these schools gave, and of the visits of their serving heads."""
    each = (Feedback.quality + Feedback.timeliness + Feedback.fit) * Decimal(1) / 3
    of_bids = (
        select(Partner.school_id.label("school"), each.label("rating"), Feedback.use_again.label("again"))
        .join(Feedback, Feedback.bid_id == Partner.bid_id)
        .where(Partner.part == Part.PROVIDER, Partner.school_id.in_(school_ids))
        .where(Feedback.given_at.is_not(None), Feedback.school_id != Partner.school_id)
    )
    of_visits = (
        select(Adviser.school_id, AdviserVisit.usefulness * Decimal(1), AdviserVisit.helped)
        .join(AdviserVisit, AdviserVisit.adviser_id == Adviser.id)
        .join(Fund, Fund.id == AdviserVisit.fund_id)
        .where(Adviser.kind == AdviserKind.SERVING_HEAD, Adviser.school_id.in_(school_ids))
        .where(AdviserVisit.state == AdviserVisitState.RATED, Fund.has_advisers.is_(True))
    )
    said = union_all(of_bids, of_visits).subquery()
    again = func.sum(case((said.c.again, 1), else_=0))
    rows = db.session.execute(
        select(said.c.school, func.count(), func.avg(said.c.rating), again).group_by(said.c.school)
    )
    return {
        school_id: Ratings(count, round(Decimal(str(average)), 2), int(times))
        for school_id, count, average, times in rows
    }


def facts_of(schools: Iterable[School], now: datetime) -> dict[int, Facts]:
    """What matching needs to know of each school."""
    found = {school.id: school for school in schools}
    patches = dict(db.session.execute(select(Patch.id, Patch.name)).all())
    clusters: dict[int, set[int]] = defaultdict(set)
    for cluster_id, school_id in db.session.execute(
        select(ClusterSchool.cluster_id, ClusterSchool.school_id).where(ClusterSchool.school_id.in_(found))
    ):
        clusters[school_id].add(cluster_id)
    tiers = tiers_on(found, london_date(now))
    return {
        number: Facts(
            number,
            school.name,
            school.trust_id,
            school.trust.name if school.trust else "",
            school.phase_code,
            school.is_open,
            school.is_organisation,
            school.urn,
            tiers.get(number),
            _place(school, patches),
            frozenset(clusters[number]),
        )
        for number, school in found.items()
    }


def _place(school: School, patches: dict[int, str]) -> Location:
    return Location(
        school.easting,
        school.northing,
        school.patch_id,
        patches.get(school.patch_id or 0, ""),
        school.town,
        district_of(school.postcode),
    )
