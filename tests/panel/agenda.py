"""A meeting's agenda of bids with scores, and the money of its fund."""

from datetime import timedelta
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import AgreedScore, ItemOutcome, Meeting
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import RoleName, Seat, User
from fundflow.models.scores import MemberScore, ScoreSheet
from fundflow.panel.scores import ranking
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Rules
from tests.factories import NOW, Make


class Agenda:
    """A meeting in session of a fund with this much money, and its five seats."""

    def __init__(self, make: Make, pounds: int = 10_000, individually: bool = False) -> None:
        rules = Rules(individual_from_pence=0) if individually else STANDARD
        self.make, self.now = make, NOW
        self.fund: Fund = make.fund(allocated=0, panel_rules=[PanelRules.holding(rules, number=1)])
        if pounds:
            self.line(pounds)
        self.seats: list[Seat] = make.panel(self.fund)
        self.clerk: User = make.staff(RoleName.CLERK)
        self.meeting: Meeting = make.meeting(self.fund, MeetingState.IN_SESSION, self.now)

    def line(self, pounds: int, **values: Any) -> Allocation:
        year = self.now.year if (self.now.month, self.now.day) >= (4, 1) else self.now.year - 1
        return self.make.allocation(self.fund, pounds * 100, year=year, **values)

    def bid(self, pounds: int, score: int = 3, *, pupils: int = 30, kind: int = 1, **scores: int) -> Bid:
        """A bid on the agenda with this agreed score on every criterion but those named."""
        bid = self.make.bid(
            state=S.SUBMITTED,
            fund=self.fund,
            now=self.now - timedelta(hours=1),
            lead=self.make.school(type_code=kind),
        )
        bid.state, bid.requested_pence, bid.pupils_benefiting = S.AT_PANEL, pounds * 100, pupils
        item = self.make.item(bid, self.meeting)
        for slug in STANDARD.slugs:
            item.scores.append(AgreedScore(criterion=slug, score=scores.get(slug, score)))
        self.make.session.commit()
        return bid

    def sheet(self, bid: Bid, seat: Seat, score: int) -> None:
        self.sheets(bid, [seat], score)

    def sheets(self, bid: Bid, seats: list[Seat], score: int) -> None:
        """These members have nothing to declare and give this score on every criterion."""
        item = bid.items[-1].id
        for seat in seats:
            sheet = ScoreSheet(
                item_id=item,
                seat_id=seat.id,
                begun_at=self.now,
                submitted_at=self.now,
                recorded_by_id=seat.user_id,
            )
            sheet.scores = [MemberScore(criterion=slug, score=score, reason="So") for slug in STANDARD.slugs]
            self.make.session.add(sheet)
            self._say(bid, seat, InterestKind.NONE)
        self.make.session.commit()

    def declare(self, bid: Bid, seat: Seat, kind: InterestKind) -> None:
        self._say(bid, seat, kind)
        self.make.session.commit()

    def _say(self, bid: Bid, seat: Seat, kind: InterestKind) -> None:
        self.make.session.add(
            Declaration(
                bid_id=bid.id,
                user_id=seat.user_id,
                kind=kind,
                text="A tie",
                declared_at=self.now,
                recorded_by_id=seat.user_id,
            )
        )

    def end(self, bid: Bid, state: S, outcome: ItemOutcome, days_ago: int = 0) -> None:
        bid.state, item = state, bid.items[-1]
        item.outcome, item.outcome_at = outcome, self.now - timedelta(days=days_ago)
        self.make.session.commit()

    def listed(self, user: User | None = None) -> ranking.Ranking:
        found = ranking.of_meeting(self.meeting, user or self.clerk, self.now)
        assert found is not None
        return found
