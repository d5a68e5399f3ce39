"""People of a random panel at work: who is there, and their interests; each act in the program and,
beside it, in the model. `voting_walk` adds votes and scores; `test_model_walk` adds decisions, and what
must always hold."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from fundflow.extensions import db
from fundflow.interests import registering
from fundflow.models.interest import InterestKind, InterestSort
from fundflow.models.person import User
from fundflow.panel.operations import attendance, interests, meetings
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.panel.world import SCHOOLS, BidBeside, ItemBeside, World

SAYS = ["none", "none", "none", "disclosed", "barred"]
WHO = st.integers(0, 11)  # taken modulo how many there are
BID = st.sampled_from([0, 0, 0, 0, 0, 1, 2])  # likewise; most of a walk is about one bid
SAID = st.lists(st.sampled_from(SAYS), min_size=12, max_size=12)
BY = st.sampled_from(["clerk", "clerk", "clerk", "self", "self", "officer"])


class Panel(RuleBasedStateMachine):
    make: Make
    world: World
    touched: BidBeside

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

    @rule(
        what=st.sampled_from(["begin", "begin", "close", "rules", "wait", "wait"]),
        hours=st.sampled_from([1, 3, 50]),
    )
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
            if self.act(number in busy, meetings.issue_papers, meeting, user=clerk):
                self.world.keep_rules(number)
                self.act(True, meetings.open_session, meeting, user=clerk)
                self.world.meetings[number] = "in_session"
                return

    def close_the_meeting(self) -> None:
        meeting = self.world.meeting()
        items = [i for bid in self.world.bids for i in bid.items if i.meeting == meeting.id]
        left = [item for item in items if self.is_open(item) and not self.by_email(item)]
        over = self.world.meetings[meeting.id] == "in_session" and not left
        if self.act(over, meetings.close_session, meeting, user=self.world.employee("clerk")):
            self.world.meetings[meeting.id] = "closed"

    def count_the_minutes(self) -> None:
        for bid in self.world.bids:
            until = bid.item.email_until
            if until is not None and self.world.now > until:
                bid.item.case.asked_by_email = False

    # -- who is there, and their interests -------------------------------------------------------------

    @rule(bid=BID, who=WHO, present=st.booleans(), by=BY)
    def join_or_leave(self, bid: int, who: int, present: bool, by: str) -> None:
        self.mark(self.bid(bid).item, self.who(who), present, by)

    def mark(self, item: ItemBeside, who: int, present: bool, by: str) -> None:
        case = item.case
        may = (
            by == "clerk"
            and self.is_open(item)
            and self.session(item) in ("in_session", "closed")
            and not (present and (case.barred(who) or case.place_taken(who)))
        )
        if self.act(
            may,
            attendance.record_presence,
            item.row,
            self.world.seats[who],
            present=present,
            user=self.user(by, who),
        ):
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
        if self.act(
            may,
            interests.declare,
            bid.item.row,
            self.world.seats[who],
            InterestKind(says),
            "" if says == "none" else "My neighbour.",
            user=self.user(by, who),
        ):
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
        where = registering.Where(school=self.world.school(school))
        if self.act(
            by != "officer",
            registering.register_interest,
            user,
            InterestSort.FAMILY,
            where,
            bars=bars,
            text="My sister.",
            from_on=None,
            user=self.user(by, who),
        ):
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
