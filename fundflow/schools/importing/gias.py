"""Get Information About Schools: `edubasealldataYYYYMMDD.csv` (domain.md section 8)."""

from typing import Any

from fundflow.models.school import ACADEMY_TYPES, PHASES, STATUSES
from fundflow.models.school_queries import folded_postcode
from fundflow.names import searchable
from fundflow.schools.importing.files import Table, plain
from fundflow.schools.importing.rows import Examination, Row, is_outside_england
from fundflow.schools.importing.summary import Found, Progress

# Ours: theirs. About 140 columns come; these are read, found by name (some exports say PostCode).
COLUMNS = {
    "urn": "URN",
    "la_code": "LA (code)",
    "la_name": "LA (name)",
    "number": "EstablishmentNumber",
    "name": "EstablishmentName",
    "type_code": "TypeOfEstablishment (code)",
    "type_name": "TypeOfEstablishment (name)",
    "status": "EstablishmentStatus (code)",
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
}
PLACE = {"easting": "Easting", "northing": "Northing"}  # which some exports leave out
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
    return Examination(table, COLUMNS, _values, may_lack=PLACE).run(progress)


def _values(row: Row) -> dict[str, Any] | None:
    urn = row.matching("urn", r"[0-9]{6}", "six digits", needed=True)
    la_code = row.matching("la_code", r"[0-9]{1,3}", "a code of up to three digits", needed=True)
    la_name = row.text("la_name", 100)
    if urn is None or la_code is None or is_outside_england(la_code.zfill(3), la_name):
        return None
    return {
        "urn": urn,
        "la_code": la_code.zfill(3),
        "la_name": la_name,
        **_what_it_is(row),
        **_where_it_is(row),
        **_on_the_grid(row),
        **_how_big_it_is(row),
        "trust": _trust(row),
    }


def _what_it_is(row: Row) -> dict[str, Any]:
    name = row.text("name", 200, needed=True)
    number = row.matching("number", r"[0-9]{1,4}", "up to four digits")
    return {
        "name": name,
        "search_name": searchable(name)[:200],
        "establishment_number": number.zfill(4) if number else None,
        "ukprn": row.matching("ukprn", r"1[0-9]{7}", "eight digits, the first a 1"),
        "type_code": row.code("type_code", TYPES, "a number from 1 to 99"),
        "type_name": row.text("type_name", 100, needed=True),
        "status_code": row.code("status", STATUSES, "1, 2, 3 or 4"),
        "phase_code": row.code("phase", PHASES, "a number from 0 to 7"),
        "opened_on": row.day("opened"),
        "closed_on": row.day("closed"),
    }


def _where_it_is(row: Row) -> dict[str, Any]:
    postcode = row.text("postcode", 10)
    return {
        "postcode": postcode,
        "search_postcode": folded_postcode(postcode),
        "street": row.text("street", 200),
        "town": row.text("town", 100),
        "website": row.text("website", 250),
        "telephone": row.text("telephone", 30),
    }


def _on_the_grid(row: Row) -> dict[str, Any]:
    """Metres east and north; a nought is a place that is not known."""
    return {key: row.whole(key, MOST_METRES) or None for key in PLACE if row.has(key)}


def _how_big_it_is(row: Row) -> dict[str, Any]:
    return {
        "pupils": row.number("pupils", MOST_PUPILS),
        "capacity": row.whole("capacity", MOST_PUPILS),
        "free_school_meals_percent": row.number("fsm", 100),
    }


def _trust(row: Row) -> tuple[str, str] | None:
    """An academy's trust. Maintained foundation schools name one too: theirs runs nothing."""
    code = row.text("trust_code", 20)
    name = row.text("trust_name", 200, needed=bool(code))
    is_academy = row.raw("type_code").lstrip("0") in ACADEMY_CODES
    return (code, name) if code and is_academy else None
