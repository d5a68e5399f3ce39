"""Files that are no answer to a run: each refused, by its row where it has rows, and nothing is loaded."""

from typing import Any

import pytest

from fundflow.models.payment_run import Outcome
from fundflow.payments.runs import answering
from fundflow.payments.runs.answers import WrongAnswerFile, decoded_answer, pence_of
from fundflow.workflow.engine import Refused
from tests.payments.conftest import LATER
from tests.payments.runs.conftest import Exported

HEAD = "payment_id,gross,status,reason"
FIRST, SECOND = "{run}-001", "{run}-002"


def rows(*lines: str) -> str:
    return "\r\n".join((HEAD, *lines)) + "\r\n"


# the file ({run} is the run's reference), the row that is wrong, what is wrong with it
BY_ROW: list[tuple[str, int, str]] = [
    (rows("LSIF-RUN-99-001,3000.00,Paid,"), 2, "payment_id: the run has no payment “LSIF-RUN-99-001”"),
    (
        rows(f"{FIRST},3000.00,Paid,", "{run}-999,1.00,Paid,"),
        3,
        "payment_id: the run has no payment “{run}-999”",
    ),
    (rows(f"{FIRST},3000.00,Paid,", f"{FIRST},3000.00,Paid,"), 2, "payment_id: {run}-001 stands in 2 rows"),
    (
        rows(f"{FIRST},3000.00,Paid,", f" {FIRST} ,3000.00,Rejected,No"),
        3,
        "payment_id: {run}-001 stands in 2 rows",
    ),
    (rows(",3000.00,Paid,"), 2, "payment_id: it is empty"),
    (rows(f"{FIRST},2999.99,Paid,"), 2, "gross: £2,999.99, but the run pays £3,000.00"),
    (rows(f"{FIRST},3000.01,Rejected,No"), 2, "gross: £3,000.01, but the run pays £3,000.00"),
    (rows(f"{FIRST},300000,Paid,"), 2, "gross: £300,000.00, but the run pays £3,000.00"),
    (rows(f"{FIRST},3000.005,Paid,"), 2, "gross: “3000.005” is no amount, like 1250.50"),
    (rows(f'{FIRST},"3.000,00",Paid,'), 2, "gross: “3.000,00” is no amount, like 1250.50"),
    (rows(f"{FIRST},3e3,Paid,"), 2, "gross: “3e3” is no amount, like 1250.50"),
    (rows(f"{FIRST},,Paid,"), 2, "gross: “” is no amount, like 1250.50"),
    (rows(f"{FIRST},-3000.00,Paid,"), 2, "gross: it begins like a formula, with -"),
    (rows(f"{FIRST},=3000,Paid,"), 2, "gross: it begins like a formula, with ="),
    (rows(f'{FIRST},3000.00,Rejected,"=HYPERLINK(""x"")"'), 2, "reason: it begins like a formula, with ="),
    (rows(f"{FIRST},3000.00,+Paid,"), 2, "status: it begins like a formula, with +"),
    (rows("@SUM(A1),3000.00,Paid,"), 2, "payment_id: it begins like a formula, with @"),
    (rows(f"{FIRST},3000.00,Bounced,No"), 2, "status: “Bounced” is none of Paid, Rejected, Returned"),
    (rows(f"{FIRST},3000.00,Rejected,"), 2, "reason: say why it was not paid"),
    (rows(f"{FIRST},3000.00,Returned,"), 2, "reason: say why it was not paid"),
    (rows(f"{FIRST},3000.00,Rejected,{'x' * 201}"), 2, "reason: it has more than 200 characters"),
    (rows(f"{FIRST},3000.00,Rejected,Sort code 12-34-56"), 2, "reason: Bank details are never kept here"),
    (rows(f"{FIRST},3000.00"), 2, "The row has fewer columns than the headings: it may be cut off"),
    (rows(f"{FIRST},3000.00,Paid,", f"{SECOND},30"), 3, "The row has fewer columns than the headings"),
    (
        f"{HEAD},settlement_ref\r\n{FIRST},3000.00,Paid,,{'9' * 61}\r\n",
        2,
        "reference: it has more than 60 characters",
    ),
    (
        f"{HEAD},settlement_ref\r\n{FIRST},3000.00,Paid,,=1\r\n",
        2,
        "reference: it begins like a formula, with =",
    ),
    (
        rows(*(f"{{run}}-{n:03},3000.00,Paid," for n in range(1, 501))),
        502 - 1,
        "the run has no payment “{run}-500”",
    ),
]

