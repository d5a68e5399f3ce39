"""Random panels at work, on real rows, against a small model of the rules (`tests.panel.model`).

Every act goes through the operation that the pages call. The model says beforehand whether it may
be done, and program and model must agree; after each act what is counted, who chairs, totals, money
and the ranked list are the model's. `MODEL=400` walks longer.
"""

import os
from fractions import Fraction

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from fundflow import ledger
from fundflow.applications.operations import answer_panel
from fundflow.extensions import db
from fundflow.models.decision import Decision, LateInterest, Offer
from fundflow.models.person import User
from fundflow.panel.operations import agenda, correcting, decisions
from fundflow.panel.scores import ranking
from fundflow.review.operations.reviewing import bring_back, take_back
from fundflow.rules.panel.recomputed_sitting import recomputed
from fundflow.rules.panel.scores import criterion_scores, total_score, unmoderated
from fundflow.rules.panel.sittings import sitting_of, why_no_majority
from tests.factories import Make
from tests.panel.model import Case, Placed, ranked, reached
from tests.panel.voting_walk import BALLOT, CHOICES, VotingPanel
from tests.panel.walk import BID, BY, SAID, WHO
from tests.panel.world import BidBeside, Plan, World, some_plan

DECIDER = st.sampled_from(["decider", "decider", "decider", "decider", "member", "clerk"])
STATES = {"for": "offered", "against": "not_funded", "defer": "deferred"}
# A step of a walk takes a tenth of a second, so making a falsifying walk shorter takes minutes.
PHASES = [phase for phase in Phase if phase is not Phase.shrink or "SHRINK" in os.environ]


