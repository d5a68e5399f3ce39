"""Several people decide about one bid at the same moment: one of them does."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision, Offer
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from tests import tiers
from tests.concurrency.hall import (
    Answer,
    Hall,
    Panel,
    Post,
    a_fund,
    a_panel,
    decision,
    steps_of,
    voted_on,
)
from tests.factories import Make

pytestmark = pytest.mark.rounds

ROUNDS = tiers.rounds(5)
Prepare = Callable[[Make, Bid, Panel], list[Post]]


def race(hall: Hall, prepare: Prepare) -> list[tuple[int, list[Post], list[Answer]]]:
    """As many rounds, each on a bid of its own: its id, what was sent, what came back."""

    def set_up(make: Make) -> list[tuple[int, list[Post]]]:
        fund = a_fund(make)
        panel = a_panel(make, fund)
        bids = [voted_on(make, fund) for _ in range(ROUNDS)]
        for bid in bids:
            bid.officer = make.staff(RoleName.OFFICER)
        db.session.flush()
        return [(bid.id, prepare(make, bid, panel)) for bid in bids]

    return [(bid_id, posts, hall.at_once(*posts)) for bid_id, posts in hall.set_up(set_up)]


def loser_of(posts: list[Post], answers: list[Answer]) -> tuple[Post, Answer]:
    """The one that lost of two; the other is done."""
    assert sorted(answer.status for answer in answers) == [302, 409]
    lost = [answer.status for answer in answers].index(409)
    return posts[lost], answers[lost]


def check_told_and_kept(post: Post, answer: Answer) -> None:
    """The page says what happened meanwhile, and what was typed is still on it."""
    assert answer.is_fine
    assert any(
        words in answer.page
        for words in (
            "was quicker: “",
            "What happened: ",
            "in another window, with different answers",
            "This can no longer be done: the bid is now “",
        )
    )
    assert (post.data.get("reasons") or post.data["reason"]) in answer.page


def steps_taken(hall: Hall, bid_id: int) -> list[str]:
    return hall.ask(
        lambda: list(
            db.session.scalars(
                select(HistoryEntry.step).where(HistoryEntry.bid_id == bid_id).order_by(HistoryEntry.id)
            )
        )
    )


def test_two_who_hold_the_chair_approve_at_once(hall: Hall) -> None:
    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        path = steps_of(bid, "approve")
        return [
            Post(panel.chair, path, decision(bid, "By the chair.", amount=2000)),
            Post(panel.other_chair, path, decision(bid, "By the other.", amount=2500)),
        ]

    for bid_id, posts, answers in race(hall, both):
        post, answer = loser_of(posts, answers)
        check_told_and_kept(post, answer)
        assert "was quicker: “Decided to fund the bid”" in answer.page
        check_one_offer(hall, bid_id, 250_000 if "chair" in post.data["reasons"] else 200_000)


def check_one_offer(hall: Hall, bid_id: int, pence: int) -> None:
    """One decision, one offer, one reservation of the same amount, one set of letters."""

    def look() -> None:
        of_bid = select(Decision.pence).where(Decision.bid_id == bid_id)
        assert list(db.session.scalars(of_bid)) == [pence]
        assert list(db.session.scalars(select(Offer.pence).where(Offer.bid_id == bid_id))) == [pence]
        assert ledger.bid_totals(bid_id).reserved == pence
        letters = db.session.execute(
            select(Letter.history_entry_id, Letter.email).where(Letter.bid_id == bid_id)
        ).all()
        assert len({entry for entry, _ in letters}) == 1
        assert len({email for _, email in letters}) == len(letters) >= 1

    hall.ask(look)


def test_one_chair_approves_in_two_windows_with_different_words(hall: Hall) -> None:
    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        return [
            Post(panel.chair, steps_of(bid, "approve"), decision(bid, f"Window {n}.", amount=n * 1000))
            for n in (1, 2)
        ]

    for bid_id, posts, answers in race(hall, both):
        post, answer = loser_of(posts, answers)
        check_told_and_kept(post, answer)
        check_one_offer(hall, bid_id, 200_000 if post.data["amount"] == 1000 else 100_000)


def test_a_double_click_on_approve_is_done_once_and_answered_as_done(hall: Hall) -> None:
    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        return [Post(panel.chair, steps_of(bid, "approve"), decision(bid, "Once."))] * 2

    for bid_id, _, answers in race(hall, both):
        assert [answer.status for answer in answers] == [302, 302]
        check_one_offer(hall, bid_id, 300_000)


@pytest.mark.parametrize(("one", "other"), [("approve", "defer"), ("approve", "decline"), ("defer", "defer")])
def test_one_funds_the_bid_while_the_other_decides_otherwise(hall: Hall, one: str, other: str) -> None:
    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        return [
            Post(panel.chair, steps_of(bid, one), decision(bid, "The first reasons.")),
            Post(panel.other_chair, steps_of(bid, other), decision(bid, "The second reasons.")),
        ]

    for bid_id, posts, answers in race(hall, both):
        post, answer = loser_of(posts, answers)
        assert answer.is_fine
        assert post.data["reasons"] in answer.page
        won = one if answers[0].status == 302 else other
        assert steps_taken(hall, bid_id) == [won]
        assert hall.count(Decision, Decision.bid_id == bid_id) == 1
        assert hall.count(Offer, Offer.bid_id == bid_id) == (won == "approve")


def test_the_deputy_does_not_decide_beside_a_chair_who_is_there(hall: Hall) -> None:
    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        path = steps_of(bid, "approve")
        return [
            Post(panel.chair, path, decision(bid, "By the chair.")),
            Post(panel.deputy, path, decision(bid, "By the deputy.")),
        ]

    for bid_id, _, answers in race(hall, both):
        assert [answer.status for answer in answers] == [302, 409]
        assert "Only " in answers[1].page  # a page with its reason, before anything is shown
        check_one_offer(hall, bid_id, 300_000)


def test_the_officer_takes_the_bid_back_while_the_chair_approves(hall: Hall) -> None:
    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        assert bid.officer is not None
        return [
            Post(panel.chair, steps_of(bid, "approve"), decision(bid, "Fund it.")),
            Post(
                bid.officer.get_id(),
                steps_of(bid, "take-back"),
                {"version": bid.version, "reason": "A partner left."},
            ),
        ]

    for bid_id, posts, answers in race(hall, both):
        check_told_and_kept(*loser_of(posts, answers))
        won = "approve" if answers[0].status == 302 else "take_back"
        check_where_it_went(hall, bid_id, won)


def check_where_it_went(hall: Hall, bid_id: int, won: str) -> None:
    """State, agenda, ledger and history tell the same."""
    state, outcome, reserved = {
        "approve": (S.OFFERED, ItemOutcome.APPROVED, 300_000),
        "take_back": (S.IN_REVIEW, ItemOutcome.REMOVED, 0),
        "withdraw": (S.WITHDRAWN, None, 0),
    }[won]

    def look() -> None:
        bid = db.session.get_one(Bid, bid_id)
        assert bid.state is state
        assert outcome is None or bid.items[-1].outcome is outcome
        assert ledger.bid_totals(bid_id).reserved == reserved

    hall.ask(look)
    assert steps_taken(hall, bid_id) == [won]


def test_the_school_withdraws_while_two_others_act(hall: Hall) -> None:
    def three(make: Make, bid: Bid, panel: Panel) -> list[Post]:
        assert bid.officer is not None
        head = make.member(bid.lead_school)
        return [
            Post(panel.chair, steps_of(bid, "approve"), decision(bid, "Fund it.")),
            Post(
                bid.officer.get_id(),
                steps_of(bid, "take-back"),
                {"version": bid.version, "reason": "A partner left."},
            ),
            Post(
                head.get_id(),
                steps_of(bid, "withdraw"),
                {"version": bid.version, "reason": "We found other money."},
            ),
        ]

    for bid_id, posts, answers in race(hall, three):
        assert sorted(answer.status for answer in answers) == [302, 409, 409]
        for post, answer in zip(posts, answers, strict=True):
            if answer.status == 409:
                check_told_and_kept(post, answer)
        won = ("approve", "take_back", "withdraw")[[a.status for a in answers].index(302)]
        check_where_it_went(hall, bid_id, won)


def test_a_vote_changed_while_the_chair_decides_counts_or_is_refused(hall: Hall) -> None:
    """The decision keeps the count as it stood; no vote changes after it."""

    def both(_make: Make, bid: Bid, panel: Panel) -> list[Post]:
        item = bid.items[0]
        seat = next(vote.seat for vote in item.votes if vote.seat.user.get_id() == panel.members[4])
        path = f"/meetings/{item.meeting_id}/items/{item.id}/members/{seat.id}/vote"
        return [
            Post(panel.chair, steps_of(bid, "approve"), decision(bid, "Fund it.")),
            Post(panel.members[4], path, {"choice": "do_not_fund"}),
        ]

    for bid_id, _, answers in race(hall, both):
        decided, voted = (answer.status == 302 for answer in answers)
        assert decided != voted  # the vote first: the chair's page is out of date
        rows = hall.ask(
            lambda bid_id=bid_id: db.session.execute(  # type: ignore[misc]
                select(Decision.votes_for, Decision.votes_against).where(Decision.bid_id == bid_id)
            ).all()
        )
        assert rows == ([(5, 0)] if decided else [])
