"""Eight finance officers who gather, approve, export, answer, cancel and reverse over the same claims.

No claim is in two runs, and none is paid twice. The operations are called as their pages call them, without
the page's second try: no transaction may be ended by the database, on PostgreSQL as a deadlock.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import EntryKind, LedgerEntry
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import RoleName, User
from fundflow.models.reversal import Reversal
from fundflow.payments import reversals
from fundflow.payments.runs import answering, choosing, operations
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.reversal import ReversalState
from tests.concurrency.award_floor import one
from tests.concurrency.books import check_bid, check_fund, check_history
from tests.concurrency.hall import Hall, a_claim, a_fund, right_now
from tests.concurrency.panel_floor import together
from tests.factories import Make
from tests.payments.runs.conftest import answers

FEW, ROUNDS = 3, int(os.environ.get("ROUNDS", "40"))  # `make test-all` asks for 200
SEED = int(os.environ.get("SEED", "2026"))
OFFICERS, CLAIMS = 8, 6

Act = Callable[[], object]


class Office:
    """A fund that pays in runs, six checked claims of six bids, and eight finance officers; by their ids."""

    def __init__(self, make: Make) -> None:
        fund = a_fund(make, 100_000_000, lean_advance_percent=100, pays_in_runs=True)
        checker = make.staff(RoleName.OFFICER)
        self.fund, self.claims, self.bids = fund.id, list[int](), list[int]()
        for _ in range(CLAIMS):
            bid = make.bid(state=BidState.IN_DELIVERY, fund=fund, lead=make.school(), now=right_now())
            self.bids.append(bid.id)
            self.claims.append(a_claim(bid, 300_000, state=ClaimState.CERTIFIED, checked_by=checker).id)
        self.finance = [make.staff(RoleName.FINANCE).id for _ in range(OFFICERS)]

    def acts(self, dice: random.Random) -> dict[str, Act]:
        """What each of the eight does next, mostly over the same run or claim."""
        runs = db.session.scalars(select(PaymentRun).where(PaymentRun.fund_id == self.fund)).all()
        by_state = {state: [run.id for run in runs if run.state is state] for state in RunState}
        asked = db.session.scalars(
            select(Reversal.id).where(
                Reversal.claim_id.in_(self.claims), Reversal.state == ReversalState.REQUESTED
            )
        ).all()
        paid = [n for n in self.claims if one(Claim, n).state is ClaimState.PAID]
        open_runs = by_state[RunState.EXPORTED] + by_state[RunState.ANSWERED]
        choices: list[Callable[[int], Act]] = [self.gathering]
        for number in by_state[RunState.GATHERED]:
            choices += [partial(self.stepping, number=number, step="approve")] * 3
            choices += [partial(self.stepping, number=number, step="cancel")]
        for number in by_state[RunState.APPROVED]:
            choices += [partial(self.stepping, number=number, step="export")] * 3
            choices += [partial(self.stepping, number=number, step="cancel")]
        for number in open_runs:
            choices += [partial(self.answering, number=number, share=dice.random())] * 4
        for number in paid[:2]:
            choices += [partial(self.reversing, number=number)]
        for number in asked:
            choices += [partial(self.approving, number=number)] * 3
        return {str(who): dice.choice(choices)(who) for who in range(OFFICERS)}

    def gathering(self, who: int) -> Act:
        def act() -> object:
            fund = one(Fund, self.fund)
            choice = next(found for found in choosing.choices_for(fund) if found.key == "plain_csv")
            return operations.gather(fund, choice, user=self.person(who), now=right_now())

        return act

    def stepping(self, who: int, number: int, step: str) -> Act:
        def act() -> None:
            run, user, now = one(PaymentRun, number), self.person(who), right_now()
            if step == "export":
                take_and_commit(run, step, user=user, now=now)
            elif step == "approve":
                operations.approve(run, user=user, now=now, version=None)
            else:
                operations.cancel(run, reason="Wrong", user=user, now=now, version=None)

        return act

    def answering(self, who: int, number: int, share: float) -> Act:
        """A share of what waits is paid."""

        def act() -> object:
            run = one(PaymentRun, number)
            waiting = run.waiting[: max(1, round(len(run.waiting) * share))]
            rows = [(line.payment_id, "3000.00", "Paid", "") for line in waiting]
            return answering.load(run, answers(*rows), user=self.person(who), now=right_now(), version=None)

        return act

    def reversing(self, who: int, number: int) -> Act:
        return lambda: reversals.request(
            one(Claim, number), reason="It bounced", user=self.person(who), now=right_now(), version=None
        )

    def approving(self, who: int, number: int) -> Act:
        return lambda: reversals.approve(
            one(Reversal, number), user=self.person(who), now=right_now(), version=None
        )

    def person(self, who: int) -> User:
        return one(User, self.finance[who])

    def check(self) -> None:
        """Each claim is in one run at most, and paid once at most: its payments and reversals agree."""
        check_fund(self.fund)
        waiting = db.session.scalars(
            select(RunLine.claim_id).where(
                RunLine.claim_id.in_(self.claims), RunLine.outcome == Outcome.WAITING
            )
        ).all()
        assert max(Counter(waiting).values(), default=0) <= 1
        for number in self.bids:
            check_bid(one(Bid, number))
        for number in self.claims:
            claim = one(Claim, number)
            check_history(claim)
            sums = dict(
                db.session.execute(
                    select(LedgerEntry.kind, func.sum(LedgerEntry.pence))
                    .where(LedgerEntry.claim_id == number)
                    .group_by(LedgerEntry.kind)
                ).all()
            )
            net = sums.get(EntryKind.PAID, 0) - sums.get(EntryKind.REVERSED, 0)
            assert net == (claim.pence if claim.state is ClaimState.PAID else 0), claim.reference
            assert not (claim.state is ClaimState.PAID and number in waiting), claim.reference
        for run in db.session.scalars(select(PaymentRun).where(PaymentRun.fund_id == self.fund)):
            check_history(run)
            assert run.gathered_by_id != run.approved_by_id


@pytest.mark.parametrize("rounds", [FEW, pytest.param(ROUNDS, marks=pytest.mark.thorough)])
def test_no_claim_is_in_two_runs_and_none_is_paid_twice(hall: Hall, rounds: int) -> None:
    dice = random.Random(SEED)
    office: Office | None = None
    wanted, turns = {"gather", "approve", "export", "pay_in_run"}, 0
    while turns < rounds * 2 or not wanted <= hall.ask(steps_taken):
        if office is None or turns % 20 == 0:
            office = hall.set_up(Office)
        acts = hall.ask(partial(office.acts, dice))
        together(hall, acts, dice)
        hall.ask(office.check)
        turns += 1
        assert turns < rounds * 2 + 40, "one of the steps never came"


def steps_taken() -> set[str]:
    processes = ("payment_run", "claim", "reversal")
    return set(db.session.scalars(select(HistoryEntry.step).where(HistoryEntry.process.in_(processes))))
