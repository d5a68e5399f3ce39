"""A process killed at every stage of a payment run: nothing is lost or done by half, and its page says what
to do next."""

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.payment import Claim
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import User
from fundflow.models.reversal import Reversal
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.payment_run import RunState
from fundflow.workflow.reversal import ReversalState
from tests.concurrency.award_floor import one
from tests.concurrency.hall import Hall, right_now
from tests.concurrency.test_payment_runs import CLAIMS, Office

TAG = re.compile(r"<[^>]*>")
MOMENTS = ("first write", "later write", "before commit", "after commit")


class Killed:
    """Takes the steps of one run, each in a process that is killed at each moment in turn."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.office, self.kills = hall, hall.set_up(Office), 0

    def take(self, step: str, number: int, who: int, look: Callable[[], object], page: str) -> None:
        """Only once it was committed has anything changed; then its page, too, says something else."""
        before, words = self.hall.ask(look), self.words(page)
        for moment in MOMENTS:
            self.process(step, number, who, moment)
            self.hall.ask(self.office.check)
            done = moment == MOMENTS[-1]
            assert (self.hall.ask(look) != before) is done, f"{step}: {moment}"
            assert (self.words(page) != words) is done, f"{step}: {moment}"

    def process(self, step: str, number: int, who: int, moment: str) -> None:
        url, user = self.hall.app.config["SQLALCHEMY_DATABASE_URI"], self.office.finance[who]
        now = (right_now() + timedelta(seconds=self.kills)).isoformat()
        command = [sys.executable, "-m", "tests.concurrency.killed_step", url, step, str(number), str(user)]
        ended = subprocess.run([*command, now, moment], capture_output=True, text=True, check=False)
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        self.kills += 1

    def words(self, page: str) -> str:
        """What a page says is to be done next."""
        finance = self.hall.ask(lambda: one(User, self.office.finance[2]).get_id())
        answer = self.hall.browser(finance).get(page)
        assert answer.status_code == 200
        return TAG.sub(" ", answer.text.partition("<main")[2])

    def run_id(self) -> int:
        query = select(PaymentRun.id).where(PaymentRun.fund_id == self.office.fund)
        return self.hall.ask(lambda: db.session.scalars(query).one())

    def state(self, model: type, number: int) -> Callable[[], object]:
        return lambda: one(model, number).state


@pytest.mark.thorough
def test_a_run_survives_a_kill_at_every_stage(hall: Hall) -> None:
    killed = Killed(hall)
    office = killed.office
    lines = select(RunLine.id).where(RunLine.claim_id.in_(office.claims))
    killed.take("gather", office.fund, 0, lambda: list(db.session.scalars(lines)), "/money/runs")
    run = killed.run_id()
    page, state = f"/money/runs/{run}", killed.state(PaymentRun, run)
    killed.take("approve", run, 1, state, page)
    content = hall.ask(lambda: one(PaymentRun, run).content)
    killed.take("export", run, 0, state, page)
    killed.take("answer", run, 0, state, page)
    assert hall.ask(lambda: states(office.claims)) == [ClaimState.PAID] * (CLAIMS - 1) + [
        ClaimState.CERTIFIED
    ]
    claim = office.claims[0]
    bid = hall.ask(lambda: one(Claim, claim).bid.reference)
    asked = select(Reversal.id).where(Reversal.claim_id == claim)
    of_claim = f"/bids/{bid}/claims/{claim}"
    killed.take("request", claim, 0, lambda: list(db.session.scalars(asked)), of_claim)
    reversal = hall.ask(lambda: db.session.scalars(asked).one())
    killed.take("reverse", reversal, 1, killed.state(Reversal, reversal), of_claim)
    assert hall.ask(killed.state(Reversal, reversal)) is ReversalState.REVERSED
    assert hall.ask(lambda: one(PaymentRun, run).content) == content
    assert hall.ask(state) is RunState.SETTLED
    outcomes = hall.ask(lambda: [line.outcome for line in one(PaymentRun, run).lines])
    assert outcomes == [Outcome.RETURNED, *[Outcome.PAID] * (CLAIMS - 2), Outcome.REJECTED]
    assert killed.kills >= 20


def states(claims: list[int]) -> list[ClaimState]:
    return [one(Claim, number).state for number in claims]
