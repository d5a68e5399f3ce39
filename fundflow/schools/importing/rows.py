"""One row under examination: its values are taken out one by one, its faults collected."""

import re
from collections.abc import Callable, Container
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from fundflow.schools.importing.files import BROKEN_BYTE, BrokenRow, Cells, Table, plain
from fundflow.schools.importing.summary import Found, Problem, Progress
from fundflow.web.numbers import read_number

TENTH = Decimal("0.1")
# What stands where there is no number: suppressed, not published, not applicable (the DfE's signs).
NO_NUMBER = frozenset(
    ("supp", "ne", "na", "n/a", "np", "new", "lowcov", "low", "x", "z", "c", "u", "..", ":", "-")
)
NOTHING = frozenset(("nan", "NaN", "NULL", "<NA>", "#N/A"))  # how programs write an empty cell
# 31-08-1992 as GIAS has it, 31/8/1992 from Excel, 1992-08-31 from other programs, each with a midnight.
DAY_FIRST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})( 0?0:00(:00)?)?")
YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})([ T]00:00(:00)?)?")
NOUGHTS = re.compile(r"([0-9]+)\.0+")
REPORT_EVERY = 500  # rows


class ImportedRow:
    """Cells by the names we use. A fault gives a None and a sentence; the row is then refused."""

    def __init__(self, cells: Cells, places: dict[str, int], names: dict[str, str]) -> None:
        self.cells, self.places, self.names = cells, places, names
        self.faults: list[str] = []

    def has(self, key: str) -> bool:
        """Whether the file has this column; only those that may be missing need asking."""
        return key in self.places

    def raw(self, key: str) -> str:
        """The cell's text; “3614.0” is how some programs write 3614."""
        value = self.cells[self.places[key]]
        value = (
            value.strip()
            if value.isprintable()
            else " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in value).split())
        )
        if ".0" in value and (number := NOUGHTS.fullmatch(value)):
            return number[1]
        return "" if value in NOTHING else value

    def fault(self, key: str, must: str) -> None:
        shown = self.raw(key)
        shown = f"is “{shown[:40]}{'…' if len(shown) > 40 else ''}”" if shown else "is empty"
        self.faults.append(f"{self.names[key]} {shown}: it must be {must}.")

    def text(self, key: str, most: int, *, needed: bool = False) -> str:
        value = self.raw(key)
        if len(value) > most:
            self.fault(key, f"no longer than {most} characters")
        elif needed and not value:
            self.fault(key, "filled in")
        return value

    def matching(self, key: str, pattern: str, must: str, *, needed: bool = False) -> str | None:
        """Text of a fixed shape, or None where it is empty and may be."""
        value = self.raw(key)
        if not value and not needed:
            return None
        if not re.fullmatch(pattern, value):
            self.fault(key, must)
            return None
        return value

    def code(self, key: str, known: Container[int], must: str) -> int | None:
        value = self.raw(key)
        if not re.fullmatch(r"[0-9]{1,3}", value) or int(value) not in known:
            self.fault(key, must)
            return None
        return int(value)

    def number(
        self, key: str, most: int, *, needed: bool = False, units: tuple[str, ...] = ()
    ) -> Decimal | None:
        """A number from 0 to `most`, to one decimal place: rolls can be halves."""
        value = self._figure(key)
        if not value and not needed:
            return None
        read = _number(value, most, places=10, units=units)
        if read is None:
            self.fault(key, f"a number from 0 to {most:,}")
            return None
        return read.quantize(TENTH, ROUND_HALF_UP)

    def whole(self, key: str, most: int, *, needed: bool = False, units: tuple[str, ...] = ()) -> int | None:
        value = self._figure(key)
        if not value and not needed:
            return None
        read = _number(value, most, places=0, units=units)
        if read is None:
            self.fault(key, f"a whole number from 0 to {most:,}")
            return None
        return int(read)

    def _figure(self, key: str) -> str:
        """What stands where a number is; empty where a sign says there is none."""
        value = self.raw(key)
        return "" if value.casefold() in NO_NUMBER else value

    def day(self, key: str) -> date | None:
        value = self.raw(key)
        if not value:
            return None
        try:
            if first := DAY_FIRST.fullmatch(value):
                return date(int(first[3]), int(first[2]), int(first[1]))
            if first := YEAR_FIRST.fullmatch(value):
                return date(int(first[1]), int(first[2]), int(first[3]))
            raise ValueError
        except ValueError:
            self.fault(key, "a date like 31-08-2024")
            return None


