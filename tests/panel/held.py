"""Meetings of a small panel with names and times, whose minutes a test can spell out."""

from datetime import UTC, date, datetime
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.fund import Decider
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, Vote
from fundflow.models.person import RoleName, Seat, SeatPosition, Sector, User
from fundflow.models.review import Recommendation
from fundflow.panel.operations import (
    agenda,
    attendance,
    correcting,
    decisions,
    email_votes,
    interests,
    items,
    meetings,
    proposals,
    scores,
)
from fundflow.panel.operations.deciding import ConditionAsked
from fundflow.workflow.application import BidState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import Choice
from tests.factories import Make

P, S = SeatPosition, Sector
SIGNS = {"+": Choice.FUND, "-": Choice.DO_NOT_FUND, "0": Choice.ABSTAIN}
GOOD = dict.fromkeys(("need", "outcomes", "priority", "delivery", "value", "sustainability", "gaps"), 3)


def at(hour: int, minute: int = 0, day: int = 8) -> datetime:
    """A moment of December 2026, when London's clock is UTC's."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)


HALF_PAST_FIVE = at(17, 30)


class Held:
    """A panel of five and its meeting at 16:00 on 8 December 2026; `people` by first name."""

    def __init__(self, make: Make, **fund_values: Any) -> None:
        self.make = make
        self.fund = make.fund(name="Local School Improvement Fund", prefix="LSIF", **fund_values)
        self.clerk = make.staff(RoleName.CLERK, "Cleo Clerk")
        self.authorised = make.staff(RoleName.AUTHORISED_OFFICER, "Ada Authorised")
        self.officer = make.staff(RoleName.OFFICER, "Olive Officer")
        self.seats: dict[str, Seat] = {}
        for name, position, sector in (
            ("Chris Chair", P.CHAIR, S.SECONDARY),
            ("Dev Deputy", P.DEPUTY, S.SPECIAL),
            ("Pat Primary", P.MEMBER, S.PRIMARY),
            ("Lee Council", P.MEMBER, S.LA),
            ("Gil Governor", P.MEMBER, S.GOVERNOR),
        ):
            self.seats[name.split()[0]] = make.seat(self.fund, make.user(name), position, sector)
        self.meeting = make.meeting(self.fund, MeetingState.PLANNED, at(16))

    def user(self, name: str) -> User:
        return self.seats[name].user

    def bid(
        self, pence: int = 300_000, title: str = "Reading recovery", *, lead: Any = None, provider: Any = None
    ) -> Bid:
        """A bid on the agenda, with the officer's recommendation to fund it."""
        bid = self.make.bid(
            state=BidState.AT_PANEL,
            fund=self.fund,
            title=title,
            officer=self.officer,
            lead=lead or self.make.school("Oakfield Primary School"),
            now=at(9, day=1),
            provider=provider or self.make.school("Elm Grove Academy"),
        )
        bid.requested_pence = pence
        bid.review.recommendation, bid.review.recommended_pence = Recommendation.FUND, pence
        item, last = bid.items[0], max((i.position for i in self.meeting.items), default=0)
        item.meeting_id, item.position = self.meeting.id, last + 1
        self.make.session.commit()
        return bid

    def begin(self, *names: str) -> None:
        """Papers out, the meeting started, these members on the call."""
        meetings.issue_papers(self.meeting, user=self.clerk, now=at(9, day=2))
        meetings.open_session(self.meeting, user=self.clerk, now=at(16, 1))
        ids = {self.seats[name].id for name in names or self.seats}
        attendance.record_attendance(self.meeting, ids, (), user=self.clerk, now=at(16, 2))

    def call(self, name: str, present: bool, now: datetime) -> None:
        attendance.record_call(self.meeting, self.seats[name].id, present=present, user=self.clerk, now=now)

    def declares(self, item: AgendaItem, name: str, kind: InterestKind, text: str, now: datetime) -> None:
        interests.declare(item, self.seats[name].id, kind, text, user=self.clerk, now=now)

    def votes(self, item: AgendaItem, signs: dict[str, str], now: datetime, *, score: bool = True) -> None:
        """The rest have no interest; an agreed score of 75; these votes."""
        interests.declare_none_for_the_rest(item, user=self.clerk, now=now)
        if score:
            scores.save_scores(item, GOOD, stamp=None, user=self.clerk, now=now)
        attendance.take_item(item, user=self.clerk, now=now)
        for name, sign in signs.items():
            seat = self.seats[name]
            vote = Vote(seat=seat, choice=SIGNS[sign], at=now, recorded_by_id=self.clerk.id)
            item.votes.append(vote)
        item.bid.touch()
        self.make.session.commit()

    def decides(self, **changes: Any) -> dict[str, Any]:
        return {
            "reasons": "A clear need and a good plan.",
            "user": self.user("Chris"),
            "equality_note": "Disadvantaged pupils gain most.",
            **changes,
        }

    def close(self, now: datetime = HALF_PAST_FIVE) -> None:
        meetings.close_session(self.meeting, user=self.clerk, now=now)


