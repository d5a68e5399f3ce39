"""What a claim's page and the cards of a bid's claims show."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from fundflow.actors import actors_for
from fundflow.extensions import db
from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.spent_cost import SpentCost
from fundflow.payments.cost_log import log_of_costs
from fundflow.workflow.claim import ClaimState


@dataclass(frozen=True)
class ClaimCard:
    """A claim on the Money tab; `buttons` are the steps that the reader may take."""

    claim: Claim
    half_days: int
    costs: int  # pence
    buttons: list[str]
    run: str  # the payment run it is in


def cards(bid: Bid, user: User, now: datetime) -> list[ClaimCard]:
    """The bid's claims with the steps this person may take; their reasons are on each claim's page."""
    claims = db.session.scalars(
        select(Claim)
        .where(Claim.bid_id == bid.id, Claim.state != ClaimState.DRAFT)  # begun before days had a log
        .order_by(Claim.number)
        .options(joinedload(Claim.certified_by), joinedload(Claim.paid_by))
    ).all()
    worked = dict(
        db.session.execute(
            select(WorkedDay.claim_id, func.sum(WorkedDay.half_days))
            .where(WorkedDay.bid_id == bid.id, WorkedDay.struck_at.is_(None))
            .group_by(WorkedDay.claim_id)
        ).all()
    )
    spent = dict(
        db.session.execute(
            select(SpentCost.claim_id, func.sum(SpentCost.pence))
            .where(SpentCost.bid_id == bid.id, SpentCost.counts)
            .group_by(SpentCost.claim_id)
        ).all()
    )
    runs = {
        line.claim_id: line.run.reference
        for line in db.session.scalars(
            select(RunLine)
            .join(RunLine.claim)
            .where(Claim.bid_id == bid.id, RunLine.outcome == Outcome.WAITING)
            .options(joinedload(RunLine.run).joinedload(PaymentRun.fund))
        )
    }
    actors = actors_for(user, bid, now)
    return [
        ClaimCard(
            claim,
            worked.get(claim.id, 0),
            int(spent.get(claim.id, 0)),
            [
                step.button
                for step in claim.workflow.from_state(claim.state)
                if set(step.by) & actors
                and not (claim.id in runs and "in_a_run" in step.waits_while)
                and not (bid.fund.pays_in_runs and "paid_in_runs" in step.hidden_while)
            ],
            runs.get(claim.id, ""),
        )
        for claim in claims
    ]


def queried_on(bid: Bid, but: Claim | None = None) -> list[Claim]:
    """Claims with days or costs of their own that the school is asked about: what they name does not count
    as earned meanwhile."""
    return [
        claim
        for claim in bid.claims
        if claim.state is ClaimState.QUERIED and claim is not but and (claim.days or claim.costs)
    ]


def days_of(claim: Claim) -> list[WorkedDay]:
    """The days it asks for, oldest first, with their lines and schools loaded; struck out ones too."""
    return list(
        db.session.scalars(
            select(WorkedDay)
            .join(WorkedDay.line)
            .where(WorkedDay.claim_id == claim.id)
            .order_by(WorkedDay.day, WorkedDay.id)
            .options(
                contains_eager(WorkedDay.line).options(joinedload(AwardLine.school)),
                joinedload(WorkedDay.confirms),
                joinedload(WorkedDay.confirmed_by),
                joinedload(WorkedDay.struck_by),
            )
        ).unique()
    )


def costs_of(claim: Claim) -> list[SpentCost]:
    """The other costs it asks for, the newest first; struck out ones too."""
    return [cost for cost in log_of_costs(claim.bid) if cost.claim_id == claim.id]
