"""Files of the DfE and Ofsted, imported by page: looked at first, and imported once somebody confirms it."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fundflow.extensions import db
from fundflow.files.scanning import scan
from fundflow.files.store import files
from fundflow.history import record_event
from fundflow.models.person import User
from fundflow.models.register import RegisterFile
from fundflow.schools.importing import Problem
from fundflow.schools.importing.files import WrongFile
from fundflow.schools.importing.reading import Reading, read_register, trial, write
from fundflow.schools.importing.recording import counts_of, missing, recorded
from fundflow.schools.rules import may_edit_organisations
from fundflow.steps import AlreadyTaken
from fundflow.workflow.engine import Refused, refuse_if

KEPT = timedelta(hours=20)  # files that nobody imports are tidied away after a day
TOO_LATE = "This file was looked at too long ago and is not kept any longer. Choose it again."


class Rejected(Refused):
    """A file with rows that are wrong; nothing changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("Nothing was changed. Put these rows right, or download the file again.")
        self.problems = problems


def look_at(
    data: bytes, name: str, *, file_on: date | None, year: int | None, user: User, now: datetime
) -> RegisterFile:
    """Say what a file would change, and keep it for `import_looked_at`.

    file_on  the day whose facts it holds; None: as its name says
    Raises Refused where it is none of the three registers, Rejected where rows are wrong.
    """
    _may_import(user, now)
    db.session.rollback()  # nobody waits while it is read
    scan(data, name)
    reading = _read(data, name, year, now)
    if reading.found.problems:
        raise Rejected(reading.found.problems)
    key = files().put(data)
    try:
        file = recorded(
            reading,
            trial(reading),
            now=now,
            imported=False,
            looked_at_by=user,
            store_key=key,
            sha256=hashlib.sha256(data).hexdigest(),
        )
        file.file_on = file_on or file.file_on
        db.session.commit()
    except BaseException:
        files().delete(key)
        raise
    return file


def import_looked_at(file: RegisterFile, *, user: User, now: datetime) -> None:
    """Write what a file says that was looked at; AlreadyTaken by a second click."""
    _may_import(user, now)
    key, sha256, name, year, at = file.store_key, file.sha256, file.name, file.year, file.looked_at
    if file.imported_at:
        raise AlreadyTaken
    if now - at > KEPT:
        raise Refused(TOO_LATE)
    db.session.rollback()  # nobody waits while it is read
    with files().fetch(key, sha256) as kept:
        reading = _read(kept.read(), name, year, now)
    db.session.refresh(file, with_for_update={"of": RegisterFile})
    if file.imported_at:
        raise AlreadyTaken
    file.missing = missing(reading)
    file.counts = counts_of(reading, write(reading, by=user))
    file.imported_at, file.store_key = now, ""
    record_event(file, "import", f"{file.words} imported", user=user, now=now, process="register")
    db.session.commit()
    files().delete(key)


def _read(data: bytes, name: str, year: int | None, now: datetime) -> Reading:
    try:
        return read_register(data, name, now=now, year=year)
    except WrongFile as wrong:
        raise Refused(str(wrong)) from None


def _may_import(user: User, now: datetime) -> None:
    refuse_if(None if may_edit_organisations(user, now) else "Only administrators can import registers.")
