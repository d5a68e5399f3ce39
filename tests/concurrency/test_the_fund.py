"""More is asked for than there is: whatever happens at once, no line offers what it has not got."""

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.money import financial_year
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from fundflow.workflow.panel_rules import Choice
from fundflow.workflow.working_days import london_date
from tests import tiers
from tests.concurrency.books import check_fund
from tests.concurrency.hall import (
    Answer,
    Hall,
    Post,
    a_fund,
    a_panel,
    decision,
    right_now,
    steps_of,
    voted_on,
)
from tests.factories import Make

pytestmark = pytest.mark.rounds

ROUNDS = tiers.rounds(3)
ACADEMY = 34  # a type code


def approvals(make: Make, fund: Fund, *kinds: int) -> list[Post]:
    """The chair's form for a bid of £3,000 from a school of each of these types."""
    chair = a_panel(make, fund).chair
    return [
        Post(chair, steps_of(bid, "approve"), decision(bid, "Clear."))
        for bid in (voted_on(make, fund, lead=make.school(type_code=kind)) for kind in kinds)
    ]


def approved(answers: list[Answer]) -> int:
    """How many were; the others say how much there still is."""
    lost = [answer for answer in answers if answer.status != 302]
    assert all(answer.is_fine and "The fund can still offer £" in answer.page for answer in lost)
    return len(answers) - len(lost)


def check_nothing_more_fits(fund_id: int) -> None:
    """U − R is not below zero, and whoever was refused was refused rightly."""
    check_fund(fund_id)
    assert min(line.free for line in ledger.by_line(fund_id).values()) >= 0
    waiting = db.session.scalars(select(Bid).where(Bid.fund_id == fund_id, Bid.state == S.AT_PANEL))
    assert all(ledger.may_still_offer(bid, right_now()) < 300_000 for bid in waiting)


def test_of_six_bids_that_race_for_money_for_three_three_are_funded(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund = a_fund(make, 1_000_000)
        return fund.id, approvals(make, fund, *[1] * 6)

    for fund_id, posts in [hall.set_up(set_up) for _ in range(ROUNDS)]:
        assert approved(hall.at_once(*posts)) == 3
        assert hall.ask(lambda fund_id=fund_id: ledger.totals(fund_id).free) == 100_000  # type: ignore[misc]
        hall.ask(lambda fund_id=fund_id: check_nothing_more_fits(fund_id))  # type: ignore[misc]


def test_two_awards_that_together_exceed_the_fund_by_a_penny_are_never_both_approved(
    hall: Hall,
) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund = a_fund(make, 599_999)
        return fund.id, approvals(make, fund, 1, 1)

    for fund_id, posts in [hall.set_up(set_up) for _ in range(ROUNDS * 2)]:
        assert approved(hall.at_once(*posts)) == 1
        hall.ask(lambda fund_id=fund_id: check_nothing_more_fits(fund_id))  # type: ignore[misc]


def test_lines_for_some_kinds_of_school_pay_no_others(hall: Hall) -> None:
    """£5,000 for maintained schools, £4,000 for academies, £3,000 for either."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund, year = make.fund(allocated=0), financial_year(london_date(right_now()))
        make.allocation(fund, 500_000, year=year, pays=("maintained",))
        make.allocation(fund, 400_000, year=year, pays=("academy",))
        make.allocation(fund, 300_000, year=year)
        return fund.id, approvals(make, fund, 1, ACADEMY, 1, ACADEMY, 1, ACADEMY)

    for fund_id, posts in [hall.set_up(set_up) for _ in range(ROUNDS)]:
        assert approved(hall.at_once(*posts)) in (3, 4)
        hall.ask(lambda fund_id=fund_id: check_nothing_more_fits(fund_id))  # type: ignore[misc]


def test_a_lapsed_offer_renewed_while_another_bid_is_approved(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund = a_fund(make, 500_000)
        chair = a_panel(make, fund).chair
        new = voted_on(make, fund)
        old = make.bid(state=S.NOT_TAKEN_UP, fund=fund, now=right_now())
        return fund.id, [
            Post(chair, steps_of(new, "approve"), decision(new, "Clear.")),
            Post(chair, steps_of(old, "renew-offer"), {"version": old.version, "reason": "A holiday"}),
        ]

    for fund_id, posts in [hall.set_up(set_up) for _ in range(ROUNDS)]:
        assert approved(hall.at_once(*posts)) == 1
        hall.ask(lambda fund_id=fund_id: check_nothing_more_fits(fund_id))  # type: ignore[misc]


def test_the_fund_is_cut_while_bids_are_approved(hall: Hall) -> None:
    """A cut may leave less than was promised; nothing is promised after it that is not there."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund = a_fund(make, 700_000)
        line = fund.allocations[0]
        administrator = make.staff(RoleName.ADMINISTRATOR)
        cut = Post(
            administrator.get_id(),
            f"/funds/{fund.id}/lines/{line.id}/cut",
            {"version": fund.version, "pence": "3000", "minute": "M2", "sure": "yes"},
        )
        return fund.id, [*approvals(make, fund, 1, 1, 1), cut]

    for fund_id, posts in [hall.set_up(set_up) for _ in range(ROUNDS)]:
        *answers, cut = hall.at_once(*posts)
        assert cut.status == 302
        funded = approved(answers)
        assert funded in (1, 2)
        free = hall.ask(lambda fund_id=fund_id: ledger.totals(fund_id).free)  # type: ignore[misc]
        assert free == 400_000 - funded * 300_000
        hall.ask(lambda fund_id=fund_id: check_fund(fund_id))  # type: ignore[misc]


def test_money_set_free_while_another_asks_for_it_goes_to_one(hall: Hall) -> None:
    """A school turns its offer down; two others wait for that money."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund = a_fund(make, 400_000)
        posts = approvals(make, fund, 1, 1)
        lead = make.school()
        head = make.member(lead)
        out = make.bid(state=S.OFFERED, fund=fund, lead=lead, leader=head, now=right_now())
        turn_down = Post(head.get_id(), steps_of(out, "turn-down-offer"), {"version": 1, "reason": "x"})
        return fund.id, [*posts, turn_down]

    for fund_id, posts in [hall.set_up(set_up) for _ in range(ROUNDS)]:
        *answers, turned_down = hall.at_once(*posts)
        assert turned_down.status == 302
        assert approved(answers) in (0, 1)
        hall.ask(lambda fund_id=fund_id: check_fund(fund_id))  # type: ignore[misc]
        assert hall.ask(lambda fund_id=fund_id: ledger.totals(fund_id).free) >= 0  # type: ignore[misc]


def test_a_bid_that_was_voted_down_takes_no_money_however_often_it_is_tried(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund = a_fund(make)
        chair = a_panel(make, fund).chair
        bid = voted_on(make, fund, choice=Choice.DO_NOT_FUND)
        return fund.id, [Post(chair, steps_of(bid, "approve"), decision(bid, "Still."))] * 3

    fund_id, posts = hall.set_up(set_up)
    assert [answer.status for answer in hall.at_once(*posts)] == [409, 409, 409]
    assert hall.ask(lambda: ledger.totals(fund_id).reserved) == 0
