"""The same content in another coat (Excel, pandas, other separators and encodings) gives the same rows."""

import csv
import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fundflow.schools.importing import files, gias, import_file, import_links, links, premium
from fundflow.schools.importing.files import Table, table_of
from fundflow.schools.importing.summary import Found, silent
from tests.schools.files import (
    DATA,
    GIAS_HEADER,
    GRID,
    allocation,
    gias_file,
    needs_data,
    premium_file,
    school,
)

Grid = list[list[str]]


def written(grid: Grid, encoding: str = "utf-8", **how: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **how).writerows(grid)
    return out.getvalue().encode(encoding)


def in_excel(grid: Grid) -> Grid:
    """Dates with strokes, and no noughts before a number."""

    def saved(cell: str) -> str:
        if re.fullmatch(r"\d\d-\d\d-\d{4}", cell):
            return cell.replace("-", "/")
        return str(int(cell)) if re.fullmatch(r"\d{1,11}", cell) else cell

    return [grid[0], *([saved(cell) for cell in row] for row in grid[1:])]


def in_pandas(grid: Grid) -> Grid:
    """A column of numbers with gaps is one of floats; rows are numbered; dates are read as dates."""
    columns = [list(column) for column in zip(*grid[1:], strict=True)]
    for column in columns:
        if all(re.fullmatch(r"\d*(\.\d+)?", cell) for cell in column):
            column[:] = [str(float(cell)) if cell else "" for cell in column]
        if all(re.fullmatch(r"(\d\d-\d\d-\d{4})?", cell) for cell in column):
            column[:] = [f"{cell[6:]}-{cell[3:5]}-{cell[:2]}" if cell else "" for cell in column]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return [["", *grid[0]], *([str(n), *row] for n, row in enumerate(rows))]


def without_last_empty(grid: Grid) -> Grid:
    return [grid[0], *(re.split("\x1f", re.sub("\x1f+$", "", "\x1f".join(row))) for row in grid[1:])]


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("results/edubasealldata20261101.csv", data)
        packed.writestr("results/readme.txt", "From GIAS")
    return out.getvalue()


COATS: dict[str, Callable[[Grid], bytes]] = {
    "Excel, CSV": lambda grid: written(in_excel(grid), "cp1252"),
    "Excel, semicolons": lambda grid: written(in_excel(grid), "utf-8-sig", delimiter=";"),
    "Excel, said separator": lambda grid: b"sep=;\r\n" + written(in_excel(grid), "cp1252", delimiter=";"),
    "Excel, Unicode text": lambda grid: written(in_excel(grid), "utf-16", delimiter="\t"),
    "UTF-16, big end first": lambda grid: written(grid, "utf-16-be"),
    "UTF-16, no mark": lambda grid: written(grid, "utf-16-le", delimiter=";"),
    "pandas": lambda grid: written(in_pandas(grid)),
    "all quoted, old Mac": lambda grid: written(grid, quoting=csv.QUOTE_ALL, lineterminator="\r"),
    "columns turned": lambda grid: written([row[::-1] for row in grid]),
    "no empty cells at the end": lambda grid: written(without_last_empty([[*row, ""] for row in grid])),
    "zipped": lambda grid: zipped(written(grid, "cp1252")),
}


def rows_of(data: bytes) -> list[dict[str, Any]]:
    table: Table = table_of(data)
    kind = next(kind for kind in (gias, links, premium) if kind.recognises(table))
    found: Found = kind.parse(table, silent)
    assert found.problems == []
    return found.rows


def grid_of(data: bytes, encoding: str) -> Grid:
    return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))


@pytest.fixture(params=["GIAS", "premium", "links"])
def plain(request: pytest.FixtureRequest, tmp_path: Path) -> bytes:
    """An invented file of each kind, as the DfE gives it."""
    if request.param == "links":
        header = ["URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate"]
        rows = [["100001", "100002", "St Anne’s", "Successor", "01-09-2026"]]
        return written([header, *rows, ["100002", "100001", "Larkfield", "Predecessor", ""]], "cp1252")
    if request.param == "premium":
        other = allocation(urn="100002", name="St Thomas à Becket", number="0301", pupils="522.5")
        return premium_file(tmp_path, allocation(), other).read_bytes()
    grid = [{"easting": "497600", "northing": "180100"}, {"easting": "", "northing": ""}]
    return gias_file(
        tmp_path,
        school(closed="31-08-1992", status="2", number="0301") | grid[0],
        school(urn="100002", name="St Thomas à Becket’s; “Café”", pupils="", capacity="", number="", ukprn="")
        | grid[1],
        school(urn="100003", type_code="34", trust_code="2044", trust_name="Fen, Trust", opened="") | grid[1],
        header=GIAS_HEADER | GRID,
    ).read_bytes()


def source_encoding(data: bytes) -> str:
    return "utf-8" if b"Deprivation" in data else "cp1252"