class Walk(VotingPanel):
    @initialize(
        plan=some_plan(),
        said=SAID,
        choices=BALLOT,
        score=st.integers(1, 4),
        so_far=st.sampled_from(["decided", "voted", "scored", "arrived", "nothing"]),
    )
    def a_panel(self, plan: Plan, said: list[str], choices: list[str], score: int, so_far: str) -> None:
        """It has got so far with the first bid already."""
        self.world = World(self.make, plan)
        self.touched = self.world.bids[0]
        if so_far == "decided":
            self.deal_with(self.bid(0), choices, score, 4)
        elif so_far != "nothing":
            self.arrive(self.bid(0), said, set())
        if so_far in ("scored", "voted"):
            self.score(self.bid(0), score)
        if so_far == "voted":
            self.ballot(self.bid(0), choices)

    @rule(
        bid=BID,
        choices=BALLOT,
        score=st.integers(1, 4),
        part=st.integers(2, 4),
        proposed=st.sampled_from([None, None, 1, 2, 3]),
    )
    def the_panel_deals_with_an_item(
        self, bid: int, choices: list[str], score: int, part: int, proposed: int | None
    ) -> None:
        self.deal_with(self.bid(bid), choices, score, part, proposed)

    def deal_with(
        self, bid: BidBeside, choices: list[str], score: int, part: int, proposed: int | None = None
    ) -> None:
        """From beginning to end, so that decisions are made at all."""
        self.arrive(bid, ["none"] * 12, set())
        self.score(bid, score)
        if proposed is not None:
            self.put_to_the_vote(bid, proposed, "clerk", "It costs less.")
        self.ballot(bid, choices)
        if bid.item.case.settled() == "against":
            self.refuse(bid, 0, "decider", True)
        else:
            self.fund(bid, 0, "decider", part, True)

    # -- decisions -------------------------------------------------------------------------------------

    def decider(self, case: Case, by: str, who: int) -> tuple[User, bool]:
        """Somebody, and whether the model lets them decide."""
        able = sorted(case.deciders())
        who = able[0] if by == "decider" and able else who
        if by == "clerk":
            return self.world.employee("clerk"), False
        return self.world.person(who), who in able

    @rule(bid=BID, who=WHO, by=DECIDER, part=st.sampled_from([4, 4, 3, 2, 5]), says_why=st.booleans())
    def approve(self, bid: int, who: int, by: str, part: int, says_why: bool) -> None:
        self.fund(self.bid(bid), self.who(who), by, part, says_why)

    def fund(self, bid: BidBeside, who: int, by: str, part: int, says_why: bool) -> None:
        case, pence = bid.item.case, bid.asked * part // 4
        departs = not case.scores() or case.law.departs(case.scores(), "for", less=pence < bid.asked)
        user, able = self.decider(case, by, who)
        may = (
            able
            and bid.state == "at_panel"
            and case.may_decide("for")
            and pence <= case.at_most
            and pence <= self.world.purse.room(bid.kind)
            and (says_why or not departs)
        )
        if self.act(
            may,
            decisions.approve,
            bid.row,
            pence,
            reasons="Clear.",
            equality_note="None.",
            departure="We know the school." if says_why else "",
            user=user,
        ):
            self.world.purse.reserve(bid.id, bid.kind, pence)
            self.decided(bid, "for")

    @rule(bid=BID, who=WHO, by=DECIDER, says_why=st.booleans())
    def decline(self, bid: int, who: int, by: str, says_why: bool) -> None:
        self.refuse(self.bid(bid), self.who(who), by, says_why)

    def refuse(self, bid: BidBeside, who: int, by: str, says_why: bool) -> None:
        case = bid.item.case
        departs = not case.scores() or case.law.departs(case.scores(), "against")
        user, able = self.decider(case, by, who)
        may = able and bid.state == "at_panel" and case.may_decide("against") and (says_why or not departs)
        if self.act(
            may,
            decisions.decline,
            bid.row,
            reasons="Unclear.",
            equality_note="None.",
            departure="We know better." if says_why else "",
            user=user,
        ):
            self.decided(bid, "against")

    @rule(bid=BID, who=WHO, by=DECIDER)
    def defer(self, bid: int, who: int, by: str) -> None:
        beside = self.bid(bid)
        user, able = self.decider(beside.item.case, by, self.who(who))
        may = able and beside.state == "at_panel" and beside.deferrals < 2
        if self.act(may, decisions.defer, beside.row, "How will it go on?", user=user):
            beside.deferrals += 1
            beside.answered = False
            self.decided(beside, "defer")

    def decided(self, bid: BidBeside, outcome: str) -> None:
        """Keep it in the model; the row keeps the vote and the score as they were."""
        case = bid.item.case
        case.outcome, bid.state = outcome, STATES[outcome]
        kept = db.session.scalars(
            select(Decision).where(Decision.bid_id == bid.id).order_by(Decision.id.desc())
        ).first()
        assert kept is not None
        assert (kept.votes_for, kept.votes_against, kept.abstentions) == case.tally()
        total = case.total()
        in_hundredths = None if total is None else int(total * 100 + Fraction(1, 2))
        assert kept.score_hundredths == in_hundredths
        again = recomputed(kept)
        assert again is not None
        assert (tuple(again.tally), again.total) == (case.tally(), total)
        assert (again.sitting.inquorate is None) == case.quorate()
        bid.took_part, bid.decided_on, bid.found_late = case.took_part(), (case.scores(), case.law), set()

    @precondition(lambda self: self.touched.state == "offered")
    @rule(who=WHO, by=DECIDER, part=st.integers(1, 5), says_why=st.booleans())
    def correct_the_offer(self, who: int, by: str, part: int, says_why: bool) -> None:
        beside = self.touched
        assert beside.decided_on is not None
        case, pence, (scores, law) = beside.item.case, beside.asked * part // 4, beside.decided_on
        user, able = self.decider(case, by, self.who(who))
        held = sum(
            beside_part
            for line, beside_part in self.world.purse.held[beside.id].items()
            if beside.kind in self.world.purse.pays[line]
        )
        may = (
            able
            and pence <= case.at_most
            and pence <= self.world.purse.room(beside.kind) + held
            and (says_why or not law.departs(scores, "for", less=pence < beside.asked))
        )
        if self.act(
            may,
            correcting.correct_offer,
            beside.row,
            pence,
            reasons="Clear.",
            reason="A slip.",
            departure="We know the school." if says_why else "",
            user=user,
        ):
            self.world.purse.release(beside.id)
            self.world.purse.reserve(beside.id, beside.kind, pence)
            beside.found_late = set()

    @precondition(lambda self: self.touched.state != "at_panel")
    @rule(who=WHO, by=DECIDER)
    def take_the_decision_back(self, who: int, by: str) -> None:
        beside = self.touched
        user, able = self.decider(beside.item.case, by, self.who(who))
        may = able and beside.state in STATES.values()
        if self.act(may, decisions.undo_decision, beside.row, "A slip.", user=user):
            self.world.purse.release(beside.id)
            beside.deferrals -= beside.state == "deferred"
            beside.state, beside.item.case.outcome, beside.found_late = "at_panel", None, set()

    # -- off the agenda, and on it again ---------------------------------------------------------------

    @rule(bid=BID, what=st.sampled_from(["move", "move", "take back"]), by=BY)
    def off_the_agenda(self, bid: int, what: str, by: str) -> None:
        (self.move if what == "move" else self.take_back)(self.bid(bid), by)

    def take_back(self, bid: BidBeside, by: str) -> None:
        may = by == "officer" and bid.state in ("at_panel", "deferred")
        if self.act(may, take_back, bid.row, "A partner left.", user=self.user(by, 0)):
            bid.state = "in_review"
            if self.is_open(bid.item):
                bid.item.case.outcome = "removed"

    def move(self, bid: BidBeside, by: str) -> None:
        """To the other meeting, where members vote afresh."""
        other = next(n for n, number in enumerate(self.world.meetings) if number != bid.item.meeting)
        meeting = self.world.meeting(other)
        may = by == "clerk" and self.is_open(bid.item) and self.world.meetings[meeting.id] == "planned"
        if self.act(may, agenda.move_to, bid.item.row, meeting.id, user=self.user(by, 0)):
            bid.item.case.outcome = "removed"
            self.world.put_before_panel(bid, bid.row.items[-1])

    @precondition(lambda self: self.touched.state == "deferred")
    @rule()
    def the_school_answers_and_the_bid_comes_back(self) -> None:
        beside = self.touched
        waits = next((n for n, state in enumerate(self.world.meetings.values()) if state == "planned"), None)
        if waits is None:
            return
        row = beside.row
        answer_panel(
            row,
            answer="From our budget.",
            user=db.session.get_one(User, row.created_by_id),
            now=self.world.now,
            version=None,
        )
        bring_back(row, self.world.meeting(waits).id, user=self.world.employee("officer"), now=self.world.now)
        beside.state = "at_panel"
        self.world.put_before_panel(beside, row.items[-1])

    # -- what always holds -----------------------------------------------------------------------------

    @invariant()
    def the_sitting_is_the_models(self) -> None:
        item, case = self.touched.item.row, self.touched.item.case
        sitting, seats = sitting_of(item, self.world.now), self.world.seats
        assert (sitting.needed, sitting.counted) == (case.needed(), len(case.counted()))
        assert (sitting.inquorate is None) == case.quorate()
        assert {seats.index(s.seat.id) for s in sitting.yet_to_declare} == case.silent()
        assert tuple(sitting.tally) == case.tally()
        for seat, chair in ((sitting.chair, case.chair()), (sitting.casting_seat, case.chair(case.voters()))):
            assert (seat and seat.id) == (None if chair is None else seats[chair])
        for wanted in ("for", "against"):
            carried = why_no_majority(item, CHOICES[wanted], sitting, self.world.now) is None
            assert carried == (case.settled() == wanted)

    @invariant()
    def the_scores_are_the_models(self) -> None:
        item, case = self.touched.item.row, self.touched.item.case
        assert criterion_scores(item, self.world.now) == case.scores()
        assert total_score(item, self.world.now) == case.total()
        titles = {name.title() for name in case.to_moderate()}
        assert set(unmoderated(item, self.world.now)) == titles

    @invariant()
    def the_ranked_list_and_the_moneys_reach_are_the_models(self) -> None:
        if self.world.now.minute % 4:
            return  # it costs as much as an act
        meeting, clerk = self.touched.item.row.meeting, self.world.employee("clerk")
        # A bid that was deferred and came back at once is there twice; its newer item comes first.
        there = {
            bid.id * 1000 - place: (bid, item)
            for bid in self.world.bids
            for place, item in enumerate(bid.items)
            if item.meeting == meeting.id and item.case.outcome != "removed"
        }
        listed = ranking.of_meeting(meeting, clerk, self.world.now)
        assert listed is not None
        order = ranked(
            [
                Placed(number, item.case.scores(), item.case.at_most, bid.pupils, item.case.law)
                for number, (bid, item) in there.items()
            ]
        )
        assert [row.item.id for row in listed.rows] == [there[number][1].id for number in order]
        wanting = [
            (item.id, bid.kind, item.case.at_most)
            for bid, item in map(there.__getitem__, order)
            if item.case.outcome is None
        ]
        told = {row.item.id for row in listed.rows if row.reached}
        assert told == reached(self.world.purse, wanting)

    @invariant()
    def votes_are_kept_and_void_where_an_interest_was_found(self) -> None:
        case = self.touched.item.case
        rows = {vote.seat_id: vote for vote in self.touched.item.row.votes}
        assert set(rows) == {self.world.seats[who] for who in case.votes}
        for who, vote in case.votes.items():
            row = rows[self.world.seats[who]]
            assert (row.choice, row.counts) == (CHOICES[vote.choice], not vote.void)

    @invariant()
    def the_money_is_the_models(self) -> None:
        lines = ledger.by_line(self.world.fund)
        assert [lines[line].free for line in self.world.lines] == self.world.purse.free
        assert min(self.world.purse.free) >= 0
        offers = db.session.scalars(
            select(Offer).where(Offer.bid_id == self.touched.id, Offer.ended_at.is_(None))
        ).all()
        late = db.session.scalars(
            select(LateInterest.user_id)
            .join(Decision)
            .where(Decision.bid_id == self.touched.id, Decision.undone_at.is_(None))
        ).all()
        assert sorted(late) == sorted(self.world.person(who).id for who in self.touched.found_late)
        held = sum(self.world.purse.held.get(self.touched.id, {}).values())
        assert [offer.pence for offer in offers] == ([held] if self.touched.state == "offered" else [])
        assert held <= min(self.touched.item.case.at_most, self.touched.asked)
        assert self.touched.row.state.value == self.touched.state


def test_the_panel_keeps_to_the_model_for_a_while(make: Make) -> None:
    walk(make, walks=2, steps=15)


@pytest.mark.thorough
def test_the_panel_keeps_to_the_model_whatever_happens(make: Make) -> None:
    walk(make, walks=int(os.environ.get("MODEL", "8")), steps=25)


def walk(make: Make, *, walks: int, steps: int) -> None:
    class OnRows(Walk):
        pass

    OnRows.make = make
    run_state_machine_as_test(
        OnRows, settings=settings(max_examples=walks, stateful_step_count=steps, phases=PHASES)
    )
