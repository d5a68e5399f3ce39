"""A council with one bid that has its offer: what the journeys after the award begin with."""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import BackfillLine, CostKind, CostLine
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.payments import day_log, settling
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address
from tests.journeys.invented import InventedCouncil

REF = "BRK-0001"
OFFICER, IMPACT, DECIDER = "Priya Raman", "Helen Abbott", "Diana Holt"
OWEN, FATIMA = "Owen Clarke", "Fatima Noor"
STAFF = {
    OFFICER: RoleName.OFFICER,
    IMPACT: RoleName.IMPACT_OFFICER,
    DECIDER: RoleName.AUTHORISED_OFFICER,
    OWEN: RoleName.FINANCE,
    FATIMA: RoleName.FINANCE,
}
LEAD, PROVIDER = "Hazelmere Primary School", "Oakfield Primary School"
SIGNATURE = """

Do you have a question? Reply to this email (Borough of Brackenford). Priya Raman looks after this bid.

School improvement fund
Borough of Brackenford"""
HEAD, RELEASING = "Amara Nwosu", "Daniel Hart"  # of the lead school, and of the school that gives support


class Staff(NamedTuple):
    """A line of days: of whom, for how many half days, at how many pounds and percent on top."""

    role: str
    code: str
    half_days: int
    rate: int
    on_cost: int = 0
    of_lead: bool = False


class Offered(NamedTuple):
    """One bid, offered what it asked for unless less is said; pence. Its outcome is wanted by its end, unless
    `wanted_by` says otherwise."""

    title: str
    start: date
    end: date
    staff: tuple[Staff, ...]
    travel: int
    asked: int
    offered: int = 0
    wanted_by: date | None = None


class Worked(NamedTuple):
    """A day of a line, by its code, that was spent at the lead school unless said otherwise."""

    code: str
    on: date
    half_days: int = 2
    at_provider: bool = False


def set_up(world: World, closing: ExitStack, offered: Offered, **settings: object) -> InventedCouncil:
    """Two schools with a head each, the staff of the council, and the bid; settings are the fund's."""
    with world.app.app_context():
        _build(Make(db.session), world.moment, offered, settings)  # type: ignore[arg-type]
        db.session.commit()
        db.session.remove()
    return InventedCouncil(world, closing)


def _build(make: Make, now: datetime, offered: Offered, settings: dict[str, object]) -> None:
    fund = make.fund(**{"prefix": "BRK", "name": "School improvement fund", **settings})  # type: ignore[arg-type]
    make.round(fund)
    people = {name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()}
    lead, provider = make.school(LEAD, urn="200001"), make.school(PROVIDER, urn="200002")
    head = make.member(lead, name=HEAD, email=address(HEAD))
    make.member(provider, name=RELEASING, email=address(RELEASING))
    for school in (lead, provider):
        make.payee(school)
    bid: Bid = make.bid(fund=fund, lead=lead, provider=provider, leader=head, now=now)
    bid.title, bid.start_on, bid.end_on = offered.title, offered.start, offered.end
    (partner,) = bid.partners
    partner.contact_name, partner.contact_email = RELEASING, address(RELEASING)
    (outcome,) = bid.outcomes
    outcome.target_on, outcome.target = offered.wanted_by or offered.end, Decimal(76)
    for other in [*bid.backfill_lines, *bid.cost_lines]:
        db.session.delete(other)
    db.session.flush()
    db.session.refresh(bid)
    bid.backfill_lines = [_line(line, lead, provider) for line in offered.staff]
    bid.cost_lines = [CostLine(kind=CostKind.TRAVEL, description="Travel", pence=offered.travel)]
    bid.state, bid.submitted_at, bid.agreed_by_id = BidState.OFFERED, now, head.id
    bid.requested_pence, bid.officer = offered.offered or offered.asked, people[OFFICER]
    make._as_its_state_implies(bid, now)
    bid.requested_pence = offered.asked
    db.session.flush()
    make._sent(bid, head, now)
    bid.sent_title, bid.sent_pence = bid.title, bid.requested_pence


def _line(line: Staff, lead: School, provider: School) -> BackfillLine:
    return BackfillLine(
        school=lead if line.of_lead else provider,
        staff_role=line.role,
        staff_code=line.code,
        half_days=line.half_days,
        day_rate_pence=line.rate * 100,
        on_cost_basis_points=line.on_cost * 100,
    )


def pence(council: InventedCouncil) -> Figures:
    """The fund's money, in pence."""
    with council.world.app.app_context():
        t = ledger.totals(db.session.query(Fund).one().id)
        db.session.remove()
    return Figures(t.allocated, t.committed, t.paid, t.outstanding, t.uncommitted, t.reserved)


def worked(council: InventedCouncil, days: Iterable[Worked], *, releasing: str = RELEASING) -> None:
    """For speed, what the two heads do on their pages: one logs their own staff, the other confirms.

    releasing  the head of the school that gives the support
    """
    now = council.world.moment
    with council.world.app.app_context():
        bid = db.session.query(Bid).filter_by(reference=REF).one()
        people = {user.name: user for user in db.session.query(User)}
        lines = {line.staff_code: line for line in day_log.days_of_award(bid)}
        logged: dict[str, list[int]] = {HEAD: [], releasing: []}
        for day in days:
            line = lines[day.code]
            own, other = (HEAD, releasing) if line.school_id == bid.lead_school_id else (releasing, HEAD)
            entry = day_log.log_day(
                bid,
                line_id=line.id,
                day=day.on,
                half_days=day.half_days,
                activity="Coached in classrooms",
                where_id=bid.providers[0].id if day.at_provider else bid.lead_school_id,
                user=people[own],
                now=now,
                version=bid.version,
            )
            logged[other].append(entry.id)
        for name, ids in logged.items():
            if ids:
                settling.confirm_days(bid, ids, user=people[name], now=now, version=bid.version)
        db.session.remove()


def letter(council: InventedCouncil, name: str) -> str:
    """The newest letter to this person: its subject, and its text between the greeting and the signature,
    with addresses of pages that lack the server."""
    message = council.world.post.to(address(name))[-1]
    text = str(message.get_content()).replace("\r\n", "\n").replace(council.world.url, "").strip()
    greeting = f"Dear {name}\n\nBid {REF}: {council.bid(REF).title}\n\n"
    assert text.startswith(greeting), text
    assert text.endswith(SIGNATURE), text
    return f"{message['Subject']}\n\n{text.removeprefix(greeting).removesuffix(SIGNATURE)}\n"