def the_small_meeting(make: Make) -> Held:
    """One bid of £3,000, five people, five votes for it."""
    held = Held(make)
    bid = held.bid()
    held.begin()
    held.votes(bid.items[0], dict.fromkeys(held.seats, "+"), at(16, 20))
    decisions.approve(bid, 300_000, now=at(16, 25), **held.decides())
    held.close()
    return held


def the_call(make: Make, *, trust: str = "Hill Trust", lead: str = "Hill Academy", pat: str = "") -> Held:
    """£18,000 led by the chair's trust with support from the primary head's school: the two leave,
    the governor drops off, the vote is finished by email and decided by an authorised officer."""
    held = Held(
        make,
        decider=Decider.AUTHORISED_OFFICER,
        officer_limit_pence=2_000_000,
        delegation="Scheme of delegation 4.2, Cabinet 12 May 2026",
    )
    runs, provider = make.trust(trust), make.school("Elm Grove Academy")
    held.seats["Chris"].trust_id, held.seats["Pat"].school = runs.id, provider
    held.seats["Pat"].user.name = pat or held.seats["Pat"].user.name
    bid = held.bid(1_800_000, lead=make.school(lead, trust=runs), provider=provider)
    item = bid.items[0]
    held.begin()
    attendance.take_item(item, user=held.clerk, now=at(16, 30))
    held.call("Gil", False, at(16, 35))
    proposals.propose(item, 1_250_000, "Fewer days of the head would do", user=held.clerk, now=at(16, 40))
    email_votes.ask_to_vote_by_email(item, at(12, day=10), user=held.clerk, now=at(16, 45))
    return held


def voted_by_email(held: Held) -> None:
    """The rest of the call: 2–1 by email, mistyped by the officer, corrected."""
    item = held.meeting.items[0]
    for name, sign in (("Dev", "+"), ("Lee", "+"), ("Gil", "-")):
        user, now = held.user(name), at(10, day=9)
        interests.declare(item, held.seats[name].id, InterestKind.NONE, user=user, now=now)
        items.vote(item, held.seats[name].id, SIGNS[sign], user=user, now=now)
    decides = held.decides(user=held.authorised)
    late = "The call broke off before the scores."
    decisions.approve(item.bid, 1_200_000, now=at(13, day=10), departure=late, **decides)
    correcting.correct_offer(
        item.bid,
        1_250_000,
        reasons=decides["reasons"],
        user=held.authorised,
        reason="The amount was mistyped",
        now=at(13, 5, day=10),
    )
    held.close(at(14, day=10))


def the_full_meeting(make: Make) -> Held:
    """A tie with conditions and an interest found afterwards; one found at the table; a deferral; a
    bid moved to another meeting."""
    held = Held(make)
    titles = ("Phonics", "Number bonds", "Talk in lessons", "Music")
    tied, refused, deferred, moved = (held.bid(title=title) for title in titles)
    held.begin("Chris", "Dev", "Pat", "Lee")
    held.call("Gil", True, at(16, 14))
    _tied(held, tied)
    _refused(held, refused)
    held.call("Dev", False, at(16, 50))
    held.votes(deferred.items[0], {}, at(16, 52), score=False)
    decisions.defer(deferred, "How will you keep this going?", user=held.user("Chris"), now=at(16, 55))
    other = make.meeting(held.fund, MeetingState.PLANNED, at(16, day=22))
    agenda.move_to(moved.items[0], other.id, user=held.clerk, now=at(16, 58))
    held.close()
    item = tied.items[0]
    interests.declare(
        item,
        held.seats["Gil"].id,
        InterestKind.BARRED,
        "My sister teaches there",
        user=held.user("Gil"),
        now=at(9, day=9),
    )
    return held


def _tied(held: Held, bid: Bid) -> None:
    item = bid.items[0]
    held.declares(item, "Dev", InterestKind.DISCLOSED, "Coached its head last year", at(16, 15))
    held.votes(item, {"Chris": "+", "Pat": "+", "Lee": "-", "Gil": "-"}, at(16, 20))
    items.cast(item, Choice.FUND, "The need is urgent", user=held.user("Chris"), now=at(16, 22))
    condition = ConditionAsked("Publish the scheme of work", "Head of English", date(2027, 3, 12))
    decisions.approve(bid, 300_000, now=at(16, 25), **held.decides(conditions=[condition]))


def _refused(held: Held, bid: Bid) -> None:
    item = bid.items[0]
    held.votes(item, {"Pat": "+", "Chris": "-", "Lee": "-", "Gil": "0", "Dev": "-"}, at(16, 40))
    held.declares(item, "Pat", InterestKind.BARRED, "My partner governs there", at(16, 42))
    departs = "The plan names no baseline"
    decisions.decline(bid, now=at(16, 45), departure=departs, **held.decides(reasons="Too vague."))
