"""Taking a backup, and putting it back."""

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import IO, NamedTuple

from flask import Flask

from fundflow.backups import archive, databases
from fundflow.backups.archive import Contents, Writing
from fundflow.checking import everything_wrong
from fundflow.extensions import db
from fundflow.files import files
from fundflow.files.named import Named, named
from fundflow.files.store import Gone
from fundflow.migrating.before import known_revisions
from fundflow.workflow.engine import Refused, refuse_if

FILES = "files/"
KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{40}")
SAID = 50  # sentences about what is wrong
IN_MEMORY = 1024 * 1024  # bytes of a file, before it is kept on the disk
OTHER_DATABASE = (
    "This backup is of {theirs}, and FUNDFLOW_DATABASE_URL names {ours}. Set it to a database like that."
)
FILES_THERE = "There are files in the store already. A backup is put back only where there are none."

log = logging.getLogger(__name__)


class Result(NamedTuple):
    """What was backed up or put back: the last migration, how many files, and what is wrong, in words."""

    revision: str
    files: int
    wrong: list[str]


def back_up(path: Path) -> Result:
    """Write everything into one archive, while the service runs.

    The files come before and after the database: what its rows name was there before, or came until then,
    and only what nobody names may have gone meanwhile. Raises Refused where it can't be done.
    """
    with archive.writing(path) as written, TemporaryDirectory(dir=path.parent, prefix=".backup-") as folder:
        _add_files(written)
        taken = databases.taken(Path(folder))
        with taken.path.open("rb") as content:
            written.add(taken.path.name, content)
        _add_files(written)
        written.finish(
            version=version("fundflow"),
            database=databases.kind(),
            revision=taken.revision,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
    return Result(taken.revision, len(written.sums) - 1, _missing(taken.files, written.sums))


def _add_files(written: Writing) -> None:
    for key in files().keys():  # noqa: SIM118 (a method of the store)
        if FILES + key in written.sums or not KEY.fullmatch(key):
            continue
        with SpooledTemporaryFile(max_size=IN_MEMORY) as content, suppress(Gone):
            files().copy(key, content)
            written.add(FILES + key, content)


def _missing(named: list[Named], sums: dict[str, str]) -> list[str]:
    return [
        f"The file {file.key} is missing, or is not what was stored."
        for file in named
        if sums.get(FILES + file.key) != file.sha256
    ]


def restore(path: Path, app: Flask) -> Result:
    """Put a backup back where there is neither a database nor files, and check what is there then.

    The archive is read twice: nothing is written before all of it was checked. Raises Refused.
    """
    contents = archive.checked(path)
    _refuse_elsewhere(contents, app)
    member = databases.NAMES[contents.database]
    folder = Path(app.config["DATA"])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=folder, prefix=".restore-") as apart:
        kept = Path(apart) / member
        for name, content in archive.members(path):
            if name == member:
                _write(kept, content)
            elif name.startswith(FILES):
                files().put_back(name.removeprefix(FILES), content.read())
        databases.put_back(kept)  # last: without it the service does not start on half a backup
    db.engine.dispose()
    return Result(contents.revision, len(contents.sums) - 1, [*_wrong(contents, app)])


def _refuse_elsewhere(contents: Contents, app: Flask) -> None:
    if contents.database != databases.kind():
        raise Refused(OTHER_DATABASE.format(theirs=contents.database, ours=databases.kind()))
    if contents.revision not in known_revisions(app):
        raise Refused(
            f"This backup was made by fundflow {contents.version}. Install that version or a newer one."
        )
    refuse_if(databases.why_not_empty())
    if any(True for _ in files().keys()):  # noqa: SIM118 (a method of the store)
        raise Refused(FILES_THERE)


def _write(path: Path, content: IO[bytes]) -> None:
    with path.open("wb") as file:
        while data := content.read(archive.CHUNK):
            file.write(data)


def _wrong(contents: Contents, app: Flask) -> Iterator[str]:
    """What is not as the backup says; of an older release, neither balances nor chains are read."""
    with db.engine.connect() as connection:
        if (revision := databases.revision_of(connection)) != contents.revision:
            yield f"The database is at revision {revision}, and the backup was at {contents.revision}."
        for file in named(connection):
            try:
                files().fetch(*file).close()
            except Refused:
                yield f"The file {file.key} is missing, or is not what was stored."
    if contents.revision == known_revisions(app)[0]:
        for wrong in islice(everything_wrong(chains=True), SAID):
            yield f"{wrong.check}: {wrong.sentence}"
