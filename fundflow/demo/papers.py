"""The demonstration's papers: small real files, made here, that pass every check of what is sent."""

import io
from dataclasses import dataclass
from datetime import date
from typing import IO, NamedTuple

import xlsxwriter

from fundflow.models.bid import Bid
from fundflow.models.money import pounds
from fundflow.workflow.date_words import day_words


@dataclass
class BrowserUpload:
    """A file as a browser sends it."""

    filename: str | None
    stream: IO[bytes]


class DemoFile(NamedTuple):
    name: str
    description: str
    data: bytes

    @property
    def sent(self) -> BrowserUpload:
        return BrowserUpload(self.name, io.BytesIO(self.data))


def papers_of(bid: Bid) -> tuple[DemoFile, ...]:
    """What the school attaches to a full bid: the governors’ minute and the plan of cover."""
    minute = pdf(
        [
            "Governing board: extract from the minutes",
            f"Item 6. {bid.title}",
            "",
            "Governors read the bid and asked what happens when the money ends.",
            "The deputy head said that the school's own leaders run the work from then on.",
            "Agreed: the board supports the bid. The chair signs for it.",
        ]
    )
    rows: list[tuple[str | float, ...]] = [("Staff code", "Role", "Days", "Day rate (£)")]
    rows += [
        (line.staff_code, line.staff_role, line.half_days / 2, line.day_rate_pence / 100)
        for line in bid.backfill_lines
    ]
    return (
        DemoFile("Governors’ minute.pdf", "Extract from the minutes of the governing board", minute),
        DemoFile("Cover plan.xlsx", "Who is released, and for how many days", xlsx(rows)),
    )


def assessments() -> DemoFile:
    """What a school sends after it has submitted."""
    rows: list[tuple[str | float, ...]] = [
        ("Year", "Pupils", "At the expected standard (%)", "Disadvantaged (%)")
    ]
    rows += [("Year 3", 58, 69, 52), ("Year 4", 60, 66, 47), ("Year 5", 61, 71, 55), ("Year 6", 59, 73, 54)]
    return DemoFile("Autumn reading assessments.xlsx", "", xlsx(rows))


def receipt_of(what: str, spent_on: date, pence: int) -> DemoFile:
    """What a school was given for what it bought."""
    bought = [f"{what}: {pounds(pence)}", f"Paid on {day_words(spent_on)}", "Thank you for your custom."]
    return DemoFile("Receipt.pdf", "", pdf(["Receipt", "", *bought]))


def xlsx(rows: list[tuple[str | float, ...]]) -> bytes:
    """A workbook of one sheet."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet 1")
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
        sheet.autofit()
    return made.getvalue()


def pdf(lines: list[str]) -> bytes:
    """A page of text, the first line larger; Latin letters alone."""
    text = b"BT /F 16 Tf 60 770 Td (%s) Tj /F 11 Tf 0 -12 Td " % _escaped(lines[0])
    text += b"".join(b"0 -18 Td (%s) Tj " % _escaped(line) for line in lines[1:]) + b"ET"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    made, places = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table)
        + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(made))
    )


def _escaped(line: str) -> bytes:
    plain = line.replace("’", "'").encode("cp1252", "replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
