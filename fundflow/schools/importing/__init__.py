"""Public data on schools: three files of the Department for Education, all or nothing each.

GIAS establishments (Get Information About Schools) says what a school is; the pupil premium
allocations say how many pupils it had and how many of them were disadvantaged. What both say,
GIAS says better: a premium file never changes a school that is already known. GIAS's links file says
which establishment came before or after which.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from fundflow.extensions import db
from fundflow.schools.importing import gias, links, premium
from fundflow.schools.importing.files import Table, WrongFile, read
from fundflow.schools.importing.saving import save_gias, save_premium
from fundflow.schools.importing.saving_links import save_links
from fundflow.schools.importing.summary import Counts, Problem, Progress, Summary, silent

NEITHER = (
    "This is neither a GIAS establishments file nor a DfE pupil premium file. The first has the "
    "columns “URN” and “EstablishmentName”, the second “URN” and “Total allocation for the "
    "Deprivation Pupil Premium”."
)
NO_LINKS = (
    "This is not GIAS’s links file, which has the columns “URN”, “LinkURN”, “LinkName”, “LinkType” and "
    "“LinkEstablishedDate”."
)
AT_ONCE = "Another import changed the schools at the same time. Run this one again."


def import_file(
    path: Path, *, now: datetime, progress: Progress = silent, year: int | None = None
) -> Summary:
    """Read one file whole, check every row, then write all of it in one transaction, or nothing.

    progress  called with (words, rows done, rows in all)
    year      of a pupil premium file (2019 is 2019–20), where neither its columns nor its name
              say it; ignored for GIAS
    Never raises for a bad file: the summary then says why it was rejected, and nothing changed.
    """

    def imported(table: Table) -> Summary:
        if gias.recognises(table):
            return _gias(table, progress)
        if premium.recognises(table):
            return _premium(table, progress, lambda: premium.year_of(table, path, year, now))
        raise WrongFile(NEITHER)

    return _all_or_nothing(path, imported)


def import_links(path: Path, *, progress: Progress = silent) -> Summary:
    """Read GIAS's links file, as `import_file` reads the others.

    Of the schools it names, links it no longer has are removed; schools we don't hold are left out.
    """

    def imported(table: Table) -> Summary:
        if not links.recognises(table):
            raise WrongFile(NO_LINKS)
        found = links.parse(table, progress)
        counts = Counts() if found.problems else save_links(found.rows, progress)
        return Summary.of("GIAS links", counts, found)

    return _all_or_nothing(path, imported)


def _all_or_nothing(path: Path, imported: Callable[[Table], Summary]) -> Summary:
    try:
        return imported(read(path))
    except WrongFile as wrong:
        return Summary(path.name, problems=(Problem(None, str(wrong)),))
    except IntegrityError:
        db.session.rollback()
        return Summary(path.name, problems=(Problem(None, AT_ONCE),))


def _gias(table: Table, progress: Progress) -> Summary:
    found = gias.parse(table, progress)
    counts = Counts() if found.problems else save_gias(found.rows, progress)
    return Summary.of("GIAS establishments", counts, found)


def _premium(table: Table, progress: Progress, year_of: Callable[[], int]) -> Summary:
    found = premium.parse(table, progress)
    year = year_of()
    counts = Counts() if found.problems else save_premium(found.rows, year, progress)
    return Summary.of(f"Pupil premium {year}–{(year + 1) % 100:02}", counts, found)


__all__ = ["Problem", "Summary", "import_file", "import_links"]
