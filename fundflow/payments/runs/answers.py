"""An answer file: what each row says of a payment of a run, and everything that is wrong with it."""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import Enum
from io import StringIO
from typing import NamedTuple

from fundflow.models.money import pounds
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.names import searchable
from fundflow.rules.bank_details import why_bank_details
from fundflow.web.csv import DANGEROUS
from fundflow.web.fields import one_line
from fundflow.web.numbers import MONEY, read_number
from fundflow.workflow.engine import Refused
from fundflow.workflow.phrases import joined

COLUMNS = {
    "payment_id": ("payment_id",),
    "gross": ("gross", "amount"),
    "status": ("status",),
    "reason": ("reason",),
}
ALSO = {"reference": ("settlement_ref", "reference")}  # it may have
MOST = {"payment_id": 40, "gross": 20, "status": 20, "reason": 200, "reference": 60}
MOST_ROWS = 1_000
MOST_BYTES = 500_000  # it is sent a second time as a field of the form
MOST_POUNDS = 10_000_000


class WrongAnswerFile(Refused):
    """A file that can’t be read by rows; its text is a sentence."""


class Said(Enum):
    """What a row says of its payment."""

    PAID = "paid"
    REJECTED = "rejected"
    RETURNED = "returned"


class Change(Enum):
    """What a row changes."""

    PAY = "Paid"
    REJECT = "Rejected: the claim can be paid again"
    REVERSE = "Came back: a reversal is opened"
    NOTHING = "Loaded before: nothing changes"
    UNANSWERED = "Not answered yet"


CHANGES = (Change.PAY, Change.REJECT, Change.REVERSE)


class Row(NamedTuple):
    """A row of the file: its number there, what it says, its payment, what it changes, what is wrong."""

    number: int
    texts: Mapping[str, str]
    line: RunLine | None
    change: Change
    wrong: list[str]

    @property
    def reason(self) -> str:
        return self.texts["reason"]


