"""What is kept of a file that was looked at or imported, and which schools of ours it leaves out."""

from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.register import Register, RegisterFile
from fundflow.models.school import CLOSED, School
from fundflow.schools.importing.reading import Reading
from fundflow.schools.importing.summary import Counts

MOST_MISSING = 500


def recorded(
    reading: Reading, counts: Counts, *, now: datetime, imported: bool = True, **values: object
) -> RegisterFile:
    """Add the record of a file; the caller commits."""
    file = RegisterFile(
        register=reading.register,
        name=reading.name[:200],
        file_on=reading.file_on,
        year=reading.year,
        counts=counts_of(reading, counts),
        lacks=reading.found.lacks,
        missing=missing(reading),
        looked_at=now,
        imported_at=now if imported else None,
    )
    for name, value in values.items():
        setattr(file, name, value)
    db.session.add(file)
    return file


def counts_of(reading: Reading, counts: Counts) -> dict[str, int]:
    return counts._replace(left_out=counts.left_out + reading.found.left_out)._asdict()


def missing(reading: Reading) -> list[str]:
    """URNs of schools of our funds' areas that the file does not name: what we hold of them is older.

    A pupil premium file names open schools alone.
    """
    if not reading.register.names_every_school:
        return []
    ours = select(School.urn).where(
        School.la_code.in_(select(Fund.la_code)), School.is_organisation.is_(False)
    )
    if reading.register is Register.PREMIUM:
        ours = ours.where(School.status_code != CLOSED)
    named = {row["urn"] for row in reading.found.rows}
    return sorted(set(db.session.scalars(ours)) - named)[:MOST_MISSING]
