"""From a file to numbered rows, or a sentence that says why it can't be read."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST = 400 * 1024 * 1024  # bytes; the whole of GIAS is about 65 MB

Cells = list[str]
BROKEN_BYTE = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte it can't read


class WrongFile(Exception):
    """The file as a whole can't be imported; its text is a sentence fit to show."""


class BrokenRow(Exception):
    """The rows can't be told apart from here on."""

    def __init__(self, number: int, sentence: str) -> None:
        super().__init__(sentence)
        self.number = number


@dataclass(frozen=True)
class Table:
    """A CSV file: its header, and its rows on demand."""

    header: tuple[str, ...]
    text: str
    lines: int  # about as many as there are rows

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """(row number, cells); the header is row 1, empty lines are counted but left out.

        Raises BrokenRow where the quotation marks no longer make sense.
        """
        reader = _reader(self.text)
        next(reader)
        number = 1
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise BrokenRow(number, "its quotation marks don’t match.") from None
            if cells:
                yield number, cells

    @property
    def columns(self) -> dict[str, int]:
        """Where each column stands, by its plain name."""
        return {plain(name): place for place, name in reversed(list(enumerate(self.header)))}

    def require(self, names: dict[str, str]) -> dict[str, int]:
        """The places of the columns named; raises WrongFile where some are missing or doubled."""
        known = [plain(name) for name in self.header]
        missing = [name for name in names.values() if plain(name) not in known]
        if missing:
            raise WrongFile(f"The file lacks {_columns(missing)}. Download it again with all its columns.")
        doubled = [name for name in names.values() if known.count(plain(name)) > 1]
        if doubled:
            raise WrongFile(f"The file has {_columns(doubled)} more than once.")
        return {key: self.columns[plain(name)] for key, name in names.items()}


def plain(name: str) -> str:
    """A column's name without capitals, footnote numbers or doubled spaces."""
    return " ".join(re.sub(r"\([0-9]{1,2}\)", " ", name).casefold().split())


def read(path: Path) -> Table:
    """Read a CSV file; raises WrongFile with a sentence for anything that is none."""
    text = _decoded(_bytes(path))
    try:
        header = next(_reader(text), [])
    except csv.Error:
        header = []
    if not any(cell.strip() for cell in header):
        raise WrongFile("The first line of the file names no columns.")
    table = Table(tuple(header), text, max(text.count("\n"), 1))
    try:
        has_rows = next(table.rows(), None) is not None
    except BrokenRow:
        has_rows = True  # it is reported, with its number, when the rows are checked
    if not has_rows:
        raise WrongFile("The file has a header but no rows.")
    return table


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise WrongFile(f"There is no file {path}.")
    if path.stat().st_size > LARGEST:
        raise WrongFile("The file is far larger than the whole of GIAS: it must be another file.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise WrongFile(f"The file can’t be read: {error.strerror}.") from None
    if not data.strip():
        raise WrongFile("The file is empty.")
    if b"\0" in data:
        raise WrongFile("This isn’t a CSV file. If it is a spreadsheet, save it as CSV first.")
    return data


def _decoded(data: bytes) -> str:
    """UTF-8 where it is (text in Windows-1252 practically never looks like it), else GIAS's own.

    Bytes that are neither are kept as marks, so that their row can be named. A broken UTF-8 file
    is told from Windows-1252 by what it mostly holds.
    """
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "cp1252" if _is_gias(data) else "utf-8"
        return data.decode(encoding, "surrogateescape")


def _is_gias(data: bytes) -> bool:
    header = data.split(b"\n", 1)[0]
    return b"EstablishmentName" in header or b"LinkURN" in header


def _reader(text: str) -> Iterator[Cells]:
    return csv.reader(io.StringIO(text, newline=""), strict=True)


def _columns(names: list[str]) -> str:
    listed = ", ".join(f"“{name}”" for name in names)
    return f"the column{'s' if len(names) > 1 else ''} {listed}"
