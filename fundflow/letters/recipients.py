"""Who a recipient's name in a table stands for."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.letters.addressee import COPIED, Addressee
from fundflow.letters.holders import holders_of, holders_of_any_fund, leaders_of, leaders_of_all
from fundflow.models.adviser import AdviserAllocation, AdviserVisit
from fundflow.models.area import SCHOOL_TODAY, Patch
from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.brokering import SupportRequest
from fundflow.models.caseload import Concern
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.day_log import WorkedDay
from fundflow.models.desk import Cover
from fundflow.models.fund import Decider
from fundflow.models.payee import NoFund, Payee, PayeeBatch
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, Seat, SeatPosition, User
from fundflow.models.school import School
from fundflow.models.service import ServiceOrder
from fundflow.models.survey import Survey
from fundflow.rules.caseloads import officer_of
from fundflow.rules.change_requests import concerned_schools
from fundflow.rules.claims import SETTLED_IN
from fundflow.rules.interests.bars import OfSchool, bar_from_brokering, bar_on
from fundflow.rules.interests.own_schools import BODIES
from fundflow.rules.named_in_bid import why_not_contact
from fundflow.rules.providers import provider_of
from fundflow.rules.recommendations import owner_role
from fundflow.rules.surveys import waited_for
from fundflow.workflow.working_days import london_date

OFFICERS = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


def addressees(recipient: str, record: Any, at: datetime) -> list[Addressee]:
    """Everybody a recipient stands for on this record at this moment."""
    return list(RECIPIENTS[recipient](record, london_date(at)))


def each_to_tell(
    recipients: Iterable[str], record: Any, at: datetime, *, skipped: Collection[str] = ()
) -> Iterator[tuple[str, Addressee]]:
    """(recipient, addressee) of every letter of a step. Somebody who is two recipients, or is asked for
    two schools, gets two letters; those in COPIED none where another tells them the same.

    skipped  recipients who are not written to
    """
    written: set[tuple[str, str, int]] = set()
    addresses: set[str] = set()
    for recipient in (name for name in recipients if name not in skipped):
        for who in addressees(recipient, record, at):
            email = who.email.lower()
            letter = (recipient, email, who.asked.id if who.asked else 0)
            told_already = recipient in COPIED and not who.asked and email in addresses
            if email and not told_already and letter not in written:
                written.add(letter)
                addresses.add(email)
                yield recipient, who


def _school(record: Any, day: date) -> list[Addressee]:
    bid: Bid | None = record.bid
    if bid is None:
        return leaders_of(record.school, day) or _asker(record, day)
    return leaders_of(bid.lead_school, day) or [Addressee(bid.contact_name, bid.contact_email)]


def _payee(record: Any, day: date) -> list[Addressee]:
    """The head of the school that pays back; of the school that is paid, where the bid's lead is not."""
    bid, partner = record.bid, record.bid.partner_of(record.school_id)
    if record.school_id == bid.lead_school_id:
        return [] if isinstance(record, Claim) else _school(record, day)
    return leaders_of(record.school, day) or (_contact_of(partner) if partner else [])


def _heads_by_part(*parts: Part) -> Callable[[Any, date], list[Addressee]]:
    def find(record: Any, day: date) -> list[Addressee]:
        open_asks = {asked.school_id: asked for asked in record.bid.confirmations if asked.is_open}
        return [
            replace(who, asked=_asked_of(who, record.bid, open_asks.get(partner.school_id), day))
            for partner in record.bid.partners
            if partner.part in parts and partner.takes_part
            for who in leaders_of(partner.school, day) or _contact_of(partner)
        ]

    return find


def _asked_of(who: Addressee, bid: Bid, asked: Confirmation | None, day: date) -> Confirmation | None:
    """The open confirmation, where this person may answer it: with an account, or at an address that has
    no other part in the bid."""
    if asked is None or not asked.is_open:
        return None
    return asked if who.user or why_not_contact(bid, asked.school_id, who.email, day) is None else None


def _contact_of(partner: Any) -> list[Addressee]:
    if not partner.contact_email:
        return []
    return [Addressee(partner.contact_name or partner.school.name, partner.contact_email)]


def _partner(record: Any, day: date) -> list[Addressee]:
    partner = record.bid.partner_of(record.school_id)
    if record.for_lead:
        return [replace(who, asked=_asked_of(who, record.bid, record, day)) for who in _school(record, day)]
    found = leaders_of(record.school, day) or (_contact_of(partner) if partner else [])
    return [replace(who, asked=_asked_of(who, record.bid, record, day)) for who in found]


