"""Gathering a payment run, approving, exporting and cancelling it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select

from fundflow import ledger
from fundflow.actors import actors_for, roles_for
from fundflow.chain.sealing import newest_hash
from fundflow.extensions import db
from fundflow.letters.holders import holders_of
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.money import pounds
from fundflow.models.payee import Payee
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import RoleName, User
from fundflow.payments.recoveries import lock_bids
from fundflow.payments.runs.charging import cost_lines
from fundflow.payments.runs.choosing import Choice
from fundflow.payments.runs.facts import CostLine, Payment, Run
from fundflow.payments.runs.layouts import Layout, read_layout
from fundflow.payments.runs.rendering import CantWrite, Rendered, render
from fundflow.rules.invoices import order_of
from fundflow.rules.payees import payee_on
from fundflow.rules.payment_runs import (
    claims_to_pay,
    in_approved_runs,
    pence_out,
    why_nobody_approves,
    why_not_by,
    why_not_in_run,
)
from fundflow.rules.recoveries import to_take_off
from fundflow.steps import AlreadyTaken, lock, note, require_step, take_step
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import Refused, only, refuse_if
from fundflow.workflow.payment_run import OUT, RunState
from fundflow.workflow.working_days import london_date

MOST_PAYMENTS = 500
NOTHING_TO_PAY = "No claim can be paid in a run now."


def why_no_run(fund: Fund, user: User, now: datetime) -> str | None:
    """None where this person may gather a run of the fund, else the sentence."""
    if not user.active or RoleName.FINANCE not in roles_for(user, fund.id, london_date(now)):
        return "Only a finance officer can do this."
    return None if fund.pays_in_runs else "This fund marks its claims as paid one by one."


def gathered(fund: Fund, layout: Layout, user: User, now: datetime) -> list[RunLine]:
    """What a run gathered now would hold: a line a claim that is checked, with why it is left out."""
    lines: list[RunLine] = []
    others, size = _others_of(fund, user, now), 0
    for number, claim in enumerate(claims_to_pay(fund), 1):
        line = RunLine(number=number, claim=claim, pence=pence_out(claim), outcome=Outcome.WAITING)
        payee = payee_on(claim.school, london_date(now))
        why = why_not_in_run(claim, now) or _why_not_here(claim, payee, layout)
        why = why or (why_not_by(claim, user, now) if claim.certified_by_id != user.id else None)
        why = why or why_nobody_approves(claim, others, now)
        if not why and size == MOST_PAYMENTS:
            why = f"A run holds {MOST_PAYMENTS} payments. It can be gathered in the next."
        if why:
            line.outcome, line.why = Outcome.LEFT_OUT, why[:300]
        else:
            size += 1
        _keep_payee(line, payee)
        lines.append(line)
    return lines


def _others_of(fund: Fund, user: User, now: datetime) -> list[User]:
    """Who may approve the run that this person gathers."""
    held = holders_of(fund.id, (RoleName.FINANCE,), london_date(now), bodies=True)
    return [one.user for one in held if one.user is not None and one.user.id != user.id]


def latest_number(fund: Fund) -> int:
    """The number of a fund's latest run; 0 before its first."""
    return db.session.scalar(select(func.max(PaymentRun.number)).where(PaymentRun.fund_id == fund.id)) or 0


def gathered_from_page(fund: Fund, after: int | None, user: User) -> PaymentRun | None:
    """The run that this person gathered from a page that was made while number `after` was the latest."""
    return db.session.scalar(
        select(PaymentRun).where(
            PaymentRun.fund_id == fund.id,
            PaymentRun.number == (after or 0) + 1,
            PaymentRun.gathered_by_id == user.id,
            PaymentRun.state == RunState.GATHERED,
        )
    )


def gather(fund: Fund, choice: Choice, *, user: User, now: datetime, after: int | None = None) -> PaymentRun:
    """Gather what can be paid now into a run, which another finance officer approves. Raises Refused, and
    AlreadyTaken at the second click on a page.

    after  the number of the fund's latest run when the page was made; None without a page
    """
    ledger.lock_fund(fund.id)  # two who gather at once: the second finds what the first left
    refuse_if(why_no_run(fund, user, now))
    if after is not None and gathered_from_page(fund, after, user):
        raise AlreadyTaken
    with db.session.no_autoflush:
        lines = gathered(fund, choice.layout, user, now)
        taken: defaultdict[int, list[Claim]] = defaultdict(list)  # by bid
        for line in lines:
            if line.outcome is Outcome.WAITING:
                before = taken[line.claim.bid_id]
                line.parts = [list(part) for part in _parts(line.claim, before, now)]
                before.append(line.claim)
    if not any(line.outcome is Outcome.WAITING for line in lines):
        raise Refused(NOTHING_TO_PAY)
    run = PaymentRun(
        fund=fund,
        number=latest_number(fund) + 1,
        layout_name=choice.layout.name,
        layout=choice.document,
        gathered_at=now,
        gathered_by=user,
        lines=lines,
    )
    db.session.add(run)
    db.session.flush()  # the step locks its row
    written(run)  # or it could never be approved
    take_step(run, "gather", user=user, now=now, given={"layout": choice.layout.name})
    db.session.commit()
    return run


