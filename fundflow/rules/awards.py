"""An award's budget, and what it raises by itself: claims of its shares, and recoveries (docs/rules.md,
"What an award pays")."""

from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, object_session, selectinload

from fundflow.models.award import Award, AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.fund import Fund
from fundflow.models.money import backfill_pence
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import User
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.award_sums import payee_today, sum_of, sum_of_new
from fundflow.rules.plans import plan_of, planned
from fundflow.workflow.award import (
    Instalment,
    instalments,
    parts_of,
)
from fundflow.workflow.claim import ClaimState

Entry = TypeVar("Entry", WorkedDay, SpentCost)  # of the log
TO_WORK_OUT = (ClaimState.SUBMITTED, ClaimState.QUERIED)  # claims whose amount still follows what is due


def award_of(bid: Bid, pence: int, now: datetime) -> Award:
    """The budget of an offer that is accepted: the bid's lines, or those of the revised plan that a smaller
    offer asked for. The lead school is paid, or by the fund's rule each school for its own staff."""
    schedule = [(tranche.when.value, tranche.percent) for tranche in bid.fund.schedule(pence)]
    return Award(pence=pence, made_at=now, schedule=schedule, lines=_lines(bid))


def _lines(bid: Bid) -> list[AwardLine]:
    lead, plan = bid.lead_school, plan_of(bid)
    amounts = planned(bid, plan) if plan else None
    staff = [
        AwardLine(
            payee=line.school if bid.fund.pays_each_school else lead,
            school=line.school,
            backfill_line=line,
            what=line.staff_role,
            staff_code=line.staff_code,
            half_days=half_days,
            day_rate_pence=line.day_rate_pence,
            on_cost_basis_points=line.on_cost_basis_points,
            pence=backfill_pence(half_days, line.day_rate_pence, line.on_cost_basis_points),
        )
        for line in bid.backfill_lines
        if (half_days := amounts.half_days[line.id] if amounts else line.half_days)
    ]
    costs = [
        AwardLine(payee=lead, school=lead, cost_line=cost, what=cost.description, pence=cost_pence)
        for cost in bid.cost_lines
        if (cost_pence := amounts.pence[cost.id] if amounts else cost.pence)
    ]
    return [*staff, *costs]


class Share(NamedTuple):
    """What of an award is for a school: the staff it releases, and for the lead school other costs."""

    school: School
    pence: int


def shares_of(bid: Bid, pence: int) -> list[Share]:
    """What of an award of so many pence is for which school, once it is spent as planned."""
    budgets: dict[School, int] = {}
    for line in bid.award.lines if bid.award else _lines(bid):
        budgets[line.school] = budgets.get(line.school, 0) + line.pence
    schools = {school.id: school for school in budgets}
    parts = parts_of(min(pence, sum(budgets.values())), {s.id: cost for s, cost in budgets.items()})
    return [Share(schools[school_id], part) for school_id, part in parts.items() if part]


def next_number(bid: Bid, table: type[Claim | Recovery] = Claim) -> int:
    """The number of a bid's next claim, or recovery; the caller has locked the bid."""
    session = object_session(bid)
    most = session and session.scalar(select(func.max(table.number)).where(table.bid_id == bid.id))
    return (most or 0) + 1


def tranche_claims(bid: Bid, kind: ClaimKind, now: datetime) -> list[Claim]:
    """The claims that a tranche raises by itself for what is due now, one for each payee, submitted; those
    after the first advance with the days and costs that no claim has asked for yet.

    The caller has locked the bid and adds the claims.
    """
    begins = kind is ClaimKind.ADVANCE and len(bid.awards) == 1
    due = (sum_of_new(bid) if begins else sum_of(bid)).payees_due
    days, costs = ([], []) if begins else (unclaimed_days(bid), unclaimed_costs(bid))
    first = 1 if begins or not due else next_number(bid)
    return [
        Claim(
            bid_id=bid.id,
            school=payee.school,
            number=number,
            kind=kind,
            state=ClaimState.SUBMITTED,
            pence=payee.due,
            created_at=now,
            submitted_at=now,
            days=[day for day in days if payee_today(day.line) == payee.school.id],
            costs=[cost for cost in costs if payee_today(cost.line) == payee.school.id],
        )
        for number, payee in enumerate(due, first)
    ]


def unclaimed_days(bid: Bid) -> list[WorkedDay]:
    """The confirmed days that no claim has asked for, or only one that was refused."""
    return _unclaimed(bid, WorkedDay, WorkedDay.day)


def unclaimed_costs(bid: Bid) -> list[SpentCost]:
    """Likewise, of the other costs, with their lines and receipts loaded."""
    loaded = joinedload(SpentCost.line), selectinload(SpentCost.receipts)
    return _unclaimed(bid, SpentCost, SpentCost.spent_on, *loaded)


def _unclaimed(bid: Bid, table: type[Entry], day: InstrumentedAttribute[date], *loaded: Any) -> list[Entry]:
    query = (
        select(table)
        .outerjoin(Claim, Claim.id == table.claim_id)
        .where(table.bid_id == bid.id, table.counts)
        .where(or_(table.claim_id.is_(None), Claim.state == ClaimState.REFUSED))
        .order_by(day, table.id)
        .options(*loaded)
    )
    session = object_session(bid)
    return list(session.scalars(query)) if session else []


def schedule_of(fund: Fund, pence: int) -> list[Instalment]:
    """What of an award of so many pence is paid when; empty where all is claimed as it is done."""
    return instalments(fund.schedule(pence), pence)


def lower(claim: Claim, due: int) -> None:
    """Bring a claim that nobody has checked down to what is due on it, where that is less."""
    if due < claim.pence:
        claim.pence, claim.version = due, claim.version + 1


def recoveries_to_open(bid: Bid, user: User | None, now: datetime) -> list[Recovery]:
    """Recoveries of what was paid and not earned, and for which nothing stands; a settled award's. The
    caller has locked the bid and adds them."""
    found = [payee for payee in sum_of(bid, hoped=True).payees if payee.missing]
    first = next_number(bid, Recovery) if found else 0
    return [
        Recovery(
            bid_id=bid.id,
            school=payee.school,
            number=number,
            ground=Ground.NOT_EARNED,
            pence=payee.missing,
            opened_at=now,
            opened_by_id=user.id if user else None,
        )
        for number, payee in enumerate(found, first)
    ]
