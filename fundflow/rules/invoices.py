"""Invoices of a fund that pays by order and invoice (docs/rules.md, "Purchase mode")."""

from datetime import date

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import object_session

from fundflow.models.area import same_schools
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund, PaysBy
from fundflow.models.money import pounds
from fundflow.models.payment import OPEN_CLAIMS, Claim
from fundflow.models.school import School, SchoolKind, kind_value
from fundflow.names import identifier
from fundflow.rules.award_sums import payee_today
from fundflow.workflow.award import parts_of
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.vat import EXEMPT, InvoiceLine, standard_rate


def order_of(bid: Bid) -> str:
    """The number of an award's order: as finance gave it, else the bid's reference."""
    return bid.order_number or bid.reference


def needs_invoice(claim: Claim) -> bool:
    """Whether a claim is paid on an invoice. Maintained schools are paid by journal, unless the fund says
    otherwise."""
    fund = claim.bid.fund
    return fund.is_purchase and not (fund.journals_maintained and claim.school.kind is SchoolKind.MAINTAINED)


def has_invoice(claim: Claim) -> bool:
    """Whether its invoice is entered, for what it comes to now."""
    return bool(claim.invoice_lines) and sum(line[2] for line in claim.invoice_lines) == claim.pence


def why_invoiced(fund: Fund, pays_by: PaysBy, *, journals_maintained: bool) -> str | None:
    """Why a fund can't begin to pay without invoices, or to pay maintained schools by journal, now: a claim
    that would be paid so has its invoice; as a sentence, or None."""
    if fund.pays_by is not PaysBy.PURCHASE:
        return None
    grants = pays_by is not PaysBy.PURCHASE
    if not grants and not journals_maintained:
        return None
    query = select(Claim).join(Bid, Bid.id == Claim.bid_id).join(School, School.id == Claim.school_id)
    query = query.where(Bid.fund_id == fund.id, Claim.state.in_(OPEN_CLAIMS), Claim.invoiced_on.is_not(None))
    if not grants:
        query = query.where(kind_value() == SchoolKind.MAINTAINED.value)
    session = object_session(fund)
    claim = session and session.scalar(query.order_by(Claim.id).limit(1))
    if not claim:
        return None
    how = "this fund pays grants" if grants else "maintained schools are paid by journal"
    return f"The claim {claim.reference} has an invoice. Pay or refuse it before {how}."


def lacks_invoice() -> ColumnElement[bool]:
    """Whether the invoice on which a claim is paid is not entered, as a condition on Claim and School."""
    invoiced = or_(Fund.journals_maintained.is_(False), kind_value() != SchoolKind.MAINTAINED.value)
    needed = exists().where(Bid.id == Claim.bid_id, Fund.id == Bid.fund_id, Fund.pays_by == PaysBy.PURCHASE)
    return Claim.invoiced_on.is_(None) & needed.where(invoiced).correlate(Claim, School)


def why_no_invoice(claim: Claim) -> str | None:
    """What invoice a claim waits for, as a sentence; None where it needs none or has it."""
    if not needs_invoice(claim) or has_invoice(claim):
        return None
    if not claim.invoice_lines:
        return f"Waiting for the invoice of {claim.school.name}."
    return (
        f"The claim comes to {pounds(claim.pence)} now, so the invoice {claim.invoice_reference} is no "
        "longer right. Enter the corrected invoice."
    )


def why_number_used(claim: Claim, number: str) -> str | None:
    """The sentence that says this school, or one it succeeded, used an invoice number before; or None."""
    session, wanted = object_session(claim), identifier(number)
    used = session and session.scalar(
        select(Claim.id)
        .where(
            Claim.invoice_school_id.in_(same_schools([claim.school_id])),
            Claim.invoice_key == wanted,
            Claim.state != ClaimState.REFUSED,
            Claim.id != claim.id,
        )
        .limit(1)
    )
    return f"{claim.school.name} has used invoice number {number} before." if used else None


def invoice_lines(claim: Claim, day: date) -> list[InvoiceLine]:
    """The lines of a claim's invoice, each with its rate of VAT on a day; together they are the claim."""
    return [
        InvoiceLine(line.what, line.staff_code, pence, _rate(line, day))
        for line, pence in parts_by_line(claim, claim.pence)
    ]


def parts_by_line(claim: Claim, pence: int) -> list[tuple[AwardLine, int]]:
    """An amount of a claim by lines of the award: by what it asks for, or, where a share fell due by itself,
    as the award plans."""
    award, school = claim.bid.award, claim.school.today_id
    lines = [line for line in (award.lines if award else []) if payee_today(line) == school]
    asked = {line.id: _asked_for(claim, line) for line in lines}
    weights = asked if any(asked.values()) else {line.id: line.pence for line in lines}
    parts = parts_of(pence, {number: weight for number, weight in weights.items() if weight})
    return [(line, parts[line.id]) for line in lines if parts.get(line.id)]


def _rate(line: AwardLine, day: date) -> int:
    if line.is_days:
        of = line.backfill_line
        grade = line.grade or (of.grade if of else None)
        rated = grade.standard_rated if grade else of is not None and of.vat_code == "standard"
    else:
        rated = line.award.bid.fund.vat_on_costs
    return standard_rate(day) if rated else EXEMPT


def _asked_for(claim: Claim, line: AwardLine) -> int:
    if line.is_days:
        worked = sum(d.half_days for d in claim.days if d.line.key == line.key and d.struck_at is None)
        return line.pence_of(worked)
    return sum(cost.pence for cost in claim.costs if cost.line.key == line.key and cost.counts)
