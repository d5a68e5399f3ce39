"""Which register a file is, what its rows come to, and writing them."""

import re
from datetime import date, datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.person import User
from fundflow.models.register import Register
from fundflow.schools.importing import gias, inspections, links, premium
from fundflow.schools.importing.files import Table, WrongFile, table_of
from fundflow.schools.importing.saving import save_gias, save_premium
from fundflow.schools.importing.saving_inspections import save_inspections
from fundflow.schools.importing.saving_links import save_links
from fundflow.schools.importing.summary import Counts, Found, Progress, silent
from fundflow.workflow.working_days import london_date

NEITHER = (
    "This is not a GIAS establishments file, a DfE pupil premium file or one of Ofsted’s inspections. "
    "The first has the columns “URN” and “EstablishmentName”. The second has “URN” and “Total allocation "
    "for the Deprivation Pupil Premium”. The third has “URN” and “Inspection start date”."
)
NO_LINKS = (
    "This is not GIAS’s links file. That file has the columns “URN”, “LinkURN”, “LinkName”, “LinkType” and "
    "“LinkEstablishedDate”."
)
KINDS = {
    Register.SCHOOLS: gias,
    Register.LINKS: links,
    Register.PREMIUM: premium,
    Register.INSPECTIONS: inspections,
}
SOURCES = {
    Register.SCHOOLS: "GIAS establishments",
    Register.LINKS: "GIAS links",
    Register.INSPECTIONS: "Ofsted inspections",
}
DAY = re.compile(r"(?<![0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?![0-9])")


class Reading(NamedTuple):
    """A file that was read whole: which register it is, and what its rows came to."""

    register: Register
    name: str
    file_on: date | None  # by its name
    year: int | None  # of the pupil premium
    found: Found
    at: datetime  # when it was read

    @property
    def words(self) -> str:
        if self.year is None:
            return SOURCES[self.register]
        return f"Pupil premium {self.year}–{(self.year + 1) % 100:02}"


def read_register(
    data: bytes,
    name: str,
    wanted: tuple[Register, ...] = tuple(Register),
    *,
    now: datetime,
    progress: Progress = silent,
    year: int | None = None,
) -> Reading:
    """Read a file without the database; raises WrongFile where it is none of the registers wanted."""
    table = table_of(data)
    register = next((kind for kind in wanted if KINDS[kind].recognises(table)), None)
    if register is None:
        raise WrongFile(NO_LINKS if wanted == (Register.LINKS,) else NEITHER)
    found = _parsed(register, table, progress, now)
    of_year = premium.year_of(table, name, year, now) if register is Register.PREMIUM else None
    return Reading(register, name, _day_of(name), of_year, found, now)


def _parsed(register: Register, table: Table, progress: Progress, now: datetime) -> Found:
    match register:
        case Register.SCHOOLS:
            return gias.parse(table, progress)
        case Register.LINKS:
            return links.parse(table, progress)
        case Register.PREMIUM:
            return premium.parse(table, progress)
        case Register.INSPECTIONS:
            return inspections.parse(table, progress, london_date(now))


def _day_of(name: str) -> date | None:
    """The day in a file's name: edubasealldata20261121.csv."""
    said = DAY.search(name)
    try:
        return date(int(said[1]), int(said[2]), int(said[3])) if said else None
    except ValueError:
        return None


def write(reading: Reading, progress: Progress = silent, *, by: User | None = None) -> Counts:
    """Write what a file says that has no problems; the caller commits.

    by  the person who imports it; None from the command line
    """
    rows = reading.found.rows
    match reading.register:
        case Register.SCHOOLS:
            return save_gias(rows, progress)
        case Register.LINKS:
            return save_links(rows, progress)
        case Register.PREMIUM:
            return save_premium(rows, reading.year or 0, progress)
        case Register.INSPECTIONS:
            return save_inspections(rows, progress, by=by, now=reading.at)


def trial(reading: Reading) -> Counts:
    """What `write` would change, without changing it."""
    with db.session.begin_nested() as attempt:
        counts = write(reading)
        attempt.rollback()
    db.session.expire_all()
    return counts
