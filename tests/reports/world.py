"""A fund with bids in every outcome over two years, for figures to be counted by hand."""

import csv
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fundflow.models.area import Patch
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import MatchFunding, MatchKind, Outcome, PupilGroup, PupilGroupKind
from fundflow.models.decision import Decision, LateInterest
from fundflow.models.feedback import Feedback
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import Fund
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Actual, Rating
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.panel import ItemOutcome
from fundflow.models.person import RoleName, User
from fundflow.models.round import Priority
from fundflow.models.school import School
from fundflow.workflow.application import BidState as S
from fundflow.workflow.feedback import FeedbackState
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.impact_return import ReturnKind, ReturnState
from tests.factories import Make
from tests.schools.files import DATA

BEGAN = datetime(2025, 9, 10, 10, 0, tzinfo=UTC)
AT = datetime(2027, 6, 10, 12, 0, tzinfo=UTC)  # as at which the reports are made
NAMES = ("Zebedee Quill", "Yolanda Fenwick", "Xanthe Marlowe")  # of people: no report may say them
G = PupilGroupKind


class World:
    """The fund, its schools and people."""

    fund: Fund
    patch: Patch
    staff: User
    board: User
    head: User

    la_code, delivered = "899", 10

    def __init__(self, make: Make) -> None:
        self.make = make
        self.fund = make.fund(name="School improvement fund", allocated=30_000_000, la_code=self.la_code)
        round_ = make.round(self.fund)
        round_.priorities.append(Priority(title="Attendance"))
        self.schools, self.never = self._area()
        make.school("Closed School", status_code=2, la_code=self.la_code)
        make.school("Elsewhere School", la_code="872")
        self.patch = make.patch("North", *self.schools[:4], self.never[0])
        self.officer = make.staff(RoleName.OFFICER, NAMES[0])
        self.finance = make.staff(RoleName.FINANCE)
        self.impact_officer = make.staff(RoleName.IMPACT_OFFICER)
        self.auditor = make.staff(RoleName.AUDITOR)
        self.board = make.staff(RoleName.BOARD)
        self.head = make.member(self.schools[0], name=NAMES[1])
        make.tier(self.schools[0], self.officer, tier=3, from_on=date(2026, 1, 1))
        make.tier(self.schools[1], self.officer, tier=3, from_on=date(2026, 1, 1))
        self.measure = make.measure(self.fund)
        self.bids = [self._bid(n, state) for n, state in enumerate([*[S.IN_MONITORING] * self.delivered, *S])]
        self._decisions()
        for n, bid in enumerate(self.bids[: self.delivered]):
            self._deliver(n, bid)
        self._overdue()
        self._interests()
        make.bid(state=S.CLOSED, now=BEGAN)  # of another fund
        late = AT - timedelta(days=25)  # in a year that has not ended
        self.bids.append(make.bid(state=S.IN_DELIVERY, fund=self.fund, lead=self.schools[4], now=late))
        make.session.flush()

    def _area(self) -> tuple[list[School], list[School]]:
        """The schools that take part in bids, and those that never did."""
        phases, silent = (2, 2, 2, 2, 4, 4, 7, 1, None), (2, 4, 4)
        return (
            [self.make.school(f"World School {n}", phase_code=phase) for n, phase in enumerate(phases)],
            [self.make.school(f"Silent School {n}", phase_code=phase) for n, phase in enumerate(silent)],
        )

    def _bid(self, n: int, state: S) -> Bid:
        """One bid a month, led by each school in turn, for different sums."""
        at = BEGAN + timedelta(days=23 * n)
        bid = self.make.bid(
            state=state,
            fund=self.fund,
            lead=self.schools[n % len(self.schools)],
            provider=self.schools[(n + 1) % len(self.schools)],
            leader=self.head,
            officer=self.officer,
            now=at,
            complete=True,
        )
        if n % 3 == 0 and bid.priority:
            bid.priority = bid.round.priorities[1]
        bid.sent_pence = 300_000 + 1_000 * n
        bid.pupils_benefiting = 4 if n == SMALL else 40 + n
        bid.contact_name = NAMES[2]
        for group in bid.pupil_groups:
            group.count = 4 if n == SMALL else 20 + n
        if n % 4 == 0:
            bid.pupil_groups.append(PupilGroup(group=G.LOOKED_AFTER, count=3))
        return bid

    def _decisions(self) -> None:
        """A decision some weeks after each bid, in place of the factory's; one is not told yet."""
        ended = {S.NOT_FUNDED: ItemOutcome.DECLINED, S.DEFERRED: ItemOutcome.DEFERRED}
        for bid in self.bids:
            decided = bid.created_at + timedelta(days=30 + bid.id % 7)
            for decision in self.make.session.query(Decision).filter_by(bid_id=bid.id).all():
                decision.undone_at, decision.undone_by_id = decision.decided_at, self.officer.id
                self._decision(bid, ItemOutcome.APPROVED, decided, pence=bid.requested_pence)
            if bid.state in ended:
                self._decision(bid, ended[bid.state], decided)
        self.untold = self.make.bid(
            state=S.NOT_FUNDED, fund=self.fund, lead=self.schools[2], now=AT - timedelta(days=30)
        )
        due = AT.date() + timedelta(days=3)
        self._decision(self.untold, ItemOutcome.DECLINED, AT - timedelta(days=2), letters_due_on=due)
        self.untold.decision_held_until = due
        deferred_first = self._decision(self.bids[0], ItemOutcome.DEFERRED, self.bids[0].created_at)
        first = self.make.session.query(Decision).filter_by(bid_id=self.bids[4].id, undone_at=None).one()
        later = first.decided_at + timedelta(days=100)  # in another period
        first.undone_at, first.undone_by_id = later, self.officer.id
        self._decision(self.bids[4], ItemOutcome.APPROVED, later, pence=250_000, corrects_id=first.id)
        undone = self._decision(self.bids[1], ItemOutcome.DECLINED, self.bids[1].created_at)
        undone.undone_at, undone.undone_by_id = deferred_first.decided_at, self.officer.id
        self.bids.append(self.untold)

    def _decision(self, bid: Bid, outcome: ItemOutcome, at: datetime, **values: Any) -> Decision:
        decision = Decision(
            bid=bid,
            item=bid.items[-1],
            outcome=outcome,
            reasons="Because.",
            votes_for=1,
            votes_against=4,
            abstentions=0,
            decided_at=at,
            decided_by=self.officer,
            sitting=SITTING,
            **values,
        )
        self.make.session.add(decision)
        self.make.session.flush()
        return decision

    def _deliver(self, n: int, bid: Bid) -> None:
        """Days, payments, an accepted report with a rating and a result, and what the school said."""
        ended = bid.created_at + timedelta(days=180)
        for day in range(n + 6):
            confirmed = {"confirmed_at": ended, "confirmed_by_id": self.officer.id} if day else {}
            self.make.worked_day(bid, day=bid.created_at.date() + timedelta(days=day + 40), **confirmed)
        self.make.entry(bid, EntryKind.RELEASED, 10_000 * (n + 1), ended)
        self.make.entry(bid, EntryKind.PAID, 300_000 - 10_000 * (n + 1), ended)
        if n % 2:
            match = MatchFunding(bid_id=bid.id, source="Trust", kind=MatchKind.CASH, pence=50_000)
            self.make.session.add(match)
        outcome = bid.outcomes[0]
        outcome.library, outcome.measure = self.measure, self.measure.name
        if n == 1:
            outcome.group = G.LOOKED_AFTER  # of three pupils, or of a number that the bid does not say
        report = bid.returns[0]
        report.state, report.accepted_at = ReturnState.ACCEPTED, ended
        report.submitted_at = ended - timedelta(days=3)
        rag = list(Rag)[n % 4]
        report.rag = rag
        report.ratings = [
            Rating(number=1, rag=Rag.RED, worked_out=Rag.RED, given_at=ended, given_by=self.impact_officer)
        ]
        if n % 2:
            again = {"rag": rag, "reason": "As measured again", "given_at": ended + timedelta(days=9)}
            report.ratings.append(Rating(number=2, given_by=self.impact_officer, **again))
        report.actuals = [
            Actual(
                outcome=outcome,
                value=Decimal(50 + 6 * n),
                measured_on=ended.date(),
                baseline=outcome.baseline,
                target=outcome.target,
                target_on=outcome.target_on,
            )
        ]
        if n == 3:
            self._corrected(bid, outcome)
        if n < 4:
            self._said(n, bid, ended)
        self._agreed(n, bid, ended)

    def _corrected(self, bid: Bid, outcome: Outcome) -> None:
        """A later version of the report, with another result and rating."""
        at = AT - timedelta(days=5)
        given = {"reason": "As measured again", "given_at": at, "given_by": self.impact_officer}
        kept = {"baseline": outcome.baseline, "target": outcome.target, "target_on": outcome.target_on}
        bid.returns.append(
            ImpactReturn(
                number=2,
                due_on=at.date(),
                state=ReturnState.ACCEPTED,
                submitted_at=at,
                accepted_at=at,
                rag=Rag.AMBER,
                ratings=[Rating(number=1, rag=Rag.AMBER, worked_out=Rag.AMBER, **given)],
                actuals=[Actual(outcome=outcome, value=Decimal(75), measured_on=at.date(), **kept)],
            )
        )

    def _said(self, n: int, bid: Bid, at: datetime) -> None:
        found = bid.feedback[0] if bid.feedback else Feedback(bid=bid, school=bid.lead_school, asked_at=at)
        found.state, found.given_at = FeedbackState.GIVEN, at
        found.given_by_id = self.head.id
        found.quality, found.timeliness, found.fit, found.use_again = 5 - n, 4, 3, n != 3
        found.council = 4 if n < 2 else None  # of too few schools
        self.make.session.add(found)

    def _agreed(self, n: int, bid: Bid, at: datetime) -> None:
        states = (FollowUpState.OPEN, FollowUpState.DONE, FollowUpState.LET_GO, FollowUpState.OPEN)
        due_on = AT.date() + timedelta(days=10 if n % 2 else -10)
        self.make.session.add(
            FollowUp(
                bid=bid,
                report=bid.returns[0],
                state=states[n % 4],
                what="Look again",
                owner="The head",
                due_on=due_on,
                asked_at=at,
                asked_by=self.impact_officer,
                changed_at=at + timedelta(days=n),
            )
        )

    def _overdue(self) -> None:
        """Reports that are late by a few days and by many, and one that came late."""
        others = self.bids[self.delivered :]
        waiting = next(bid for bid in others if bid.state is S.IN_MONITORING)
        waiting.returns[0].due_on = AT.date() - timedelta(days=6)
        closed = next(bid for bid in others if bid.state is S.CLOSED)
        closed.returns[0].state, closed.returns[0].rag = ReturnState.ACCEPTED, Rag.GREEN
        closed.returns[0].accepted_at = AT - timedelta(days=99)
        closed.returns[0].submitted_at = AT - timedelta(days=100)
        later = ImpactReturn(kind=ReturnKind.FOLLOW_UP, due_on=AT.date() - timedelta(days=60))
        closed.returns.append(later)

    def _interests(self) -> None:
        kinds = (InterestKind.BARRED, InterestKind.DISCLOSED, InterestKind.DISCLOSED, InterestKind.NONE)
        for n, kind in enumerate(kinds):
            bid = self.bids[5 + n]
            said = Declaration(bid=bid, user=self.officer, kind=kind, recorded_by_id=self.officer.id)
            said.declared_at = bid.created_at
            self.make.session.add(said)
        decision = self.make.session.query(Decision).filter_by(bid_id=self.bids[2].id).first()
        assert decision is not None
        late = {"text": "A tie", "effect": "Still a quorum", "recorded_by_id": self.officer.id}
        found = LateInterest(decision=decision, user=self.officer, found_at=decision.decided_at, **late)
        self.make.session.add(found)


