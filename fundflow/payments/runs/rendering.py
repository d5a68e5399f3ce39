"""A run's file as bytes, from its layout: pure, so that the same run and layout give the same bytes."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from fundflow.payments.runs.facts import DATE, PENCE, SOURCES, At, Run
from fundflow.payments.runs.layouts import Column, Layout
from fundflow.web.csv import safe_cell
from fundflow.web.fields import one_line

# What Windows-1252 has no place for, though a plain letter or mark stands for it.
PLAIN = dict(zip("ŁłĐđĦħı\u2010\u2011\u2012\u2212\u2009\u202f", "LlDdHhi----  ", strict=True))
UNKNOWN = "?"


class CantWrite(Exception):
    """A run that the layout can't hold; its text is a sentence."""


class Rendered(NamedTuple):
    """lost: texts in which a character becomes “?”, as they are in the run."""

    content: bytes
    lost: tuple[str, ...]


class Cell(NamedTuple):
    """A field of a fixed row, as it is written: where it begins and ends, counted from 1."""

    name: str
    begins: int
    ends: int
    text: str


def render(layout: Layout, run: Run) -> Rendered:
    """The bytes of a run's file. Raises CantWrite where something is too long for its field."""
    rows = list(_rows(layout, run))
    lost: dict[str, None] = {}
    lines = [_row(layout, columns, at, lost) for columns, at in rows]
    if layout.names:
        columns = layout.rows.get("payment") or layout.rows["cost_line"]
        names = [_quoted(_known(layout, column.name, lost), layout.delimiter) for column in columns]
        lines.insert(0, layout.delimiter.join(names).encode(codec_of(layout)))
    end = layout.line_end.encode()
    mark = b"\xef\xbb\xbf" if layout.encoding == "utf-8-sig" else b""
    return Rendered(mark + b"".join(line + end for line in lines), tuple(lost))


def cells_of(layout: Layout, content: bytes) -> list[Cell]:
    """The fields of the first row of a fixed file, with their places: for anyone who checks a layout."""
    columns = next(layout.rows[kind] for kind in ("header", "payment", "cost_line") if kind in layout.rows)
    row, found, end = content[: layout.record_width], [], 0
    for column in columns:
        begin = column.place or end + 1
        end = begin + (column.width or 0) - 1
        found.append(Cell(column.name, begin, end, row[begin - 1 : end].decode(codec_of(layout), "replace")))
    return found


def _rows(layout: Layout, run: Run) -> Iterator[tuple[tuple[Column, ...], At]]:
    number = 0
    for kind, at in _places(run):
        if columns := layout.rows.get(kind):
            number += 1
            yield columns, at._replace(row=number)


def _places(run: Run) -> Iterator[tuple[str, At]]:
    yield "header", At(run, 0)
    for payment in run.payments:
        yield "payment", At(run, 0, payment)
        for number, line in enumerate(payment.lines, 1):
            yield "cost_line", At(run, 0, payment, line, number)
    yield "trailer", At(run, 0)


def _row(layout: Layout, columns: tuple[Column, ...], at: At, lost: dict[str, None]) -> bytes:
    texts = [(column, _text(layout, column, at, lost)) for column in columns]
    if not layout.is_fixed:
        cells = [_cell(layout, column, text) for column, text in texts]
        return layout.delimiter.join(cells).encode(codec_of(layout))
    row = bytearray(b" " * layout.record_width)
    end = 0
    for column, text in texts:
        width, data = column.width or 0, text.encode(codec_of(layout))
        begin = column.place - 1 if column.place else end
        end = begin + width
        row[begin:end] = _padded(column, data, width, at, codec_of(layout))
    return bytes(row)


def _padded(column: Column, data: bytes, width: int, at: At, codec: str) -> bytes:
    """A field's bytes: measured once encoded, as the finance system counts them."""
    if len(data) > width:
        if not column.cut:
            whose = f" of {at.payment.payment_id}" if at.payment else ""
            raise CantWrite(
                f"“{column.name}”{whose} needs {len(data)} characters; the layout has room for {width}."
            )
        data = data[:width].decode(codec, "ignore").encode(codec)  # never half a letter
    fill = column.fill.encode()
    if column.align == "left":
        return data.ljust(width, fill)
    if fill == b"0" and data[:1] in (b"+", b"-"):
        return data[:1] + data[1:].rjust(width - 1, fill)
    return data.rjust(width, fill)


def _text(layout: Layout, column: Column, at: At, lost: dict[str, None]) -> str:
    if not column.source:
        return _known(layout, column.constant, lost)
    value = SOURCES[column.source].read(at)
    if column.kind == PENCE:
        assert isinstance(value, int)  # noqa: S101 (what the source says)
        return _amount(column, -value if column.negate else value)
    if column.kind == DATE:
        assert isinstance(value, date)  # noqa: S101 (what the source says)
        return _date(column.format, value)
    return _known(layout, str(one_line(str(value))) or column.otherwise, lost)


def _date(how: str, day: date) -> str:
    year, month, number = day.isoformat().split("-")
    if how == "dd/mm/yyyy":
        return f"{number}/{month}/{year}"
    return f"{year}{month}{number}" if how == "yyyymmdd" else day.isoformat()


def _amount(column: Column, pence: int) -> str:
    sign = "-" if pence < 0 else "+"
    if column.sign == "none" or (column.sign == "minus" and pence >= 0):
        sign = ""
    whole, rest = divmod(abs(pence), 100)
    return f"{sign}{abs(pence)}" if column.format == "pence" else f"{sign}{whole}.{rest:02}"


def _cell(layout: Layout, column: Column, text: str) -> str:
    safe = str(safe_cell(text)) if layout.safe_cells and column.kind not in (PENCE, DATE) else text
    return _quoted(safe, layout.delimiter)


def _quoted(text: str, delimiter: str) -> str:
    if any(mark in text for mark in (delimiter, '"', "\r", "\n")) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def codec_of(layout: Layout) -> str:
    return "cp1252" if layout.encoding == "windows-1252" else "utf-8"


def _known(layout: Layout, text: str, lost: dict[str, None]) -> str:
    """A text in the characters the encoding has: the letter alone where it lacks the accent."""
    text = unicodedata.normalize("NFC", text)
    if layout.encoding != "windows-1252":
        return text
    found = "".join(map(_in_windows, text))
    if found.count(UNKNOWN) > text.count(UNKNOWN):
        lost[text] = None
    return found


def _in_windows(letter: str) -> str:
    for one in (letter, PLAIN.get(letter, letter), unicodedata.normalize("NFKD", letter)):
        plain = "".join(c for c in one if not unicodedata.combining(c)) if len(one) > 1 else one
        try:
            plain.encode("cp1252")
        except UnicodeEncodeError:
            continue
        if plain:
            return plain
    return UNKNOWN
