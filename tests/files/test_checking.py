"""What may be attached, by its content and its name."""

import io
import time

import openpyxl
import pikepdf
import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from fundflow.files.checking import MOST_BYTES, check
from fundflow.files.kinds import ABOUT, in_words, kinds_taken
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind
from fundflow.models.fund import Fund
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
    assert check("data.xlsx", out.getvalue()) == ("data.xlsx", FileKind.XLSX, out.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        s.odt(),
        s.odt('<text:a xlink:href="https://www.gov.uk/">gov.uk</text:a>'),
        s.odt('<draw:image xlink:href="Pictures/a.png"/>', more={"Pictures/a.png": s.PNG}),
        s.odt('<draw:object xlink:href="./Object 1"/>', more={"Object 1/content.xml": b"<a/>"}),
        s.odt('<meta:template xlink:href="file:///C:/Letter.ott"/>'),
        s.odt('<script:event-listener xlink:href=""/>'),
        s.odt(more={"Configurations2/accelerator/current.xml": b"", "Pictures/": b""}),
    ],
    ids=[
        "plain",
        "with a link",
        "with a picture",
        "with a chart",
        "from a template",
        "of old",
        "with folders",
    ],
)
def test_an_opendocument_text_as_libreoffice_makes_it_is_taken(data: bytes) -> None:
    assert check("plan.odt", data).kind is FileKind.ODT


@pytest.mark.parametrize(
    "formula", ["of:=SUM([.A1:.A9])", "of:=['Sheet #1'.A1]", "of:=IF([.A1]=&quot;a|b&quot;;1;0)"]
)
def test_an_opendocument_spreadsheet_is_taken(formula: str) -> None:
    assert check("data.ods", s.ods(formula)).kind is FileKind.ODS


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", s.photograph()),
        ("a.jpeg", s.photograph(progressive=True, subsampling=0)),
        ("A.JPG", s.photograph() + b"<script>alert(1)</script>" + s.SECRET),
        ("a.png", s.photograph("PNG")),
        ("a.png", s.photograph("PNG") + docx()),
    ],
    ids=["telephone", "progressive", "with a tail", "PNG", "also a Word document"],
)
def test_a_photograph_is_kept_without_what_is_no_picture(name: str, data: bytes) -> None:
    kept = check(name, data).data
    with Image.open(io.BytesIO(data)) as sent, Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size) == (sent.format, sent.size)
        difference = ImageChops.difference(picture.convert("RGB"), sent.convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) < 0.5  # of 255: nothing that can be seen
        assert dict(picture.getexif()) == {0x0112: 6}  # which side is up, and nothing else
        assert not {"comment", "Comment"} & picture.info.keys()
    for hidden in (s.SECRET, b"<script>", b"PK\x03\x04"):
        assert hidden not in kept
    assert check(name, data).data == kept  # sent again it is the same file


def test_a_photograph_keeps_its_colours() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = check("a.jpg", s.photograph(icc_profile=profile)).data
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.info["icc_profile"] == profile


def test_what_a_fund_does_not_take_is_refused_and_not_offered() -> None:
    fund = Fund(takes_opendocument=False, takes_photographs=True)
    assert in_words(kinds_taken(fund)) == "PDF, Word (.docx), Excel (.xlsx), CSV, JPEG or PNG"
    with pytest.raises(Unfit, match=r"can’t be attached\. Choose a PDF, .* CSV, JPEG or PNG file"):
        check("plan.odt", s.odt(), kinds_taken(fund))
    assert check("a.jpeg", s.photograph(), kinds_taken(fund)).kind is FileKind.JPEG


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_has_its_words_and_endings(kind: FileKind) -> None:
    assert f".{kind.value}" in ABOUT[kind].endings


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