class Slough(World):
    """The same with Slough's 47 schools as the Department for Education counted them."""

    la_code, delivered = "871", 12  # thirty bids

    def _area(self) -> tuple[list[School], list[School]]:
        with (DATA / "dfe-pupil-premium-2019-slough.csv").open(encoding="utf-8-sig", newline="") as file:
            found = [self._school(row) for row in csv.DictReader(file)]
        assert len(found) == 47
        return found[:25], found[25:]

    def _school(self, row: dict[str, str]) -> School:
        primary, secondary = (
            float(row[f"Number of {phase} pupils on roll ({column})"])
            for phase, column in (("Primary", 9), (" Secondary", 10))
        )
        return self.make.school(
            row["School Name"],
            urn=row["URN"],
            la_code=row["LA"],
            la_name=row["Local Authority"],
            establishment_number=row["Estab"],
            type_name=row["School Type"],
            phase_code=7 if primary and secondary else 2 if primary else 4,
            pupils=Decimal(row["Number of pupils on roll (7)"]),
        )


SMALL = 2  # the bid of so few pupils that they are hidden
SITTING = {
    "members": [
        {"barred": {"way": "x"}, "disclosed": [], "vote": None, "voided": ""},
        {"barred": None, "disclosed": [{"way": "x"}], "vote": None, "voided": ""},
        {"barred": None, "disclosed": [{"way": "x"}], "vote": "for", "voided": ""},
        {"barred": None, "disclosed": [], "vote": "for", "voided": "It no longer counts"},
        {"barred": None, "disclosed": [], "vote": "for", "voided": ""},
    ]
}