def approve(run: PaymentRun, *, user: User, now: datetime, version: int | None) -> None:
    """Look at every claim again, leave out what this person checked, and fix lines, total and file."""
    lock(run, version, step="approve", user=user)
    lock_bids_of(line.claim for line in run.waiting)
    require_step(run, "approve", user, now)
    layout = read_layout(run.layout)
    taken: defaultdict[int, list[Claim]] = defaultdict(list)  # by bid
    for line in run.waiting:
        claim = line.claim
        lock(claim, None)
        payee = payee_on(claim.school, london_date(now), locked=True)  # or it could end before the export
        why = why_not_in_run(claim, now) or _why_not_here(claim, payee, layout)
        line.pence, parts = pence_out(claim), _parts(claim, taken[claim.bid_id], now)
        if not why and sum(part.pence for part in parts) != line.pence:
            why = f"Its cost lines don’t come to the {pounds(line.pence)} that it pays."
        why = why or why_not_by(claim, user, now)
        if why := why or _why_no_room([*taken[claim.bid_id], claim], user, now):
            line.outcome, line.why = Outcome.LEFT_OUT, why[:300]
            continue
        taken[claim.bid_id].append(claim)
        line.parts = [list(part) for part in parts]
        _keep_payee(line, payee)
    if not run.waiting:
        raise Refused("You can’t approve any payment of this run. Ask another person, or cancel it.")
    run.approved_at, run.seal = now, newest_hash()
    content = written(run).content
    also = {
        "approved_by": user,
        "size": len(run.waiting),
        "pence": sum(line.pence for line in run.waiting),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content": content,
        "file_name": f"{run.reference.lower()}.{layout.extension}",
    }
    given = {"seal": run.seal}
    take_step(run, "approve", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def cancel(run: PaymentRun, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Give its claims back; nothing of it was paid."""
    take_step(run, "cancel", user=user, now=now, version=version, given={"reason": reason})
    for line in run.waiting:
        line.outcome = Outcome.CANCELLED
    db.session.commit()


def download(run: PaymentRun, *, user: User, now: datetime) -> bytes:
    """The file as it was approved; who took it is recorded. Raises Refused before the run is exported, and
    for anyone who is not finance of its fund."""
    refuse_if(why_not_finance(run, user, now))
    lock(run, None)
    if run.content == b"":
        raise Refused("The file of this run was emptied when the personal data of its bids was removed.")
    if run.state not in OUT or not run.content:
        raise Refused("This run is not exported, so there is no file to download.")
    content: bytes = run.content
    note(run, "download", "Downloaded the file", user=user, now=now, quietly=True)
    db.session.commit()
    return content


def why_not_finance(run: PaymentRun, user: User, now: datetime) -> str | None:
    """None for finance of the run's fund, else the sentence."""
    return None if Actor.FINANCE in actors_for(user, run, now) else only((Actor.FINANCE,))


def written(run: PaymentRun) -> Rendered:
    """The run's file, made from its lines. Raises Refused where the layout can't hold them."""
    day = london_date(run.approved_at or run.gathered_at)
    facts = Run(run.reference, day, tuple(map(_payment, run.waiting)), run.seal)
    try:
        return render(read_layout(run.layout), facts)
    except CantWrite as wrong:
        raise Refused(f"The file can’t be made: {wrong} Another layout may hold it.") from None


def lock_bids_of(claims: Iterable[Claim]) -> None:
    """Lock the bids of these claims, and of what is to be taken off their payments, in order."""
    bids: set[Bid] = set()
    for claim in claims:
        bids |= {claim.bid, *(recovery.bid for recovery in to_take_off(claim))}
    lock_bids(*bids)


def _parts(claim: Claim, before: Sequence[Claim], now: datetime) -> list[CostLine]:
    """`before` are those of the bid that the run pays before the claim."""
    return cost_lines(claim, [*in_approved_runs(claim.bid), *before], now)


def _payment(line: RunLine) -> Payment:
    claim = line.claim
    return Payment(
        payment_id=line.payment_id,
        number=line.number,
        claim=claim.reference,
        bid=claim.bid.reference,
        school=claim.school.name,
        urn=line.payee_urn,
        payee=line.payee_name,
        route=line.route.words if line.route else "",
        supplier_no=line.supplier_number,
        cost_centre=line.cost_centre,
        invoice_ref=claim.invoice_reference,
        order_no=order_of(claim.bid) if claim.invoice_lines else "",
        description=f"{claim.reference} {claim.school.name}",
        pence=line.pence,
        vat=claim.vat_pence,
        lines=tuple(CostLine(*part) for part in line.parts),
    )


def _why_no_room(claims: Sequence[Claim], user: User, now: datetime) -> str | None:
    """None once the award's money stands on lines that may pay these claims, else the sentence."""
    try:
        ledger.make_room([*in_approved_runs(claims[0].bid), *claims], user=user, now=now)
    except Refused as refusal:
        return refusal.sentence
    return None


def _why_not_here(claim: Claim, payee: Payee | None, layout: Layout) -> str | None:
    if payee is None or payee.route in layout.routes:
        return None
    return f"{claim.school.name} is paid by another route than this layout is for: {payee.route.words}."


def _keep_payee(line: RunLine, payee: Payee | None) -> None:
    if payee is None:
        return
    line.payee, line.payee_name, line.payee_urn = payee, payee.name, line.claim.school.urn
    line.route, line.supplier_number, line.cost_centre = payee.route, payee.supplier_number, payee.cost_centre
