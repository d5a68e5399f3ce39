"""Public data on schools: three files of the Department for Education and one of Ofsted, all or nothing each.

GIAS establishments (Get Information About Schools) says what a school is; the pupil premium
allocations say how many pupils it had and how many of them were disadvantaged. What both say,
GIAS says better: a premium file never changes a school that is already known. GIAS's links file says
which establishment came before or after which. Ofsted's says how each school was judged.
"""

from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from fundflow.extensions import db
from fundflow.models.register import Register
from fundflow.schools.importing.files import WrongFile, bytes_of
from fundflow.schools.importing.reading import Reading, read_register, write
from fundflow.schools.importing.recording import recorded
from fundflow.schools.importing.summary import Counts, Problem, Progress, Summary, silent

AT_ONCE = "Another import changed the schools at the same time. Run this one again."


def import_file(
    path: Path, *, now: datetime, progress: Progress = silent, year: int | None = None
) -> Summary:
    """Read a file of schools, premiums or inspections whole, check every row, then write all or nothing.

    progress  called with (words, rows done, rows in all)
    year      of a pupil premium file (2019 is 2019–20), where neither its columns nor its name
              say it; ignored for GIAS
    Never raises for a bad file: the summary then says why it was rejected, and nothing changed.
    """
    return _imported(path, (Register.SCHOOLS, Register.PREMIUM, Register.INSPECTIONS), now, progress, year)


def import_links(path: Path, *, now: datetime, progress: Progress = silent) -> Summary:
    """Read GIAS's links file, as `import_file` reads the others.

    Of the schools it names, links it no longer has are removed; schools we don't hold are left out.
    """
    return _imported(path, (Register.LINKS,), now, progress, None)


def _imported(
    path: Path, wanted: tuple[Register, ...], now: datetime, progress: Progress, year: int | None
) -> Summary:
    try:
        reading = read_register(bytes_of(path), path.name, wanted, now=now, progress=progress, year=year)
        if reading.found.problems:
            return Summary.of(reading.words, Counts(), reading.found)
        counts = write(reading, progress)
        recorded(reading, counts, now=now)
        db.session.commit()
    except WrongFile as wrong:
        return Summary(path.name, problems=(Problem(None, str(wrong)),))
    except IntegrityError:
        db.session.rollback()
        return Summary(path.name, problems=(Problem(None, AT_ONCE),))
    return Summary.of(reading.words, counts, reading.found)


__all__ = ["Problem", "Reading", "Summary", "import_file", "import_links"]
