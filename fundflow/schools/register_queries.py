"""Which of the DfE's files we hold, how old they are, and which schools the newest leave out."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.register import Register, RegisterFile
from fundflow.models.school import STATUSES, School

LATEST = 20  # imports


class Missing(NamedTuple):
    """A school of our areas that a file does not name."""

    urn: str
    name: str
    status_code: int

    @property
    def status(self) -> str:
        return STATUSES[self.status_code]


def newest() -> dict[Register, RegisterFile | None]:
    """Of each register the file that was imported last."""
    last = (
        select(func.max(RegisterFile.id))
        .where(RegisterFile.imported_at.is_not(None))
        .group_by(RegisterFile.register)
    )
    rows = db.session.scalars(
        select(RegisterFile).where(RegisterFile.id.in_(last)).options(joinedload(RegisterFile.looked_at_by))
    )
    held = {file.register: file for file in rows}
    return {register: held.get(register) for register in Register}


def newer_than(file: RegisterFile) -> RegisterFile | None:
    """A file of the same register that is newer and was imported already: this one would take facts back."""
    day = RegisterFile.file_on if file.register is not Register.PREMIUM else RegisterFile.year
    value = file.file_on if file.register is not Register.PREMIUM else file.year
    if value is None:
        return None
    return db.session.scalar(
        select(RegisterFile)
        .where(RegisterFile.register == file.register, RegisterFile.imported_at.is_not(None), day > value)
        .order_by(day.desc())
        .limit(1)
    )


def missing_from(file: RegisterFile) -> Sequence[Missing]:
    """The schools of our areas that this file does not name, by name."""
    rows = db.session.execute(
        select(School.urn, School.name, School.status_code)
        .where(School.urn.in_(file.missing))
        .order_by(School.search_name, School.urn)
    )
    return [Missing(*row) for row in rows]


def imports() -> Sequence[RegisterFile]:
    """The last imports, newest first."""
    return db.session.scalars(
        select(RegisterFile)
        .where(RegisterFile.imported_at.is_not(None))
        .options(joinedload(RegisterFile.looked_at_by))
        .order_by(RegisterFile.id.desc())
        .limit(LATEST)
    ).all()
