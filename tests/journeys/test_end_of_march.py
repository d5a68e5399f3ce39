"""31 March: an accrual, a prepayment, a line that carries forward and one that goes back, and money that
lapses, moved before the year closes."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation
from fundflow.models.person import User
from fundflow.payments import day_log, operations, settling
from fundflow.workflow.application import BidState
from tests.factories import Make
from tests.journeys import award_acts
from tests.journeys.award_stage import OFFICER, OWEN, STAFF
from tests.journeys.conftest import World
from tests.journeys.council import address, moment
from tests.journeys.invented import InventedCouncil
from tests.payments.runs.conftest import claim_on

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

HEADS = ("Amara Nwosu", "Ivy Stone")
RELEASING = ("Daniel Hart", "Joe Lind")


def build(make: Make, now: datetime) -> None:
    """BRK-0001 has had nothing and earned £700.00; BRK-0002 had £3,000.00 and earned £350.00."""
    fund = make.fund(allocated=0, prefix="BRK", name="School improvement fund", lean_advance_percent=0)
    lapses = make.allocation(fund, 1_000_000)
    lapses.source, lapses.minute_reference = "Schools block", "Minute 12"
    people: dict[str, User] = {
        name: make.staff(role, name, email=address(name)) for name, role in STAFF.items()
    }
    for number, (head, releasing) in enumerate(zip(HEADS, RELEASING, strict=True), 1):
        fund.lean_advance_percent = 0 if number == 1 else 100  # the schedule is frozen with the award
        lead, provider = make.school(f"Lead {number}"), make.school(f"Provider {number}")
        leader = make.member(lead, name=head, email=address(head))
        other = make.member(provider, name=releasing, email=address(releasing))
        bid = make.bid(
            state=BidState.IN_DELIVERY,
            fund=fund,
            lead=lead,
            leader=leader,
            provider=provider,
            officer=people[OFFICER],
            now=moment("2026-12-10 10:00"),
        )
        bid.reference = f"BRK-000{number}"
        bid.start_on, bid.end_on = date(2027, 1, 4), date(2027, 6, 30)
        db.session.commit()
        days = (date(2027, 1, 6), date(2027, 1, 7))[: 3 - number]
        work(bid, days, other, leader, now)
        if number == 2:
            claim = claim_on(make, bid, 300_000, people[OFFICER])
            claim.created_at = claim.submitted_at = claim.certified_at = now
    carries = make.allocation(fund, 400_000, carries_forward=True)
    carries.source, carries.minute_reference = "De-delegated", "Minute 13"


def work(bid: Bid, days: tuple[date, ...], logs: User, confirms: User, now: datetime) -> None:
    line = day_log.days_of_award(bid)[0]
    ids = {
        day_log.log_day(
            bid,
            line_id=line.id,
            day=day,
            half_days=2,
            activity="Coached",
            where_id=bid.lead_school_id,
            user=logs,
            now=now,
            version=bid.version,
        ).id
        for day in days
    }
    settling.confirm_days(bid, ids, user=confirms, now=now, version=bid.version)


def later_work(council: InventedCouncil, days: tuple[date, ...]) -> None:
    with council.world.app.app_context():
        bid = db.session.query(Bid).filter_by(reference="BRK-0001").one()
        people = {user.name: user for user in db.session.query(User)}
        work(bid, days, people[RELEASING[0]], people[HEADS[0]], council.world.moment)
        operations.ask_for_payment(bid, user=people[HEADS[0]], now=council.world.moment, version=bid.version)
        db.session.remove()


def paid_by(council: InventedCouncil) -> dict[str, tuple[int, int]]:
    """(committed, paid) by where the money comes from."""
    with council.world.app.app_context():
        figures = ledger.by_lines_of([1])
        lines = db.session.query(Allocation)
        found = {line.source: (figures[line.id].committed, figures[line.id].paid) for line in lines}
        db.session.remove()
    return found


def test_what_lapses_unearned_is_moved_and_what_was_earned_is_paid_in_april(
    new_world: Callable[..., World],
) -> None:
    world = new_world(moment("2027-01-20 10:00"))
    with ExitStack() as closing:
        with world.app.app_context():
            build(Make(db.session), world.moment)  # type: ignore[arg-type]
            db.session.commit()
            db.session.remove()
        council = InventedCouncil(world, closing)
        owen = council[OWEN]
        award_acts.pay(owen, "BRK-0002", "Claim 1: advance", "BACS 1")

        council.at("2027-03-22 10:00")
        owen.open("/money/years/2026")
        owen.reads(
            "BRK-0001 Lead 1 £700.00 £0.00 £700.00 £0.00",  # an accrual
            "BRK-0002 Lead 2 £350.00 £3,000.00 £0.00 £2,650.00",  # a prepayment
            "Committed on lines that lapse, not earned by 31 March 2027: to move or to give back",
            "£2,300.00",
        )
        owen.follow("Move the money of BRK-0001")
        owen.reads("£2,300.00 of this award is on lines that lapse with 2026/27")
        owen.is_told("Move money that lapses", "Enter the minute or the reason")
        owen.answer({"Minute, or the reason": "Minute 14"})
        owen.press("Move money that lapses")
        owen.reads("The money is moved. The award stays as it is.")
        assert paid_by(council) == {"Schools block": (370_000, 300_000), "De-delegated": (230_000, 0)}

        council.at("2027-04-12 10:00")
        later_work(council, (date(2027, 4, 6),))
        award_acts.certify(council[OFFICER], "BRK-0001", "Claim 1: days and costs")
        award_acts.pay(owen, "BRK-0001", "Claim 1: days and costs", "BACS 2")
        assert paid_by(council) == {"Schools block": (370_000, 370_000), "De-delegated": (230_000, 35_000)}
        owen.open("/money/years/2026")
        owen.reads(
            "De-delegated Minute 13 2026/27 £2,300.00 £1,700.00 £0.00",  # carries forward
            "Schools block Minute 12 2026/27 £700.00 £0.00 £6,300.00",  # goes back
            "£1,700.00 carries forward to 2027/28",
            "£6,300.00 goes back to those who contributed it",
        )
        assert not world.trouble