def _number(text: str, most: int, *, places: int, units: tuple[str, ...]) -> Decimal | None:
    """A number from 0 to `most`, or None where the text is none."""
    try:
        return read_number(text, "", least=0, most=most, places=places, units=units)
    except ValueError:
        return None


ValuesOf = Callable[[ImportedRow], dict[str, Any] | None]


class Examination:
    """Every row of a table, checked. `values_of` gives what to save, or None to leave a row out.

    may_lack  columns that are read where the file has them
    once      whether a URN may stand in one row only
    """

    def __init__(
        self,
        table: Table,
        names: dict[str, str],
        values_of: ValuesOf,
        *,
        may_lack: dict[str, str] | None = None,
        once: bool = True,
    ) -> None:
        there = {k: name for k, name in (may_lack or {}).items() if plain(name) in table.columns}
        self.table, self.names, self.values_of, self.once = table, names | there, values_of, once
        self.places = table.require(self.names)
        self.least = 1 + max(self.places[key] for key in names)  # cells of a row
        self.broken = BROKEN_BYTE.search(table.text) is not None
        self.first_at: dict[str, int] = {}  # a URN's first row
        lacks = [name for name in (may_lack or {}).values() if name not in there.values()]
        self.found = Found(lacks=lacks)

    def run(self, progress: Progress) -> Found:
        lines, short = self.table.lines, None
        try:
            for number, cells in self.table.rows():
                if any(cells):
                    self._look_at(number, cells)
                    short = number if len(cells) < len(self.table.header) else None
                if number % REPORT_EVERY == 0:
                    progress("Checking rows", min(number, lines), lines)
        except BrokenRow as broken:
            self._refuse(broken.number, f"{broken} Nothing after it could be read.")
        if short and not self.table.text.endswith(("\n", "\r")):
            self._refuse(short, "the file ends in the middle of it. Download it again.")
        if not (self.found.problems or self.found.rows or self.found.left_out):
            self._refuse(None, "The file has a header but no rows.")
        progress("Checking rows", lines, lines)
        return self.found

    def _look_at(self, number: int, cells: Cells) -> None:
        why = self._unfit(cells)
        if why:
            self._refuse(number, why)
            return
        # Excel leaves out empty cells at a row's end.
        row = ImportedRow(cells + [""] * (len(self.table.header) - len(cells)), self.places, self.names)
        values = self.values_of(row)
        for fault in row.faults or self._repeated(row.raw("urn"), number):
            self._refuse(number, fault)
        if values is None:
            self.found.left_out += not row.faults
        else:
            self.found.rows.append(values)

    def _unfit(self, cells: Cells) -> str | None:
        """What keeps a row from being looked at closely."""
        header = self.table.header
        if any(cells[len(header) :]) or self.least > len(cells):
            return f"it has {len(cells)} columns, the header has {len(header)}."
        for name, cell in zip(header, cells, strict=False) if self.broken else ():
            if BROKEN_BYTE.search(cell):
                return f"{name} contains a character that can’t be read."
        return None

    def _repeated(self, urn: str, number: int) -> list[str]:
        first = self.first_at.setdefault(urn, number) if self.once else number
        return [] if first == number else [f"URN {urn} is in row {first} already."]

    def _refuse(self, number: int | None, why: str) -> None:
        self.found.problems.append(Problem(number, why))


def is_outside_england(la_code: str, la_name: str) -> bool:
    """Whether an establishment lies outside every English authority.

    GIAS gives 000 (or 0, “Does not apply”) to schools overseas, 660 to 681 to Welsh authorities
    and 7xx to the islands and the armed forces abroad; no English authority has such a code.
    """
    return la_code == "000" or la_code[0] in "67" or la_name.casefold() == "does not apply"
