"""Get Information About Schools: `edubasealldataYYYYMMDD.csv` (docs/rules.md, "Schools")."""

import re
from collections.abc import Callable
from typing import Any

from fundflow.models.school import ACADEMY_TYPES, PHASES, STATUSES
from fundflow.names import searchable
from fundflow.rules.school_queries import folded_postcode
from fundflow.schools.importing.files import Table, plain
from fundflow.schools.importing.rows import Examination, ImportedRow, is_outside_england
from fundflow.schools.importing.summary import Found, Progress
from fundflow.web.numbers import PERCENT

# Ours: theirs. About 140 columns come; these are read, found by name (some exports say PostCode).
COLUMNS = {
    "urn": "URN",
    "la_code": "LA (code)",
    "la_name": "LA (name)",
    "name": "EstablishmentName",
    "type_code": "TypeOfEstablishment (code)",
    "status": "EstablishmentStatus (code)",
}
# What an export may leave out: of schools we hold it stays as it was.
MAY_LACK = {
    "number": "EstablishmentNumber",
    "type_name": "TypeOfEstablishment (name)",
    "opened": "OpenDate",
    "closed": "CloseDate",
    "phase": "PhaseOfEducation (code)",
    "capacity": "SchoolCapacity",
    "pupils": "NumberOfPupils",
    "fsm": "PercentageFSM",
    "trust_code": "Trusts (code)",
    "trust_name": "Trusts (name)",
    "ukprn": "UKPRN",
    "street": "Street",
    "town": "Town",
    "postcode": "Postcode",
    "website": "SchoolWebsite",
    "telephone": "TelephoneNum",
    "easting": "Easting",
    "northing": "Northing",
}
HALLMARKS = ("EstablishmentName", "TypeOfEstablishment (code)", "EstablishmentStatus (code)")

TYPES = range(1, 100)  # new types appear; one we don't know counts as neither of the two kinds
ACADEMY_CODES = frozenset(str(code) for code in ACADEMY_TYPES)
MOST_PUPILS = 99_999
MOST_METRES = 1_300_000  # of the national grid, from its south-west corner


def recognises(table: Table) -> bool:
    return any(plain(name) in table.columns for name in HALLMARKS)


def parse(table: Table, progress: Progress) -> Found:
    """Every row's values for `School`, beside them `trust`: (code, name) or None.

    Raises WrongFile where a column is missing.
    """
    return Examination(table, COLUMNS, _values, may_lack=MAY_LACK).run(progress)


def _values(row: ImportedRow) -> dict[str, Any] | None:
    urn = row.matching("urn", r"[0-9]{6}", "six digits", needed=True)
    la_code = row.matching("la_code", r"[0-9]{1,3}", "a code of up to three digits", needed=True)
    la_name = row.text("la_name", 100)
    if urn is None or la_code is None or is_outside_england(la_code.zfill(3), la_name):
        return None
    name = row.text("name", 200, needed=True)
    values: dict[str, Any] = {
        "urn": urn,
        "la_code": la_code.zfill(3),
        "la_name": la_name,
        "name": name,
        "search_name": searchable(name)[:200],
        "type_code": row.code("type_code", TYPES, "a number from 1 to 99"),
        "status_code": row.code("status", STATUSES, "1, 2, 3 or 4"),
    }
    for key, (column, read) in READ.items():
        if row.has(key):
            values[column] = read(row)
    if row.has("postcode"):
        values["search_postcode"] = folded_postcode(values["postcode"])
    if row.has("trust_code") and row.has("trust_name"):
        values["trust"] = _trust(row)
    return values


# By the columns that may be lacking: the column of `School`, and how it is read.
READ: dict[str, tuple[str, Callable[[ImportedRow], Any]]] = {
    "number": ("establishment_number", lambda row: _number(row)),
    "ukprn": ("ukprn", lambda row: row.matching("ukprn", r"1[0-9]{7}", "eight digits, the first a 1")),
    "type_name": ("type_name", lambda row: row.text("type_name", 100, needed=True)),
    "phase": ("phase_code", lambda row: row.code("phase", PHASES, "a number from 0 to 7")),
    "opened": ("opened_on", lambda row: row.day("opened")),
    "closed": ("closed_on", lambda row: row.day("closed")),
    "postcode": ("postcode", lambda row: row.text("postcode", 10)),
    "street": ("street", lambda row: row.text("street", 200)),
    "town": ("town", lambda row: row.text("town", 100)),
    "website": ("website", lambda row: row.text("website", 250)),
    "telephone": ("telephone", lambda row: _telephone(row)),
    "easting": ("easting", lambda row: row.whole("easting", MOST_METRES) or None),  # 0: not known
    "northing": ("northing", lambda row: row.whole("northing", MOST_METRES) or None),
    "pupils": ("pupils", lambda row: row.number("pupils", MOST_PUPILS)),
    "capacity": ("capacity", lambda row: row.whole("capacity", MOST_PUPILS)),
    "fsm": ("free_school_meals_percent", lambda row: row.number("fsm", 100, units=PERCENT)),
}


def _number(row: ImportedRow) -> str | None:
    number = row.matching("number", r"[0-9]{1,4}", "up to four digits")
    return number.zfill(4) if number else None


def _telephone(row: ImportedRow) -> str:
    """A spreadsheet takes it for a number, and drops the nought it begins with."""
    text = row.text("telephone", 30)
    return f"0{text}" if re.fullmatch(r"[1-9][0-9]{8,9}", text) else text


def _trust(row: ImportedRow) -> tuple[str, str] | None:
    """An academy's trust. Maintained foundation schools name one too: theirs runs nothing."""
    code = row.text("trust_code", 20)
    name = row.text("trust_name", 200, needed=bool(code))
    is_academy = row.raw("type_code").lstrip("0") in ACADEMY_CODES
    return (code, name) if code and is_academy else None