def _own_school(record: Any, day: date) -> list[Addressee]:
    partner = record.bid.partner_of(record.school_id)
    if partner is None:
        return _school(record, day)
    return leaders_of(record.school, day) or _contact_of(partner)


def _lead_head(record: Any, day: date) -> list[Addressee]:
    """The head of the lead school, asked to agree to the bid that was entered for it."""
    asked = [confirmation for confirmation in record.bid.confirmations if confirmation.for_lead]
    return [who for confirmation in asked for who in _partner(confirmation, day)]


def _preparer(record: Any, day: date) -> list[Addressee]:
    """The person who began the bid at its school; not its head, who has the school's letter."""
    user, school = record.bid.created_by, record.bid.lead_school_id
    prepared = user.active and school in user.school_ids(day) - user.school_ids(day, leading=True)
    return [Addressee(user.name, user.email, user)] if prepared else []


def _named(record: Any, _day: date) -> list[Addressee]:
    return [Addressee(record.user.name, record.user.email, record.user)]


def _approver(record: Any, _day: date) -> list[Addressee]:
    if isinstance(record, Approval):
        return [Addressee(record.name, record.email, asked=record if record.is_open else None)]
    return [Addressee(a.name, a.email, asked=a) for a in record.bid.approvals if a.is_open]


def _officer(record: Any, day: date) -> list[Addressee]:
    """The bid's officer, or who covers for them, if they hold the role and are not barred. Else all
    officers who are not barred, else all such deputies, first without those who are away and covered.
    Else every officer, though barred: somebody must be told."""
    about = record if isinstance(record, OfSchool) else record.bid
    if about is not None and (found := _handling(about, day)):
        return found
    officers, deputies = (_holders(role, bodies=True)(record, day) for role in OFFICERS)
    free = [
        [who for who in group if who.user and not _barred(about, who.user, day)]
        for group in (officers, deputies)
    ]
    cover_of = _cover_of({who.user.id for group in free for who in group if who.user}, day)
    here = [[who for who in group if who.user and who.user.id not in cover_of] for group in free]
    return here[0] or here[1] or free[0] or free[1] or officers


def _award_officers(record: Payee | PayeeBatch, day: date) -> list[Addressee]:
    """Officers of the awards on which a payee's school is paid, while they can be claimed on."""
    schools = [school.id for school in record.schools]
    lines = select(Award.bid_id).join(AwardLine).where(AwardLine.payee_id.in_(schools))
    theirs = or_(Bid.lead_school_id.in_(schools), Bid.id.in_(lines))
    bids = db.session.scalars(select(Bid).where(theirs, Bid.state.in_(SETTLED_IN)).order_by(Bid.id))
    return [who for bid in bids for who in _officer(bid, day)]


def _barred(about: Bid | OfSchool | None, user: User, day: date) -> bool:
    if isinstance(about, OfSchool):
        return bar_from_brokering(about, user, day) is not None
    return about is not None and bar_on(about, user, day) is not None


def _handling(about: Bid | OfSchool, day: date) -> list[Addressee]:
    """The bid's officer, or who covers for them; nobody where either may not handle it, or both are away."""
    officer_id = about.officer_id if isinstance(about, Bid) else _link_officer(about)
    if officer_id is None:
        return []
    wanted = _cover_of([officer_id], day).get(officer_id, officer_id)
    two = {officer_id, wanted}
    free = {
        who.user.id: who
        for who in holders_of(about.fund_id, OFFICERS, day, bodies=True, among=two)
        if who.user and not _barred(about, who.user, day)
    }
    is_away = wanted != officer_id and _cover_of([wanted], day)
    return [] if is_away or free.keys() != two else [free[wanted]]


def _link_officer(about: OfSchool) -> int | None:
    """The id of the officer who is the link for the patch of the school that it is about."""
    if isinstance(about, Concern):
        return db.session.scalar(select(officer_of(School)).where(School.id == about.school_id))
    return db.session.scalar(select(Patch.officer_id).where(Patch.id == about.school.patch_id))


def _officer_of_school(concern: Concern, day: date) -> list[Addressee]:
    """The same as `_officer`, but never somebody of that school or its trust: they read nothing of it."""
    found = _officer(concern, day)
    return [who for who in found if who.user and not _barred(concern, who.user, day)]


def _asker(record: Any, day: date) -> list[Addressee]:
    """The person who asked for support, or began the order, while they belong to the school: for a school
    without a head here."""
    who = record.asked_by if isinstance(record, SupportRequest | ServiceOrder) else None
    return [Addressee(who.name, who.email, who)] if who and record.school_id in who.school_ids(day) else []


