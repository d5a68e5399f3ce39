"""A council with one bid full of words that nobody barred may read."""

from datetime import date, timedelta
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel_settings import PanelRules
from fundflow.models.person import Membership, RoleGrant, RoleName, Seat, SeatPosition, Sector, Standing, User
from fundflow.models.review import Recommendation, ReviewRequest
from fundflow.panel.operations import (
    agenda,
    attendance,
    decisions,
    interests,
    items,
    letters_over,
    meetings,
    minutes,
    proposals,
    scores,
)
from fundflow.panel.operations.deciding import ConditionAsked
from fundflow.panel.operations.scores import Mark
from fundflow.workflow.application import BidState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD, Choice, Rules
from tests.factories import LONG_AGO, NOW, Make

R, P, T = RoleName, SeatPosition, Sector
MINUTE = timedelta(minutes=1)

# -- the words --------------------------------------------------------------------------------------

# What the bid itself says: whoever takes no part in it learns none of this.
BID = {
    "title": "Zq-title",
    "need": "Zq-need",
    "reference": "ZQ-0002",
    "school": "Quillmoor",
    "asked": "17,654.32",
}
# What the officer found, which members read with the papers, and schools never do.
REPORT = {"report": "Zq-report", "suggested conditions": "Zq-suggested"}
NOTES = {"staff note": "Zq-note"}
# What was said at the table by those who take part.
TALK = {"proposal": "Zq-proposal", "proposed amount": "16,543.21", "interest": "Zq-interest"}
# Members' scores and votes: never for whoever is barred, nor before one's own.
SCORES = {"reasons for scores": "Zq-mark", "moderation": "Zq-moderation", "total": "68.75"}
VOTES = {"tally": "3 for, 1 against"}
# What was decided, which schools learn with their letter; and what they never learn of it.
LETTER = {
    "reasons": "Zq-because",
    "condition": "Zq-condition",
    "owner": "Zq-owner",
    "feedback": "Zq-feedback",
    "offer": "15,432.10",
}
INSIDE = {"equality": "Zq-equality"}
WORDS = BID | REPORT | NOTES | TALK | SCORES | VOTES | LETTER | INSIDE


HERE = ("chair", "deputy", "primary member", "council's member")  # who is on the call