# the bytes of a file that can't be read by rows, and the sentence
WHOLE: list[tuple[bytes, str]] = [
    (b"", "The file lacks these columns: payment_id, gross, status, reason."),
    (b"payment_id,gross\r\nx,1\r\n", "The file lacks these columns: status, reason."),
    (HEAD.encode(), "The file has no rows below its headings."),
    (f"{HEAD}\r\n,,,\r\n".encode(), "The file has no rows below its headings."),
    (f"{HEAD},gross\r\nx,1,Paid,,1\r\n".encode(), "The file has the column gross twice."),
    (f"{HEAD},amount\r\nx,1,Paid,,1\r\n".encode(), "The file has the columns gross and amount"),
    (f'{HEAD}\r\n"x,1,Paid,\r\n'.encode(), "The file can’t be read as CSV: it may be cut off."),
    (f"{HEAD}\r\nx\x00,1,Paid,\r\n".encode(), "The file holds characters that no CSV file has."),
    (f"{HEAD}\r\n".encode() + b"x,1,Paid,\x81\r\n", "The file has characters that can’t be read."),
    (f"{HEAD}\r\n".encode() + b"x,1,Paid,\x9d\xc3\r\n", "The file has characters that can’t be read."),
    (HEAD.encode("utf-16"), "The file is saved as UTF-16."),
    (b"PK\x03\x04rest", "The file is a workbook. Save it as CSV from your spreadsheet."),
    (b"%PDF-1.7\n%binary", "The file lacks these columns"),
    (
        f"{HEAD}\r\n".encode() + b"x,1,Paid,\r\n" * 1_001,
        "The file has 1,001 rows. An answer has 1,000 at most.",
    ),
    (b"x" * 500_001, "The file is too large."),
]


@pytest.mark.parametrize(("text", "number", "why"), BY_ROW)
def test_a_wrong_row_is_named_and_nothing_is_loaded(
    exported: Exported, text: str, number: int, why: str
) -> None:
    run = exported.run
    text, why = text.replace("{run}", run.reference), why.replace("{run}", run.reference)
    wrong = {row.number: row.wrong for row in answering.rows_of(run, text) if row.wrong}
    assert any(one.find(why) >= 0 for one in wrong[number]), wrong
    with pytest.raises(Refused, match="Some rows are wrong, so nothing was loaded"):
        exported.answer(run, text)
    exported.make.session.rollback()
    assert {line.outcome for line in run.lines} == {Outcome.WAITING}


@pytest.mark.parametrize(("data", "why"), WHOLE)
def test_a_file_that_is_no_answer_is_refused_as_a_whole(exported: Exported, data: bytes, why: str) -> None:
    run = exported.run
    with pytest.raises(WrongAnswerFile) as wrong:
        answering.load(run, decoded_answer(data), user=exported.finance, now=LATER, version=run.version)
    assert why in str(wrong.value)


@pytest.mark.parametrize(
    "data",
    [
        "payment_id,gross,status,reason\r\n{run}-001,3000.00,Rejected,Señor\r\n".encode("utf-8-sig"),
        "payment_id,gross,status,reason\n{run}-001,3000.00,Rejected,Señor".encode(),
        "payment_id,gross,status,reason\r\n{run}-001,3000.00,Rejected,Señor\r\n".encode("cp1252"),
        "Status;Reason;Payment_ID;Amount\r\nREJECTED;Señor;{run}-001;£3,000.00\r\n".encode(),
        "run\tpayment_id\tgross\tstatus\treason\r\n-\t{run}-001\t'3000\trejected\tSeñor\r\n".encode(),
    ],
)
def test_an_answer_is_read_however_a_spreadsheet_saved_it(exported: Exported, data: bytes) -> None:
    run = exported.run
    text = decoded_answer(data).replace("{run}", run.reference)
    (row,) = answering.rows_of(run, text)
    assert (row.wrong, row.reason) == ([], "Señor")
    exported.answer(run, text)
    assert run.lines[0].why == "Señor"


@pytest.mark.parametrize("slug", ["plain_csv"])
def test_the_very_file_that_went_out_comes_back_with_two_columns_filled_in(
    exported: Exported, slug: str
) -> None:
    run = exported.run
    sent = (run.content or b"").decode("utf-8-sig").splitlines()
    back = [sent[0], *(f"{line.removesuffix(',,')},Paid," for line in sent[1:])]
    assert sum(exported.answer(run, "\r\n".join(back)).values()) == 6, slug


@pytest.mark.parametrize(
    ("before", "said", "why"),
    [
        ("Paid", "Rejected", "status: the payment was loaded as paid. If it came back, write Returned"),
        ("Rejected", "Paid", "status: the payment was loaded as rejected, and its claim went back"),
    ],
)
def test_an_answer_that_contradicts_an_earlier_one_is_refused(
    exported: Exported, before: str, said: str, why: str
) -> None:
    run = exported.run
    name = run.lines[0].payment_id
    exported.answer(run, rows(f"{name},3000.00,{before},No"))
    (row,) = answering.rows_of(run, rows(f"{name},3000.00,{said},No"))
    assert any(one.startswith(why) for one in row.wrong)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("1250.50", 125_050),
        ("1,250.5", 125_050),
        ("£3", 300),
        ("0.01", 1),
        ("1,25", None),
        ("12.", None),
        ("9" * 5_000, None),
        ("10,000,000.01", None),
        ("", None),
    ],
)
def test_an_amount_is_read_to_the_penny(text: str, pence: Any) -> None:
    assert pence_of(text) == pence
