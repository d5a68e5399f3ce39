"""The demonstration pays in runs since some weeks: a run for each claim that was due since, and the setting."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fundflow.extensions import db
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import RoleName, User
from fundflow.payments.runs import answering, choosing, operations
from fundflow.steps import take_and_commit
from fundflow.web.csv import pounds_cell

if TYPE_CHECKING:
    from fundflow.demo.told import Told

SINCE = -60  # days from today


def pays_in_runs(told: "Told") -> Iterator[datetime]:
    yield told.at(SINCE)
    told.fund.pays_in_runs = True
    db.session.commit()
    yield (yesterday := told.at(-1))
    gather(told, told.people.staff(RoleName.FINANCE, 1), yesterday)  # for Owen Clarke to approve


def pay_in_run(told: "Told", now: datetime) -> None:
    """Gather what is due, approve and export it, and load the answer that all of it was paid."""
    owen, run = told.people.staff(RoleName.FINANCE), export_run(told, now)
    rows = [f"{line.payment_id},{pounds_cell(line.pence)},Paid," for line in run.waiting]
    text = "\n".join(("payment_id,gross,status,reason", *rows))
    answering.load(run, text, user=owen, now=now + timedelta(hours=3), version=run.version)


def export_run(told: "Told", now: datetime) -> PaymentRun:
    """Owen Clarke gathers what is due, Fatima Noor approves and exports it."""
    owen, fatima = (told.people.staff(RoleName.FINANCE, n) for n in (0, 1))
    run = gather(told, owen, now)
    operations.approve(run, user=fatima, now=now + timedelta(minutes=20), version=run.version)
    take_and_commit(run, "export", user=fatima, now=now + timedelta(minutes=25), version=run.version)
    return run


def gather(told: "Told", user: User, now: datetime) -> PaymentRun:
    choice = next(choice for choice in choosing.choices_for(told.fund) if choice.key == "plain_csv")
    return operations.gather(told.fund, choice, user=user, now=now)
