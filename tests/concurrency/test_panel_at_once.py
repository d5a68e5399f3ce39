"""Two members vote, the chair decides and the officer takes the bid back: all at one moment.

One of the two steps wins, with the votes that were in; what comes after it is refused, and the
history, the ledger and the letters tell the same.
"""

import os
import random
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.decision import Decision, Offer
from fundflow.models.history import HistoryEntry
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import User
from fundflow.panel.operations import decisions, items
from fundflow.review.operations.reviewing import take_back
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.workflow.application import BidState as S
from fundflow.workflow.panel_rules import Choice
from tests.concurrency.hall import Hall, right_now
from tests.concurrency.panel_floor import PENCE, Floor, a_bid, a_floor, an_item, letters_of, together

FEW, ROUNDS = 8, int(os.environ.get("ROUNDS", "200"))
SEED = int(os.environ.get("SEED", "2026"))
Act = Callable[[], object]

# Each is an act of one person on one bid, as its page calls the operation.


def voting(floor: Floor, bid: int, seat: int, choice: Choice = Choice.FUND) -> Act:
    return lambda: items.vote(an_item(bid), floor.seats[seat], choice, user=floor.user(seat), now=right_now())


def approving(floor: Floor, bid: int, version: int | None = None, pence: int = PENCE) -> Act:
    return lambda: decisions.approve(
        a_bid(bid),
        pence,
        reasons="Clear.",
        equality_note="None.",
        departure="The need is plain.",
        user=floor.user(0),
        now=right_now(),
        version=version,
    )


def taking_back(floor: Floor, bid: int, version: int | None = None) -> Act:
    return lambda: take_back(
        a_bid(bid),
        "A partner left.",
        user=db.session.get_one(User, floor.officer),
        now=right_now(),
        version=version,
    )


@pytest.mark.parametrize("rounds", [FEW, pytest.param(ROUNDS, marks=pytest.mark.thorough)])
def test_two_vote_the_chair_decides_and_the_officer_takes_the_bid_back(hall: Hall, rounds: int) -> None:
    floor = a_floor(hall, rounds + 2, votes="++-")
    alone = told_alone(hall, floor)
    dice, ends = random.Random(SEED), Counter[str]()
    firsts = dict(
        enumerate(("approve", "take_back", "one"))
    )  # each is seen to win once, whatever the machine
    for number, bid in enumerate(floor.bids[2:]):
        # Every third time with the pages' versions, so that a page made before a vote is out of date.
        version = hall.ask(lambda bid=bid: a_bid(bid).version) if number % 3 == 0 else None  # type: ignore[misc]
        done = together(
            hall,
            {
                "one": voting(floor, bid, 3),
                "other": voting(floor, bid, 4, dice.choice(list(Choice))),
                "approve": approving(floor, bid, version),
                "take_back": taking_back(floor, bid, version),
            },
            dice,
            first=firsts.get(number),
        )
        hall.ask(lambda bid=bid, done=done: check_one_outcome(bid, done, alone))  # type: ignore[misc]
        ends["approve" if done["approve"] else "take_back" if done["take_back"] else "neither"] += 1
        ends["votes"] += done["one"] + done["other"]
    assert ends["approve"] + ends["take_back"] + ends["neither"] == rounds
    assert ends["approve"], ends
    assert ends["take_back"], ends
    assert 0 < ends["votes"] < 2 * rounds  # some were too late


def told_alone(hall: Hall, floor: Floor) -> dict[str, list[str]]:
    """To whom each step writes where nothing else happens."""
    told = {}
    for step, act, bid in (
        ("approve", approving(floor, floor.bids[0]), floor.bids[0]),
        ("take_back", taking_back(floor, floor.bids[1]), floor.bids[1]),
    ):
        assert together(hall, {step: act}, random.Random(0))[step]
        told[step] = hall.ask(lambda bid=bid: [who for _, who in letters_of(bid)])  # type: ignore[misc]
        assert told[step]
    return told


def check_one_outcome(bid_id: int, done: dict[str, bool], alone: dict[str, list[str]]) -> None:
    bid, item = a_bid(bid_id), an_item(bid_id)
    assert not (done["approve"] and done["take_back"]), "both were told that it is done"
    won = next((step for step in ("approve", "take_back") if done[step]), None)
    steps = db.session.scalars(
        select(HistoryEntry).where(
            HistoryEntry.bid_id == bid_id, HistoryEntry.from_state != HistoryEntry.to_state
        )
    ).all()
    assert [entry.step for entry in steps] == ([won] if won else [])
    state, outcome = {
        "approve": (S.OFFERED, ItemOutcome.APPROVED),
        "take_back": (S.IN_REVIEW, ItemOutcome.REMOVED),
        None: (S.AT_PANEL, None),
    }[won]
    assert (bid.state, item.outcome) == (state, outcome)
    votes = Counter(vote.choice for vote in item.votes if vote.counts)
    assert len(item.votes) == 3 + done["one"] + done["other"]
    check_decision(bid_id, won, votes)
    assert ledger.bid_totals(bid_id).reserved == (PENCE if won == "approve" else 0)
    letters = letters_of(bid_id)
    assert {entry for entry, _ in letters} == ({steps[0].id} if won else set())
    assert [who for _, who in letters] == (alone[won] if won else [])


def check_decision(bid_id: int, won: str | None, votes: Counter[Choice]) -> None:
    """A decision has every vote there is: none was recorded after it; without one there is no offer."""
    made = db.session.scalars(select(Decision).where(Decision.bid_id == bid_id)).all()
    offers = db.session.scalar(select(func.count()).select_from(Offer).where(Offer.bid_id == bid_id))
    assert len(made) == offers == (won == "approve")
    for decision in made:
        in_then = (votes[Choice.FUND], votes[Choice.DO_NOT_FUND], votes[Choice.ABSTAIN])
        assert (decision.votes_for, decision.votes_against, decision.abstentions) == in_then
        again = recomputed(decision)
        assert again is not None
        assert tuple(again.tally) == in_then
