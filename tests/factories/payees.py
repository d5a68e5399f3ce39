"""Who is paid for schools, and what holds payments."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any

from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.change import ChangeAnswer, ChangeRequest
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.follow_up import FollowUp
from fundflow.models.fund import Fund
from fundflow.models.opening import Opening, OpeningAward, OpeningLine, kept
from fundflow.models.payee import Payee, PayeeBatch, Route
from fundflow.models.payment import Claim
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.payment_run import Outcome, PaymentLayout, PaymentRun, RunLine
from fundflow.models.person import RoleName, User
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.models.quality_check import QualityCheck
from fundflow.models.reversal import Reversal
from fundflow.models.school import School
from fundflow.models.visit import Visit
from fundflow.payments.runs.shipped import shipped
from fundflow.rules.payees import suggested, trust_code
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.earned_correction import EarnedCorrectionState
from fundflow.workflow.follow_up import FollowUpState
from fundflow.workflow.payee import PayeeState
from fundflow.workflow.payment_block import BlockState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.quality_check import Stage
from fundflow.workflow.reversal import ReversalState
from fundflow.workflow.visit import VisitState
from tests.factories.base import LONG_AGO, NOW, TODAY
from tests.factories.people import People


class Payees(People):
    """Payees, confirmed long ago unless said otherwise."""

    @cached_property
    def two_of_finance(self) -> tuple[User, User]:
        """Who proposed and who confirmed the payees of tests; they hold no role today."""
        return self.user(), self.user()

    def payee_batch(self, *schools: School) -> PayeeBatch:
        """A file of payees that waits to be confirmed."""
        batch = self._add(
            PayeeBatch(
                name="payees.csv", size=len(schools), proposed_at=NOW, proposed_by=self.two_of_finance[0]
            )
        )
        for school in schools:
            self.payee(school, state=PayeeState.PROPOSED, batch=batch)
        return batch

    def opening(self, fund: Fund, *schools: School, today: date = TODAY) -> Opening:
        """Awards of £2,100 that wait to be confirmed: six days, of which one is worked and paid."""
        opening = self._add(
            Opening(
                fund=fund,
                name="awards.csv",
                size=len(schools),
                entered_at=NOW,
                entered_by=self.two_of_finance[0],
            )
        )
        for school in schools:
            line = OpeningLine(
                "Assistant head",
                school.id,
                staff_code="AH1",
                half_days=12,
                day_rate_pence=35_000,
                earned=2,
                paid=35_000,
            )
            self._add(
                OpeningAward(
                    opening=opening,
                    school=school,
                    title="Reading support",
                    start_on=today,
                    end_on=today + timedelta(days=200),
                    minute_reference="SF/12",
                    minuted_on=today,
                    pence=210_000,
                    up_to=today,
                    contact_name="Mina Hart",
                    contact_email="mina@school.example",
                    held=kept([line]),
                )
            )
        return opening

    def payee(self, school: School, **values: Any) -> Payee:
        """As the school's kind suggests: a cost centre, its trust, or a supplier."""
        paid, route, name = suggested(school)
        proposer, confirmer = self.two_of_finance
        state = values.get("state", PayeeState.CONFIRMED)
        confirmed = state in (PayeeState.CONFIRMED, PayeeState.ENDED)
        route = values.get("route", route)
        given = {
            "state": state,
            "paid": paid,
            "name": name or f"The trust of {school.name}",
            "route": route,
            "cost_centre": "4711" if route is Route.JOURNAL else "",
            "supplier_number": "" if route is Route.JOURNAL else "S-100",
            "valid_from": LONG_AGO,
            "evidence": "The finance system’s list of schools",
            "held_at": "Finance, folder Payees",
            "for_urn": school.urn,
            "for_kind": school.kind,
            "for_trust": trust_code(school),
            "proposed_at": NOW,
            "proposed_by": proposer,
            "confirmed_at": NOW if confirmed else None,
            "confirmed_by": confirmer if confirmed else None,
        }
        return self._add(Payee(school=school, **{**given, **values}))

    def change_request(self, bid: Bid, by: User, **values: Any) -> ChangeRequest:
        """Less money, for which the school asked; with the liaison officer, its providers have agreed."""
        answers = [ChangeAnswer(school=school, agreed_at=NOW, agreed_by=by) for school in bid.providers]
        given: dict[str, Any] = {
            "number": 1,
            "state": ChangeState.WITH_OFFICER,
            "award": bid.award,
            "old_start_on": bid.start_on,
            "old_end_on": bid.end_on,
            "start_on": bid.start_on,
            "end_on": bid.end_on,
            "pence": 200_000,
            "why": "The pupils need less support.",
            "asked_at": NOW,
            "waits_since": NOW,
            "asked_by": by,
            "answers": answers,
        }
        return self._add(ChangeRequest(bid=bid, **{**given, **values}))

    def payment_run(self, bid: Bid, *claims: Claim, **values: Any) -> PaymentRun:
        """A run of these claims that waits to be approved, gathered by somebody who holds no role today."""
        lines = [
            RunLine(number=number, claim=claim, pence=claim.pence, outcome=Outcome.WAITING)
            for number, claim in enumerate(claims, 1)
        ]
        given = {
            "state": RunState.GATHERED,
            "number": 1,
            "layout_name": "Plain CSV",
            "layout": shipped("plain_csv"),
            "gathered_at": NOW,
            "gathered_by": self.two_of_finance[0],
        }
        return self._add(PaymentRun(fund=bid.fund, lines=lines, **{**given, **values}))

    def correction(self, line: AwardLine, **values: Any) -> EarnedCorrection:
        """A correction of what was earned on a line before, by a day or £100, that waits."""
        given = {
            "state": EarnedCorrectionState.PROPOSED,
            "up_to": TODAY,
            "was": 0,
            "half_days": 2 if line.is_days else None,
            "pence": None if line.is_days else 10_000,
            "reason": "Misread",
            "asked_at": NOW,
            "asked_by": self.two_of_finance[0],
        }
        return self._add(EarnedCorrection(bid=line.award.bid, line=line, **{**given, **values}))

    def reversal(self, claim: Claim, **values: Any) -> Reversal:
        """A reversal of a claim's payment that waits to be approved."""
        given = {
            "state": ReversalState.REQUESTED,
            "pence": claim.pence,
            "reason": "It bounced",
            "requested_at": NOW,
            "requested_by": self.two_of_finance[0],
            "paid_at": claim.paid_at or NOW,
            "paid_by_id": claim.paid_by_id or self.two_of_finance[1].id,
            "payment_reference": claim.payment_reference or "BACS 1",
            "payee_name": claim.school.name,
            "payee_urn": claim.school.urn,
            "supplier_number": claim.supplier_number or "",
        }
        return self._add(Reversal(bid=claim.bid, claim=claim, **{**given, **values}))

    def layout(self, fund: Fund) -> PaymentLayout:
        """A layout of the fund's own."""
        return self._add(PaymentLayout(fund=fund, name="Ours", document=shipped("journal")))

    def follow_up(self, bid: Bid, **values: Any) -> FollowUp:
        """An open action that the impact officer agreed with the bid's school."""
        return self._add(
            FollowUp(
                **{
                    "bid": bid,
                    "state": FollowUpState.OPEN,
                    "what": "Train the new teaching assistants",
                    "owner": "deputy head",
                    "due_on": TODAY + timedelta(days=30),
                    "asked_at": NOW,
                    "asked_by": bid.officer or self.staff(RoleName.OFFICER),
                    "changed_at": NOW,
                    **values,
                }
            )
        )

    def quality_check(self, bid: Bid, **values: Any) -> QualityCheck:
        """A check of the plan of a bid's support, to do."""
        return self._add(QualityCheck(**{"bid": bid, "stage": Stage.PLAN, "due_on": TODAY, **values}))

    def provider(self, fund: Fund, **values: Any) -> Provider:
        """An independent provider that an officer proposed, with its due diligence in force for a year."""
        given: dict[str, Any] = {"fund": fund, "name": "Bright Learning Ltd", "contact_name": "Bea Bright"}
        given |= {"contact_email": "bea@bright.example", "expertise": ["maths"], "state_since": NOW}
        given |= {"proposed_at": NOW, "proposed_by": values.get("proposed_by")}
        given |= {f"{name}_seen_on": TODAY for name in DUE_DILIGENCE}
        given |= {f"{name}_due_on": TODAY + timedelta(days=365) for name in DUE_DILIGENCE}
        return self._add(Provider(**{**given, **values}))

    def visit(self, bid: Bid, **values: Any) -> Visit:
        """A visit to the lead school that its officer planned for today."""
        return self._add(
            Visit(
                **{
                    "bid": bid,
                    "school": bid.lead_school,
                    "state": VisitState.PLANNED,
                    "planned_on": TODAY,
                    "half_days": 1,
                    "purpose": "See the reading lessons",
                    "planned_at": NOW,
                    "planned_by": bid.officer or self.staff(RoleName.OFFICER),
                    **values,
                }
            )
        )

    def payment_block(self, bid: Bid, **values: Any) -> PaymentBlock:
        """A block of a bid's payments that stands, put by its officer."""
        return self._add(
            PaymentBlock(
                **{
                    "bid": bid,
                    "kind": BlockKind.REPORT,
                    "state": BlockState.STANDING,
                    "reason": "Send the interim report first.",
                    "put_at": NOW,
                    "put_by": bid.officer or self.staff(RoleName.OFFICER),
                    **values,
                }
            )
        )
