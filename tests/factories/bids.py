"""Bids in every state, with the rows that their state implies."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from fundflow.applications.freezing import frozen, sha256
from fundflow.demo.answers import FULL, SHORT, answer
from fundflow.drafts import next_reference
from fundflow.history import record_event
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostKind,
    CostLine,
    Evidence,
    EvidenceKind,
    Outcome,
    Part,
    Partner,
    PupilGroup,
    PupilGroupKind,
    Risk,
)
from fundflow.models.condition import AwardCondition
from fundflow.models.confirmation import Approval, Confirmation
from fundflow.models.day_log import WorkedDay
from fundflow.models.decision import Decision, Offer
from fundflow.models.desk import Mention, StaffNote
from fundflow.models.feedback import Feedback
from fundflow.models.files import Attachment, FileKind
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import ImpactReturn
from fundflow.models.ledger_entry import EntryKind
from fundflow.models.named_person import NamedPerson
from fundflow.models.need import NeedAssessment
from fundflow.models.panel import ItemOutcome as Ended
from fundflow.models.person import RoleName, User
from fundflow.models.review import CHECKLIST, ChecklistAnswer, Review, Submission, Verdict
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.awards import award_of
from fundflow.rules.payees import payee_on
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from tests.factories.base import NOW, TODAY
from tests.factories.panel import Panels
from tests.factories.payees import Payees

AT_PANEL_OR_LATER = (
    S.AT_PANEL,
    S.DEFERRED,
    S.NOT_FUNDED,
    S.OFFERED,
    S.NOT_TAKEN_UP,
    S.IN_DELIVERY,
    S.SUSPENDED,
    S.TERMINATED,
    S.IN_MONITORING,
    S.CLOSED,
)
OFFERED_OR_LATER = (
    S.OFFERED,
    S.NOT_TAKEN_UP,
    S.IN_DELIVERY,
    S.SUSPENDED,
    S.TERMINATED,
    S.IN_MONITORING,
    S.CLOSED,
)
AWARDED = (S.IN_DELIVERY, S.SUSPENDED, S.TERMINATED, S.IN_MONITORING, S.CLOSED)
OFFERED = (EntryKind.RESERVED,)
ACCEPTED = (*OFFERED, EntryKind.UNRESERVED, EntryKind.AWARDED)
ENDED = (*ACCEPTED, EntryKind.RELEASED)
MONEY = {  # what the ledger says of a bid in a state
    S.OFFERED: OFFERED,
    S.NOT_TAKEN_UP: (*OFFERED, EntryKind.UNRESERVED),
    S.IN_DELIVERY: ACCEPTED,
    S.SUSPENDED: ACCEPTED,
    S.IN_MONITORING: ACCEPTED,
    S.TERMINATED: ENDED,
    S.CLOSED: ENDED,
}


class Bids(Panels, Payees):
    """Bids and what belongs to them."""

    def bid(
        self,
        *,
        state: S = S.DRAFT,
        fund: Fund | None = None,
        lead: School | None = None,
        provider: School | None = None,
        leader: User | None = None,
        officer: User | None = None,
        now: datetime = NOW,
        complete: bool = True,
        **values: Any,
    ) -> Bid:
        """A bid of £3,000 (6 × £350 + 2.5 × £240 with 40 % + £60) in this state."""
        fund = fund or self.fund()
        round_ = self.session.query(Round).filter_by(fund_id=fund.id).first()
        with self.in_one_go():
            round_ = round_ or self.round(fund)
            lead = lead or self.school()
            leader = leader or self.member(lead)
            parts_with = (provider or self.school()) if complete else None
        sent = state not in (S.DRAFT, S.WITHDRAWN)
        bid = Bid(
            fund=fund,
            round=round_,
            reference=next_reference(fund),
            state=state,
            state_since=now,
            created_at=now,
            created_by=leader,
            lead_school=lead,
            officer=officer,
            submitted_at=now if sent else None,
            agreed_by_id=leader.id if sent else None,
            match_funding=[],
            **values,
        )
        with self.in_one_go():
            self.session.add(bid)
            if parts_with:
                self._fill(bid, parts_with)
            self._as_its_state_implies(bid, now)
        if sent:
            self._sent(bid, leader, now)
        return bid

    def _as_its_state_implies(self, bid: Bid, now: datetime) -> None:
        """The rows beside the bid that hang on it; those that carry its number alone come after it."""
        if bid.state not in (S.DRAFT, S.WITHDRAWN):
            self._asked(bid, now)
        if bid.state not in (S.DRAFT, S.WITHDRAWN, S.SUBMITTED):
            bid.officer = bid.officer or self.staff(RoleName.OFFICER)
            bid.review = Review(updated_at=NOW)
        if bid.state in AT_PANEL_OR_LATER:
            self.confirmed(bid)
            self._at_panel(bid, now)
        if bid.state in OFFERED_OR_LATER:
            self._offered(bid, now)
        if bid.state in AWARDED:
            self._awarded(bid, now)

    def _sent(self, bid: Bid, leader: User, now: datetime) -> None:
        """Its frozen text, its checklist and its money."""
        text = frozen(bid)
        self.session.add(
            Submission(bid_id=bid.id, number=1, at=now, by_id=leader.id, answers=text, sha256=sha256(text))
        )
        if bid.review:
            self._checked(bid.review)
        self._entries(bid, now, MONEY.get(bid.state, ()), bid.offers[0].pence if bid.offers else 0)

    def fill(self, bid: Bid, provider: School) -> None:
        """Complete every section, of the full form too: it is shown where the amount asks for it."""
        self._fill(bid, provider)
        self.session.flush()

    def _fill(self, bid: Bid, provider: School) -> None:
        start = (bid.created_at + timedelta(days=30)).date()
        end = start + timedelta(days=150)
        answer(bid, SHORT | ({"title": bid.title} if bid.title else {}))
        bid.priority = bid.round.priorities[0]
        bid.start_on, bid.end_on = start, end
        bid.partners = [
            Partner(
                school=provider,
                part=Part.PROVIDER,
                contact_name="Head of provider",
                contact_email="head@provider.example",
            )
        ]
        bid.evidence = [
            Evidence(
                kind=EvidenceKind.ASSESSMENT,
                source="Phonics check",
                dated=date(2026, 6, 30),
                text="58% against 81% locally",
            )
        ]
        bid.pupil_groups = [PupilGroup(group=PupilGroupKind.DISADVANTAGED, count=61)]
        bid.outcomes = [
            Outcome(
                measure="Phonics standard",
                unit="%",
                group=PupilGroupKind.ALL,
                method="Phonics check",
                baseline=Decimal(58),
                baseline_on=date(2026, 6, 30),
                target=Decimal(76),
                target_on=end,
            )
        ]
        bid.activities = [
            Activity(what="Coaching", who="Reading lead", starts_on=start, ends_on=end, half_days=17)
        ]
        bid.backfill_lines = [
            BackfillLine(
                school=provider,
                staff_role="Reading lead",
                staff_code="RL1",
                half_days=12,
                day_rate_pence=35_000,
                on_cost_basis_points=0,
            ),
            BackfillLine(
                school=provider,
                staff_role="Teacher",
                staff_code="T1",
                half_days=5,
                day_rate_pence=24_000,
                on_cost_basis_points=4000,
            ),
        ]
        bid.cost_lines = [CostLine(kind=CostKind.TRAVEL, description="Travel", pence=6_000)]
        bid.requested_pence = 300_000
        self.fill_full(bid)

    def fill_full(self, bid: Bid) -> None:
        """What the full form asks beside the short one; a bid keeps an approver it has."""
        kept = {name: getattr(bid, name) for name in ("approver_name", "approver_email")}
        answer(bid, FULL | {name: text for name, text in kept.items() if text})
        reviewed = Evidence(
            kind=EvidenceKind.REVIEW,
            source="Review by Oakfield",
            dated=date(2026, 7, 10),
            text="Phonics is taught in two ways.",
        )
        bid.evidence.append(reviewed)
        bid.risks = [Risk(risk="A coach falls ill.", likelihood=2, impact=3, mitigation="Two are trained.")]

    def _asked(self, bid: Bid, now: datetime) -> None:
        bid.confirmations = [
            Confirmation(school=p.school, part=p.part, asked_at=now, due_on=now.date() + timedelta(days=14))
            for p in bid.partners
        ]

    def reviewed(self, bid: Bid) -> Review:
        """A complete checklist."""
        review = self._add(Review(bid=bid, updated_at=NOW))
        self._checked(review)
        return review

    def _checked(self, review: Review) -> None:
        answers = [{"review_id": review.id, "item": item, "verdict": Verdict.PASS} for item in CHECKLIST]
        self.session.execute(insert(ChecklistAnswer), answers)

    def approval(self, bid: Bid, **values: Any) -> Approval:
        """Somebody asked to sign, as the chair of governors."""
        asked = {
            "name": "Chris Chair",
            "email": "chair@gov.example",
            "role": "Chair of governors",
            "asked_at": NOW,
            "due_on": NOW.date() + timedelta(days=14),
        }
        made = Approval(bid=bid, **{**asked, **values})
        bid.approver_name, bid.approver_email = made.name, made.email
        return self._add(made)

    def named(self, bid: Bid, user: User, **values: Any) -> NamedPerson:
        """Somebody of the council or the panel whom the bid names as its contact."""
        return self._add(
            NamedPerson(bid=bid, user=user, **{"named_as": "its contact", "named_at": NOW, **values})
        )

    def confirmed(self, bid: Bid) -> None:
        """Every partner has confirmed."""
        from fundflow.workflow.confirmation import ConfirmationState

        for confirmation in bid.confirmations:
            confirmation.state = ConfirmationState.CONFIRMED
            confirmation.answered_at = NOW
        if self._flushes:
            self.session.flush()

    def _at_panel(self, bid: Bid, now: datetime) -> None:
        item = self.item(bid, self.meeting(bid.fund, MeetingState.IN_SESSION, now))
        if bid.state is S.AT_PANEL:
            return
        ended = {S.DEFERRED: Ended.DEFERRED, S.NOT_FUNDED: Ended.DECLINED}
        item.outcome, item.outcome_at = ended.get(bid.state, Ended.APPROVED), now
        if bid.state is S.DEFERRED:
            item.was_deferred, bid.panel_question = True, "How will you keep this going?"

    def _offered(self, bid: Bid, now: datetime) -> None:
        decision = Decision(
            bid=bid,
            item=bid.items[-1],
            outcome=Ended.APPROVED,
            pence=bid.requested_pence,
            reasons="A clear need.",
            votes_for=5,
            votes_against=0,
            abstentions=0,
            decided_at=now,
            decided_by=self.user(),
        )
        reply_by = (now + timedelta(days=21)).date()
        offer = Offer(decision=decision, pence=bid.requested_pence, made_at=now, reply_by=reply_by)
        bid.offers = [offer]
        if bid.state is S.OFFERED:
            bid.due_on = reply_by
        if bid.state is S.NOT_TAKEN_UP:
            offer.ended_at, offer.ended_how = now, "lapsed"

    def _awarded(self, bid: Bid, now: datetime) -> None:
        bid.awarded_pence = bid.requested_pence
        bid.awards = [award_of(bid, bid.requested_pence, now)]
        if payee_on(bid.lead_school, TODAY) is None:
            self.payee(bid.lead_school)
        bid.offers[0].ended_at, bid.offers[0].ended_how = now, "accepted"
        due = (bid.end_on or TODAY) + timedelta(days=28)
        bid.returns = [ImpactReturn(due_on=due)]
        if bid.state in (S.IN_MONITORING, S.CLOSED):
            bid.feedback = [Feedback(school=school, asked_at=now) for school in bid.supported]
            bid.due_on = due

    def worked_day(self, bid: Bid, line: int = 0, **values: Any) -> WorkedDay:
        """A whole day of a line of the bid's award, logged for the lead school; not confirmed."""
        assert bid.award is not None
        found = [each for each in bid.award.lines if each.is_days][line]
        return self._add(
            WorkedDay(
                **{
                    "bid": bid,
                    "line": found,
                    "school_id": found.school_id,
                    "staff_code": found.staff_code,
                    "day": TODAY,
                    "half_days": 2,
                    "activity": "Coaching",
                    "where_id": bid.lead_school_id,
                    "logged_at": NOW,
                    "by_school_id": bid.lead_school_id,
                    **values,
                }
            )
        )

    def spent_cost(self, bid: Bid, **values: Any) -> SpentCost:
        """A cost of £20 on the bid's line of other costs, with a receipt whose bytes are not in the store."""
        assert bid.award is not None
        cost = self._add(
            SpentCost(
                **{
                    "bid": bid,
                    "line": next(line for line in bid.award.lines if not line.is_days),
                    "spent_on": TODAY,
                    "pence": 2_000,
                    "what": "Train tickets",
                    "entered_at": NOW,
                    "entered_by_id": bid.created_by_id,
                    "by_school_id": bid.lead_school_id,
                    **values,
                }
            )
        )
        self._add(
            Attachment(
                bid_id=bid.id,
                spent_cost=cost,
                name="ticket.pdf",
                kind=FileKind.PDF,
                size=1,
                sha256=f"{cost.id:064}",
                store_key=f"00/receipt-{cost.id}",
                uploaded_at=NOW,
                uploaded_by_id=cost.entered_by_id,
            )
        )
        return cost

    def condition(self, bid: Bid, text: str = "Share the plan", **values: Any) -> AwardCondition:
        """A condition of the bid's award, due in two weeks."""
        return self._add(
            AwardCondition(
                **{
                    "bid": bid,
                    "decision": bid.offer.decision,
                    "text": text,
                    "owner": "Head of English",
                    "due_on": TODAY + timedelta(days=14),
                    "changed_at": NOW,
                    **values,
                }
            )
        )

    def need_assessment(self, bid: Bid, **values: Any) -> NeedAssessment:
        """The officer's first assessment of the bid's need, or another."""
        assert bid.review is not None
        return self._add(
            NeedAssessment(
                **{
                    "review": bid.review,
                    "number": len(bid.review.assessments) + 1,
                    "assessed_on": TODAY,
                    "known": "One in ten pupils has a plan.",
                    "seen": "Teachers adapt few lessons.",
                    "tried": "A day of training in May.",
                    "asked": "The SENCO and two parents.",
                    "at": NOW,
                    "by": bid.officer,
                    **values,
                }
            )
        )

    def staff_note(self, bid: Bid, by: User, *named: User, text: str = "Look at the costs.") -> StaffNote:
        """A note of staff, and whom it names."""
        return self._add(
            StaffNote(
                bid_id=bid.id,
                text=text,
                by_id=by.id,
                at=NOW,
                mentions=[Mention(user_id=user.id) for user in named],
            )
        )

    def history(
        self,
        record: Any,
        step: str = "submit",
        user: User | None = None,
        *,
        now: datetime = NOW,
        **given: Any,
    ) -> HistoryEntry:
        """An entry of a record; `given` as `record_event` takes it."""
        entry = record_event(record, step, given.pop("label", step), user=user, now=now, **given)
        self.session.flush()
        return entry
