"""A paper as Word: real headings and numbered paragraphs, so that clerks can paste it into their template."""

from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

import docx
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Pt

from fundflow.reports.paper.document import Document
from fundflow.reports.paper.pictures import Picture, pictures_of
from fundflow.reports.tables import Table
from fundflow.web.rasters import UNREADABLE

KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WIDE = 6  # columns, from which on figures need smaller letters to stay on one line
PICTURE, TALLEST = Cm(9), Cm(18)
SHORT = 12  # rows of a table that no page parts
LEVELS = (("%1.", "Heading1", 0), ("%1.%2", "ListNumber", 1))


@lru_cache(maxsize=8)  # a published paper is anybody's to ask for, and takes a second
def docx_of(document: Document, *, council: str, at: datetime) -> bytes:
    """The file. `at` is the moment as at which its figures stand, which is its date."""
    file = docx.Document()
    _set_up(file, document, council, at)
    file.add_paragraph(_clean(document.title), style="Title")
    file.add_paragraph(_clean(council))
    for label, text in document.head:
        line = file.add_paragraph()
        line.add_run(f"{label}: ").bold = True
        line.add_run(_clean(text))
    for section in document.sections:
        file.add_paragraph(_clean(section.heading), style="Heading 1")
        for _, words in section.paragraphs:
            file.add_paragraph(_clean(words), style="List Number")
    if document.tables:
        _appendix(file, document.tables)
    kept = BytesIO()
    file.save(kept)
    return kept.getvalue()


def _set_up(file: Any, document: Document, council: str, at: datetime) -> None:
    core = file.core_properties
    core.title, core.author, core.last_modified_by = (
        _clean(document.title)[:255],
        council[:255],
        council[:255],
    )
    core.comments, core.created, core.modified, core.language = "", at, at, "en-GB"
    page = file.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin = page.bottom_margin = Cm(2)
    file.styles["Normal"].font.name, file.styles["Normal"].font.size = "Arial", Pt(11)
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12), ("Caption", 10)):
        style = file.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), None
        # The theme's font would win over Arial, its blue over black.
        fonts = style.element.rPr.rFonts
        for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{key}"), None)
    _number(file)


def _number(file: Any) -> None:
    """Heading 1 counts 1, 2 …; List Number 1.1, 1.2 … under it."""
    numbering = file.part.numbering_part.element
    number = 90  # the template's own go up to 11
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="720" w:hanging="720"/></w:pPr></w:lvl>'
        for text, style, n in LEVELS
    )
    abstract = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="multilevel"/>'
        f"{levels}</w:abstractNum>"
    )
    first = numbering.find(qn("w:num"))  # Word wants all abstract ones before the first of these
    first.addprevious(abstract)
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
    )
    for name, level in (("Heading 1", 0), ("List Number", 1)):
        properties = file.styles[name].element.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = number


def _appendix(file: Any, tables: tuple[Table, ...]) -> None:
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    file.add_paragraph("Appendix: tables", style="Heading 2")
    for mark in dict.fromkeys(mark for table in tables for mark in table.marks):
        file.add_paragraph(f"{mark} {mark.words}")
    for number, table in enumerate(tables, 1):
        caption = file.add_paragraph(_clean(f"Table {number}. {table.title}"), style="Caption")
        caption.paragraph_format.keep_with_next = True
        if table.rows:
            for picture in pictures_of(table):
                _picture(file, picture)
            _table(file, table)
        else:
            file.add_paragraph("There is nothing to show.")
        for note in table.notes:
            file.add_paragraph(_clean(note))
        file.add_paragraph()


def _picture(file: Any, picture: Picture) -> None:
    """A drawing with its alternative text, on the page of its table."""
    if picture.label:
        label = file.add_paragraph(_clean(picture.label))
        label.paragraph_format.keep_with_next = True
    line = file.add_paragraph()
    line.paragraph_format.keep_with_next = True
    drawn = line.add_run().add_picture(BytesIO(picture.png), width=PICTURE)
    if drawn.height > TALLEST:
        drawn.width, drawn.height = Emu(drawn.width * TALLEST // drawn.height), TALLEST
    drawn._inline.docPr.set("descr", _clean(picture.words))


def _table(file: Any, table: Table) -> None:
    drawn = file.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    whole = len(table.all_rows) <= SHORT
    _fill(drawn.rows[0], [column.heading for column in table.columns], table, bold=True, stays=True)
    _mark(drawn.rows[0], "w:tblHeader")
    for n, row in enumerate(table.all_rows, 1):
        is_last = n == len(table.all_rows)
        bold, stays = is_last and bool(table.totals), whole and not is_last
        _fill(drawn.add_row(), table.in_words(row), table, bold=bold, stays=stays)


def _fill(row: Any, words: list[str], table: Table, *, bold: bool, stays: bool) -> None:
    """A row, on the page of the next one where it `stays` there.

    `cells` once a row: `table.cell()` reads the whole table each time.
    """
    _mark(row, "w:cantSplit")
    for cell, text, column in zip(row.cells, words, table.columns, strict=True):
        line = cell.paragraphs[0]
        run = line.add_run(_clean(text))
        run.bold, run.font.size = bold, Pt(7 if len(table.columns) > WIDE else 9)
        line.paragraph_format.alignment = 2 if column.kind.is_number else 0
        line.paragraph_format.keep_with_next = stays


def _mark(row: Any, what: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(what))


def _clean(text: str) -> str:
    return UNREADABLE.sub("", text)
