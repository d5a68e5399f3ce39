"""Officers at one moment: everything handed over twice, and cover arranged by two people."""

from datetime import UTC, datetime, timedelta

import pytest

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.desk import Cover
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName as R
from fundflow.models.target import SchoolTarget
from fundflow.workflow.application import BidState as S
from tests import tiers
from tests.concurrency.hall import Hall, Post
from tests.factories import Make

pytestmark = pytest.mark.slow


def test_clicks_at_one_moment_hand_everything_over_once(quiet_hall: Hall) -> None:
    def work(make: Make) -> tuple[str, int, int]:
        priya, tom = make.staff(R.OFFICER), make.staff(R.DEPUTY_OFFICER)
        for _ in range(5):
            make.bid(state=S.IN_REVIEW, officer=priya)
        return priya.get_id(), priya.id, tom.id

    who, of, to = quiet_hall.set_up(work)
    address = f"/desk/hand-over/{of}/{to}"
    click = Post(who, address, quiet_hall.hidden(who, address))
    answers = quiet_hall.at_once(click, click, click)
    assert [answer.status for answer in answers] == [302, 302, 302]
    assert quiet_hall.count(Letter, Letter.key.startswith("hand_over:")) == 1
    assert quiet_hall.count(HistoryEntry, HistoryEntry.step == "assign") == 5


def test_two_hand_over_the_same_bids_to_different_people_and_one_is_told_so(quiet_hall: Hall) -> None:
    def work(make: Make) -> tuple[str, str, int, list[int]]:
        priya, administrator = make.staff(R.OFFICER), make.staff(R.ADMINISTRATOR)
        others = [make.staff(R.DEPUTY_OFFICER).id for _ in range(2)]
        for _ in range(4):
            make.bid(state=S.IN_REVIEW, officer=priya)
        return priya.get_id(), administrator.get_id(), priya.id, others

    priya, administrator, of, others = quiet_hall.set_up(work)
    clicks = [
        Post(who, f"/desk/hand-over/{of}/{to}", quiet_hall.hidden(who, f"/desk/hand-over/{of}/{to}"))
        for who, to in zip((priya, administrator), others, strict=True)
    ]
    answers = quiet_hall.at_once(*clicks)
    assert sorted(answer.status for answer in answers) == [302, 409]
    assert sorted(quiet_hall.count(Bid, Bid.officer_id == one) for one in others) == [0, 4]


def test_a_target_changed_while_it_is_handed_over_keeps_the_change(quiet_hall: Hall) -> None:
    def work(make: Make) -> tuple[int, str, str, Post]:
        priya, administrator = make.staff(R.OFFICER), make.staff(R.ADMINISTRATOR)
        target = make.target(make.school(), make.measure(make.fund()), priya)
        make.session.flush()
        post = Post(
            administrator.get_id(),
            f"/schools/{target.school.urn}/targets/{target.id}/change",
            {
                "target": "90",
                "owner": priya.id,
                "reason": "The baseline was low",
                "version": 1,
                "target_on-day": 1,
                "target_on-month": 6,
                "target_on-year": 2028,
            },
        )
        address = f"/desk/hand-over/{priya.id}/{make.staff(R.DEPUTY_OFFICER).id}"
        return target.id, priya.get_id(), address, post

    for _ in range(tiers.rounds(6, 3)):
        number, who, address, change = quiet_hall.set_up(work)
        hand_over = Post(who, address, quiet_hall.hidden(who, address))
        answers = quiet_hall.at_once(change, hand_over)
        assert answers[0].status in (302, 409)
        assert answers[1].status == 302
        terms = quiet_hall.ask(
            lambda number=number: [  # type: ignore[misc]
                (one.target, one.owner_id) for one in db.session.get_one(SchoolTarget, number).terms
            ]
        )
        to = int(address.rsplit("/", 1)[1])
        assert terms[0] == (90 if answers[0].status == 302 else 80, to)


def test_an_officer_and_an_administrator_arrange_one_cover_between_them(quiet_hall: Hall) -> None:
    def work(make: Make) -> tuple[str, str, int, list[int]]:
        priya, administrator = make.staff(R.OFFICER), make.staff(R.ADMINISTRATOR)
        others = [make.staff(R.DEPUTY_OFFICER).id for _ in range(2)]
        return priya.get_id(), administrator.get_id(), priya.id, others

    priya, administrator, away, (first, second) = quiet_hall.set_up(work)
    day = datetime.now(UTC).date() + timedelta(days=3)
    days = {
        f"{name}-{part}": str(getattr(day, part))
        for name in ("starts_on", "ends_on")
        for part in ("day", "month", "year")
    }
    answers = quiet_hall.at_once(
        Post(priya, "/desk/cover", {"covering": str(first), **days}),
        Post(administrator, "/desk/cover", {"away": str(away), "covering": str(second), **days}),
    )
    assert sorted(answer.status for answer in answers) == [302, 409]
    assert quiet_hall.count(Cover) == quiet_hall.count(Letter, Letter.key.startswith("cover:")) == 1