def _service_provider(order: ServiceOrder, day: date) -> list[Addressee]:
    """The head of the school that provides the service, or the independent provider; of the council's own
    nobody but the officers."""
    service = order.service
    if service.provider_school:
        return leaders_of(service.provider_school, day)
    return [] if service.is_by_council else [Addressee(service.provider_name, service.provider_email)]


def _cover_of(officers: Iterable[int], day: date) -> dict[int, int]:
    """Which of these people are away on this day: their ids → the ids of those who cover for them."""
    covers = select(Cover.away_id, Cover.covering_id).where(Cover.is_valid_on(day))
    return dict(db.session.execute(covers.where(Cover.away_id.in_(officers))).all())


def _holders(*roles: RoleName, bodies: bool = False) -> Callable[[Any, date], list[Addressee]]:
    def find(record: Any, day: date) -> list[Addressee]:
        if isinstance(record, NoFund):
            return holders_of_any_fund(roles, day)
        fund_id = record.bid.fund_id if record.bid else record.fund_id
        return holders_of(fund_id, roles, day, bodies=bodies)

    return find


def _panel(record: Any, day: date) -> list[Addressee]:
    """Panel members; of a bid, those who are not barred from it."""
    fund_id = record.bid.fund_id if record.bid else record.fund_id
    seats = db.session.scalars(
        select(Seat)
        .where(Seat.fund_id == fund_id)
        .order_by(Seat.id)
        .options(joinedload(Seat.user).options(*BODIES))
    )
    held = [s for s in seats if s.is_valid_on(day) and s.user.active]
    return [
        Addressee(s.user.name, s.user.email, s.user)
        for s in held
        if not (record.bid and bar_on(record.bid, s.user, day))
    ]


def _who_settles(record: Any, day: date) -> list[Addressee]:
    """Who may say whether being named in a bid is an interest: officers and clerks who are not barred
    from it, else administrators. Somebody whom the bid names is barred until that is said."""

    def free(*roles: RoleName) -> list[Addressee]:
        found = {who.email: who for who in holders_of(record.bid.fund_id, roles, day, bodies=True)}
        return [who for who in found.values() if who.user and not bar_on(record.bid, who.user, day)]

    return free(*OFFICERS, RoleName.CLERK) or free(RoleName.ADMINISTRATOR)


def _who_confirm_days(record: Any, day: date) -> list[Addressee]:
    """The heads for whom days of a bid's log wait."""
    waiting = select(WorkedDay.confirms_id).where(WorkedDay.bid_id == record.bid.id, WorkedDay.is_unsettled)
    today = select(func.coalesce(School.succeeded_by_id, School.id)).where(School.id.in_(waiting))
    schools = db.session.scalars(select(School).where(School.id.in_(today)).order_by(School.id))
    return [who for school in schools for who in leaders_of(school, day)]


def _concerned(change: Any, day: date) -> list[Addressee]:
    ids = concerned_schools(change)
    schools = db.session.scalars(select(School).where(School.id.in_(ids)).order_by(School.id))
    partners = ((school, change.bid.partner_of(school.id)) for school in schools)
    return [
        who
        for school, partner in partners
        for who in leaders_of(school, day) or (_contact_of(partner) if partner else [])
    ]


def _decision_maker(record: Any, day: date) -> list[Addressee]:
    """Who decides for the fund: authorised officers, or the first of chair and deputy who is not barred."""
    bid = record.bid
    if bid.fund.decider is Decider.AUTHORISED_OFFICER:
        return holders_of(bid.fund_id, [RoleName.AUTHORISED_OFFICER], day)
    seats = db.session.scalars(
        select(Seat)
        .where(Seat.fund_id == bid.fund_id)
        .where(Seat.position.in_((SeatPosition.CHAIR, SeatPosition.DEPUTY)))
        .order_by(Seat.position, Seat.id)
    )
    people = [seat.user for seat in seats if seat.is_valid_on(day) and seat.user.active]
    free = [user for user in people if not bar_on(bid, user, day)]
    return [Addressee(user.name, user.email, user) for user in free[:1]]


def _chair(record: Any, day: date) -> list[Addressee]:
    """The chair of the fund's panel."""
    seats = db.session.scalars(
        select(Seat)
        .where(Seat.fund_id == record.fund_id, Seat.position == SeatPosition.CHAIR)
        .order_by(Seat.id)
        .options(joinedload(Seat.user))
    )
    return [
        Addressee(seat.user.name, seat.user.email, seat.user)
        for seat in seats
        if seat.is_valid_on(day) and seat.user.active
    ]


