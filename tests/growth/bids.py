"""A thousand bids more, with what their states imply."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import insert, literal, select, update

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.confirmation import Confirmation
from fundflow.models.confirmation import ConfirmationState as Word
from fundflow.models.decision import Decision, Offer
from fundflow.models.feedback import Feedback
from fundflow.models.impact import ImpactReturn
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.panel import AgendaItem, Meeting
from fundflow.models.panel import ItemOutcome as Ended
from fundflow.models.payee import Paid, Payee, Route
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.review import ReviewRequest
from fundflow.models.school import School, SchoolKind
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.payee import PayeeState
from tests.factories import AWARDED, LONG_AGO, NOW, OFFERED_OR_LATER, TODAY
from tests.growth.base import Rows, analyze

REPORTS = (ReturnState.DUE, ReturnState.SUBMITTED, ReturnState.ACCEPTED)
SUBMITTED = tuple(state for state in S if state is not S.DRAFT)
CLAIMS = (ClaimState.SUBMITTED, ClaimState.QUERIED, ClaimState.CERTIFIED, ClaimState.DRAFT)


class MoreBids(Rows):
    """More bids in the fund."""

    def bids(self, count: int, start: int = 0) -> None:
        """So many bids more, in every state by turns, with what their states imply; numbered from `start`."""
        states = [list(S)[n % len(S)] for n in range(count)]
        like = self.like
        ids = self.put(
            Bid,
            [
                {
                    "fund_id": self.fund_id,
                    "round_id": like.round_id,
                    "reference": f"G-{start + n:05}",
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
        still_out = Offer.bid_id.in_([i for i, state in found if state is S.OFFERED])
        self.session.execute(update(Offer).where(still_out).values(ended_at=None, ended_how=""))
        self._awarded([i for i, state in found if state in AWARDED])
        self.put(
            ReviewRequest,
            [
                {"bid_id": i, "grounds": "Unfair", "asked_at": NOW, "asked_by_id": like.created_by_id}
                for i, state in found
                if state is S.NOT_FUNDED
            ],
        )

    def caseload(self, count: int, start: int = 0, states: Sequence[S] = SUBMITTED) -> None:
        """So many bids that differ in all an officer filters and sorts by, and nothing around them.

        They are led by twenty schools; one in five has no deadline, one in three no officer.
        """
        like = self.like
        leads = self._schools(start, 20)
        self.put(
            Bid,
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
        analyze(self.session)

    def _schools(self, start: int, count: int) -> list[int]:
        """Maintained schools, each with a confirmed payee."""
        urns = [f"{700_000 + start % 9_000 * 10 + n}" for n in range(count)]
        schools = self.put(
            School,
            [
                {
                    "urn": urns[n],
                    "name": f"Quay {n}",
                    "la_code": "899",
                    "la_name": "Brackenford",
                    "type_code": 1,
                    "phase_code": n % 8,
                    "status_code": 1,
                }
                for n in range(count)
            ],
        )
        self.put(
            Payee,
            [
                {
                    "school_id": school,
                    "state": PayeeState.CONFIRMED,
                    "paid": Paid.SCHOOL,
                    "name": f"Quay {n}",
                    "route": Route.JOURNAL,
                    "cost_centre": "4711",
                    "valid_from": LONG_AGO,
                    "evidence": "The list of schools",
                    "held_at": "Folder Payees",
                    "for_urn": urns[n],
                    "for_kind": SchoolKind.MAINTAINED,
                    "proposed_at": NOW,
                    "proposed_by_id": self.officer_id,
                    "confirmed_at": NOW,
                    "confirmed_by_id": self.like.created_by_id,
                }
                for n, school in enumerate(schools)
            ],
        )
        return schools

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
                    "position": 100 + i,
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
                    "position": 100_000 + i,
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
                    "school_id": self.like.lead_school_id,
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
            Feedback,
            [
                {"bid_id": i, "school_id": self.like.lead_school_id, "asked_at": NOW, "state": "asked"}
                for i in ids
            ],
        )
