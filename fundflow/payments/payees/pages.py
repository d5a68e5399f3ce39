"""How payees and batches are found, and the pages of their steps."""

from typing import Any

from flask import abort, url_for

from fundflow.models.payee import Payee, PayeeBatch
from fundflow.models.person import RoleName as R
from fundflow.payments.payees import queries
from fundflow.web.access import roles
from fundflow.web.step_pages import StepPages
from fundflow.workflow.payee import PAYEE
from fundflow.workflow.payee_batch import PAYEE_BATCH

READERS = roles(R.FINANCE, R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR)
FINANCE = roles(R.FINANCE)


def known_payee(number: int) -> Payee:
    return queries.payee_by_id(number) or abort(404)


def known_batch(number: int) -> PayeeBatch:
    return queries.batch_by_id(number) or abort(404)


def _school_page(payee: Payee) -> str:
    return url_for("payments.payees_of_school", urn=payee.school.urn)


def _batch_page(batch: PayeeBatch) -> str:
    return url_for("payments.payee_batch", number=batch.id)


def _number(record: Any) -> dict[str, Any]:
    return {"number": record.id}


PAYEE_STEPS = StepPages(
    PAYEE,
    path="/money/payees/records/<id:number>/steps",
    load=known_payee,
    parts=_number,
    back=_school_page,
    back_text="Back to the school’s payees",
    caption=lambda payee: payee.school.named,
    rule=FINANCE,
    prefix="payee_",
    template="payments/payees/step.html",
)
BATCH_STEPS = StepPages(
    PAYEE_BATCH,
    path="/money/payees/batches/<id:number>/steps",
    load=known_batch,
    parts=_number,
    back=_batch_page,
    back_text="Back to the batch",
    caption=lambda batch: f"{batch.count_words} from {batch.name}",
    rule=FINANCE,
    prefix="payee_batch_",
)
