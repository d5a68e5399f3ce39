"""Random panels at work, on real rows, against a small model of the rules (`tests.panel.model`).

Every act goes through the operation that the pages call. The model says beforehand whether it may
be done, and program and model must agree; after each act what is counted, who chairs, totals, money
and the ranked list are the model's. `MODEL=400` walks longer.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from fundflow import ledger
from fundflow.applications.operations import answer_panel
from fundflow.extensions import db
from fundflow.models.decision import Decision, LateInterest, Offer
from fundflow.models.interest import InterestKind, InterestSort
from fundflow.models.panel_rules import Choice
from fundflow.models.person import User
from fundflow.panel import operations
from fundflow.panel.operations import register as operations_of_register
from fundflow.panel.sat import recomputed
from fundflow.review.operations import bring_back, take_back
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.panel.model import Case, Vote
from tests.panel.world import CRITERIA, SCHOOLS, BidBeside, ItemBeside, Plan, World, some_plan

CHOICES = {"for": Choice.FUND, "against": Choice.DO_NOT_FUND, "abstain": Choice.ABSTAIN}
SAYS = ["none", "none", "none", "none", "disclosed", "barred"]
WHO = st.integers(0, 11)  # taken modulo how many there are
BID = st.sampled_from([0, 0, 0, 0, 0, 1, 2])  # likewise; most of a walk is about one bid
SAID = st.lists(st.sampled_from(SAYS), min_size=12, max_size=12)
BY = st.sampled_from(["clerk", "clerk", "clerk", "self", "self", "officer"])
VOTE = st.sampled_from(["for", "for", "against", "abstain"])
BALLOT = st.lists(VOTE, min_size=12, max_size=12)
DECIDER = st.sampled_from(["decider", "decider", "decider", "decider", "member", "clerk"])
# A step of a walk takes a tenth of a second, so making a falsifying walk shorter takes minutes.
PHASES = [phase for phase in Phase if phase is not Phase.shrink or "SHRINK" in os.environ]
MARKS = st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, 4))
STATES = {"for": "offered", "against": "not_funded", "defer": "deferred"}


class Walk(RuleBasedStateMachine):
    make: Make
    world: World

    @initialize(plan=some_plan(), said=SAID, choices=BALLOT, score=st.integers(1, 4),
                so_far=st.sampled_from(["decided", "voted", "scored", "arrived", "nothing"]))  # fmt: skip
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

    # -- what every act shares -------------------------------------------------------------------------

    def bid(self, number: int) -> BidBeside:
        """A bid, those before the panel first."""
        order = sorted(self.world.bids, key=lambda bid: bid.state != "at_panel")
        self.touched = order[number % len(order)]
        self.world.now += timedelta(minutes=1)
        self.count_the_minutes()
        return self.touched

    def who(self, number: int) -> int:
        return number % len(self.world.panel)

    def user(self, by: str, who: int) -> User:
        return self.world.person(who) if by == "self" else self.world.employee(by)

    def act(self, may: bool, do: Callable[..., Any], *args: Any, **values: Any) -> bool:
        """Do it, and agree with the model on whether it may be done."""
        why = None
        try:
            do(*args, now=self.world.now, **values)
        except (Refused, Stale) as refusal:
            db.session.rollback()
            why = str(refusal) or "stale"
        assert (why is None) == may, f"{do.__name__}: " + (
            "the model forbids what was done" if why is None else f"the model allows what was refused: {why}"
        )
        return may

    def is_open(self, item: ItemBeside) -> bool:
        return item.case.outcome is None

    def session(self, item: ItemBeside) -> str:
        return self.world.meetings[item.meeting]

    def by_email(self, item: ItemBeside) -> bool:
        return self.is_open(item) and item.email_until is not None and self.world.now <= item.email_until

    # -- the meeting -----------------------------------------------------------------------------------

    @rule(what=st.sampled_from(["begin", "begin", "close", "rules", "wait", "wait"]),
          hours=st.sampled_from([1, 3, 50]))  # fmt: skip
    def the_calendar(self, what: str, hours: int) -> None:
        if what == "begin" and "in_session" not in self.world.meetings.values():
            self.begin_a_meeting()
        elif what == "close":
            self.close_the_meeting()
        elif what == "rules":
            self.world.change_rules()
        self.world.now += timedelta(hours=hours if what == "wait" else 0)
        self.count_the_minutes()

    def begin_a_meeting(self) -> None:
        """Papers go out, the meeting starts: the first one that waits and has bids."""
        waiting = [m for m, state in self.world.meetings.items() if state == "planned"]
        busy = {bid.item.meeting for bid in self.world.bids if self.is_open(bid.item)}
        for number in waiting:
            meeting = self.world.meeting(list(self.world.meetings).index(number))
            clerk = self.world.employee("clerk")
            if self.act(number in busy, operations.issue_papers, meeting, user=clerk):
                self.world.keep_rules(number)
                self.act(True, operations.open_session, meeting, user=clerk)
                self.world.meetings[number] = "in_session"
                return

    def close_the_meeting(self) -> None:
        meeting = self.world.meeting()
        items = [i for bid in self.world.bids for i in bid.items if i.meeting == meeting.id]
        left = [item for item in items if self.is_open(item) and not self.by_email(item)]
        over = self.world.meetings[meeting.id] == "in_session" and not left
        if self.act(over, operations.close_session, meeting, user=self.world.employee("clerk")):
            self.world.meetings[meeting.id] = "closed"

    # -- who is there, and their interests -------------------------------------------------------------

    @rule(bid=BID, who=WHO, present=st.booleans(), by=BY)
    def join_or_leave(self, bid: int, who: int, present: bool, by: str) -> None:
        self.mark(self.bid(bid).item, self.who(who), present, by)

    def mark(self, item: ItemBeside, who: int, present: bool, by: str) -> None:
        case = item.case
        may = (by == "clerk" and self.is_open(item) and self.session(item) in ("in_session", "closed")
               and not (present and (case.barred(who) or case.place_taken(who))))  # fmt: skip
        if self.act(may, operations.record_presence, item.row, self.world.seats[who], present=present,
                    user=self.user(by, who)):  # fmt: skip
            (case.here.add if present else case.here.discard)(who)

    @rule(bid=BID, who=WHO, says=st.sampled_from(SAYS), by=BY)
    def say_whether_interested(self, bid: int, who: int, says: str, by: str) -> None:
        self.declare(self.bid(bid), self.who(who), says, by)

    def declare(self, bid: BidBeside, who: int, says: str, by: str) -> None:
        case = bid.item.case
        if by == "self":
            may = not case.barred(who) and not (bid.said.get(who) == "disclosed" and says == "none")
        else:
            may = by == "clerk"
        may = may and case.outcome != "removed"
        if self.act(may, operations.declare, bid.item.row, self.world.seats[who], InterestKind(says),
                    "" if says == "none" else "My neighbour.", user=self.user(by, who)):  # fmt: skip
            bid.said[who] = says
            if says == "barred" or (says == "disclosed" and not case.law.disclosed_vote):
                self.found(bid, who)

    def found(self, bid: BidBeside, who: int) -> None:
        """An interest that takes the vote: what they gave is void, a decision they had a part in flagged."""
        for item in bid.items:
            item.case.void_what_an_interest_takes(who)
        if bid.state in ("offered", "not_funded") and who in bid.took_part:
            bid.found_late.add(who)

    @rule(who=WHO, school=st.integers(0, SCHOOLS - 1), bars=st.booleans(), by=BY)
    def register_an_interest(self, who: int, school: int, bars: bool, by: str) -> None:
        who = self.who(who)
        user = self.world.person(who)
        where = operations_of_register.Where(school=self.world.school(school))
        if self.act(by != "officer", operations_of_register.register_interest, user, InterestSort.FAMILY,
                    where, bars=bars, text="My sister.", from_on=None, user=self.user(by, who)):  # fmt: skip
            member = self.world.panel[who]
            (member.ties if bars else member.open_ties).add(school)
            for bid in self.world.bids:
                if school in bid.schools and (bars or not bid.item.case.law.disclosed_vote):
                    self.found(bid, who)

    @rule(bid=BID, said=SAID, away=st.sets(WHO, max_size=3))
    def everybody_arrives(self, bid: int, said: list[str], away: set[int]) -> None:
        self.arrive(self.bid(bid), said, away)

    def arrive(self, bid: BidBeside, said: list[str], away: set[int]) -> None:
        for who in range(len(self.world.panel)):
            if who not in away:
                self.mark(bid.item, who, True, "clerk")
                if who not in bid.said or bid.said[who] != said[who % 12]:
                    self.declare(bid, who, said[who % 12], "clerk")

    # -- votes -----------------------------------------------------------------------------------------

    @rule(bid=BID, choices=BALLOT, score=st.integers(1, 4), part=st.integers(2, 4))
    def the_panel_deals_with_an_item(self, bid: int, choices: list[str], score: int, part: int) -> None:
        self.deal_with(self.bid(bid), choices, score, part)

    def deal_with(self, bid: BidBeside, choices: list[str], score: int, part: int) -> None:
        """From beginning to end, so that decisions are made at all."""
        self.arrive(bid, ["none"] * 12, set())
        self.score(bid, score)
        self.ballot(bid, choices)
        if bid.item.case.settled() == "against":
            self.refuse(bid, 0, "decider", True)
        else:
            self.fund(bid, 0, "decider", part, True)

    def score(self, bid: BidBeside, score: int) -> None:
        case, scores = bid.item.case, dict.fromkeys(CRITERIA, score)
        if case.each_scores:
            for who in sorted(case.voters()):
                if case.must_score_first(who):
                    self.hand_in(bid, who, {**scores, "value": who % 2 + 2}, True, "clerk")
        else:
            self.agree(bid, scores, "clerk")

    @rule(bid=BID, who=WHO, choice=VOTE, by=BY)
    def vote(self, bid: int, who: int, choice: str, by: str) -> None:
        self.give_vote(self.bid(bid), self.who(who), choice, by)

    def may_vote(self, bid: BidBeside, who: int, by: str) -> bool:
        case, item = bid.item.case, bid.item
        if by == "officer" or bid.state != "at_panel" or not self.is_open(item):
            return False
        if not case.has_voice(who) or who not in bid.said or case.must_score_first(who):
            return False
        if self.by_email(item):
            return not case.place_taken(who)
        started = ("in_session",) if by == "self" else ("in_session", "closed")
        return who in case.counted() and self.session(item) in started

    def give_vote(self, bid: BidBeside, who: int, choice: str, by: str) -> None:
        if self.act(self.may_vote(bid, who, by), operations.vote, bid.item.row, self.world.seats[who],
                    CHOICES[choice], user=self.user(by, who)):  # fmt: skip
            bid.item.case.votes[who] = Vote(choice)
            if self.by_email(bid.item):
                bid.item.case.here.add(who)
            if by == "clerk":
                self.barred_leave(bid.item)

    def barred_leave(self, item: ItemBeside) -> None:
        if self.session(item) == "in_session":
            item.case.barred_leave()

    @rule(bid=BID, choice=st.sampled_from(["for", "against"]), by=BY)
    def the_vote_is_tied(self, bid: int, choice: str, by: str) -> None:
        """As many for it as against, and whoever chairs has the casting vote."""
        beside = self.bid(bid)
        voters = sorted(beside.item.case.voters())
        if len(voters) % 2:
            self.give_vote(beside, voters.pop(), "abstain", "clerk")
        for place, who in enumerate(voters):
            self.give_vote(beside, who, ("for", "against")[place % 2], "clerk")
        self.settle(beside, None, choice, by)

    @rule(bid=BID, choices=BALLOT)
    def call_the_vote(self, bid: int, choices: list[str]) -> None:
        self.ballot(self.bid(bid), choices)

    def ballot(self, bid: BidBeside, choices: list[str]) -> None:
        for who in sorted(bid.item.case.voters()):
            self.give_vote(bid, who, choices[who % 12], "clerk")

    @rule(bid=BID, who=WHO, chairs=st.booleans(), choice=VOTE, by=BY)
    def cast(self, bid: int, who: int, chairs: bool, choice: str, by: str) -> None:
        self.settle(self.bid(bid), None if chairs else self.who(who), choice, by)

    def settle(self, bid: BidBeside, who: int | None, choice: str, by: str) -> None:
        """By the casting vote of this member, or (None) of whoever has it."""
        case, holder = bid.item.case, bid.item.case.chair(bid.item.case.voters())
        who = (0 if holder is None else holder) if who is None else who
        may = (self.is_open(bid.item) and choice != "abstain" and holder is not None
               and case.may_cast(holder) and (by == "clerk" or (by == "self" and who == holder)))  # fmt: skip
        if self.act(may, operations.cast, bid.item.row, CHOICES[choice], "It is time.",
                    user=self.user(by, who)):  # fmt: skip
            assert holder is not None
            case.casting = (holder, choice)

    @rule(bid=BID, hours=st.sampled_from([2, 48, 24 * 70]), reason=st.sampled_from(["", "Too few came."]))
    def ask_for_votes_by_email(self, bid: int, hours: int, reason: str) -> None:
        item = self.bid(bid).item
        until = self.world.now + timedelta(hours=hours)
        carried = item.case.quorate() and not item.case.silent() and item.case.settled() is not None
        could_meet = self.session(item) == "in_session" and item.case.quorate()
        may = (self.is_open(item) and self.session(item) != "planned" and hours <= 24 * 60
               and not carried and (reason or not could_meet))  # fmt: skip
        if self.act(bool(may), operations.ask_to_vote_by_email, item.row, until, reason,
                    user=self.world.employee("clerk")):  # fmt: skip
            item.email_until, item.case.asked_by_email = until, True

    def count_the_minutes(self) -> None:
        for bid in self.world.bids:
            until = bid.item.email_until
            if until is not None and self.world.now > until:
                bid.item.case.asked_by_email = False

    @rule(bid=BID, part=st.integers(1, 5), by=BY, reason=st.sampled_from(["", "It costs less."]))
    def propose(self, bid: int, part: int, by: str, reason: str) -> None:
        beside = self.bid(bid)
        case, pence = beside.item.case, beside.asked * part // 4
        again = pence == case.at_most
        may = (by == "clerk" and beside.state == "at_panel" and self.is_open(beside.item)
               and pence <= case.asked and bool(again or reason))  # fmt: skip
        if self.act(may, operations.propose, beside.row.items[-1], pence, reason,
                    user=self.user(by, 0)) and not again:  # fmt: skip
            case.propose(pence)
            beside.item.email_until = None
            self.barred_leave(beside.item)

    # -- scores ----------------------------------------------------------------------------------------

    @rule(bid=BID, scores=MARKS, full=st.booleans(), by=BY)
    def agree_scores(self, bid: int, scores: dict[str, int], full: bool, by: str) -> None:
        self.agree(self.bid(bid), {**dict.fromkeys(CRITERIA, 3), **scores} if full else scores, by)

    def agree(self, bid: BidBeside, scores: dict[str, int], by: str) -> None:
        case = bid.item.case
        may = by == "clerk" and self.is_open(bid.item) and not case.each_scores
        if self.act(may, operations.save_scores, bid.item.row, scores, stamp=None, user=self.user(by, 0)):
            case.agreed.update(scores)

    @rule(bid=BID, who=WHO, scores=st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, 4)),
          full=st.booleans(), hand_in=st.booleans(), by=BY)  # fmt: skip
    def score_by_oneself(
        self, bid: int, who: int, scores: dict[str, int], full: bool, hand_in: bool, by: str
    ) -> None:
        scores = {**dict.fromkeys(CRITERIA, 3), **scores} if full else scores
        self.hand_in(self.bid(bid), self.who(who), scores, hand_in, by)

    def hand_in(self, bid: BidBeside, who: int, scores: dict[str, int], complete: bool, by: str) -> None:
        case, sheet = bid.item.case, bid.item.case.sheets.get(who)
        locked = sheet is not None and sheet.counts
        if locked:
            may = sheet is not None and sheet.scores == scores
        else:
            may = (case.each_scores and bid.state == "at_panel" and self.is_open(bid.item)
                   and self.session(bid.item) != "planned" and case.has_voice(who) and who in bid.said
                   and (set(scores) == set(CRITERIA) or not complete))  # fmt: skip
        marks = {name: operations.Mark(scores.get(name), "So." if name in scores else "")
                 for name in CRITERIA}  # fmt: skip
        changes = not locked and (complete or sheet is None or sheet.scores != scores)
        if self.act(may and by != "officer", operations.save_sheet, bid.item.row, self.world.seats[who],
                    marks, hand_in=complete, stamp=None, user=self.user(by, who)) and changes:  # fmt: skip
            case.hand_in(who, scores, complete=complete)

    @rule(bid=BID, criterion=st.sampled_from(CRITERIA), score=st.integers(0, 4),
          change=st.booleans(), by=BY)  # fmt: skip
    def talk_about_scores(self, bid: int, criterion: str, score: int, change: bool, by: str) -> None:
        item = self.bid(bid).item
        case = item.case
        voices = [who for who, s in case.sheets.items() if s.counts and case.has_voice(who)]
        chairs = by == "self" and case.chair() == 0 and 0 in voices  # who has handed in their own
        may = case.each_scores and self.is_open(item) and bool(voices) and (by == "clerk" or chairs)
        changed = {voices[0]: score} if change and voices else {}
        ids = {sheet.seat_id: sheet.id for sheet in item.row.sheets}
        if self.act(may, operations.moderate, item.row, criterion, "We talked.",
                    {ids[self.world.seats[who]]: after for who, after in changed.items()},
                    stamp=None, user=self.user(by, 0)):  # fmt: skip
            case.talked.add(criterion)
            for who, after in changed.items():
                case.sheets[who].moderated[criterion] = after

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
        departs = case.law.departs(case.scores(), "for", less=pence < bid.asked)
        user, able = self.decider(case, by, who)
        may = (able and bid.state == "at_panel" and case.may_decide("for") and pence <= case.at_most
               and pence <= self.world.purse.room(bid.kind) and (says_why or not departs))  # fmt: skip
        if self.act(may, operations.approve, bid.row, pence, reasons="Clear.", equality_note="None.",
                    departure="We know the school." if says_why else "", user=user):  # fmt: skip
            self.world.purse.reserve(bid.id, bid.kind, pence)
            self.decided(bid, "for")

    @rule(bid=BID, who=WHO, by=DECIDER, says_why=st.booleans())
    def decline(self, bid: int, who: int, by: str, says_why: bool) -> None:
        self.refuse(self.bid(bid), self.who(who), by, says_why)

    def refuse(self, bid: BidBeside, who: int, by: str, says_why: bool) -> None:
        case = bid.item.case
        departs = case.law.departs(case.scores(), "against")
        user, able = self.decider(case, by, who)
        may = (able and bid.state == "at_panel" and case.may_decide("against")
               and (says_why or not departs))  # fmt: skip
        if self.act(may, operations.decline, bid.row, reasons="Unclear.", equality_note="None.",
                    departure="We know better." if says_why else "", user=user):  # fmt: skip
            self.decided(bid, "against")

    @rule(bid=BID, who=WHO, by=DECIDER)
    def defer(self, bid: int, who: int, by: str) -> None:
        beside = self.bid(bid)
        user, able = self.decider(beside.item.case, by, self.who(who))
        may = able and beside.state == "at_panel" and beside.deferrals < 2
        if self.act(may, operations.defer, beside.row, "How will it go on?", user=user):
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
        assert (again.sitting.why_inquorate is None) == case.quorate()
        bid.took_part, bid.decided_on, bid.found_late = case.took_part(), (case.scores(), case.law), set()

    @precondition(lambda self: self.touched.state == "offered")
    @rule(who=WHO, by=DECIDER, part=st.integers(1, 5), says_why=st.booleans())
    def correct_the_offer(self, who: int, by: str, part: int, says_why: bool) -> None:
        beside = self.touched
        assert beside.decided_on is not None
        case, pence, (scores, law) = beside.item.case, beside.asked * part // 4, beside.decided_on
        user, able = self.decider(case, by, self.who(who))
        held = sum(beside_part for line, beside_part in self.world.purse.held[beside.id].items()
                   if beside.kind in self.world.purse.pays[line])  # fmt: skip
        may = (able and pence <= case.at_most and pence <= self.world.purse.room(beside.kind) + held
               and (says_why or not law.departs(scores, "for", less=pence < beside.asked)))  # fmt: skip
        if self.act(may, operations.correct_offer, beside.row, pence, reasons="Clear.", reason="A slip.",
                    departure="We know the school." if says_why else "", user=user):  # fmt: skip
            self.world.purse.release(beside.id)
            self.world.purse.reserve(beside.id, beside.kind, pence)
            beside.found_late = set()

    @precondition(lambda self: self.touched.state != "at_panel")
    @rule(who=WHO, by=DECIDER)
    def take_the_decision_back(self, who: int, by: str) -> None:
        beside = self.touched
        user, able = self.decider(beside.item.case, by, self.who(who))
        may = able and beside.state in STATES.values()
        if self.act(may, operations.undo_decision, beside.row, "A slip.", user=user):
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
        if self.act(may, operations.move_to, bid.item.row, meeting.id, user=self.user(by, 0)):
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
        answer_panel(row, answer="From our budget.", user=db.session.get_one(User, row.created_by_id),
                     now=self.world.now, version=None)  # fmt: skip
        bring_back(row, self.world.meeting(waits).id, user=self.world.employee("officer"), now=self.world.now)
        beside.state = "at_panel"
        self.world.put_before_panel(beside, row.items[-1])

    # -- what always holds -----------------------------------------------------------------------------

    @invariant()
    def the_sitting_is_the_models(self) -> None:
        item, case = self.touched.item.row, self.touched.item.case
        sitting, seats = item.sitting(self.world.now), self.world.seats
        assert (sitting.needed, sitting.counted) == (case.needed(), len(case.counted()))
        assert (sitting.why_inquorate is None) == case.quorate()
        assert {seats.index(s.seat.id) for s in sitting.yet_to_declare} == case.silent()
        assert tuple(sitting.tally) == case.tally()
        for seat, chair in ((sitting.chair, case.chair()), (sitting.casting_seat, case.chair(case.voters()))):
            assert (seat and seat.id) == (None if chair is None else seats[chair])
        for wanted in ("for", "against"):
            carried = item.why_no_majority(CHOICES[wanted].value, self.world.now) is None
            assert carried == (case.settled() == wanted)

    @invariant()
    def the_scores_are_the_models(self) -> None:
        item, case = self.touched.item.row, self.touched.item.case
        assert item.criterion_scores(self.world.now) == case.scores()
        assert item.total(self.world.now) == case.total()
        titles = {name.title() for name in case.to_moderate()}
        assert set(item.unmoderated(self.world.now)) == titles

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
            select(LateInterest.user_id).join(Decision)
            .where(Decision.bid_id == self.touched.id, Decision.undone_at.is_(None))
        ).all()  # fmt: skip
        assert sorted(late) == sorted(self.world.person(who).id for who in self.touched.found_late)
        held = sum(self.world.purse.held.get(self.touched.id, {}).values())
        assert [offer.pence for offer in offers] == ([held] if self.touched.state == "offered" else [])
        assert held <= min(self.touched.item.case.at_most, self.touched.asked)
        assert self.touched.row.state.value == self.touched.state


def test_the_panel_keeps_to_the_model_whatever_happens(make: Make) -> None:
    class OnRows(Walk):
        pass

    OnRows.make = make
    run_state_machine_as_test(
        OnRows,
        settings=settings(
            max_examples=int(os.environ.get("MODEL", "10")), stateful_step_count=25, deadline=None,
            suppress_health_check=list(HealthCheck), phases=PHASES,
        ),
    )  # fmt: skip
