"""Claims, offers and the clock: of two who act on the same money at once, one does."""

from collections.abc import Callable
from typing import Any

import pytest

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import LIVE_CLAIMS, Claim
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState as C
from tests import tiers
from tests.concurrency.books import entries_of
from tests.concurrency.hall import (
    Answer,
    Hall,
    Post,
    a_claim,
    a_fund,
    claim_steps,
    right_now,
    steps_of,
    tomorrow,
)
from tests.factories import Make

pytestmark = pytest.mark.rounds

ROUNDS = tiers.rounds(5)


def an_award(make: Make, state: S = S.IN_DELIVERY) -> Bid:
    bid = make.bid(state=state, fund=a_fund(make), now=right_now())
    make.member(bid.lead_school, name=f"Head of {bid.reference}")
    return bid


def head_of(make: Make, bid: Bid) -> str:
    return make.member(bid.lead_school).get_id()


def rounds(hall: Hall, set_up: Callable[[Make], Any]) -> list[Any]:
    return [hall.set_up(set_up) for _ in range(ROUNDS)]


def one_won(answers: list[Answer]) -> int:
    """Whose form was taken; the other's page says why not."""
    assert sorted(answer.status for answer in answers) == [302, 409]
    assert all(answer.is_fine for answer in answers)
    return [answer.status for answer in answers].index(302)


