"""Which register a file is, what its rows come to, and writing them."""

import re
from datetime import date, datetime
from typing import NamedTuple

from fundflow.extensions import db
from fundflow.models.register import Register
from fundflow.schools.importing import gias, links, premium
from fundflow.schools.importing.files import WrongFile, table_of
from fundflow.schools.importing.saving import save_gias, save_premium
from fundflow.schools.importing.saving_links import save_links
from fundflow.schools.importing.summary import Counts, Found, Progress, silent

NEITHER = (
    "This is neither a GIAS establishments file nor a DfE pupil premium file. The first has the "
    "columns “URN” and “EstablishmentName”, the second “URN” and “Total allocation for the "
    "Deprivation Pupil Premium”."
)
NO_LINKS = (
    "This is not GIAS’s links file, which has the columns “URN”, “LinkURN”, “LinkName”, “LinkType” and "
    "“LinkEstablishedDate”."
)
KINDS = {Register.SCHOOLS: gias, Register.LINKS: links, Register.PREMIUM: premium}
SOURCES = {Register.SCHOOLS: "GIAS establishments", Register.LINKS: "GIAS links"}
DAY = re.compile(r"(?<![0-9])(20[0-9]{2})-?([01][0-9])-?([0-3][0-9])(?![0-9])")


class Reading(NamedTuple):
    """A file that was read whole: which register it is, and what its rows came to."""

    register: Register
    name: str
    file_on: date | None  # by its name
    year: int | None  # of the pupil premium
    found: Found

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
    found = KINDS[register].parse(table, progress)
    of_year = premium.year_of(table, name, year, now) if register is Register.PREMIUM else None
    return Reading(register, name, _day_of(name), of_year, found)


def _day_of(name: str) -> date | None:
    """The day in a file's name: edubasealldata20261121.csv."""
    said = DAY.search(name)
    try:
        return date(int(said[1]), int(said[2]), int(said[3])) if said else None
    except ValueError:
        return None


def write(reading: Reading, progress: Progress = silent) -> Counts:
    """Write what a file says that has no problems; the caller commits."""
    rows = reading.found.rows
    if reading.register is Register.SCHOOLS:
        return save_gias(rows, progress)
    if reading.register is Register.LINKS:
        return save_links(rows, progress)
    return save_premium(rows, reading.year or 0, progress)


def trial(reading: Reading) -> Counts:
    """What `write` would change, without changing it."""
    with db.session.begin_nested() as attempt:
        counts = write(reading)
        attempt.rollback()
    db.session.expire_all()
    return counts
