"""Who a recipient's name in a table stands for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.confirmation import Approval
from fundflow.models.person import Membership, RoleGrant, RoleName, Seat, Standing, User
from fundflow.models.school import School
from fundflow.workflow.approval import ApprovalState
from fundflow.workflow.working_days import london_date

# Recipients who work for the council: their letters go with a daily digest, unless they ask for
# each letter.
STAFF = frozenset({"officer", "finance", "impact_officer", "clerk", "administrator", "reviewing_manager"})


OFFICERS = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER)


@dataclass(frozen=True, slots=True)
class Addressee:
    name: str
    email: str
    user: User | None = None
    approval: Approval | None = None


def addressees(recipient: str, record: Any, entry: Any) -> list[Addressee]:
    """Everybody a recipient stands for on this record at the moment of this history entry."""
    return list(RECIPIENTS[recipient](record, london_date(entry.at)))


def leaders_of(school: School, day: date) -> list[Addressee]:
    """The head (and acting heads) of a school."""
    members = db.session.scalars(
        select(Membership).join(User).where(
            Membership.school_id == school.id, Membership.standing == Standing.LEADER,
            User.active.is_(True),
        ).order_by(Membership.id)
    )  # fmt: skip
    return [Addressee(m.user.name, m.user.email, m.user) for m in members if m.holds_on(day)]


def holders_of(fund_id: int, roles: Iterable[RoleName], day: date) -> list[Addressee]:
    """Everybody who holds one of these roles for a fund."""
    grants = db.session.scalars(
        select(RoleGrant).join(User).where(
            RoleGrant.role.in_(list(roles)), User.active.is_(True),
            (RoleGrant.fund_id == fund_id) | RoleGrant.fund_id.is_(None),
        ).order_by(RoleGrant.id)
    )  # fmt: skip
    return [Addressee(g.user.name, g.user.email, g.user) for g in grants if g.holds_on(day)]


def _school(record: Any, day: date) -> list[Addressee]:
    bid: Bid | None = record.bid
    if bid is None:
        return leaders_of(record.school, day)
    return leaders_of(bid.lead_school, day) or [Addressee(bid.contact_name, bid.contact_email)]


def _parts(*parts: Part) -> Callable[[Any, date], list[Addressee]]:
    def find(record: Any, day: date) -> list[Addressee]:
        return [who for partner in record.bid.partners if partner.part in parts
                for who in leaders_of(partner.school, day) or _contact_of(partner)]  # fmt: skip

    return find


def _contact_of(partner: Any) -> list[Addressee]:
    if not partner.contact_email:
        return []
    return [Addressee(partner.contact_name or partner.school.name, partner.contact_email)]


def _partner(record: Any, day: date) -> list[Addressee]:
    partner = next((p for p in record.bid.partners if p.school_id == record.school_id), None)
    return leaders_of(record.school, day) or (_contact_of(partner) if partner else [])


def _approver(record: Any, _day: date) -> list[Addressee]:
    approvals = [record] if isinstance(record, Approval) else [
        a for a in record.bid.approvals if a.state is ApprovalState.ASKED]  # fmt: skip
    return [Addressee(a.name, a.email, approval=a) for a in approvals]


def _officer(record: Any, day: date) -> list[Addressee]:
    """Whoever handles the bid, while they hold the role and are not barred; else an officer, else a
    deputy who is not; else every officer: somebody must be told."""
    officers, deputies = (_holders(role)(record, day) for role in OFFICERS)
    bid: Bid | None = record.bid
    if bid is None:
        return officers
    free = [[who for who in group if who.user and not bid.why_barred_on(who.user, day)]
            for group in (officers, deputies)]  # fmt: skip
    handling = [who for group in free for who in group if who.user is bid.officer]
    return handling[:1] or free[0] or free[1] or officers


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