class Town:
    """A fund whose panel meets on two bids: the `secret` one and an `open` one; `people` by what they are."""

    def __init__(self, make: Make) -> None:
        self.make = make
        rules = Rules(individual_from_pence=1_000_000, quorum_percent=10, disclosed_may_vote=False)
        self.fund = make.fund(
            name="Fund of this panel",
            prefix="ZQ",
            holds_decision_letters=True,
            panel_rules=[PanelRules.holding(rules, number=1)],
        )
        self.trust = make.trust("Tansy Trust")
        self.lead = make.school("Quillmoor Primary School", trust=self.trust)
        self.provider = make.school("Wrenfield School")
        self.people: dict[str, User | None] = {"nobody": None}
        self.seats: dict[str, Seat] = {}
        self._schools()
        self._staff()
        self._panel()
        self.meeting = make.meeting(self.fund, MeetingState.PLANNED, NOW)
        self.open = self._bid("Open to all", make.school("Elsewhere School"), make.school(), 300_000)
        self.secret = self._bid("Zq-title", self.lead, self.provider, 1_765_432)
        self._fill(self.secret)
        self._barred_people()
        self._elsewhere()
        make.session.commit()

    def user(self, name: str) -> User:
        found = self.people[name]
        assert found is not None
        return found

    @property
    def clerk(self) -> User:
        return self.user("clerk")

    @property
    def item(self) -> Any:
        return self.secret.items[0]

    # -- who there is ---------------------------------------------------------------------------

    def _schools(self) -> None:
        member, make = self.make.member, self.make
        self.people |= {
            "head of the lead": member(self.lead, name="Lee Lead"),
            "team of the lead": member(self.lead, Standing.TEAM, name="Tea Lead"),
            "head of the provider": member(self.provider, name="Pru Provider"),
            "head of another school": member(make.school("Third School"), name="Ann Other"),
        }

    def _staff(self) -> None:
        staff = self.make.staff
        self.people |= {
            "clerk": staff(R.CLERK, "Cleo Clerk"),
            "officer": staff(R.OFFICER, "Olive Officer"),
            "authorised officer": staff(R.AUTHORISED_OFFICER, "Ada Authorised"),
            "finance": staff(R.FINANCE, "Fin Ance"),
            "board": staff(R.BOARD, "Boa Rd"),
            "auditor": staff(R.AUDITOR, "Aud Itor"),
            "administrator": staff(R.ADMINISTRATOR, "Adm In"),
            "impact officer": staff(R.IMPACT_OFFICER, "Imp Act"),
            "clerk who is barred": staff(R.CLERK, "Barred Clerk"),
            "officer who is barred": staff(R.OFFICER, "Barred Officer"),
            "deputy officer who is barred": staff(R.DEPUTY_OFFICER, "Barred Deputy"),
            "authorised officer who is barred": staff(R.AUTHORISED_OFFICER, "Barred Authorised"),
            "impact officer who is barred": staff(R.IMPACT_OFFICER, "Barred Impact"),
            "reviewing manager who is barred": staff(R.REVIEWING_MANAGER, "Barred Manager"),
            "officer of the lead school": staff(R.OFFICER, "Both Officer"),
        }
        self.make.session.add(
            Membership(
                user=self.user("officer of the lead school"),
                school=self.lead,
                standing=Standing.TEAM,
                starts_on=LONG_AGO,
            )
        )

    def _seat(self, name: str, position: P = P.MEMBER, sector: T = T.GOVERNOR, **values: Any) -> Seat:
        user = values.pop("user", None) or self.make.user(f"Seat {len(self.seats)}")
        self.people[name] = user
        self.seats[name] = self.make.seat(values.pop("fund", self.fund), user, position, sector, **values)
        return self.seats[name]

    def _panel(self) -> None:
        self._seat("chair", P.CHAIR, T.SECONDARY)
        self._seat("deputy", P.DEPUTY, T.SPECIAL)
        self._seat("primary member", sector=T.PRIMARY)
        self._seat("council's member", sector=T.LA)
        self._seat("member who has not scored")
        self._seat("member who disclosed")
        self._seat("substitute", stands_in_for_id=self.seats["member who has not scored"].id)
        self._seat("member barred by own school", sector=T.PRIMARY, school=self.provider)
        self._seat("member barred by own trust", trust=self.trust)
        for name in (
            "by the register",
            "by a tie to the trust",
            "as approver",
            "as contact",
            "as partner's contact",
            "by declaring",
        ):
            self._seat(f"member barred {name}")
        self._seat("substitute who is barred", school=self.lead, stands_in_for_id=self.seats["chair"].id)
        self._seat("past member", ends_on=date(2026, 11, 1))
        self._seat("member to come", starts_on=date(2027, 1, 1))
        self._seat(
            "administrator who sits and is barred", school=self.lead, user=self.make.staff(R.ADMINISTRATOR)
        )

    def _barred_people(self) -> None:
        secret, make = self.secret, self.make
        settler = make.user()
        for named in ("approver", "contact", "partner's contact"):
            make.barred(secret, self.user(f"member barred as {named}"), by=settler)
        make.interest(self.user("member barred by the register"), school=self.lead)
        make.interest(self.user("member barred by a tie to the trust"), trust=self.trust)
        declared = self.user("member barred by declaring")
        make.session.add(
            Declaration(
                bid=secret,
                user_id=declared.id,
                kind=InterestKind.BARRED,
                text="Mine",
                declared_at=NOW,
                recorded_by_id=declared.id,
            )
        )
        for name, user in self.people.items():
            if "who is barred" in name and user and user.roles:
                make.interest(user, school=self.provider)

    def _elsewhere(self) -> None:
        """Another fund with a panel, a clerk and a meeting of its own."""
        make = self.make
        self.other_fund = make.fund(name="Another fund", prefix="OT")
        self._seat("member of another panel", fund=self.other_fund)
        for name, role in (("clerk", R.CLERK), ("officer", R.OFFICER)):
            user = make.user(f"Other {name}")
            user.roles = [RoleGrant(role=role, starts_on=LONG_AGO, fund_id=self.other_fund.id)]
            self.people[f"{name} of another fund"] = user
        self.elsewhere = make.bid(state=BidState.AT_PANEL, fund=self.other_fund, now=NOW)

    # -- the bids -------------------------------------------------------------------------------

    def _bid(self, title: str, lead: Any, provider: Any, pence: int) -> Bid:
        bid = self.make.bid(
            state=BidState.AT_PANEL,
            fund=self.fund,
            title=title,
            lead=lead,
            provider=provider,
            officer=self.user("officer"),
            leader=self.people.get("head of the lead"),
            now=NOW - timedelta(hours=1),
        )
        bid.requested_pence = pence
        bid.review.recommendation, bid.review.recommended_pence = Recommendation.FUND, pence
        bid.items[0].meeting_id, bid.items[0].position = self.meeting.id, 1 + (title == "Zq-title")
        return bid

    def _fill(self, bid: Bid) -> None:
        make, officer = self.make, self.user("officer")
        bid.need, bid.review.need_notes = "Zq-need", "Zq-report"
        bid.review.value_notes, bid.review.conditions = "Zq-report", "Zq-suggested"
        self.note = make.staff_note(bid, officer, self.clerk, text="Zq-note")
        make.contact(self.lead, officer, about_bid=bid, said="Zq-said")
        request = ReviewRequest(
            bid=bid,
            grounds="Zq-grounds",
            asked_at=NOW,
            asked_by_id=officer.id,
            heard_at=NOW,
            heard_by_id=officer.id,
            upheld=False,
        )
        make.session.add(request)
        make.session.flush()

    # -- what happens to them -------------------------------------------------------------------

    def vote(self) -> None:
        """Papers out; four members score and vote on the secret bid, 3 to 1, for less than was asked."""
        call = {"user": self.clerk, "now": NOW}
        meetings.issue_papers(self.meeting, **call)
        meetings.open_session(self.meeting, **call)
        for name in HERE:
            attendance.record_call(self.meeting, self.seats[name].id, present=True, **call)
        proposals.propose(self.item, 1_654_321, "Zq-proposal", **call)
        self._declare("member who disclosed", InterestKind.DISCLOSED, "Zq-interest")
        for name, score in zip(HERE, (3, 3, 3, 1), strict=True):
            self._declare(name, InterestKind.NONE)
            self.hand_in(name, score)
        self._declare("member who has not scored", InterestKind.NONE)
        for slug in STANDARD.slugs:
            scores.moderate(self.item, slug, "Zq-moderation", self._moved(slug), stamp=None, **call)
        for name, sign in zip(HERE, (Choice.FUND,) * 3 + (Choice.DO_NOT_FUND,), strict=True):
            items.vote(self.item, self.seats[name].id, sign, **call)

    @property
    def here(self) -> list[Seat]:
        return [self.seats[name] for name in HERE]

    def _moved(self, slug: str) -> dict[int, int]:
        """Whoever gave a 1 gives a 2 after talking, so that the total is 68.75."""
        return {sheet.id: 2 for sheet in self.item.sheets if sheet.counted_scores[slug] == 1}

    def hand_in(self, name: str, score: int) -> None:
        marks = {slug: Mark(score, "Zq-mark") for slug in STANDARD.slugs}
        scores.save_sheet(
            self.item, self.seats[name].id, marks, hand_in=True, stamp=None, user=self.user(name), now=NOW
        )

    def _declare(self, name: str, kind: InterestKind, text: str = "") -> None:
        interests.declare(self.item, self.seats[name].id, kind, text, user=self.clerk, now=NOW)

    def decide(self, *, fund: bool = True) -> None:
        given = {
            "reasons": "Zq-because",
            "equality_note": "Zq-equality",
            "feedback": {"need": "Zq-feedback"},
            "user": self.user("chair"),
            "now": NOW + MINUTE,
        }
        if fund:
            decisions.approve(
                self.secret,
                1_543_210,
                conditions=[ConditionAsked("Zq-condition", "Zq-owner", date(2027, 1, 8))],
                **given,
            )
        else:
            for seat, choice in zip(self.here, (Choice.DO_NOT_FUND,) * 3 + (Choice.FUND,), strict=True):
                items.vote(self.item, seat.id, choice, user=self.clerk, now=NOW)
            decisions.decline(self.secret, departure="Zq-because", **given)

    def minute(self) -> None:
        """The other item moves on, the meeting closes, its minutes go out."""
        call: dict[str, Any] = {"user": self.clerk, "now": NOW + 2 * MINUTE}
        later = self.make.meeting(self.fund, MeetingState.PLANNED, NOW + timedelta(days=30))
        agenda.move_to(self.open.items[0], later.id, **call)
        meetings.close_session(self.meeting, **call)
        self.minutes = minutes.draft_minutes(self.meeting, **call)
        minutes.circulate(self.minutes, **call)
        self.later = later

    def send(self) -> None:
        letters_over.send_letters(
            self.secret,
            user=self.user("officer"),
            now=NOW + 3 * MINUTE,
            feedback={"need": "Zq-feedback"},
            opening="",
            closing="",
            version=None,
        )
