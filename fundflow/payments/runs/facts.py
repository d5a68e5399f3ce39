"""What a layout may write of a run, of each payment and of each cost line of it, by the layout's names."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

from fundflow.models.money import financial_year


class CostLine(NamedTuple):
    """A part of a payment: what it is for, whose staff code, how many pence, and what the allocation line
    that bears it is charged to (docs/rules.md, "The ledger"). VAT is a part of its own that none bears."""

    what: str
    staff_code: str
    pence: int
    cost_centre: str = ""
    subjective: str = ""


class Payment(NamedTuple):
    """A payment as it was approved; `lines` come to `pence`, and `vat` is part of it."""

    payment_id: str
    number: int
    claim: str
    bid: str
    school: str
    urn: str
    payee: str
    route: str
    supplier_no: str
    cost_centre: str
    invoice_ref: str
    order_no: str
    description: str
    pence: int
    vat: int
    lines: tuple[CostLine, ...]


class Run(NamedTuple):
    """A run as it was approved; `seal` is the hash of the newest seal of the records then."""

    reference: str
    approved_on: date
    payments: tuple[Payment, ...]
    seal: str = ""

    @property
    def pence(self) -> int:
        return sum(payment.pence for payment in self.payments)


class At(NamedTuple):
    """Where in the file a row stands: of which payment and cost line, and its number (from 1)."""

    run: Run
    row: int
    payment: Payment | None = None
    line: CostLine | None = None
    line_number: int = 0


Value = str | int | date
TEXT, NUMBER, PENCE, DATE = "text", "number", "pence", "date"


class Source(NamedTuple):
    """Something a column may hold.

    kind   what it is: a text, a whole number, an amount in pence or a date
    of     which rows have it: every row, those of a payment, or those of a cost line
    words  for anyone who writes a layout
    """

    kind: str
    of: str
    words: str
    read: Callable[[Any], Value]


EVERY, PAYMENT, COST_LINE = "every row", "payments and their cost lines", "cost lines"

SOURCES: Mapping[str, Source] = {
    "run": Source(TEXT, EVERY, "the run’s reference", lambda at: at.run.reference),
    "approved_on": Source(DATE, EVERY, "the day the run was approved", lambda at: at.run.approved_on),
    "financial_year": Source(
        NUMBER, EVERY, "the year in which that day’s financial year begins", lambda at: _year(at.run)
    ),
    "count": Source(NUMBER, EVERY, "how many payments the run has", lambda at: len(at.run.payments)),
    "total": Source(PENCE, EVERY, "what all payments come to", lambda at: at.run.pence),
    "seal": Source(
        TEXT, EVERY, "the newest seal of the records when it was approved", lambda at: at.run.seal
    ),
    "row": Source(NUMBER, EVERY, "the number of the row in the file", lambda at: at.row),
    "empty": Source(TEXT, EVERY, "nothing: a column to be filled in", lambda _at: ""),
    "payment_id": Source(TEXT, PAYMENT, "by which the answer is matched", lambda at: at.payment.payment_id),
    "payment_number": Source(NUMBER, PAYMENT, "the payment’s number", lambda at: at.payment.number),
    "claim": Source(TEXT, PAYMENT, "the claim’s reference", lambda at: at.payment.claim),
    "bid": Source(TEXT, PAYMENT, "the bid’s reference", lambda at: at.payment.bid),
    "school": Source(TEXT, PAYMENT, "the school that is paid for", lambda at: at.payment.school),
    "urn": Source(TEXT, PAYMENT, "its URN", lambda at: at.payment.urn),
    "payee": Source(TEXT, PAYMENT, "the payee", lambda at: at.payment.payee),
    "route": Source(TEXT, PAYMENT, "how they are paid", lambda at: at.payment.route),
    "supplier_no": Source(TEXT, PAYMENT, "their supplier number", lambda at: at.payment.supplier_no),
    "cost_centre": Source(
        TEXT, PAYMENT, "the school’s cost centre, of a journal", lambda at: at.payment.cost_centre
    ),
    "invoice_ref": Source(TEXT, PAYMENT, "the school’s invoice number", lambda at: at.payment.invoice_ref),
    "description": Source(TEXT, PAYMENT, "what is paid for", lambda at: at.payment.description),
    "amount": Source(PENCE, PAYMENT, "what is paid, with VAT", lambda at: at.payment.pence),
    "gross": Source(PENCE, PAYMENT, "the same as “amount”", lambda at: at.payment.pence),
    "vat": Source(PENCE, PAYMENT, "the VAT in it", lambda at: at.payment.vat),
    "net": Source(PENCE, PAYMENT, "what is paid, without VAT", lambda at: at.payment.pence - at.payment.vat),
    "order_no": Source(TEXT, PAYMENT, "the order’s number", lambda at: at.payment.order_no),
    "line_number": Source(NUMBER, COST_LINE, "the cost line’s number", lambda at: at.line_number),
    "line_what": Source(TEXT, COST_LINE, "what the cost line is for", lambda at: at.line.what),
    "staff_code": Source(TEXT, COST_LINE, "the school’s code of its staff", lambda at: at.line.staff_code),
    "charged_cost_centre": Source(
        TEXT,
        COST_LINE,
        "the cost centre of the allocation line that bears it",
        lambda at: at.line.cost_centre,
    ),
    "charged_subjective": Source(
        TEXT, COST_LINE, "the subjective of the allocation line", lambda at: at.line.subjective
    ),
    "line_amount": Source(PENCE, COST_LINE, "the cost line’s part", lambda at: at.line.pence),
}


def _year(run: Run) -> int:
    return financial_year(run.approved_on)
