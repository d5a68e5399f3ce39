"""Who a recipient's name in a table stands for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.area import Patch
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.brokering import SupportRequest
from fundflow.models.confirmation import Approval
from fundflow.models.desk import Cover
from fundflow.models.person import Membership, RoleGrant, RoleName, Seat, Standing, User
from fundflow.models.school import School
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.working_days import london_date

# Recipients who work for the council: their letters go with a daily digest, unless they ask for
# each letter.
STAFF = frozenset(
    {"officer", "colleague", "finance", "impact_officer", "clerk", "administrator", "reviewing_manager"}
)


OFFICERS = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


@dataclass(frozen=True, slots=True)
class Addressee:
    name: str
    email: str
    user: User | None = None
    approval: Approval | None = None


def addressees(recipient: str, record: Any, at: datetime) -> list[Addressee]:
    """Everybody a recipient stands for on this record at this moment."""
    return list(RECIPIENTS[recipient](record, london_date(at)))


def leaders_of(school: School, day: date) -> list[Addressee]:
    """The head (and acting heads) of a school."""
    members = db.session.scalars(
        select(Membership)
        .join(User)
        .where(
            Membership.school_id == school.id,
            Membership.standing == Standing.LEADER,
            User.active.is_(True),
        )
        .order_by(Membership.id)
    )
    return [Addressee(m.user.name, m.user.email, m.user) for m in members if m.holds_on(day)]


def holders_of(fund_id: int, roles: Iterable[RoleName], day: date) -> list[Addressee]:
    """Everybody who holds one of these roles for a fund."""
    grants = db.session.scalars(
        select(RoleGrant)
        .join(User)
        .where(
            RoleGrant.role.in_(list(roles)),
            User.active.is_(True),
            (RoleGrant.fund_id == fund_id) | RoleGrant.fund_id.is_(None),
        )
        .order_by(RoleGrant.id)
    )
    return [Addressee(g.user.name, g.user.email, g.user) for g in grants if g.holds_on(day)]


def _school(record: Any, day: date) -> list[Addressee]:
    bid: Bid | None = record.bid
    if bid is None:
        return leaders_of(record.school, day) or _asker(record, day)
    return leaders_of(bid.lead_school, day) or [Addressee(bid.contact_name, bid.contact_email)]


def _parts(*parts: Part) -> Callable[[Any, date], list[Addressee]]:
    def find(record: Any, day: date) -> list[Addressee]:
        return [
            who
            for partner in record.bid.partners
            if partner.part in parts
            for who in leaders_of(partner.school, day) or _contact_of(partner)
        ]

    return find


def _contact_of(partner: Any) -> list[Addressee]:
    if not partner.contact_email:
        return []
    return [Addressee(partner.contact_name or partner.school.name, partner.contact_email)]


def _partner(record: Any, day: date) -> list[Addressee]:
    if record.for_lead:
        return _school(record, day)
    partner = next((p for p in record.bid.partners if p.school_id == record.school_id), None)
    return leaders_of(record.school, day) or (_contact_of(partner) if partner else [])


def _approver(record: Any, _day: date) -> list[Addressee]:
    approvals = (
        [record]
        if isinstance(record, Approval)
        else [a for a in record.bid.approvals if a.state is ApprovalState.ASKED]
    )
    return [Addressee(a.name, a.email, approval=a) for a in approvals]


def _officer(record: Any, day: date) -> list[Addressee]:
    """Whoever handles the bid, or covers for them, while they hold the role and are not barred; else
    the officers who may, else the deputies; else every officer: somebody must be told. Who is away
    and covered is told only where nobody else is left."""
    officers, deputies = (_holders(role)(record, day) for role in OFFICERS)
    about = record if isinstance(record, SupportRequest) else record.bid
    free = [
        [who for who in group if who.user and not (about and about.why_barred_on(who.user, day))]
        for group in (officers, deputies)
    ]
    standing_in = _standing_in({who.user.id for group in free for who in group if who.user}, day)
    here = [[who for who in group if who.user and who.user.id not in standing_in] for group in free]
    return _handling(about, here, standing_in) or here[0] or here[1] or free[0] or free[1] or officers


def _handling(
    about: Bid | SupportRequest | None, here: list[list[Addressee]], standing_in: dict[int, int]
) -> list[Addressee]:
    """The bid's officer, or who covers for them, among those who are there and may handle it."""
    if about is None:
        return []
    officer_id = about.officer_id if isinstance(about, Bid) else _link_officer(about)
    if officer_id is None:
        return []
    wanted = standing_in.get(officer_id, officer_id)
    return [who for group in here for who in group if who.user and who.user.id == wanted][:1]


def _link_officer(request: SupportRequest) -> int | None:
    """Who is the link of the patch in which the school that asks lies."""
    return db.session.scalar(select(Patch.officer_id).where(Patch.id == request.school.patch_id))


def _asker(record: Any, day: date) -> list[Addressee]:
    """Where a school has no head with an account: whoever of it asked for support."""
    who = record.asked_by if isinstance(record, SupportRequest) else None
    return [Addressee(who.name, who.email, who)] if who and record.school_id in who.school_ids(day) else []


def _standing_in(officers: Iterable[int], day: date) -> dict[int, int]:
    """Who of these people is away on a day → who covers for them."""
    covers = select(Cover.away_id, Cover.covering_id).where(Cover.holds_on(day))
    return dict(db.session.execute(covers.where(Cover.away_id.in_(officers))).all())


def _holders(*roles: RoleName) -> Callable[[Any, date], list[Addressee]]:
    def find(record: Any, day: date) -> list[Addressee]:
        fund_id = record.bid.fund_id if record.bid else record.fund_id
        return holders_of(fund_id, roles, day)

    return find


def _panel(record: Any, day: date) -> list[Addressee]:
    """Panel members; of a bid, those who are not barred from it."""
    fund_id = record.bid.fund_id if record.bid else record.fund_id
    seats = db.session.scalars(select(Seat).where(Seat.fund_id == fund_id).order_by(Seat.id))
    held = [s for s in seats if s.holds_on(day) and s.user.active]
    return [
        Addressee(s.user.name, s.user.email, s.user)
        for s in held
        if not (record.bid and record.bid.why_barred_on(s.user, day))
    ]


RECIPIENTS: dict[str, Callable[[Any, date], list[Addressee]]] = {
    "school": _school,
    "provider": _parts(Part.PROVIDER),
    "supported": _parts(Part.SUPPORTED),
    "partners": _parts(Part.SUPPORTED, Part.PARTNER),
    "partner": _partner,
    "approver": _approver,
    "officer": _officer,
    "panel": _panel,
    "clerk": _holders(RoleName.CLERK),
    "finance": _holders(RoleName.FINANCE),
    "impact_officer": _holders(RoleName.IMPACT_OFFICER),
    "administrator": _holders(RoleName.ADMINISTRATOR),
}
