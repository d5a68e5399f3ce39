"""Samples that anybody can draw again: the records whose numbers hash lowest with the seed."""

import hashlib
import heapq
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select

from fundflow.audit.kinds import READING
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.decision import Decision
from fundflow.models.letter import Letter
from fundflow.models.money import pounds
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.permissions import in_funds
from fundflow.workflow.working_days import start_of

MOST = 100


class Drawn(NamedTuple):
    """A record of a sample."""

    id: int
    about: str
    what: str
    path: str
    at: datetime


class Population(NamedTuple):
    """Records that samples are drawn from.

    words   “payments”
    of      the query of their numbers
    at      the moment by which they belong to a period
    rows    the query of those drawn: number, reference of the bid, two columns for `drawn`, moment
    """

    words: str
    model: Any
    at: Any
    columns: tuple[Any, ...]
    drawn: Callable[..., Drawn]

    def within(self, user: User, now: datetime, first: date, last: date) -> ColumnElement[bool]:
        until = start_of(last + timedelta(days=1))
        mine = in_funds(user, READING, now, Bid.fund_id)
        return and_(self.at >= start_of(first), self.at < until, mine)

    def query(self, *columns: Any) -> Select[*tuple[Any, ...]]:
        return select(*columns).join(Bid, Bid.id == self.model.bid_id)


def _payment(number: int, reference: str, claim: int, pence: int, at: datetime) -> Drawn:
    path = f"/bids/{reference}/claims/{number}"
    return Drawn(number, f"{reference}/C{claim}", f"Paid {pounds(pence)}", path, at)


def _decision(number: int, reference: str, outcome: Any, pence: int | None, at: datetime) -> Drawn:
    amount = f", {pounds(pence)}" if pence else ""
    return Drawn(number, reference, f"{outcome.words}{amount}", f"/bids/{reference}/panel", at)


def _letter(number: int, reference: str, subject: str, _recipient: str, at: datetime) -> Drawn:
    return Drawn(number, reference, subject, f"/bids/{reference}/letters", at)


POPULATIONS: dict[str, Population] = {
    "payments": Population("payments", Claim, Claim.paid_at, (Claim.number, Claim.pence), _payment),
    "decisions": Population(
        "decisions", Decision, Decision.decided_at, (Decision.outcome, Decision.pence), _decision
    ),
    "letters": Population(
        "letters about bids", Letter, Letter.written_at, (Letter.subject, Letter.recipient), _letter
    ),
}


class Sample(NamedTuple):
    """What was drawn, and of how many."""

    rows: list[Drawn]
    among: int


class Asked(NamedTuple):
    """A sample to draw: of which population, of which days, how many, and the seed."""

    of: str
    first: date
    last: date
    size: int
    seed: str


def draw(asked: Asked, user: User, now: datetime) -> Sample:
    """Draw a sample of a period in this reader’s funds.

    The same seed draws the same again, as long as nothing is added to the period."""
    population, seed, size = POPULATIONS[asked.of], asked.seed, asked.size
    within = population.within(user, now, asked.first, asked.last)
    its = population.query(population.model.id).where(within)
    counted, ranked = 0, []
    for number in db.session.scalars(its, execution_options={"yield_per": 1000}):
        counted += 1
        ranked.append((rank(seed, number), number))
        if len(ranked) > 4 * MOST:
            ranked = heapq.nsmallest(size, ranked)
    chosen = [number for _rank, number in heapq.nsmallest(size, ranked)]
    columns = population.model.id, Bid.reference, *population.columns, population.at
    rows = db.session.execute(population.query(*columns).where(population.model.id.in_(chosen)))
    found = {row[0]: population.drawn(*row) for row in rows}
    return Sample([found[number] for number in chosen], counted)


def rank(seed: str, number: int) -> str:
    """SHA-256 of “seed:number”: those with the lowest are drawn."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
