"""What may be attached, by its content and its name."""

import io
import time

import openpyxl
import pikepdf
import pytest

from fundflow.files.checking import MOST_BYTES, check
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind
from tests.files import samples as s
from tests.files.hostile_table import ODD_NAMES, TABLE, Bad
from tests.files.samples import csv, docx, pdf, relations, xlsx


@pytest.mark.parametrize("bad", TABLE, ids=lambda bad: bad.what)
def test_a_hostile_file_is_refused_with_its_sentence(bad: Bad) -> None:
    with pytest.raises(Unfit) as refused:
        check(bad.name, bad.data())
    assert bad.says in refused.value.sentence


@pytest.mark.parametrize(("sent", "kept"), ODD_NAMES)
def test_an_odd_name_is_made_harmless(sent: str, kept: str) -> None:
    assert check(sent, pdf()).name == kept


def test_a_long_name_keeps_its_ending_and_fits_its_column() -> None:
    assert len(check("é" * 500 + ".docx", docx()).name) == 200


@pytest.mark.parametrize("name", [None, "", "   "])
def test_a_file_without_a_name_is_refused(name: str | None) -> None:
    with pytest.raises(Unfit, match="has no ending"):
        check(name, pdf())


@pytest.mark.parametrize(
    "data",
    [
        csv(),
        csv(code="utf-8-sig"),
        csv(code="utf-16"),
        csv("École;Élèves\r\nChêne;210\r\n", "cp1252"),
        csv("a\tb\n1\t2\n"),
        csv('"a, or b","c"\n"two\nlines",2\n'),
        csv("=1+1,-2\n@SUM(A1),+3\n"),
    ],
    ids=["utf-8", "utf-8 with its mark", "utf-16", "windows", "tabs", "quotes", "formulas, kept as they are"],
)
def test_csv_is_taken_as_schools_write_it(data: bytes) -> None:
    assert check("data.csv", data).kind is FileKind.CSV


@pytest.mark.parametrize(
    "data",
    [
        docx(),
        docx({"word/embeddings/Microsoft_Excel_Sheet1.xlsx": xlsx()}),
        docx(
            {"word/_rels/settings.xml.rels": relations("attachedTemplate", "file:///C:\\Office\\Normal.dotm")}
        ),
        docx({"word/_rels/settings.xml.rels": relations("attachedTemplate", "Normal.dotm")}),
        docx({"word/_rels/document.xml.rels": relations("hyperlink", "https://www.gov.uk/")}),
        docx({"word/media/image1.png": s.PNG, "docProps/app.xml": b"<Properties/>"}),
        docx({"word/document2.xml": b"<w>" + b"<p>The same again.</p>" * 200_000 + b"</w>"}),
    ],
    ids=[
        "plain",
        "with a chart",
        "with a local template",
        "with a named template",
        "with a link",
        "with a picture",
        "large and repetitive",
    ],
)
def test_a_word_document_as_word_makes_it_is_taken(data: bytes) -> None:
    assert check("plan.docx", data).kind is FileKind.DOCX


def test_a_real_workbook_is_taken() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["School", "Pupils"])
    book.save(out)
    assert check("data.xlsx", out.getvalue()) == ("data.xlsx", FileKind.XLSX)


@pytest.mark.parametrize(
    "data",
    [
        s.packed(),
        s.packed({"/OpenAction": pikepdf.Array([1, pikepdf.Name.Fit])}),
        s.packed({"/URI": pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://www.gov.uk/")}),
        s.packed(encryption=pikepdf.Encryption(owner="x", user="")),
        pdf(b"4 0 obj<</Title(About JS and #4a)>>endobj"),
    ],
    ids=["packed", "opens on a page", "with a link", "may not be changed", "speaks of scripts"],
)
def test_a_pdf_as_programs_make_it_is_taken(data: bytes) -> None:
    assert check("plan.pdf", data).kind is FileKind.PDF


@pytest.mark.parametrize(
    "data",
    [
        s.written(s.field("PAGE"), s.field('HYPERLINK "https://link.example/dde"'), s.field("TOC \\o")),
        s.written(s.field("IF ", s.field("PAGE"), ' = 1 "first" ""')),
        s.written(
            '<w:fldSimple w:instr=" DATE "><w:r/></w:fldSimple>', "<w:r><w:t>DDE is a word</w:t></w:r>"
        ),
    ],
    ids=["page, link, contents", "a field in a field", "a date, and a word"],
)
def test_fields_that_fetch_nothing_are_taken(data: bytes) -> None:
    assert check("plan.docx", data).kind is FileKind.DOCX


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:A9)",
        'IF(A1="a|b",1,0)',
        "Sheet1!A1*2",
        'HYPERLINK("https://www.gov.uk")',
        "[1]Sheet1!A1",
        "recall(1)",
    ],
)
def test_formulas_of_every_day_are_taken(formula: str) -> None:
    assert check("data.xlsx", s.sheet(formula)).kind is FileKind.XLSX


@pytest.mark.parametrize(
    "data", [csv("a|b\n-5|Oak school|x\n-6|Elm|'y\n"), csv("a,b\n-5,cmd|x\n+44 1753,Call (me)\n")]
)
def test_negative_numbers_and_bars_in_a_csv_are_taken(data: bytes) -> None:
    assert check("data.csv", data).kind is FileKind.CSV


def test_a_large_sheet_is_read_in_seconds() -> None:
    """Two hundred thousand formulas: gunicorn gives a request thirty seconds."""
    cells = "".join(
        f'<c r="A{n}"><f>SUM(B{n}:C{n})</f><v>{n * 7919 % 104729}</v></c>' for n in range(200_000)
    )
    data = xlsx({"xl/worksheets/sheet1.xml": f"<worksheet>{cells}</worksheet>".encode()})
    began = time.monotonic()
    assert check("data.xlsx", data).kind is FileKind.XLSX
    assert time.monotonic() - began < 10


def test_exactly_10_mb_is_taken() -> None:
    assert check("plan.pdf", pdf(b" " * (MOST_BYTES - len(pdf())))).kind is FileKind.PDF
