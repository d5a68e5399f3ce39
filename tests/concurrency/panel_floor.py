"""Panels at work for the tests of parallel acts: a fund with seven seats, and bids to be voted on."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.panel import AgendaItem, Presence, Vote
from fundflow.models.person import RoleName, Seat, SeatPosition, Sector, User
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.concurrency.hall import Hall, a_fund, right_now
from tests.factories import Make

P, T = SeatPosition, Sector
SEATS = (
    (P.CHAIR, T.SECONDARY),
    (P.DEPUTY, T.SPECIAL),
    (P.MEMBER, T.PRIMARY),
    (P.MEMBER, T.LA),
    (P.MEMBER, T.GOVERNOR),
    (P.MEMBER, T.PRIMARY),
    (P.MEMBER, T.ALLIANCE),
)
PENCE = 300_000


@dataclass(frozen=True)
class Floor:
    """Ids: of the fund, its seats in the order above, its clerks and officer, and its bids."""

    fund: int
    seats: tuple[int, ...]
    clerks: tuple[int, int]
    officer: int
    bids: tuple[int, ...]

    def user(self, seat: int) -> User:
        return db.session.get_one(Seat, self.seats[seat]).user

    @property
    def clerk(self) -> User:
        return db.session.get_one(User, self.clerks[0])


def a_floor(
    hall: Hall,
    bids: int,
    *,
    votes: str = "++-",
    present: int = 7,
    allocated: int = 1_000_000_000,
    in_one_meeting: bool = False,
) -> Floor:
    """`votes` of the first seats, in order, are in; so many are present, with nothing to declare."""

    def set_up(make: Make) -> Floor:
        fund = a_fund(make, allocated)
        seats = [make.seat(fund, position=position, sector=sector) for position, sector in SEATS]
        clerks = [make.staff(RoleName.CLERK) for _ in range(2)]
        officer = make.staff(RoleName.OFFICER)
        lead, provider = make.school(), make.school()
        leader = make.member(lead)
        made = []
        meeting = None
        for _ in range(bids):
            bid = make.bid(
                state=BidState.AT_PANEL,
                fund=fund,
                lead=lead,
                provider=provider,
                leader=leader,
                officer=officer,
                now=right_now(),
            )
            if in_one_meeting and meeting is not None:
                item = bid.items[0]
                item.position, item.meeting = len(made) + 1, meeting
            meeting = bid.items[0].meeting
            _sit(bid.items[0], seats[:present], votes)
            made.append(bid)
        db.session.flush()
        return Floor(
            fund.id,
            tuple(s.id for s in seats),
            (clerks[0].id, clerks[1].id),
            officer.id,
            tuple(bid.id for bid in made),
        )

    return hall.set_up(set_up)


def _sit(item: AgendaItem, seats: Sequence[Seat], votes: str) -> None:
    now, signs = right_now(), {"+": Choice.FUND, "-": Choice.DO_NOT_FUND, "0": Choice.ABSTAIN}
    for n, seat in enumerate(seats):
        db.session.add(Presence(item=item, seat_id=seat.id, present=True, changed_at=now))
        db.session.add(
            Declaration(
                bid=item.bid,
                user_id=seat.user_id,
                kind=InterestKind.NONE,
                declared_at=now,
                recorded_by_id=seat.user_id,
            )
        )
        if n < len(votes):
            db.session.add(
                Vote(item=item, seat=seat, choice=signs[votes[n]], at=now, recorded_by_id=seat.user_id)
            )


Act = Callable[[], Any]


def together(
    hall: Hall, acts: dict[str, Act], dice: random.Random, *, first: str | None = None
) -> dict[str, bool]:
    """Do all of this at one moment, give or take a few thousandths of a second; what was done, by name.

    Whatever is neither done nor refused with a sentence is raised here. `first` starts a second before the
    others, for a test that wants to see it win at least once on any machine.
    """
    waits = {name: dice.choice([0, 0, 0.005, 0.02, 0.06]) for name in acts}
    if first is not None:
        waits = {name: 0 if name == first else 1 + wait for name, wait in waits.items()}

    def go(name: str) -> bool:
        time.sleep(waits[name])
        with hall.app.app_context():
            try:
                acts[name]()
            except (Refused, Stale, AlreadyTaken):
                db.session.rollback()
                return False
            return True

    answers = hall.at_once(*[lambda name=name: go(name) for name in acts])
    return dict(zip(acts, answers, strict=True))


def a_bid(number: int) -> Bid:
    return db.session.get_one(Bid, number)


def an_item(number: int) -> AgendaItem:
    item = a_bid(number).latest_item
    assert item is not None
    return item


def letters_of(bid_id: int) -> list[tuple[int | None, str]]:
    """(history entry, whom it is for) of every letter about a bid, sorted."""
    rows = db.session.execute(select(Letter.history_entry_id, Letter.key).where(Letter.bid_id == bid_id))
    return sorted((entry, key.split(":")[2]) for entry, key in rows)