def decoded_answer(data: bytes) -> str:
    """The text of a file: UTF-8 with or without its mark, else Windows-1252. Raises WrongAnswerFile."""
    if len(data) > MOST_BYTES:
        raise WrongAnswerFile("The file is too large. An answer has a row for each payment.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise WrongAnswerFile("The file is saved as UTF-16. Save it as CSV in UTF-8.")
    if data[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise WrongAnswerFile("The file is a workbook. Save it as CSV from your spreadsheet.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongAnswerFile("The file has characters that can’t be read. Save it as CSV in UTF-8.")


def read_answer(run: PaymentRun, text: str, reversing: set[int]) -> list[Row]:
    """Every row of an answer to a run. Raises WrongAnswerFile for what is no such file.

    reversing  the lines, by their ids, whose payment somebody has asked to reverse
    """
    lines = {searchable(line.payment_id): line for line in run.lines}
    rows = _rows(text)
    times = Counter(searchable(texts["payment_id"]) for _, texts, _ in rows)
    return [
        _row(number, texts, short, lines.get(searchable(texts["payment_id"])), times, reversing)
        for number, texts, short in rows
    ]


def _rows(text: str) -> list[tuple[int, dict[str, str], bool]]:
    """(row number, its texts by name, whether it has fewer cells than the header)."""
    if "\0" in text:
        raise WrongAnswerFile(
            "The file holds characters that no CSV file has. Save it as CSV from your spreadsheet."
        )
    table = _table(text)
    header = [searchable(cell) for cell in table[0]] if table else []
    wanted = COLUMNS | ALSO
    places = {
        name: header.index(searchable(one))
        for name, names in wanted.items()
        for one in reversed(names)
        if searchable(one) in header
    }
    missing = [name for name in COLUMNS if name not in places]
    if missing:
        raise WrongAnswerFile(
            f"The file lacks these columns: {', '.join(missing)}. Fill in the very file that went out."
        )
    for name, names in COLUMNS.items():
        if len(there := [one for one in names if searchable(one) in header]) > 1:
            raise WrongAnswerFile(
                f"The file has the columns {joined(there)}, which are both the {name}. Keep one."
            )
    doubled = [name for name in COLUMNS if sum(header.count(searchable(one)) for one in wanted[name]) > 1]
    if doubled:
        raise WrongAnswerFile(f"The file has the column {doubled[0]} twice.")
    filled = [(n, cells) for n, cells in enumerate(table[1:], 2) if any(cell.strip() for cell in cells)]
    if not filled:
        raise WrongAnswerFile("The file has no rows below its headings.")
    if len(filled) > MOST_ROWS:
        raise WrongAnswerFile(f"The file has {len(filled):,} rows. An answer has {MOST_ROWS:,} at most.")
    return [
        (n, {name: _cell(cells, places.get(name)) for name in wanted}, len(cells) < len(header))
        for n, cells in filled
    ]


def _table(text: str) -> list[list[str]]:
    """The cells, parted by commas, semicolons or tabs, whichever parts the first row into most."""
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise WrongAnswerFile(
            "The file can’t be read as CSV: it may be cut off. Save it as CSV from your spreadsheet."
        ) from None


def _cell(cells: list[str], place: int | None) -> str:
    text = str(one_line(cells[place])) if place is not None and place < len(cells) else ""
    return text[1:] if text[:1] == "'" and text[1:2].isdigit() else text


def _row(
    number: int,
    texts: dict[str, str],
    short: bool,
    line: RunLine | None,
    times: Mapping[str, int],
    reversing: set[int],
) -> Row:
    said = next((one for one in Said if searchable(texts["status"]) == one.value), None)
    wrong = [*_wrong_cells(texts, said, short), *_wrong_payment(texts, line, times)]
    change = _change(said, line, reversing) if line else Change.UNANSWERED
    if isinstance(change, str):
        wrong.append(change)
        change = Change.NOTHING
    return Row(number, texts, line, change, wrong)


def _wrong_cells(texts: Mapping[str, str], said: Said | None, short: bool) -> Iterator[str]:
    if short:
        yield "The row has fewer columns than the headings: it may be cut off"
    yield from _wrong_texts(texts)
    if texts["status"] and said is None:
        yield f"status: “{texts['status'][:20]}” is none of Paid, Rejected, Returned"
    if said in (Said.REJECTED, Said.RETURNED) and not texts["reason"]:
        yield "reason: say why it was not paid"


def _wrong_texts(texts: Mapping[str, str]) -> Iterator[str]:
    for name, text in texts.items():
        if text.startswith(DANGEROUS):
            yield f"{name}: it begins like a formula, with {text[0]}"
        if len(text) > MOST[name]:
            yield f"{name}: it has more than {MOST[name]} characters"
    for name in ("reason", "reference"):
        if why := why_bank_details(texts[name], is_code=name == "reference"):
            yield f"{name}: {why}"


def _wrong_payment(texts: Mapping[str, str], line: RunLine | None, times: Mapping[str, int]) -> Iterator[str]:
    key = texts["payment_id"]
    if not key:
        yield "payment_id: it is empty"
        return
    if line is None:
        yield f"payment_id: the run has no payment “{key[:40]}”"
        return
    if times[searchable(key)] > 1:
        yield f"payment_id: {line.payment_id} stands in {times[searchable(key)]} rows"
    if line.outcome in (Outcome.LEFT_OUT, Outcome.CANCELLED):
        yield f"payment_id: {line.payment_id} was not paid in this run: {line.outcome.words.lower()}"
        return
    amount = pence_of(texts["gross"])
    if amount is None:
        yield f"gross: “{texts['gross'][:20]}” is no amount, like 1250.50"
    elif amount != line.pence:
        yield f"gross: {pounds(amount)}, but the run pays {pounds(line.pence)}"


def pence_of(text: str) -> int | None:
    """`1,250.5` as 125050 pence; None for what is no amount to the penny."""
    try:
        return int(read_number(text, "gross", least=0, most=MOST_POUNDS, places=2, units=MONEY) * 100)
    except ValueError:
        return None


def _change(said: Said | None, line: RunLine, reversing: set[int]) -> Change | str:
    """What a row changes, or what is wrong with it beside what was loaded before."""
    if said is None:
        return Change.UNANSWERED
    match line.outcome, said:
        case Outcome.WAITING, Said.PAID:
            return Change.PAY
        case Outcome.WAITING, _:
            return Change.REJECT
        case Outcome.PAID, Said.RETURNED:
            return Change.NOTHING if line.id in reversing else Change.REVERSE
        case Outcome.PAID, Said.REJECTED:
            return "status: the payment was loaded as paid. If it came back, write Returned"
        case Outcome.REJECTED, Said.PAID:
            return "status: the payment was loaded as rejected, and its claim went back to be paid again"
    return Change.NOTHING