def _named_schools(study: Any, day: date) -> list[Addressee]:
    schools = db.session.scalars(select(School).where(School.id.in_(study.asked_schools)).order_by(School.id))
    return [who for school in schools for who in leaders_of(school, day)]


def _owner(record: Any, day: date) -> list[Addressee]:
    """The owner of a recommendation, or the drafter of a case study; the officers where they have left."""
    user = record.owner
    stays = owner_role(user, record.bid.fund_id if record.bid else record.fund_id, day)
    return [Addressee(user.name, user.email, user)] if stays else _officer(record, day)


def _adviser(record: AdviserVisit | AdviserAllocation, _day: date) -> list[Addressee]:
    adviser = record.adviser
    user = adviser.account if adviser.account and adviser.account.active else None
    return [Addressee(adviser.name, user.email if user else adviser.email, user)]


def _complainant(record: Any, _day: date) -> list[Addressee]:
    return [Addressee(record.name, record.email)]


def _contact(provider: Any, _day: date) -> list[Addressee]:
    return [Addressee(provider.contact_name or provider.name, provider.contact_email)]


def _support_from(record: Any, day: date) -> list[Addressee]:
    provider = provider_of(record.bid)
    return _heads_by_part(Part.PROVIDER)(record, day) + (_contact(provider, day) if provider else [])


def _asked_schools(survey: Survey, day: date) -> list[Addressee]:
    """Their heads; of a school that closed since, those of its successor."""
    today = select(SCHOOL_TODAY).where(School.id.in_([asked.school_id for asked in survey.asked]))
    found = leaders_of_all(db.session.scalars(today).all(), day)
    return list({who.email: who for who in found}.values())


def _not_answered(survey: Survey, day: date) -> list[Addressee]:
    return leaders_of_all([asked.school_id for asked in waited_for(survey)], day)


RECIPIENTS: dict[str, Callable[[Any, date], list[Addressee]]] = {
    "school": _school,  # the head of the lead school, else the bid's contact
    "preparer": _preparer,  # of the lead school's team, who began the bid
    "lead_head": _lead_head,  # the lead school's, asked to agree to a bid that was entered for it
    "named": _named,  # whom a bid names of the council or the panel
    "settles": _who_settles,  # who may say whether being named is an interest
    "provider": _heads_by_part(Part.PROVIDER),  # heads of the schools that give the support
    "support_from": _support_from,  # the same, and the contact of an independent provider
    "supported": _heads_by_part(Part.SUPPORTED),  # heads of the schools that receive it
    "partners": _heads_by_part(Part.SUPPORTED, Part.PARTNER),  # heads of all other schools but the providers
    "payee": _payee,  # the head of the school that a claim pays, or that pays back
    "own_school": _own_school,  # the head of the school that is visited, or asked how the support was
    "partner": _partner,  # the head whom one confirmation asks
    "approver": _approver,  # whose signature is asked for
    "concerned": _concerned,  # heads of the other schools that a change of the award asks, or pays less
    "decision_maker": _decision_maker,  # the authorised officers, or the chair, else the deputy
    "confirms": _who_confirm_days,  # heads who are to confirm days of the log
    "officer": _officer,  # the bid's liaison officer or who covers for them, else all of them
    "link_officer": _officer_of_school,  # who looks after a school with a concern; nobody of that school
    "panel": _panel,  # members who are not barred
    "board": _holders(RoleName.BOARD),
    "chair": _chair,  # of the fund’s panel
    "named_schools": _named_schools,  # heads of the schools that a case study names
    "drafter": _owner,  # of a case study
    "action_owner": _owner,  # of a recommendation of a committee or the board
    "clerk": _holders(RoleName.CLERK),
    "finance": _holders(RoleName.FINANCE),
    "award_officers": _award_officers,  # of a payee's school: the officers of the awards it leads
    "impact_officer": _holders(RoleName.IMPACT_OFFICER),
    "administrator": _holders(RoleName.ADMINISTRATOR),
    "service_provider": _service_provider,  # head of a school that provides, or an independent provider
    "adviser": _adviser,  # who visits a school
    "contact": _contact,  # of an independent provider
    "asked_schools": _asked_schools,  # heads of the schools that a survey asks
    "not_answered": _not_answered,  # heads of those that have not answered, while the school is open
    "complainant": _complainant,  # who complained about the use of personal data
}
