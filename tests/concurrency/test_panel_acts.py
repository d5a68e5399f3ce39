"""What meets on one item: interests, proposals, corrections, the last of the money, the meeting's end."""

import random
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AttendanceEvent, ItemOutcome, Meeting, Presence
from fundflow.models.person import User
from fundflow.panel.operations import attendance, interests, meetings, proposals
from fundflow.panel.operations.correcting import correct_offer
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.rules.panel.sittings import sitting_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests import tiers
from tests.concurrency.hall import Hall, right_now
from tests.concurrency.panel_floor import PENCE, Act, Floor, a_bid, a_floor, an_item, together
from tests.concurrency.test_panel_at_once import SEED, approving, voting

pytestmark = pytest.mark.rounds

ROUNDS = tiers.rounds(12, 3)


@pytest.fixture
def dice() -> random.Random:
    return random.Random(SEED)


def decisions_of(bid_id: int) -> list[Decision]:
    return list(db.session.scalars(select(Decision).where(Decision.bid_id == bid_id).order_by(Decision.id)))


def each(floor: Floor) -> Iterator[int]:
    yield from floor.bids


# -- an interest ---------------------------------------------------------------------------------


def test_a_member_is_declared_barred_while_they_vote_and_the_chair_decides(
    hall: Hall, dice: random.Random
) -> None:
    floor = a_floor(hall, ROUNDS, votes="++-")

    def declaring(bid: int) -> Act:
        return lambda: interests.declare(
            an_item(bid),
            floor.seats[3],
            InterestKind.BARRED,
            "My sister’s school.",
            user=floor.clerk,
            now=right_now(),
        )

    for bid in each(floor):
        done = together(
            hall,
            {"vote": voting(floor, bid, 3), "declare": declaring(bid), "approve": approving(floor, bid)},
            dice,
        )
        # Without its one LA member the panel is inquorate: a decision after the interest is refused.
        assert done["declare"]
        hall.ask(lambda bid=bid, done=done: check_barred(floor, bid, done))  # type: ignore[misc]


def check_barred(floor: Floor, bid_id: int, done: dict[str, bool]) -> None:
    item, seat = an_item(bid_id), floor.seats[3]
    given = [vote for vote in item.votes if vote.seat_id == seat]
    assert len(given) == done["vote"]
    assert not any(vote.counts for vote in given), "a barred member’s vote is void, and kept"
    sitting = sitting_of(item, right_now())
    assert (sitting.counted, tuple(sitting.tally)) == (6, (2, 1, 0))
    made = decisions_of(bid_id)
    assert len(made) == done["approve"]
    for decision in made:
        again = recomputed(decision)
        assert again is not None
        assert again.sitting.inquorate is None, "decided with somebody who was barred already"
        assert tuple(again.tally) == (decision.votes_for, decision.votes_against, decision.abstentions)
        late = select(LateInterest).where(LateInterest.decision_id == decision.id)
        assert len(db.session.scalars(late).all()) == 1, "found after the decision, and nobody was told"


# -- what is voted on ----------------------------------------------------------------------------


