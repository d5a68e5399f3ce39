"""Small invented files in the two forms we import, and where the real ones lie."""

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest

from fundflow.schools.importing import gias, premium

# Where FUNDFLOW_SCHOOL_DATA names the folder, nothing is skipped: a missing file is a failure.
SAID = os.environ.get("FUNDFLOW_SCHOOL_DATA")
DATA = Path(SAID) if SAID else Path(__file__).resolve().parents[2].parent / "shared" / "data"

needs_data = pytest.mark.skipif(
    not SAID and not DATA.is_dir(), reason=f"THE REAL SCHOOL FILES ARE NOT HERE: {DATA} is missing"
)

SCHOOL = {
    "urn": "100001",
    "la_code": "899",
    "la_name": "Brackenford",
    "number": "2001",
    "name": "Larkfield Infant School",
    "type_code": "1",
    "type_name": "Community school",
    "status": "1",
    "opened": "01-09-1975",
    "closed": "",
    "phase": "2",
    "capacity": "210",
    "pupils": "198",
    "fsm": "18.1",
    "trust_code": "",
    "trust_name": "",
    "ukprn": "10012345",
    "street": "Lark Lane",
    "town": "Brackenford",
    "postcode": "BR1 2AB",
    "website": "www.larkfield.example",
    "telephone": "01632960001",
}
ALLOCATION = {
    "urn": "100001",
    "laestab": "8992001",
    "la_code": "899",
    "la_name": "Brackenford",
    "number": "2001",
    "name": "Larkfield Infant School",
    "type_name": "Community school",
    "pupils": "198",
    "eligible": "36",
    "allocation": "47520",
}
GRID = {"easting": "Easting", "northing": "Northing"}  # which some exports leave out
GIAS_HEADER = {k: v for k, v in (gias.COLUMNS | gias.MAY_LACK).items() if k not in GRID}
PREMIUM_HEADER = {
    **premium.COLUMNS,
    "pupils": "Number of pupils on roll (7)",
    "eligible": "Total number of pupils eligible for the Deprivation Pupil Premium",
}


def school(**changes: str) -> dict[str, str]:
    return {**SCHOOL, **changes}


def allocation(**changes: str) -> dict[str, str]:
    changes.setdefault("laestab", changes.get("la_code", "899") + changes.get("number", "2001"))
    return {**ALLOCATION, **changes}


def gias_file(
    folder: Path, *rows: dict[str, str], encoding: str = "cp1252", header: dict[str, str] | None = None
) -> Path:
    """A GIAS file, its columns in another order than ours and with one we don't read."""
    path = folder / "edubasealldata20261101.csv"
    path.write_bytes(_text(header or GIAS_HEADER, rows, "Gender (name)").encode(encoding))
    return path


def premium_file(
    folder: Path, *rows: dict[str, str], encoding: str = "utf-8", name: str = "pupil-premium-2019.csv"
) -> Path:
    path = folder / name
    path.write_bytes(_text(PREMIUM_HEADER, rows, "Parliamentary Constituency").encode(encoding))
    return path


def _text(header: dict[str, str], rows: Any, unread: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    keys = list(reversed(header))
    writer.writerow([*(header[key] for key in keys), unread])
    writer.writerows([*(row[key] for key in keys), "whatever"] for row in rows)
    return out.getvalue()