def test_what_is_due_is_not_asked_for_twice(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        bid = an_award(make)
        make.worked_day(bid, confirmed_at=right_now())
        asked = {"version": bid.version, "agreement": "y"}
        page = f"/bids/{bid.reference}/claims/new"
        return bid.id, [Post(head_of(make, bid), page, asked) for _ in range(2)]

    for bid_id, posts in rounds(hall, set_up):
        one_won(hall.at_once(*posts))
        assert hall.count(Claim, Claim.bid_id == bid_id, Claim.state.in_(LIVE_CLAIMS)) == 1


PAIRS: tuple[tuple[str, dict[str, str], str, dict[str, str]], ...] = (
    ("certify", {}, "refuse", {"reason": "Not theirs."}),
    ("certify", {}, "query", {"reason": "Which class?"}),
    ("refuse", {"reason": "Not theirs."}, "query", {"reason": "Which class?"}),
)


@pytest.mark.parametrize(("one", "with_one", "other", "with_other"), PAIRS)
def test_two_staff_settle_a_claim_differently_at_once(
    hall: Hall, one: str, with_one: dict[str, str], other: str, with_other: dict[str, str]
) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        claim = a_claim(an_award(make), 35_000)
        people = make.staff(RoleName.OFFICER), make.staff(RoleName.FINANCE)
        return claim.id, [
            Post(people[0].get_id(), claim_steps(claim, one), {"version": 1, **with_one}),
            Post(people[1].get_id(), claim_steps(claim, other), {"version": 1, **with_other}),
        ]

    for claim_id, posts in rounds(hall, set_up):
        answers = hall.at_once(*posts)
        won = one_won(answers)
        lost, sent = answers[1 - won], posts[1 - won]
        assert "What happened: " in lost.page
        assert str(sent.data.get("reason", "")) in lost.page
        state = hall.ask(lambda claim_id=claim_id: db.session.get_one(Claim, claim_id).state)  # type: ignore[misc]
        assert state is {"certify": C.CERTIFIED, "refuse": C.REFUSED, "query": C.QUERIED}[(one, other)[won]]


def check_paid_once(hall: Hall, claim_id: int) -> None:
    paid = LedgerEntry.claim_id == claim_id, LedgerEntry.kind == EntryKind.PAID
    assert hall.count(LedgerEntry, *paid) == 1


def payments(make: Make) -> tuple[Claim, list[str]]:
    """A checked claim, and three who may pay it."""
    checker = make.staff(RoleName.FINANCE)
    claim = a_claim(an_award(make), 35_000, state=C.CERTIFIED, checked_by=checker)
    return claim, [make.staff(RoleName.FINANCE).get_id() for _ in range(3)]


def test_a_claim_that_three_pay_at_once_is_paid_once(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        claim, people = payments(make)
        return claim.id, [
            Post(who, claim_steps(claim, "pay"), {"version": 1, "payment_reference": f"BACS {n}"})
            for n, who in enumerate(people)
        ]

    for claim_id, posts in rounds(hall, set_up):
        answers = hall.at_once(*posts)
        assert sorted(answer.status for answer in answers) == [302, 409, 409]
        for post, answer in zip(posts, answers, strict=True):
            assert answer.status == 302 or post.data["payment_reference"] in answer.page
        check_paid_once(hall, claim_id)


def test_one_pays_in_two_windows_with_two_references(hall: Hall) -> None:
    """The second reference is not swallowed: its page says that another was recorded."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        claim, people = payments(make)
        return claim.id, [
            Post(people[0], claim_steps(claim, "pay"), {"version": 1, "payment_reference": f"BACS {n}"})
            for n in (1, 2)
        ]

    for claim_id, posts in rounds(hall, set_up):
        answers = hall.at_once(*posts)
        lost = 1 - one_won(answers)
        assert "in another window, with different answers" in answers[lost].page
        assert posts[lost].data["payment_reference"] in answers[lost].page
        check_paid_once(hall, claim_id)


@pytest.mark.parametrize(
    ("act", "words"), [("suspend", "The award is paused"), ("block", "A report is overdue")]
)
def test_payments_are_held_while_a_claim_is_paid(hall: Hall, act: str, words: str) -> None:
    """Paused as a whole, or blocked: the payment came first, or it waits."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        claim, people = payments(make)
        bid, officer = claim.bid, make.staff(RoleName.OFFICER)
        page = steps_of(bid, "suspend") if act == "suspend" else f"/bids/{bid.reference}/blocks/new"
        why = {"version": bid.version, "kind": "report", "reason": "A doubt."}
        return bid.id, [
            Post(people[0], claim_steps(claim, "pay"), {"version": 1, "payment_reference": "BACS 1"}),
            Post(officer.get_id(), page, why),
        ]

    for bid_id, posts in rounds(hall, set_up):
        answers = hall.at_once(*posts)
        won = one_won(answers)
        assert won == 0 or words in answers[0].page
        assert won == 1 or "A doubt." in answers[1].page
        paid = hall.ask(lambda bid_id=bid_id: ledger.bid_totals(bid_id).paid)  # type: ignore[misc]
        assert paid == (35_000 if won == 0 else 0)


def test_the_funding_is_stopped_while_a_claim_is_sent(hall: Hall) -> None:
    """Either the claim stands and the funding goes on, or it is stopped and the day worked is still owed."""

    def set_up(make: Make) -> tuple[int, list[Post]]:
        bid = an_award(make)
        chair = make.panel(bid.fund)[0].user
        bid.termination_asked_at = right_now()
        make.worked_day(bid, confirmed_at=right_now())
        page, asked = f"/bids/{bid.reference}/claims/new", {"version": bid.version, "agreement": "y"}
        return bid.id, [
            Post(head_of(make, bid), page, asked),
            Post(chair.get_id(), steps_of(bid, "terminate"), {"version": bid.version, "reason": "Closing."}),
        ]

    for bid_id, posts in rounds(hall, set_up):
        won = one_won(hall.at_once(*posts))
        bid_state, left = hall.ask(
            lambda bid_id=bid_id: (  # type: ignore[misc]
                db.session.get_one(Bid, bid_id).state,
                ledger.bid_totals(bid_id).outstanding,
            )
        )
        assert (bid_state, left) == ((S.IN_DELIVERY, 300_000) if won == 0 else (S.TERMINATED, 35_000))


def test_the_clock_lapses_an_offer_while_the_school_accepts_it(hall: Hall) -> None:
    """At midnight after the last day to reply: the worker's clock is past it, the page's is not."""

    def set_up(make: Make) -> tuple[int, Post]:
        bid = an_award(make, S.OFFERED)
        bid.offer.reply_by = bid.due_on = right_now().date()
        return bid.id, Post(
            head_of(make, bid), steps_of(bid, "accept-offer"), {"version": bid.version, "agreement": "y"}
        )

    for bid_id, post in rounds(hall, set_up):
        answer, _ = hall.at_once(post, lambda: hall.tick(tomorrow()))
        assert answer.is_fine

        def look(bid_id: int = bid_id) -> tuple[S, int, int]:
            bid = db.session.get_one(Bid, bid_id)
            figures = ledger.bid_totals(bid_id)
            assert len(entries_of("accept_offer", bid)) + len(entries_of("lapse_offer", bid)) == 1
            return bid.state, figures.reserved, figures.awarded

        won = (S.IN_DELIVERY, 0, 300_000) if answer.status == 302 else (S.NOT_TAKEN_UP, 0, 0)
        assert hall.ask(look) == won


def test_three_clocks_and_a_school_that_turns_its_offer_down(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, Post]:
        bid = an_award(make, S.OFFERED)
        bid.offer.reply_by = bid.due_on = right_now().date()
        return bid.id, Post(
            head_of(make, bid),
            steps_of(bid, "turn-down-offer"),
            {"version": bid.version, "reason": "Other plans."},
        )

    for bid_id, post in rounds(hall, set_up):
        answer, *_ = hall.at_once(post, *[lambda: hall.tick(tomorrow())] * 3)
        assert answer.status == 302 or "Other plans." in answer.page
        freed = LedgerEntry.bid_id == bid_id, LedgerEntry.kind == EntryKind.UNRESERVED
        assert hall.count(LedgerEntry, *freed) == 1


def test_the_clock_and_the_officer_end_the_support_at_once(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, Post]:
        bid = an_award(make)
        bid.start_on = bid.end_on = right_now().date()
        officer = make.staff(RoleName.OFFICER)
        return bid.id, Post(officer.get_id(), steps_of(bid, "finish-delivery"), {"version": bid.version})

    for bid_id, post in rounds(hall, set_up):
        answer, *_ = hall.at_once(post, *[lambda: hall.tick(tomorrow())] * 2)
        assert answer.is_fine

        def look(bid_id: int = bid_id) -> tuple[int, int]:
            bid = db.session.get_one(Bid, bid_id)
            assert bid.state is S.IN_MONITORING
            ended = entries_of("finish_delivery", bid) + entries_of("reach_end_date", bid)
            return len(ended), len(bid.feedback)

        assert hall.ask(look) == (1, 1)


def test_an_accepted_offer_and_a_corrected_decision_at_once(hall: Hall) -> None:
    def set_up(make: Make) -> tuple[int, list[Post]]:
        bid = an_award(make, S.OFFERED)
        chair = make.panel(bid.fund)[0].user
        return bid.id, [
            Post(head_of(make, bid), steps_of(bid, "accept-offer"), {"version": 1, "agreement": "y"}),
            Post(chair.get_id(), steps_of(bid, "undo-decision"), {"version": 1, "reason": "A slip."}),
        ]

    for bid_id, posts in rounds(hall, set_up):
        answers = hall.at_once(*posts)
        won = one_won(answers)
        assert won == 1 or "A slip." in answers[1].page
        figures = hall.ask(lambda bid_id=bid_id: ledger.bid_totals(bid_id))  # type: ignore[misc]
        assert (figures.reserved, figures.awarded) == ((0, 300_000) if won == 0 else (0, 0))
