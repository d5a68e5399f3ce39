"""A thousand bids more, and more of everything in the bids there are: rows for tests of growth.

Rows go in by the thousand through core inserts, so that this takes a second or two.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, literal, select, text

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostKind,
    CostLine,
    Evidence,
    EvidenceKind,
    Group,
    Outcome,
    Part,
    Partner,
    PupilGroup,
)
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.confirmation import ConfirmationState as Word
from fundflow.models.decision import Decision, Offer
from fundflow.models.fund import Allocation, Priority, Round
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Actual, Feedback, ImpactReturn
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.panel import AgendaItem, Choice, Meeting, Presence, Vote
from fundflow.models.panel import Outcome as Ended
from fundflow.models.payment import Claim, ClaimDay, ClaimKind
from fundflow.models.person import (
    Membership,
    RoleGrant,
    RoleName,
    Seat,
    SeatPosition,
    Sector,
    Standing,
    User,
)
from fundflow.models.review import Query, ReviewRequest
from fundflow.models.school import School
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from tests.factories import AWARDED, LONG_AGO, NOW, OFFERED_OR_LATER, TODAY, Make

REPORTS = (ReturnState.DUE, ReturnState.SUBMITTED, ReturnState.ACCEPTED)
CLAIMS = (ClaimState.SUBMITTED, ClaimState.QUERIED, ClaimState.CERTIFIED, ClaimState.DRAFT)


class Growth:
    """Rows for one fund, whose bids all have the same lead, provider, officer and meeting."""

    def __init__(self, make: Make, like: Bid, meeting: Meeting, officer: User) -> None:
        self.session, self.like, self.meeting = make.session, like, meeting
        self.fund_id, self.officer_id = like.fund_id, officer.id
        self.provider_id = like.partners[0].school_id
        self.line_id = self.session.query(Allocation).filter_by(fund_id=like.fund_id).first().id

    def put(self, kind: Any, rows: list[dict[str, Any]]) -> list[int]:
        """Insert rows and return their ids, in their order."""
        made = self.session.scalars(insert(kind).returning(kind.id, sort_by_parameter_order=True), rows)
        ids = list(made)
        if len(ids) >= 1000:  # as autovacuum would by itself, once they are committed
            self.session.execute(text("ANALYZE"))
        return ids

    # -- more bids ----------------------------------------------------------------------------

    def bids(self, count: int) -> None:
        """So many bids more, in every state by turns, with what their states imply."""
        states = [list(S)[n % len(S)] for n in range(count)]
        like = self.like
        ids = self.put(
            Bid,
            [
                {
                    "fund_id": self.fund_id,
                    "round_id": like.round_id,
                    "reference": f"G-{n:05}",
                    "state": state,
                    "state_since": NOW,
                    "created_at": NOW,
                    "title": f"Bid {n}",
                    "submitted_at": None if state is S.DRAFT else NOW,
                    "requested_pence": 1_000,
                    "created_by_id": like.created_by_id,
                    "lead_school_id": like.lead_school_id,
                    "priority_id": like.priority_id,
                    "start_on": TODAY,
                    "end_on": TODAY + timedelta(90),
                    "officer_id": self.officer_id,
                    "panel_answer": "Yes" if n % 2 else "",
                    "awarded_pence": 1_000 if state in AWARDED else None,
                    "termination_asked_at": NOW if state is S.SUSPENDED else None,
                }
                for n, state in enumerate(states)
            ],
        )
        found = list(zip(ids, states, strict=True))
        self._around(ids)
        self._at_panel([i for i, state in found if state in (S.AT_PANEL, S.DEFERRED)])
        self._offered([i for i, state in found if state in OFFERED_OR_LATER])
        self._awarded([i for i, state in found if state in AWARDED])
        self.put(
            ReviewRequest,
            [
                {"bid_id": i, "grounds": "Unfair", "asked_at": NOW, "asked_by_id": like.created_by_id}
                for i, state in found
                if state is S.NOT_FUNDED
            ],
        )

    def caseload(self, count: int, start: int = 0) -> None:
        """So many bids that differ in all an officer filters and sorts by, and nothing around them.

        They are led by twenty schools; one in five has no deadline, one in three no officer.
        """
        states, like = [state for state in S if state is not S.DRAFT], self.like
        leads = self.put(
            School,
            [
                {
                    "urn": f"{700_000 + start % 9_000 * 10 + n}",
                    "name": f"Quay {n}",
                    "search_name": f"quay {n}",
                    "la_code": "899",
                    "la_name": "Brackenford",
                    "type_code": 1,
                    "phase_code": n % 8,
                    "status_code": 1,
                }
                for n in range(20)
            ],
        )
        self.session.execute(
            insert(Bid),
            [
                {
                    "fund_id": self.fund_id,
                    "round_id": like.round_id,
                    "reference": f"Q-{n:05}",
                    "state": states[n % len(states)],
                    "state_since": NOW - timedelta(days=n % 90, minutes=n),
                    "created_at": NOW,
                    "submitted_at": NOW,
                    "title": f"Coaching {n}",
                    "requested_pence": n % 700 * 1_000,
                    "created_by_id": like.created_by_id,
                    "due_on": None if n % 5 == 0 else TODAY + timedelta(days=n % 60 - 20),
                    "lead_school_id": leads[n % 20],
                    "priority_id": like.priority_id,
                    "officer_id": None if n % 3 == 0 else self.officer_id,
                    "contact_name": "Sam Okafor",
                }
                for n in range(start, start + count)
            ],
        )
        provided = select(Bid.id, literal(self.provider_id), literal(Part.PROVIDER.value))
        provided = provided.where(Bid.lead_school_id.in_(leads))
        columns = ["bid_id", "school_id", "part", "contact_name", "contact_email"]
        self.session.execute(
            insert(Partner).from_select(columns, provided.add_columns(literal(""), literal("")))
        )
        self.session.execute(text("ANALYZE"))

    def _around(self, ids: list[int]) -> None:
        part = {"school_id": self.provider_id, "part": Part.PROVIDER}
        asked = {**part, "state": Word.ASKED, "asked_at": NOW, "due_on": TODAY}
        self.put(Partner, [{"bid_id": i, **part} for i in ids])
        self.put(Confirmation, [{"bid_id": i, **asked} for i in ids])
        for i in ids:
            self.told(i, 1)

    def _at_panel(self, ids: list[int]) -> None:
        """Thirty on the meeting's agenda, the others on past ones."""
        past = self.put(
            Meeting,
            [
                {
                    "fund_id": self.fund_id,
                    "state": MeetingState.CLOSED,
                    "place": "Hall",
                    "starts_at": NOW - timedelta(days=n + 1),
                }
                for n in range(60)
            ],
        )
        self.put(
            AgendaItem,
            [
                {
                    "bid_id": i,
                    "meeting_id": self.meeting.id if n < 30 else past[n % 60],
                    "position": 100 + n,
                    "outcome": None,
                }
                for n, i in enumerate(ids)
            ],
        )

    def _offered(self, ids: list[int]) -> None:
        items = self.put(
            AgendaItem,
            [
                {
                    "bid_id": i,
                    "meeting_id": self.meeting.id,
                    "position": 1000 + n,
                    "outcome": Ended.APPROVED,
                    "outcome_at": NOW,
                }
                for n, i in enumerate(ids)
            ],
        )
        self._decided(ids, items)

    def _decided(self, ids: list[int], items: list[int]) -> None:
        decisions = self.put(
            Decision,
            [
                {
                    "bid_id": i,
                    "item_id": item,
                    "outcome": Ended.APPROVED,
                    "pence": 1_000,
                    "reasons": "Clear",
                    "votes_for": 3,
                    "votes_against": 0,
                    "abstentions": 0,
                    "decided_at": NOW,
                    "decided_by_id": self.officer_id,
                }
                for i, item in zip(ids, items, strict=True)
            ],
        )
        self.put(
            Offer,
            [
                {
                    "bid_id": i,
                    "decision_id": decision,
                    "pence": 1_000,
                    "made_at": NOW,
                    "reply_by": TODAY,
                    "ended_at": NOW,
                    "ended_how": "accepted",
                }
                for i, decision in zip(ids, decisions, strict=True)
            ],
        )

    def _awarded(self, ids: list[int]) -> None:
        self.put(
            LedgerEntry,
            [
                {
                    "bid_id": i,
                    "fund_id": self.fund_id,
                    "allocation_id": self.line_id,
                    "at": NOW,
                    "kind": EntryKind.AWARDED,
                    "pence": 1_000,
                }
                for i in ids
            ],
        )
        self.put(
            Claim,
            [
                {
                    "bid_id": i,
                    "number": 1,
                    "kind": ClaimKind.BACKFILL,
                    "created_at": NOW,
                    "pence": 500,
                    "state": CLAIMS[n % 4],
                    "submitted_at": NOW,
                }
                for n, i in enumerate(ids)
            ],
        )
        self.put(
            ImpactReturn,
            [
                {"bid_id": i, "state": REPORTS[n % 3], "due_on": TODAY, "rag": None if n % 3 < 2 else "green"}
                for n, i in enumerate(ids)
            ],
        )
        self.put(
            Feedback, [{"bid_id": i, "school_id": self.like.lead_school_id, "asked_at": NOW} for i in ids]
        )

    # -- more of everything else --------------------------------------------------------------

    def town(self, count: int) -> None:
        """So many schools and heads more, and staff, lines and rounds."""
        schools = self.put(
            School,
            [
                {
                    "urn": f"{900_000 + n}",
                    "name": f"Zed {n}",
                    "search_name": f"zed {n}",
                    "la_code": "899",
                    "la_name": "Brackenford",
                    "type_code": 1,
                    "type_name": "Community",
                    "phase_code": 2,
                    "status_code": 1,
                    "establishment_number": f"{n:04}",
                }
                for n in range(count)
            ],
        )
        heads = self.put(
            User,
            [
                {"name": f"Head {n}", "email": f"head{n}@zed.example", "created_at": NOW, "session_key": "k"}
                for n in range(count)
            ],
        )
        self.put(
            Membership,
            [
                {"user_id": head, "school_id": school, "standing": Standing.LEADER, "starts_on": LONG_AGO}
                for head, school in zip(heads, schools, strict=True)
            ],
        )
        self.put(
            RoleGrant,
            [
                {"user_id": head, "role": RoleName.AUDITOR, "fund_id": self.fund_id, "starts_on": LONG_AGO}
                for head in heads[:20]
            ],
        )
        rounds = self.put(Round, [{"fund_id": self.fund_id, "name": f"Round {n}"} for n in range(20)])
        self.put(Priority, [{"round_id": r, "title": "Reading"} for r in rounds])
        lines = self.put(
            Allocation,
            [
                {
                    "fund_id": self.fund_id,
                    "source": "Forum",
                    "minute_reference": f"Minute {n}",
                    "financial_year": 2020 + n,
                    "pays": ["academy"],
                    "carries_forward": False,
                }
                for n in range(15)
            ],
        )
        self.put(
            LedgerEntry,
            [
                {
                    "fund_id": self.fund_id,
                    "allocation_id": line,
                    "kind": EntryKind.ALLOCATED,
                    "pence": 5,
                    "at": NOW,
                }
                for line in lines
            ],
        )

    def told(self, bid_id: int, count: int) -> None:
        """History and letters of a bid."""
        entry = {
            "bid_id": bid_id,
            "record_id": bid_id,
            "process": "application",
            "step": "submit",
            "label": "Submitted the bid",
            "from_state": "draft",
            "to_state": "submitted",
            "user_id": self.officer_id,
            "actor_name": "Olly",
            "at": NOW,
        }
        letter = {
            "bid_id": bid_id,
            "recipient": "school",
            "name": "Ann",
            "email": "a@b.example",
            "outside": True,
            "subject": "Your bid",
            "body": "Dear Ann",
            "written_at": NOW,
            "due": NOW,
            "status": LetterStatus.QUEUED,
            "user_id": self.officer_id,
        }
        self.put(HistoryEntry, [entry] * count)
        self.put(Letter, [{**letter, "key": f"growth:{bid_id}:{n}"} for n in range(count)])

    # -- more in one bid ----------------------------------------------------------------------

    def in_bid(self, bid: Bid) -> None:
        """More of every kind of row a bid has several of."""
        schools = self.put(
            School,
            [
                {
                    "urn": f"{800_000 + bid.id % 19_000 * 10 + n}",
                    "name": f"More {bid.id}-{n}",
                    "la_name": "B",
                    "search_name": f"more {bid.id}-{n}",
                    "la_code": "899",
                    "type_code": 1,
                    "status_code": 1,
                }
                for n in range(6)
            ],
        )
        parts = [Part.PROVIDER, Part.PARTNER]
        self.put(
            Partner, [{"bid_id": bid.id, "school_id": s, "part": parts[n % 2]} for n, s in enumerate(schools)]
        )
        self._answers(bid, schools)
        self.told(bid.id, 30)
        if bid.submitted_at:
            self._words(bid, schools)

    def _answers(self, bid: Bid, schools: list[int]) -> None:
        self.put(
            Evidence,
            [{"bid_id": bid.id, "kind": EvidenceKind.SURVEY, "source": "S", "dated": TODAY, "text": "T"}] * 5,
        )
        self.put(
            PupilGroup,
            [
                {"bid_id": bid.id, "group": group, "count": 5}
                for group in (Group.EAL, Group.BOYS, Group.GIRLS)
            ],
        )
        self.put(
            Outcome,
            [
                {
                    "bid_id": bid.id,
                    "measure": "M",
                    "unit": "%",
                    "group": Group.ALL,
                    "method": "Test",
                    "baseline": Decimal(1),
                    "baseline_on": TODAY,
                    "target": Decimal(2),
                    "target_on": bid.end_on,
                }
            ]
            * 4,
        )
        self.put(
            Activity,
            [
                {
                    "bid_id": bid.id,
                    "what": "W",
                    "who": "H",
                    "starts_on": bid.start_on,
                    "ends_on": bid.start_on,
                    "half_days": 2,
                }
            ]
            * 5,
        )
        self.put(
            BackfillLine,
            [
                {
                    "bid_id": bid.id,
                    "school_id": school,
                    "staff_role": "Teacher",
                    "staff_code": f"M{school}",
                    "half_days": 2,
                    "day_rate_pence": 100,
                }
                for school in schools
            ],
        )
        self.put(
            CostLine, [{"bid_id": bid.id, "kind": CostKind.TRAVEL, "description": "Bus", "pence": 1}] * 5
        )

    def _words(self, bid: Bid, schools: list[int]) -> None:
        self.put(
            Confirmation,
            [
                {
                    "bid_id": bid.id,
                    "school_id": school,
                    "part": Part.PARTNER,
                    "asked_at": NOW,
                    "due_on": TODAY,
                    "state": Word.CONFIRMED,
                    "answered_at": NOW,
                    "answered_by_id": self.officer_id,
                }
                for school in schools
            ],
        )
        self.put(
            Approval,
            [
                {
                    "bid_id": bid.id,
                    "state": "signed",
                    "name": f"C{n}",
                    "email": "c@d.example",
                    "role": "Chair",
                    "asked_at": NOW,
                    "due_on": TODAY,
                    "answered_at": NOW,
                }
                for n in range(3)
            ],
        )
        self.put(
            Query,
            [
                {
                    "bid_id": bid.id,
                    "batch": 1,
                    "section": "need",
                    "question": "Why?",
                    "answer": "So",
                    "asked_at": NOW,
                }
                for n in range(5)
            ],
        )

    def in_panel(self, item: AgendaItem, count: int = 8) -> None:
        """More members, present, with their interests, votes and decisions that were undone."""
        people = self.put(
            User,
            [
                {"name": f"Member {n}", "email": f"m{n}@b.example", "created_at": NOW, "session_key": "k"}
                for n in range(count)
            ],
        )
        seats = self.put(
            Seat,
            [
                {
                    "fund_id": self.fund_id,
                    "user_id": p,
                    "position": SeatPosition.MEMBER,
                    "sector": Sector.LA,
                    "starts_on": LONG_AGO,
                }
                for p in people
            ],
        )
        self.put(
            Presence, [{"item_id": item.id, "seat_id": s, "present": True, "changed_at": NOW} for s in seats]
        )
        self.put(
            Vote,
            [
                {
                    "item_id": item.id,
                    "seat_id": s,
                    "choice": Choice.FUND,
                    "at": NOW,
                    "recorded_by_id": self.officer_id,
                }
                for s in seats
            ],
        )
        self.put(
            Declaration,
            [
                {
                    "bid_id": item.bid_id,
                    "user_id": p,
                    "kind": InterestKind.DISCLOSED,
                    "text": "Cousin",
                    "declared_at": NOW,
                    "recorded_by_id": p,
                }
                for p in people
            ],
        )

    def in_claim(self, claim: Claim) -> None:
        """More days in a claim's log, and more claims on its bid."""
        line = self.session.query(BackfillLine).filter_by(bid_id=claim.bid_id).all()
        self.put(
            ClaimDay,
            [
                {
                    "claim_id": claim.id,
                    "line_id": found.id,
                    "school_id": found.school_id,
                    "day": TODAY,
                    "staff_code": found.staff_code,
                    "half_days": 1,
                    "activity": "Coaching",
                }
                for found in line
            ],
        )
        self.put(
            Claim,
            [
                {
                    "bid_id": claim.bid_id,
                    "number": 10 + n,
                    "kind": ClaimKind.BACKFILL,
                    "pence": 1,
                    "state": ClaimState.PAID,
                    "created_at": NOW,
                    "certified_by_id": self.officer_id,
                    "paid_by_id": claim.bid.created_by_id,
                    "paid_at": NOW,
                }
                for n in range(5)
            ],
        )

    def in_report(self, report: ImpactReturn) -> None:
        """A result for every outcome, and feedback of more schools."""
        self.put(
            Actual,
            [
                {"report_id": report.id, "outcome_id": outcome.id, "value": Decimal(2), "measured_on": TODAY}
                for outcome in self.session.query(Outcome).filter_by(bid_id=report.bid_id)
            ],
        )
        self.put(
            Feedback,
            [
                {"bid_id": report.bid_id, "school_id": partner.school_id, "asked_at": NOW}
                for partner in self.session.query(Partner).filter_by(bid_id=report.bid_id)
            ],
        )
