"""The layout of a run's file: a JSON document, read and checked here, written by `rendering`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from fundflow.models.payee import Route
from fundflow.payments.runs.facts import COST_LINE, DATE, EVERY, PAYMENT, PENCE, SOURCES

ENCODINGS = ("utf-8", "utf-8-sig", "windows-1252")
LINE_ENDS = {"crlf": "\r\n", "lf": "\n"}
DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}
DATE_FORMATS = ("yyyy-mm-dd", "yyyymmdd", "dd/mm/yyyy")
PENCE_FORMATS = ("pounds", "pence")
SIGNS = ("minus", "always", "none")
ROWS = {  # the rows a layout may have, and which sources each knows
    "header": (EVERY,),
    "payment": (EVERY, PAYMENT),
    "cost_line": (EVERY, PAYMENT, COST_LINE),
    "trailer": (EVERY,),
}
MOST_COLUMNS, MOST_WIDTH, MOST_DOCUMENT = 200, 4_000, 40_000


class WrongLayout(Exception):
    """A document that is no layout; `problems` are sentences."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class Column(NamedTuple):
    """A column, or a field of fixed width.

    source    one of SOURCES; empty where it holds a constant
    otherwise what is written where the source is empty
    place     where a field begins, counted from 1; None follows the field before
    width     bytes of a field; None in a delimited layout
    sign      of an amount: a minus where it is negative, always one, or none
    negate    an amount is written with the other sign
    cut       what is too long is cut off; else the file is refused
    """

    name: str
    source: str = ""
    constant: str = ""
    otherwise: str = ""
    place: int | None = None
    width: int | None = None
    align: str = "left"
    fill: str = " "
    format: str = ""
    sign: str = "minus"
    negate: bool = False
    cut: bool = False

    @property
    def kind(self) -> str:
        return SOURCES[self.source].kind if self.source else "text"


class Layout(NamedTuple):
    """How a run's file is written.

    delimiter     empty where fields have fixed widths
    record_width  bytes of a fixed row
    names         whether the first row holds the columns' names
    safe_cells    what a spreadsheet would take for a formula gets an apostrophe
    rows          the columns of each kind of row (ROWS); payments and cost lines are written in turn
    routes        payments by other routes have no place in such a file
    """

    name: str
    delimiter: str
    encoding: str
    line_end: str
    rows: Mapping[str, tuple[Column, ...]]
    record_width: int = 0
    names: bool = False
    safe_cells: bool = False
    extension: str = "csv"
    routes: tuple[Route, ...] = tuple(Route)

    @property
    def is_fixed(self) -> bool:
        return not self.delimiter


def read_layout(document: str) -> Layout:
    """The layout that a document describes; raises WrongLayout with everything that is wrong with it."""
    if len(document) > MOST_DOCUMENT:
        raise WrongLayout(f"The layout is too long. It may have {MOST_DOCUMENT:,} characters.")
    try:
        said = json.loads(document)
    except ValueError as wrong:
        where = f"line {wrong.lineno}" if isinstance(wrong, json.JSONDecodeError) else "the document"
        raise WrongLayout(f"The layout can’t be read as JSON: look at {where}.") from None
    except RecursionError:
        raise WrongLayout("The layout can’t be read as JSON: it is nested too deeply.") from None
    if not isinstance(said, dict):
        raise WrongLayout("The layout must be one JSON object, in curly brackets.")
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise WrongLayout("The layout holds half of a character, written as \\ud800 to \\udfff.") from None
    problems = list(_wrong_keys(said))
    if problems:
        raise WrongLayout(*problems)
    fixed = said["kind"] == "fixed"
    rows = {kind: tuple(map(_column, said[kind])) for kind in ROWS if said.get(kind)}
    layout = Layout(
        name=said["name"].strip(),
        delimiter="" if fixed else DELIMITERS[said.get("delimiter", ",")],
        encoding=said.get("encoding", "utf-8"),
        line_end=LINE_ENDS[said.get("line_end", "crlf")],
        rows=rows,
        record_width=said.get("record_width", 0) if fixed else 0,
        names=said.get("names", False),
        safe_cells=said.get("safe_cells", not fixed),
        extension=said.get("extension", "txt" if fixed else "csv"),
        routes=tuple(map(Route, said.get("routes", [route.value for route in Route]))),
    )
    if problems := list(_wrong_widths(layout)):
        raise WrongLayout(*problems)
    return layout


