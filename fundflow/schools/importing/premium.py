"""The DfE's pupil premium allocations, a CSV file a financial year (docs/rules.md, "Schools")."""

import re
from datetime import datetime
from typing import Any

from fundflow.names import searchable
from fundflow.schools.importing.files import Table, WrongFile, plain
from fundflow.schools.importing.rows import Examination, ImportedRow, is_outside_england
from fundflow.schools.importing.summary import Found, Progress
from fundflow.web.numbers import MONEY

COLUMNS = {
    "urn": "URN",
    "laestab": "LAEstab",
    "la_code": "LA",
    "la_name": "Local Authority",
    "number": "Estab",
    "name": "School Name",
    "type_name": "School Type",
    "pupils": "Number of pupils on roll",
    "eligible": "Total number of pupils eligible for the Deprivation Pupil Premium",
    "allocation": "Total allocation for the Deprivation Pupil Premium",
}
HALLMARKS = (COLUMNS["eligible"], COLUMNS["allocation"], "LAEstab")

FIRST_YEAR = 2011  # the premium began in 2011–12
MOST_PUPILS = 99_999
MOST_POUNDS = 100_000_000
YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])")


def recognises(table: Table) -> bool:
    return any(plain(name) in table.columns for name in HALLMARKS)


def year_of(table: Table, name: str, given: int | None, now: datetime) -> int:
    """The financial year's first: as given, else the first one a column or the file's name says.

    Raises WrongFile where nothing says it, or what does is no year of the pupil premium.
    """
    if given is None:
        said = YEAR.search(" ".join(table.header)) or YEAR.search(name)
        if said is None:
            raise WrongFile(
                "The file doesn’t say which financial year it is for. Say so, for example 2019 for "
                "2019–20 (on the command line, --year 2019 for 2019–20)."
            )
        given = int(said[1])
    if not FIRST_YEAR <= given <= now.year + 1:
        raise WrongFile(
            f"{given} is no year of the pupil premium. Give a year from {FIRST_YEAR} to {now.year + 1}."
        )
    return given


def parse(table: Table, progress: Progress) -> Found:
    """Every row's values: those of `School`, and `eligible` and `allocation_pence` beside them.

    Raises WrongFile where a column is missing.
    """
    return Examination(table, COLUMNS, _values).run(progress)


def _values(row: ImportedRow) -> dict[str, Any] | None:
    urn = row.matching("urn", r"[0-9]{6}", "six digits", needed=True)
    la_code = row.matching("la_code", r"[0-9]{1,3}", "a code of up to three digits", needed=True)
    la_name = row.text("la_name", 100)
    if urn is None or la_code is None or is_outside_england(la_code.zfill(3), la_name):
        return None
    name = row.text("name", 200, needed=True)
    return {
        "urn": urn,
        "la_code": la_code.zfill(3),
        "la_name": la_name,
        "name": name,
        "search_name": searchable(name)[:200],
        "establishment_number": _number(row, la_code.zfill(3)),
        "type_name": row.text("type_name", 100, needed=True),
        "pupils": row.number("pupils", MOST_PUPILS, needed=True),
        "eligible": row.number("eligible", MOST_PUPILS, needed=True),
        "allocation_pence": (row.whole("allocation", MOST_POUNDS, needed=True, units=MONEY) or 0) * 100,
    }


def _number(row: ImportedRow, la_code: str) -> str | None:
    """The establishment number; LAESTAB must be the authority's code and this."""
    number = row.matching("number", r"[0-9]{1,4}", "up to four digits", needed=True)
    if number is None:
        return None
    if row.raw("laestab") != f"{la_code}{number.zfill(4)}":
        row.fault("laestab", f"the LA’s code and Estab together, {la_code}{number.zfill(4)}")
    return number.zfill(4)
