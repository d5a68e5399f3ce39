"""A bid before a panel in session: five seats, a clerk, one open item."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import AgendaItem, Vote
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, Seat, User
from fundflow.panel.operations import attendance
from fundflow.panel.operations.attendance import keep_event
from fundflow.panel.operations.common import mark
from fundflow.rules.panel.scores import criterion_scores
from fundflow.rules.panel.sitting import Sitting
from fundflow.rules.panel.sittings import sitting_of, why_no_majority
from fundflow.workflow.application import BidState
from fundflow.workflow.panel_rules import Choice, Rules
from tests.factories import NOW, Make
from tests.panel.held import Held, the_small_meeting
from tests.scenes import Scenes

CHOICES = {"+": Choice.FUND, "-": Choice.DO_NOT_FUND, "0": Choice.ABSTAIN}


@dataclass
class Panel:
    """The case most tests start from; seats: chair, deputy, primary, LA, governor."""

    make: Make
    fund: Fund
    seats: list[Seat]
    clerk: User
    bid: Bid
    leader: User
    now: datetime = field(default=NOW)
    written: int = 0  # letters written before the case begins

    @property
    def item(self) -> AgendaItem:
        item = self.bid.latest_item
        assert item is not None
        return item

    @property
    def sitting(self) -> Sitting:
        return sitting_of(self.item, self.now)

    @property
    def url(self) -> str:
        return f"/meetings/{self.item.meeting_id}/items/{self.item.id}"

    def step_url(self, step: str) -> str:
        return f"/bids/{self.bid.reference}/steps/{step}"

    @property
    def chair(self) -> User:
        return self.seats[0].user

    @property
    def deputy(self) -> User:
        return self.seats[1].user

    def here(self, *numbers: int) -> None:
        """These seats are present and have no interest: the rows that the clerk's acts leave behind."""
        self._recorded(dict.fromkeys(numbers))

    def votes(self, signs: str) -> None:
        """`"++-0"`: the first seats are present and vote for, for, against, abstain; ` ` is away."""
        self._recorded({n: CHOICES[sign] for n, sign in enumerate(signs) if sign != " "})

    def comes(self, n: int) -> None:
        """The clerk records that somebody is there for the item."""
        attendance.record_presence(self.item, self.seats[n].id, present=True, user=self.clerk, now=self.now)

    def no_interest(self, *numbers: int) -> None:
        """These seats have said that they have no interest; the caller commits."""
        said = {declaration.user_id: declaration.kind for declaration in self.bid.declarations}
        for person in (self.seats[n].user_id for n in numbers):
            assert said.get(person) in (None, InterestKind.NONE)
            if person not in said:
                self.bid.declarations.append(
                    Declaration(
                        user_id=person,
                        kind=InterestKind.NONE,
                        declared_at=self.now,
                        recorded_by_id=self.clerk.id,
                    )
                )

    def _recorded(self, choices: dict[int, Choice | None]) -> None:
        item, by = self.item, self.clerk.id
        self.no_interest(*choices)
        voted = {vote.seat_id for vote in item.votes}
        for n, choice in choices.items():
            seat = self.seats[n]
            assert seat.id not in voted
            if mark(item, seat.id, True, self.now):
                keep_event(item.meeting, seat.id, present=True, item=item, user=self.clerk, now=self.now)
            if choice is not None:
                item.votes.append(Vote(seat=seat, choice=choice, at=self.now, recorded_by_id=by))
        self.bid.touch()
        self.make.session.commit()

    def why_no_majority(self, wanted: str, now: datetime | None = None) -> str | None:
        at = now or self.now
        return why_no_majority(self.item, Choice(wanted), sitting_of(self.item, at), at)

    def without_a_score(self) -> dict[str, str]:
        """Why the panel decides without a score, where a case gives none."""
        item = self.bid.latest_item
        scored = item is None or criterion_scores(item, self.now)
        return {} if scored else {"departure": "The need is plain."}

    def decided(self, **changes: Any) -> dict[str, Any]:
        """The answers of a decision."""
        return {
            "reasons": "A clear need.",
            "equality_note": "Disadvantaged pupils gain.",
            **self.without_a_score(),
            "user": self.chair,
            "now": self.now,
            **changes,
        }

    def form(self, **changes: Any) -> dict[str, Any]:
        """The form of an approval, as the chair's page sends it."""
        return {
            "version": self.bid.version,
            "amount": "3000",
            "reasons": "A clear need.",
            "equality_note": "Disadvantaged pupils gain.",
            **self.without_a_score(),
            **changes,
        }


def a_panel(make: Make, *, allocated: int = 19_950_000, **fund_values: Any) -> Panel:
    now = NOW
    fund = make.fund(allocated=0, **fund_values)
    year = now.year if (now.month, now.day) >= (4, 1) else now.year - 1
    make.allocation(fund, allocated, year=year)
    lead = make.school("Lead Primary School")
    leader = make.member(lead, name="Head of Lead")
    provider = make.school("Provider School")
    make.member(provider, name="Head of Provider")
    seats = make.panel(fund)
    clerk = make.staff(RoleName.CLERK, "Cleo Clerk")
    make.staff(RoleName.FINANCE, "Fin Officer")
    bid = make.bid(
        state=BidState.AT_PANEL,
        fund=fund,
        lead=lead,
        provider=provider,
        leader=leader,
        now=now - timedelta(hours=1),
    )
    make.session.commit()
    return Panel(make, fund, seats, clerk, bid, leader, now)


def a_scoring_panel(make: Make) -> Panel:
    """A panel whose members each score the bid; all have said that they have no interest."""
    panel = a_panel(make, panel_rules=[PanelRules.holding(Rules(individual_from_pence=0), number=1)])
    panel.no_interest(*range(5))
    return panel


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Pages, too, are asked at the moment of the tests; a test may go on from there."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def panel_of(make: Make) -> Callable[..., Panel]:
    return partial(a_panel, make)


@pytest.fixture
def panel(scenes: Scenes, make: Make) -> Iterator[Panel]:
    yield from ready(scenes, a_panel)


def ready(scenes: Scenes, build: Callable[[Make], Panel]) -> Iterator[Panel]:
    """A panel's scene, on the clock of today's test."""
    with scenes.on(build) as found:
        found.now = NOW
        yield found


@pytest.fixture
def scoring(scenes: Scenes, make: Make) -> Iterator[Panel]:
    yield from ready(scenes, a_scoring_panel)


@pytest.fixture
def held(scenes: Scenes, make: Make) -> Iterator[Held]:
    with scenes.on(the_small_meeting) as found:
        yield found


@pytest.fixture
def as_clerk(panel: Panel, sign_in: Callable[[User | None], FlaskClient]) -> FlaskClient:
    return sign_in(panel.clerk)
