"""A process that takes one step of a payment run, and kills itself in the middle (test_killed_runs.py).

Arguments: the database's address, the step, the record's id, the user's id, the moment of the step (ISO), and
where it is killed: "first write", "later write", "before commit" or "after commit".
"""

import os
import signal
import sys
from datetime import datetime
from typing import Any

from sqlalchemy import event

from fundflow import create_app
from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.payment import Claim
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import User
from fundflow.models.reversal import Reversal
from fundflow.payments import reversals
from fundflow.payments.runs import answering, choosing, operations
from fundflow.steps import take_and_commit
from tests.concurrency.award_floor import one
from tests.conftest import settings_for
from tests.payments.runs.conftest import answers

WRITES = {"first write": 1, "later write": 4}
WRITE = ("INSERT", "UPDATE", "DELETE")


def take(step: str, number: int, **by: Any) -> None:
    if step == "gather":
        fund = one(Fund, number)
        choice = next(found for found in choosing.choices_for(fund) if found.key == "plain_csv")
        operations.gather(fund, choice, **by)
    elif step == "approve":
        operations.approve(one(PaymentRun, number), version=None, **by)
    elif step == "export":
        take_and_commit(one(PaymentRun, number), "export", **by)
    elif step == "answer":
        run = one(PaymentRun, number)
        answering.load(run, answer_to(run), version=None, **by)
    elif step == "request":
        reversals.request(one(Claim, number), reason="It bounced", version=None, **by)
    elif step == "reverse":
        reversals.approve(one(Reversal, number), version=None, **by)


def answer_to(run: PaymentRun) -> str:
    """All but the last payment were made."""
    last = run.lines[-1]
    return answers(
        *(
            (line.payment_id, "3000.00", *(("Rejected", "Closed account") if line is last else ("Paid", "")))
            for line in run.lines
        )
    )


def die(*_args: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(moment: str) -> None:
    left = WRITES.get(moment, 0)

    def count(_connection: Any, _cursor: Any, statement: str, *_args: Any) -> None:
        nonlocal left
        if statement.startswith(WRITE):
            left -= 1
            if left == 0:
                die()

    if moment in WRITES:
        event.listen(db.engine, "after_cursor_execute", count)
    elif moment == "before commit":
        event.listen(db.engine, "commit", die)
    else:
        event.listen(db.session, "after_commit", die)


def main(url: str, step: str, number: str, user: str, now: str, moment: str) -> None:
    with create_app(settings_for(url)).app_context():
        by = {"user": one(User, int(user)), "now": datetime.fromisoformat(now)}
        kill_at(moment)
        take(step, int(number), **by)


if __name__ == "__main__":
    main(*sys.argv[1:])
