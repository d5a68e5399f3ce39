"""Thousands of bids that have ended, with what bids leave behind."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select, update

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseConsent, CaseStudy
from fundflow.models.confirmation import Confirmation
from fundflow.models.confirmation import ConfirmationState as Word
from fundflow.models.decision import Decision, Offer
from fundflow.models.history import HistoryEntry, HistoryWords
from fundflow.models.impact import ImpactReturn
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.panel import AgendaItem, AgreedScore, Meeting
from fundflow.models.panel import ItemOutcome as Ended
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import Seat
from fundflow.models.plan import RevisedPlan
from fundflow.models.recovery import Ground, Recovery
from fundflow.workflow.application import ENDED, BidState
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.impact_return import ReturnState
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.panel_rules import STANDARD
from fundflow.workflow.plan import PlanState
from fundflow.workflow.recovery import RecoveryState
from tests.factories import AWARDED, NOW, TODAY
from tests.growth.base import analyze
from tests.growth.bids import MoreBids

LONG_AGO = NOW - timedelta(days=500)  # in another financial year
PENCE = 1_000


class Archive(MoreBids):
    """Bids of years gone by."""

    def archive(self, count: int, start: int = 0) -> None:
        """So many bids that have ended, of other schools and the same officer, with all that is settled."""
        before = self.session.scalar(select(func.max(Bid.id))) or 0
        (self.provider_id,) = self._schools(start + 5, 1)
        self.caseload(count, start, states=list(ENDED))
        found = self.session.execute(select(Bid.id, Bid.state).where(Bid.id > before)).all()
        ids = [number for number, _ in found]
        long_ago = {"state_since": LONG_AGO, "created_at": LONG_AGO, "submitted_at": LONG_AGO}
        self.session.execute(update(Bid).where(Bid.id.in_(ids)).values(**long_ago))
        self._confirmed(ids)
        self._heard(found, start)
        self._paid([number for number, state in found if state in AWARDED])
        self._declared(ids)
        self._told(ids)
        self._taught([number for number, state in found if state is BidState.CLOSED])
        analyze(self.session)

    def _taught(self, ids: list[int]) -> None:
        """Published case studies that name the provider."""
        studies = self.put(
            CaseStudy,
            [
                {
                    "bid_id": number,
                    "state": CaseState.PUBLISHED,
                    "expertise": Expertise.MATHS,
                    "title": f"Sums {number}",
                    "drafted_at": LONG_AGO,
                    "drafted_by_id": self.officer_id,
                    "published_at": LONG_AGO,
                }
                for number in ids
            ],
        )
        agreed = {"school_id": self.provider_id, "agreed_at": LONG_AGO, "agreed_by_id": self.officer_id}
        self.put(CaseConsent, [{"study_id": study, **agreed} for study in studies])

    def _confirmed(self, ids: list[int]) -> None:
        asked = {
            "school_id": self.provider_id,
            "part": Part.PROVIDER,
            "state": Word.CONFIRMED,
            "asked_at": LONG_AGO,
        }
        self.put(
            Confirmation, [{"bid_id": i, **asked, "due_on": TODAY, "answered_at": LONG_AGO} for i in ids]
        )
        self.put(
            ImpactReturn,
            [{"bid_id": i, "state": ReturnState.ACCEPTED, "rag": "green", "due_on": TODAY} for i in ids],
        )

    def _heard(self, found: Any, start: int) -> None:
        """Before meetings more than a year ago, ten bids each: scored, voted on, decided."""
        days = [LONG_AGO - timedelta(days=n) for n in range(len(found) // 10)]
        meetings = self.put(
            Meeting,
            [
                {"fund_id": self.fund_id, "state": MeetingState.CLOSED, "starts_at": day, "place": "Hall"}
                for day in days
            ],
        )
        ends = [Ended.APPROVED if state in AWARDED else Ended.DECLINED for _, state in found]
        items = self.put(
            AgendaItem,
            [
                {
                    "bid_id": number,
                    "meeting_id": meetings[n % len(meetings)],
                    "position": start + n // len(meetings) + 1,
                    "outcome": ends[n],
                    "outcome_at": days[n % len(meetings)],
                }
                for n, (number, _) in enumerate(found)
            ],
        )
        self.session.execute(
            insert(AgreedScore),
            [{"item_id": item, "criterion": slug, "score": 3} for item in items for slug in STANDARD.slugs],
        )
        decisions = self.put(
            Decision,
            [
                {
                    "bid_id": number,
                    "item_id": items[n],
                    "outcome": ends[n],
                    "pence": PENCE if ends[n] is Ended.APPROVED else None,
                    "reasons": "Clear",
                    "votes_for": 3,
                    "votes_against": 0,
                    "abstentions": 0,
                    "decided_at": days[n % len(meetings)],
                    "published_at": days[n % len(meetings)],
                    "decided_by_id": self.officer_id,
                }
                for n, (number, _) in enumerate(found)
            ],
        )
        self._accepted(
            [
                (number, decision)
                for (number, state), decision in zip(found, decisions, strict=True)
                if state in AWARDED
            ]
        )

    def _accepted(self, decided: list[tuple[int, int]]) -> None:
        """Offers, smaller than what was asked for, whose revised plans were agreed to."""
        out = {"pence": PENCE, "made_at": LONG_AGO, "reply_by": TODAY, "ended_at": LONG_AGO}
        offers = self.put(Offer, [{"bid_id": i, "decision_id": decision, **out} for i, decision in decided])
        agreed = {"state": PlanState.AGREED, "proposed_at": LONG_AGO}
        self.put(
            RevisedPlan,
            [
                {"bid_id": i, "offer_id": offer, **agreed}
                for (i, _), offer in zip(decided, offers, strict=True)
            ],
        )

    def _paid(self, ids: list[int]) -> None:
        """What was awarded, claimed and paid; as much was allocated."""
        line = {"fund_id": self.fund_id, "allocation_id": self.line_id, "at": LONG_AGO}
        kinds = (EntryKind.AWARDED, EntryKind.PAID)
        self.put(
            LedgerEntry, [{**line, "bid_id": i, "kind": kind, "pence": PENCE} for i in ids for kind in kinds]
        )
        self.put(LedgerEntry, [{**line, "kind": EntryKind.ALLOCATED, "pence": PENCE * len(ids)}])
        self.put(
            Claim,
            [
                {
                    "bid_id": i,
                    "school_id": self.like.lead_school_id,
                    "number": 1,
                    "kind": ClaimKind.BACKFILL,
                    "created_at": LONG_AGO,
                    "submitted_at": LONG_AGO,
                    "pence": PENCE,
                    "state": ClaimState.PAID,
                    "certified_by_id": self.officer_id,
                    "paid_by_id": self.like.created_by_id,
                    "paid_at": LONG_AGO,
                }
                for i in ids
            ],
        )
        ended = {"state": RecoveryState.LET_GO, "ground": Ground.NOT_EARNED, "pence": PENCE}
        ended |= {"school_id": self.like.lead_school_id, "opened_at": LONG_AGO, "ended_at": LONG_AGO}
        self.put(Recovery, [{"bid_id": i, "number": 1, **ended} for i in ids])

    def _declared(self, ids: list[int]) -> None:
        """Everybody on the panel has said that they have no interest in them."""
        members = set(self.session.scalars(select(Seat.user_id)))
        said = {"kind": InterestKind.NONE, "declared_at": LONG_AGO}
        self.put(
            Declaration,
            [{"bid_id": i, "user_id": m, "recorded_by_id": m, **said} for i in ids for m in members],
        )

    def _told(self, ids: list[int]) -> None:
        """Two steps of each bid's history, and a letter about each that went."""
        entry = {"process": "application", "step": "submit", "from_state": "draft", "to_state": "submitted"}
        made = {**entry, "user_id": self.officer_id, "at": LONG_AGO, "words_hash": ""}
        twice = [i for i in ids for _ in range(2)]
        entries = self.put(HistoryEntry, [{**made, "bid_id": i, "record_id": i} for i in twice])
        words = {"salt": "", "label": "Sent the bid", "actor_name": "Olly", "reason": "", "given": {}}
        self.session.execute(insert(HistoryWords), [{**words, "entry_id": number} for number in entries])
        letter = {
            "recipient": "officer",
            "name": "Olly",
            "email": "o@b.example",
            "outside": False,
            "subject": "A bid",
            "body": "Dear Olly",
            "written_at": LONG_AGO,
            "due": LONG_AGO,
            "sent_at": LONG_AGO,
            "status": LetterStatus.SENT,
            "user_id": self.officer_id,
        }
        self.put(
            Letter,
            [
                {**letter, "bid_id": i, "history_entry_id": number, "key": f"archive:{number}"}
                for i, number in zip(twice, entries, strict=True)
            ],
        )
