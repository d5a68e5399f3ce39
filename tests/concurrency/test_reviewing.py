"""Officers at one moment: the review, its questions, and the step that ends it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName
from fundflow.models.review import Query, Review
from fundflow.workflow.application import BidState as S
from tests import tiers
from tests.concurrency.books import entries_of
from tests.concurrency.hall import Data, Hall, Post, a_fund, right_now, steps_of, tomorrow
from tests.factories import Make

pytestmark = pytest.mark.rounds

ROUNDS = tiers.rounds(4)
OFFICERS = 4

Send = Callable[[Make, Bid], list[Post]]


def in_review(make: Make) -> Bid:
    bid = make.bid(state=S.IN_REVIEW, fund=a_fund(make), now=right_now())
    make.confirmed(bid)
    return bid


def officers(make: Make, count: int = OFFICERS) -> list[str]:
    return [make.staff(RoleName.OFFICER).get_id() for _ in range(count)]


def rounds(hall: Hall, send: Send) -> list[tuple[int, list[Post]]]:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        bid = in_review(make)
        return bid.id, send(make, bid)

    return [hall.set_up(set_up) for _ in range(ROUNDS)]


def review_form(bid: Bid, notes: str) -> Data:
    assert bid.review is not None
    return {"version": bid.review.version, "need_notes": notes, "recommended_pence": "2500"}


def test_four_officers_save_one_review_and_three_keep_what_they_typed(hall: Hall) -> None:
    def send(make: Make, bid: Bid) -> list[Post]:
        path = f"/bids/{bid.reference}/review"
        return [
            Post(who, path, review_form(bid, f"Notes of officer {n}."))
            for n, who in enumerate(officers(make))
        ]

    for bid_id, posts in rounds(hall, send):
        answers = hall.at_once(*posts)
        assert sorted(answer.status for answer in answers) == [302, 409, 409, 409]
        for post, answer in zip(posts, answers, strict=True):
            if answer.status == 409:
                assert "Somebody changed this while you had the page open." in answer.page
                assert post.data["need_notes"] in answer.page
        won = posts[[answer.status for answer in answers].index(302)]
        kept = hall.ask(
            lambda bid_id=bid_id: db.session.execute(  # type: ignore[misc]
                select(Review.need_notes, Review.version).where(Review.bid_id == bid_id)
            ).one()
        )
        assert kept == (won.data["need_notes"], posts[0].data["version"] + 1)


def test_what_was_typed_can_be_sent_again_and_is_then_kept(hall: Hall) -> None:
    def send(make: Make, bid: Bid) -> list[Post]:
        path = f"/bids/{bid.reference}/review"
        return [Post(who, path, review_form(bid, f"By {n}.")) for n, who in enumerate(officers(make, 2))]

    for bid_id, posts in rounds(hall, send):
        answers = hall.at_once(*posts)
        lost = posts[[answer.status for answer in answers].index(409)]
        again = {**lost.data, "version": lost.data["version"] + 1}  # as the 409's page carries it
        assert f'value="{again["version"]}"' in answers[posts.index(lost)].page
        assert hall.post(Post(lost.who, lost.path, again)).status == 302
        notes = select(Review.need_notes).where(Review.bid_id == bid_id)
        assert hall.ask(lambda notes=notes: db.session.scalar(notes)) == lost.data["need_notes"]  # type: ignore[misc]


@pytest.mark.parametrize("other", ["return-for-changes", "rule-ineligible", "recommend"])
def test_two_officers_end_one_review_differently(hall: Hall, other: str) -> None:
    def send(make: Make, bid: Bid) -> list[Post]:
        one, two = officers(make, 2)
        day = tomorrow()
        meeting = make.meeting(bid.fund, starts_at=day)
        data = {
            "version": bid.version,
            "ask_need": "How many pupils?",
            "answer_by-day": day.day,
            "answer_by-month": day.month,
            "answer_by-year": day.year,
            "reason": "Outside the area.",
            "recommendation": "fund",
            "amount": "3000",
            "meeting": meeting.id,
        }
        rule = {**data, "rule": hall_rule(bid)}
        return [
            Post(one, steps_of(bid, "return-for-changes"), rule),
            Post(two, steps_of(bid, other), {**rule, "ask_need": "Which year group?"}),
        ]

    for bid_id, posts in rounds(hall, send):
        answers = hall.at_once(*posts)
        assert sorted(answer.status for answer in answers) == [302, 409]
        lost = [answer.status for answer in answers].index(409)
        assert "What happened: " in answers[lost].page

        def look(bid_id: int = bid_id) -> list[int]:
            bid = db.session.get_one(Bid, bid_id)
            taken = [
                len(entries_of(step, bid)) for step in ("return_for_changes", "rule_ineligible", "recommend")
            ]
            assert len(list(db.session.scalars(select(Query).where(Query.bid_id == bid_id)))) == taken[0]
            items = select(AgendaItem).where(AgendaItem.bid_id == bid_id)
            assert len(list(db.session.scalars(items))) == taken[2]
            return taken

        assert sum(hall.ask(look)) == 1


def hall_rule(bid: Bid) -> str:
    from fundflow.review.rules import fund_rules

    return next(iter(fund_rules(bid)))
