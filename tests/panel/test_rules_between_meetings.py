"""The rules change between two meetings: what was decided, or sent out, keeps those it was made under."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from fundflow.extensions import db
from fundflow.funds.operations.rules import change_rules
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.fund import Fund
from fundflow.models.interest import InterestKind
from fundflow.models.money import financial_year
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.person import RoleName, Seat, User
from fundflow.panel.operations import attendance, correcting, decisions, interests, items, meetings
from fundflow.panel.operations.scores import save_scores
from fundflow.panel.queries import standing_decision
from fundflow.rules.panel.recomputed_sitting import effect_without, recomputed
from fundflow.rules.panel.scores import total_score
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Band, Choice, Criterion, points
from fundflow.workflow.working_days import london_date
from tests.factories import NOW, Make
from tests.scenes import Scenes

# 4/4×20 + 3/4×20 + 2/4×15 + 3/4×15 + 3/4×15 + 2/4×10 + 4/4×5 = 75
FIRST = {"need": 4, "outcomes": 3, "priority": 2, "delivery": 3, "value": 3, "sustainability": 2, "gaps": 4}
# 4/4×40 + 3/4×30 + 3/4×20 + 1/4×10 = 80
SECOND = {"need": 4, "outcomes": 3, "value": 3, "reach": 1}
NEW = replace(
    STANDARD,
    quorum_least=5,
    fundable_from=85,
    reduce_from=70,
    criteria=(
        Criterion("need", "Need", 40, "", True),
        Criterion("outcomes", "Outcomes", 30, "", True),
        Criterion("value", "Value", 20),
        Criterion("reach", "How many schools gain", 10),
    ),
)


class Town:
    """A panel of five and a bid at each of three meetings."""

    def __init__(self, make: Make) -> None:
        self.make, self.now = make, NOW
        self.fund: Fund = make.fund(allocated=0)
        make.allocation(self.fund, 10_000_000, year=financial_year(london_date(self.now)))
        self.seats: list[Seat] = make.panel(self.fund)
        self.clerk: User = make.staff(RoleName.CLERK)
        self.admin: User = make.staff(RoleName.ADMINISTRATOR)
        self.bids = [self._bid(day) for day in range(3)]
        make.session.commit()

    def _bid(self, day: int) -> Bid:
        bid = self.make.bid(state=BidState.IN_REVIEW, fund=self.fund, now=self.now)
        self.make.confirmed(bid)
        meeting = self.make.meeting(self.fund, MeetingState.PLANNED, self.now + timedelta(days=day))
        self.make.item(bid, meeting).rules_id = None  # kept from when its papers go out
        bid.state = BidState.AT_PANEL
        return bid

    @property
    def chair(self) -> User:
        return self.seats[0].user

    def item(self, n: int) -> AgendaItem:
        item = self.bids[n].latest_item
        assert item is not None
        return item

    def meeting(self, n: int) -> Meeting:
        return self.item(n).meeting

    def papers(self, n: int) -> None:
        meetings.issue_papers(self.meeting(n), user=self.clerk, now=self.now)

    def meets(self, n: int, scores: dict[str, int], *, present: int) -> None:
        """So many are there; all but the last vote for it."""
        meetings.open_session(self.meeting(n), user=self.clerk, now=self.now)
        item, by = self.item(n), {"user": self.clerk, "now": self.now}
        for seat in self.seats[:present]:
            attendance.record_presence(item, seat.id, present=True, **by)  # type: ignore[arg-type]
            interests.declare(item, seat.id, InterestKind.NONE, **by)  # type: ignore[arg-type]
        save_scores(item, scores, stamp=None, **by)  # type: ignore[arg-type]
        for place, seat in enumerate(self.seats[:present], 1):
            choice = Choice.FUND if place < present else Choice.DO_NOT_FUND
            items.vote(item, seat.id, choice, **by)  # type: ignore[arg-type]

    def decide(self, n: int, **values: str) -> Decision:
        decisions.approve(
            self.bids[n],
            300_000,
            reasons="Clear.",
            equality_note="None.",
            user=self.chair,
            now=self.now,
            **values,
        )  # type: ignore[arg-type]
        return self.decision(n)

    def decision(self, n: int) -> Decision:
        found = standing_decision(self.bids[n])
        assert found is not None
        return found

    def change_rules(self) -> None:
        change_rules(self.fund, NEW, "Minute 14", version=self.fund.version, user=self.admin, now=self.now)


@pytest.fixture
def town(scenes: Scenes, make: Make) -> Iterator[Town]:
    with scenes.on(a_town) as found:
        yield found


def a_town(make: Make) -> Town:
    """The first bid is decided and the second’s papers are out as the rules change."""
    town = Town(make)
    town.papers(0)
    town.meets(0, FIRST, present=4)
    town.decide(0)
    town.papers(1)
    town.change_rules()
    return town


def test_an_earlier_decision_recomputes_under_its_own_rules(town: Town) -> None:
    again = recomputed(town.decision(0))
    assert again is not None
    assert (again.sitting.counted, again.sitting.needed, again.sitting.inquorate) == (4, 3, None)
    assert (tuple(again.tally), again.total, again.band) == ((3, 1, 0), Fraction(75), Band.FUND)
    assert again.why_not(Choice.FUND) is None
    assert town.fund.rules.total(FIRST) is None  # today’s rules could not even add it up
    assert total_score(town.item(0), town.now) == 75


def test_a_new_item_follows_the_new_rules(town: Town) -> None:
    town.papers(2)
    town.meets(2, SECOND, present=4)
    with pytest.raises(Refused, match=r"^4 present, 5 needed\.$"):
        town.decide(2)
    db.session.rollback()
    with pytest.raises(Refused, match="whole number"):  # a criterion the new rules no longer have
        save_scores(town.item(2), {"gaps": 4}, stamp=None, user=town.clerk, now=town.now)
    db.session.rollback()
    last = town.seats[4].id
    attendance.record_presence(town.item(2), last, present=True, user=town.clerk, now=town.now)
    interests.declare(town.item(2), last, InterestKind.NONE, user=town.clerk, now=town.now)
    with pytest.raises(Refused, match=r"^The score is 80, below 85\. Say why"):
        town.decide(2)
    db.session.rollback()
    again = recomputed(town.decide(2, departure="The need is urgent."))
    assert again is not None
    assert (again.sitting.needed, again.total, again.band) == (5, Fraction(80), Band.REDUCE_OR_DEFER)


def test_an_item_whose_papers_were_out_keeps_the_rules_of_its_papers(town: Town) -> None:
    town.meets(1, FIRST, present=4)
    decision = town.decide(1)  # four are enough, and 75 is
    assert decision.rules is not None
    assert decision.rules.number == 1
    assert decision.score_hundredths == 7_500


def test_a_correction_and_a_late_interest_are_judged_by_the_rules_of_the_decision(town: Town) -> None:
    right = correcting.correct_offer(
        town.bids[0], 250_000, reasons="Clear.", reason="A slip.", user=town.chair, now=town.now
    )
    assert right.rules is not None  # no reason for departing from the score was asked for
    assert (right.rules.number, right.score_hundredths) == (1, 7_500)
    left_out = effect_without(right, town.seats[1].user)
    assert "3 present, 3 needed" in left_out
    assert "2 for, 1 against: it would still carry" in left_out


def test_a_decision_taken_back_is_made_again_under_the_rules_of_its_papers(town: Town) -> None:
    decisions.undo_decision(town.bids[0], "A slip.", user=town.chair, now=town.now)
    decision = town.decide(0)
    assert decision.rules is not None
    assert (decision.rules.number, decision.votes_for, decision.score_hundredths) == (1, 3, 7_500)


def test_pages_say_which_rules_a_decision_was_made_under(town: Town, client, sign_in) -> None:  # type: ignore[no-untyped-def]
    town.papers(2)
    town.meets(2, SECOND, present=5)
    town.decide(2, departure="The need is urgent.")
    pages = [sign_in(town.clerk).get(f"/bids/{town.bids[n].reference}/panel").text for n in (0, 2)]
    for page, version, needed, total in ((pages[0], 1, 3, 75), (pages[1], 2, 5, 80)):
        assert f"Under the rules of version {version}" in page
        assert f"{needed} needed" in page
        assert f"{points(total)} of 100" in page
    assert "can be funded" in pages[0]
    assert "fund less, or defer" in pages[1]