def test_another_amount_is_proposed_while_votes_come_in_and_the_chair_decides(
    hall: Hall, dice: random.Random
) -> None:
    floor = a_floor(hall, ROUNDS, votes="+++")

    def proposing(bid: int) -> Act:
        return lambda: proposals.propose(
            an_item(bid), PENCE // 2, "It costs less.", user=floor.clerk, now=right_now()
        )

    for bid in each(floor):
        done = together(
            hall,
            {
                "one": voting(floor, bid, 3),
                "other": voting(floor, bid, 4),
                "propose": proposing(bid),
                "approve": approving(floor, bid, pence=dice.choice([PENCE, PENCE // 2])),
            },
            dice,
        )
        hall.ask(lambda bid=bid, done=done: check_proposal(bid, done))  # type: ignore[misc]


def check_proposal(bid_id: int, done: dict[str, bool]) -> None:
    item = an_item(bid_id)
    assert len(item.votes) == 3 + done["one"] + done["other"]
    before = sorted(item.votes, key=lambda vote: vote.id)[:3]
    assert [vote.counts for vote in before] == [not done["propose"]] * 3
    for decision in decisions_of(bid_id):
        assert decision.pence is not None
        assert decision.pence <= item.voted_pence
        assert decision.votes_for == sum(vote.counts for vote in item.votes)
        assert decision.sitting is not None
        assert decision.sitting["proposed_pence"] == item.voted_pence


# -- a decision corrected ------------------------------------------------------------------------


@pytest.mark.parametrize("from_one_page", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_two_corrections_of_one_decision(hall: Hall, dice: random.Random, from_one_page: bool) -> None:
    floor = a_floor(hall, ROUNDS, votes="++++")
    for bid in each(floor):
        assert together(hall, {"approve": approving(floor, bid)}, dice)["approve"]
        version = hall.ask(lambda bid=bid: a_bid(bid).version) if from_one_page else None  # type: ignore[misc]

        def correcting(pence: int, bid: int = bid, version: int | None = version) -> Act:
            return lambda: correct_offer(
                a_bid(bid),
                pence,
                reasons="Clear.",
                reason=f"It is {pence}.",
                user=floor.user(0),
                now=right_now(),
                version=version,
            )

        done = together(hall, {"less": correcting(100_000), "more": correcting(250_000)}, dice)
        assert sum(done.values()) == (1 if from_one_page else 2)
        hall.ask(lambda bid=bid, done=done: check_chain(bid, done))  # type: ignore[misc]


def check_chain(bid_id: int, done: dict[str, bool]) -> None:
    """Each corrects the one before it; the last stands, and its offer alone is out and reserved."""
    made = decisions_of(bid_id)
    assert len(made) == 1 + sum(done.values())
    assert [decision.corrects_id for decision in made] == [None, *(d.id for d in made[:-1])]
    assert [decision.undone_at is None for decision in made] == [False] * (len(made) - 1) + [True]
    out = [offer.pence for offer in a_bid(bid_id).offers if offer.ended_at is None]
    assert out == [made[-1].pence]
    assert ledger.bid_totals(bid_id).reserved == made[-1].pence


# -- the last of the money -----------------------------------------------------------------------


def test_two_bids_are_approved_with_money_for_one(hall: Hall, dice: random.Random) -> None:
    for _ in range(6):
        floor = a_floor(hall, 2, votes="++++", allocated=PENCE + 50_000)
        done = together(hall, {str(bid): approving(floor, bid) for bid in floor.bids}, dice)
        assert sum(done.values()) == 1
        figures = hall.ask(lambda floor=floor: ledger.totals(floor.fund))  # type: ignore[misc]
        assert (figures.reserved, figures.free) == (PENCE, 50_000)
        for bid in floor.bids:
            state = hall.ask(lambda bid=bid: a_bid(bid).state)  # type: ignore[misc]
            assert state is (S.OFFERED if done[str(bid)] else S.AT_PANEL)
            assert len(hall.ask(lambda bid=bid: decisions_of(bid))) == done[str(bid)]  # type: ignore[misc]


# -- the meeting ---------------------------------------------------------------------------------


def test_the_meeting_is_closed_while_its_last_item_is_decided(hall: Hall, dice: random.Random) -> None:
    floor = a_floor(hall, ROUNDS, votes="++++")
    for bid in each(floor):
        done = together(
            hall,
            {
                "approve": approving(floor, bid),
                "close": lambda bid=bid: meetings.close_session(  # type: ignore[misc]
                    an_item(bid).meeting, user=floor.clerk, now=right_now()
                ),
            },
            dice,
        )
        assert done["approve"]
        item = hall.ask(lambda bid=bid: (an_item(bid).outcome, an_item(bid).meeting.state))  # type: ignore[misc]
        assert item == (
            ItemOutcome.APPROVED,
            MeetingState.CLOSED if done["close"] else MeetingState.IN_SESSION,
        )


def test_two_clerks_mark_who_is_there_and_every_coming_is_kept_once(hall: Hall, dice: random.Random) -> None:
    for _ in range(6):
        floor = a_floor(hall, 2, votes="", present=2, in_one_meeting=True)
        meeting = hall.ask(lambda floor=floor: an_item(floor.bids[0]).meeting_id)  # type: ignore[misc]

        def marking(clerk: int, joined: tuple[int, ...], floor: Floor = floor, meeting: int = meeting) -> Act:
            """The page was made with two there; these join, and the second of the two leaves."""
            was = [floor.seats[0], floor.seats[1]]
            present = [floor.seats[0], *(floor.seats[n] for n in joined)]
            return lambda: attendance.record_attendance(
                db.session.get_one(Meeting, meeting),
                present,
                was,
                now=right_now(),
                user=db.session.get_one(User, floor.clerks[clerk]),
            )

        done = together(hall, {"one": marking(0, (2, 3)), "other": marking(1, (3, 4))}, dice)
        assert all(done.values())
        hall.ask(lambda floor=floor, meeting=meeting: check_attendance(floor, meeting))  # type: ignore[misc]


def check_attendance(floor: Floor, meeting: int) -> None:
    there = {floor.seats[n] for n in (0, 2, 3, 4)}
    for bid in floor.bids:
        rows = db.session.scalars(select(Presence).where(Presence.item_id == an_item(bid).id)).all()
        assert {row.seat_id for row in rows if row.present} == there
        assert len(rows) == len({row.seat_id for row in rows})
    joined = db.session.scalars(
        select(AttendanceEvent.seat_id).where(
            AttendanceEvent.meeting_id == meeting, AttendanceEvent.present.is_(True)
        )
    ).all()
    assert sorted(joined) == sorted(floor.seats[n] for n in (2, 3, 4))


def test_the_chair_votes_twice_at_one_moment_and_has_one_vote(hall: Hall, dice: random.Random) -> None:
    floor = a_floor(hall, ROUNDS, votes="")
    for bid in each(floor):
        against = voting(floor, bid, 0, Choice.DO_NOT_FUND)
        done = together(hall, {"for": voting(floor, bid, 0), "against": against}, dice)
        assert all(done.values())
        votes = hall.ask(lambda bid=bid: [vote.choice for vote in an_item(bid).votes])  # type: ignore[misc]
        assert len(votes) == 1
