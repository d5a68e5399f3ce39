"""From a file to numbered rows, or a sentence that says why it can't be read.

A file may come as GIAS gives it, or in another coat: saved in Excel (with semicolons or tabs, in UTF-16),
or packed as a ZIP file, as GIAS sends it.
"""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LARGEST = 400 * 1024 * 1024  # bytes; the whole of GIAS is about 65 MB
MOST_ROWS = 150_000  # the whole of GIAS has about 52,000
UNPACKED = 150 * 1024 * 1024  # bytes out of a ZIP file, which anybody may send who may import

TOO_LARGE = "The file is far larger than the whole of GIAS: it must be another file."
NO_CSV = "This isn’t a CSV file. If it is a spreadsheet, save it as CSV first."

Cells = list[str]
LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
SEPARATORS = ",;\t|"
BROKEN_BYTE = re.compile("[\udc80-\udcff]")  # what `surrogateescape` makes of a byte it can't read
WHOLE = re.compile("[\u0080-\ud7ff\ue000-\U0010ffff]")  # a letter beyond ASCII that it can read


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
    text: str  # from the header on
    lines: int  # about as many as there are rows
    separator: str = ","
    first: int = 1  # the header's row

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """(row number, cells), as a spreadsheet counts them; empty lines are left out.

        Raises BrokenRow where the quotation marks no longer make sense.
        """
        reader = _reader(self.text, self.separator)
        next(reader)
        number = self.first
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


def table_of(data: bytes) -> Table:
    """The table a file holds; raises WrongFile with a sentence for anything that is none."""
    if not data.strip():
        raise WrongFile("The file is empty.")
    text, first = _without_separator_line(_decoded(_unpacked(data)))
    separator = max(SEPARATORS, key=lambda sign: len(_header(text, sign)))
    header = _header(text, separator)
    if not any(cell.strip() for cell in header):
        raise WrongFile("The first line of the file names no columns.")
    table = Table(tuple(header), text, max(text.count("\n"), 1), separator, first)
    if table.lines > MOST_ROWS:
        raise WrongFile(TOO_LARGE)
    try:
        has_rows = next(table.rows(), None) is not None
    except BrokenRow:
        has_rows = True  # it is reported, with its number, when the rows are checked
    if not has_rows:
        raise WrongFile("The file has a header but no rows.")
    return table


def bytes_of(path: Path) -> bytes:
    """A file’s bytes; raises WrongFile where there are none to read."""
    try:
        if not path.is_file():
            raise WrongFile(f"There is no file {path}.")
        if path.stat().st_size > LARGEST:
            raise WrongFile(TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        raise WrongFile(f"The file can’t be read: {error.strerror}.") from None


def _unpacked(data: bytes) -> bytes:
    """The one CSV file of a ZIP file; anything else as it is."""
    if not data.startswith(b"PK\x03\x04"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            inside = [entry for entry in packed.infolist() if entry.filename.lower().endswith(".csv")]
            if len(inside) != 1:
                raise WrongFile(NO_CSV)
            if inside[0].file_size > UNPACKED:
                raise WrongFile(TOO_LARGE)
            with packed.open(inside[0]) as entry:
                unpacked = entry.read(UNPACKED + 1)  # whatever the entry says of itself
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        raise WrongFile(NO_CSV) from None
    if len(unpacked) > UNPACKED:
        raise WrongFile(TOO_LARGE)
    return unpacked


def _decoded(data: bytes) -> str:
    """UTF-16 or UTF-8 where it is (text in Windows-1252 practically never looks like it), else GIAS's own.

    Bytes that are neither are kept as marks, so that their row can be named. A broken UTF-8 file
    is told from Windows-1252 by what it mostly holds. Raises WrongFile for what is no text.
    """
    if wide := _utf_16(data):
        try:
            return data.decode(wide).removeprefix("\ufeff")
        except UnicodeDecodeError:
            raise WrongFile(NO_CSV) from None
    if b"\0" in data:
        raise WrongFile(NO_CSV)
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
        broken, whole = len(BROKEN_BYTE.findall(text)), len(WHOLE.findall(text))
        return text if whole > broken else data.decode("cp1252", "surrogateescape")


def _utf_16(data: bytes) -> str | None:
    """Which UTF-16 this is: by its mark, or because every other byte of its beginning is a nought."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    first, second = data[:400:2].count(0), data[1:400:2].count(0)
    if min(first, second) or max(first, second) < len(data[:400]) / 3:
        return None
    return "utf-16-be" if first else "utf-16-le"


def _without_separator_line(text: str) -> tuple[str, int]:
    """Excel may write “sep=;” above the header: the text from the header on, and the header's row."""
    line, _, rest = text.partition("\n")
    return (rest, 2) if re.fullmatch(r"\"?sep=.\"?", line.strip(), re.I) else (text, 1)


def _header(text: str, separator: str) -> Cells:
    try:
        return next(_reader(text, separator), [])
    except csv.Error:
        return []


def _reader(text: str, separator: str) -> Iterator[Cells]:
    # Line by line: a StringIO would hold the whole file again, in four bytes a letter.
    lines = (line[0] for line in LINE.finditer(text))
    return csv.reader(lines, delimiter=separator, strict=True)


def _columns(names: list[str]) -> str:
    listed = ", ".join(f"“{name}”" for name in names)
    return f"the column{'s' if len(names) > 1 else ''} {listed}"