Check = tuple[type, tuple[Any, ...]]
KEYS: Mapping[str, Check] = {
    "name": (str, ()),
    "kind": (str, ("delimited", "fixed")),
    "delimiter": (str, tuple(DELIMITERS)),
    "encoding": (str, ENCODINGS),
    "line_end": (str, tuple(LINE_ENDS)),
    "extension": (str, ("csv", "txt", "dat")),
    "record_width": (int, ()),
    "names": (bool, ()),
    "safe_cells": (bool, ()),
    "routes": (list, ()),
    **{kind: (list, ()) for kind in ROWS},
}
COLUMN_KEYS: Mapping[str, Check] = {
    "name": (str, ()),
    "source": (str, tuple(SOURCES)),
    "constant": (str, ()),
    "otherwise": (str, ()),
    "place": (int, ()),
    "width": (int, ()),
    "align": (str, ("left", "right")),
    "fill": (str, ()),
    "format": (str, (*PENCE_FORMATS, *DATE_FORMATS)),
    "sign": (str, SIGNS),
    "negate": (bool, ()),
    "cut": (bool, ()),
}


def _wrong_keys(said: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrong_values("The layout", said, KEYS)
    for key in ("name", "kind"):
        if not str(said.get(key, "")).strip():
            yield f"The layout has no “{key}”."
    if len(str(said.get("name", ""))) > 120:
        yield "The layout’s name may have 120 characters."
    if not said.get("payment") and not said.get("cost_line"):
        yield "The layout has neither “payment” nor “cost_line” rows, so it would write no payment."
    known = [route.value for route in Route]
    if wrong := [route for route in _list(said.get("routes")) if route not in known]:
        yield f"“routes” has {wrong[0]!r}, which is none of {', '.join(known)}."
    yield from _wrong_rows(said)


def _wrong_rows(said: Mapping[str, Any]) -> Iterator[str]:
    for kind, of in ROWS.items():
        columns = _list(said.get(kind))
        if len(columns) > MOST_COLUMNS:
            yield f"“{kind}” has more than {MOST_COLUMNS} columns."
        for number, column in enumerate(columns[:MOST_COLUMNS], 1):
            yield from _wrong_column(f"Column {number} of “{kind}”", column, of, said.get("kind") == "fixed")


def _wrong_column(what: str, column: Any, of: tuple[str, ...], fixed: bool) -> Iterator[str]:
    if not isinstance(column, dict):
        yield f"{what} must be an object, in curly brackets."
        return
    if problems := list(_wrong_values(what, column, COLUMN_KEYS)):
        yield from problems
        return
    yield from _wrong_source(what, column, of)
    if len(column.get("fill", " ")) != 1 or not column.get("fill", " ").isascii():
        yield f"{what}: “fill” must be one plain character."
    if fixed and not 0 < column.get("width", 0) <= MOST_WIDTH:
        yield f"{what} needs a “width” between 1 and {MOST_WIDTH:,}."


def _wrong_source(what: str, column: Mapping[str, Any], of: tuple[str, ...]) -> Iterator[str]:
    source = column.get("source", "")
    if not column.get("name", "").strip():
        yield f"{what} has no “name”."
    if source and "constant" in column:
        yield f"{what} has both a “source” and a “constant”."
    if source and SOURCES[source].of not in of:
        yield f"{what}: “{source}” is known in {SOURCES[source].of} alone."
    kind = SOURCES[source].kind if source else "text"
    by_kind: dict[str, tuple[str, ...]] = {PENCE: PENCE_FORMATS, DATE: DATE_FORMATS}
    formats = by_kind.get(kind, ())
    if column.get("format") and column["format"] not in formats:
        yield f"{what}: “{column['format']}” is no format of “{source or 'a constant'}”."


def _wrong_values(what: str, said: Mapping[str, Any], checks: Mapping[str, Check]) -> Iterator[str]:
    for key, value in said.items():
        if key not in checks:
            yield f"{what} has “{key[:40]}”, which is not known here."
            continue
        kind, choices = checks[key]
        if type(value) is not kind:  # True is a whole number too
            yield f"{what}: “{key}” must be {KIND_WORDS[kind]}."
        elif choices and value not in choices:
            yield f"{what}: “{key}” must be one of {', '.join(map(str, choices))}."
        elif kind is str and any(ord(c) < 32 for c in str(value)):
            yield f"{what}: “{key}” holds a character that can’t be seen."


KIND_WORDS: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false", list: "a list"}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _column(said: Mapping[str, Any]) -> Column:
    return Column(**said)


def _wrong_widths(layout: Layout) -> Iterator[str]:
    """Fields that overlap, or lie outside their row."""
    if not layout.is_fixed:
        return
    for kind, columns in layout.rows.items():
        end = 0
        for column in columns:
            begin = column.place or end + 1
            if begin <= end:
                yield f"“{column.name}” of “{kind}” begins at {begin}, but the field before it ends at {end}."
            end = begin + (column.width or 0) - 1
        if not 0 < layout.record_width <= MOST_WIDTH:
            yield f"A fixed layout needs a “record_width” between 1 and {MOST_WIDTH:,}."
            return
        if end > layout.record_width:
            yield f"The fields of “{kind}” end at {end}, but a row has {layout.record_width} characters."
