"""Awards already running that are entered, or confirmed, twice at once."""

import pytest

from fundflow import ledger
from fundflow.models.bid import Bid, Origin
from fundflow.models.opening import Opening, OpeningAward
from fundflow.models.person import RoleName
from tests.concurrency.hall import Hall, Post, a_fund, right_now
from tests.concurrency.test_claiming import one_won, rounds
from tests.factories import Make
from tests.openings.conftest import file_of

pytestmark = pytest.mark.rounds


def test_a_file_that_is_entered_twice_at_once_is_entered_once(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        school, fund = make.school(), a_fund(make)
        make.member(school)
        make.round(fund)
        data = {"name": "awards.csv", "rows": file_of(school, right_now().date())}
        people = [make.staff(RoleName.FINANCE).get_id() for _ in range(2)]
        return fund.id, [Post(who, f"/money/openings/upload/{fund.id}/enter", data) for who in people]

    for fund_id, posts in rounds(hall, set_up):
        assert sorted(answer.status for answer in hall.at_once(*posts)) in ([302, 409], [302, 422])
        assert hall.count(Opening, Opening.fund_id == fund_id) == 1


def test_two_confirm_the_same_awards_at_once_and_each_begins_once(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[tuple[int, int], list[Post]]:
        fund, schools = a_fund(make), [make.school() for _ in range(2)]
        make.round(fund)
        for school in schools:
            make.member(school)
        opening = make.opening(fund, *schools, today=right_now().date())
        people = [make.staff(RoleName.FINANCE).get_id() for _ in range(2)]
        posts = [Post(who, f"{opening.path}/steps/confirm", {"version": 1}) for who in people]
        return (fund.id, opening.id), posts

    for (fund_id, number), posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        assert hall.count(Bid, Bid.fund_id == fund_id, Bid.origin == Origin.OPENING) == 2
        assert hall.count(OpeningAward, OpeningAward.opening_id == number, OpeningAward.bid_id.is_(None)) == 0


def test_two_awards_that_together_are_too_much_are_not_both_confirmed(hall: Hall) -> None:
    """£2,100 each, of a fund that has £3,000."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        fund, schools = a_fund(make, 300_000), [make.school() for _ in range(2)]
        make.round(fund)
        posts = []
        for school in schools:
            make.member(school)
            opening, who = (
                make.opening(fund, school, today=right_now().date()),
                make.staff(RoleName.FINANCE).get_id(),
            )
            posts.append(Post(who, f"{opening.path}/steps/confirm", {"version": 1}))
        return fund.id, posts

    for fund_id, posts in rounds(hall, set_up):
        assert sorted(answer.status for answer in hall.at_once(*posts)) == [302, 409]
        assert hall.ask(lambda number=fund_id: ledger.totals(number).free) == 90_000  # type: ignore[misc]