@pytest.mark.parametrize("coat", COATS)
def test_an_invented_file_gives_the_same_rows_in_every_coat(plain: bytes, coat: str) -> None:
    grid = grid_of(plain, source_encoding(plain))
    assert rows_of(COATS[coat](grid)) == rows_of(plain)
    assert len(rows_of(plain)) > 1


@needs_data
@pytest.mark.parametrize("coat", COATS)
@pytest.mark.parametrize("name", ["gias-sample.csv", "dfe-pupil-premium-2019-slough.csv"])
def test_the_dfes_own_files_give_the_same_rows_in_every_coat(name: str, coat: str) -> None:
    plain = (DATA / name).read_bytes()
    grid = grid_of(plain, source_encoding(plain).replace("utf-8", "utf-8-sig"))
    assert rows_of(COATS[coat](grid)) == rows_of(plain)


@pytest.mark.parametrize("coat", COATS)
def test_the_same_content_in_another_coat_changes_nothing(
    session: Session, tmp_path: Path, now: datetime, plain: bytes, coat: str
) -> None:
    path = tmp_path / "dressed-2019.csv"

    def imported(data: bytes) -> Any:
        path.write_bytes(data)
        return import_links(path, now=now) if b"LinkURN" in plain else import_file(path, now=now)

    imported(plain)
    again = imported(COATS[coat](grid_of(plain, source_encoding(plain))))
    assert (again.added, again.updated, again.removed, again.problems) == (0, 0, 0, ())


# -- cells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "cell", "column", "value"),
    [
        *(
            ("closed", cell, "closed_on", date(1992, 8, 31))
            for cell in ("31-08-1992", "31/08/1992", "31/8/1992 00:00", "1992-08-31", "1992-08-31 00:00:00")
        ),
        *(("pupils", cell, "pupils", None) for cell in ("", "SUPP", "supp", "x", "NaN", "..", "#N/A")),
        *(("pupils", cell, "pupils", Decimal(1234)) for cell in ("1234", "1,234", "1234.0", "1,234.0")),
        ("pupils", "522.5", "pupils", Decimal("522.5")),
        ("fsm", "SUPP", "free_school_meals_percent", None),
        ("number", "301.0", "establishment_number", "0301"),
        ("ukprn", "10012345.0", "ukprn", "10012345"),
        *(("telephone", cell, "telephone", "01753123456") for cell in ("01753123456", "1753123456.0")),
    ],
)
def test_a_cell_is_read_in_every_way_it_is_written(
    tmp_path: Path, key: str, cell: str, column: str, value: Any
) -> None:
    (row,) = rows_of(gias_file(tmp_path, school(**{key: cell})).read_bytes())
    assert row[column] == value


def test_columns_that_may_be_missing_leave_what_is_there(
    session: Session, tmp_path: Path, now: datetime
) -> None:
    trust = {"type_code": "34", "trust_code": "7", "trust_name": "Fen Trust"}
    import_file(gias_file(tmp_path, school(**trust)), now=now)
    summary = import_file(gias_file(tmp_path, school(**trust), header=dict(gias.COLUMNS)), now=now)
    assert (summary.unchanged, summary.updated, summary.problems) == (1, 0, ())
    assert set(summary.lacks) == set(gias.MAY_LACK.values())
    fresh = import_file(gias_file(tmp_path, school(urn="100009"), header=dict(gias.COLUMNS)), now=now)
    assert (fresh.added, fresh.problems) == (1, ())


def test_rows_under_a_line_that_names_the_separator_are_numbered_as_one_sees_them(tmp_path: Path) -> None:
    path = gias_file(tmp_path, school(urn="1"))
    table = table_of(b"sep=,\r\n" + path.read_bytes())
    assert [str(problem) for problem in gias.parse(table, silent).problems] == [
        "Row 3: URN is “1”: it must be six digits."
    ]


def test_a_file_of_far_more_rows_than_gias_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 100)
    with pytest.raises(files.WrongFile, match="far larger than the whole of GIAS"):
        table_of(b"URN,Name\r\n" * 102)


def test_a_table_holds_its_text_once() -> None:
    """The whole of GIAS has 65 MB; a StringIO of it, at four bytes a letter, has 260."""
    text = "URN,Name\r\n" + "100001,“Lark\nfield”\r" * 200_000
    tracemalloc.start()
    try:
        rows = sum(1 for _ in Table(("URN", "Name"), text, 200_000).rows())
        assert tracemalloc.get_traced_memory()[1] < len(text)
    finally:
        tracemalloc.stop()
    assert rows == 400_000


def test_a_zip_file_that_unpacks_to_far_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNPACKED", 1_000)
    with pytest.raises(files.WrongFile, match="far larger"):
        table_of(zipped(b"URN,Name\r\n" * 200))
    with pytest.raises(files.WrongFile, match="isn’t a CSV file"):
        table_of(zipped(b"")[:60])
