"""The file of a backup: a tar with the database, the files of the store, and at its end a list of both.

The checksums find damage. Who can write the archive can also write them: keep it where nobody else does.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

from fundflow.workflow.engine import Refused

FORMAT = 1
LIST = "manifest.json"
CHUNK = 1024 * 1024
DAMAGED = "{path} is damaged: {what}. Take another backup."
OTHER = "{path} is no backup of fundflow."
NEWER = "{path} was made by a newer version of fundflow. Install that, or one that is newer still."


class Contents(NamedTuple):
    """What the list at the end says."""

    version: str  # of fundflow
    database: str  # sqlite or postgresql
    revision: str  # of the last migration
    made_at: str  # ISO 8601, UTC
    sums: dict[str, str]  # SHA-256 by the name of each member


class Summing:
    """Reads a file, and knows the SHA-256 of what was read."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.sum = inner, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.inner.read(size)
        self.sum.update(data)
        return data


class Writing:
    """An archive that is being written; `sums` holds what is in it so far."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar, self.sums = tar, dict[str, str]()

    def add(self, name: str, content: IO[bytes]) -> None:
        """Add a member from a file that can be sought."""
        member = tarfile.TarInfo(name)
        member.size, member.mode = content.seek(0, os.SEEK_END), 0o600
        content.seek(0)
        reading = Summing(content)
        self.tar.addfile(member, cast(IO[bytes], reading))
        self.sums[name] = reading.sum.hexdigest()

    def finish(self, **said: str) -> None:
        """Add the list; nothing may follow it."""
        listed = json.dumps({"format": FORMAT, **said, "sums": self.sums}, indent=1).encode()
        member = tarfile.TarInfo(LIST)
        member.size, member.mode = len(listed), 0o600
        self.tar.addfile(member, BytesIO(listed))


@contextmanager
def writing(path: Path) -> Iterator[Writing]:
    """Write an archive that nobody else may read. It has its name once it is whole. Raises Refused where
    there is one of that name."""
    if path.exists():
        raise Refused(f"{path} is there already. Name another file.")
    part = path.with_name(f"{path.name}.part")
    try:
        raw = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused(f"{part} is there: another backup writes it, or was cut off. Remove it then.") from None
    try:
        with os.fdopen(raw, "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                yield Writing(tar)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def checked(path: Path) -> Contents:
    """Read the whole archive and compare it with its list. Raises Refused where they differ."""
    found, listed = _read(path)
    if not isinstance(listed, dict) or not isinstance(listed.get("format"), int):
        raise Refused(DAMAGED.format(path=path, what="its list can’t be read"))
    if listed["format"] > FORMAT:
        raise Refused(NEWER.format(path=path))
    sums = listed.get("sums")
    texts = [listed.get(field) for field in Contents._fields if field != "sums"]
    if not isinstance(sums, dict) or not all(isinstance(text, str) for text in texts):
        raise Refused(DAMAGED.format(path=path, what="its list is not whole"))
    if wrong := sorted(name for name in {**found, **sums} if found.get(name) != sums.get(name)):
        raise Refused(DAMAGED.format(path=path, what=f"{wrong[0]} is not what was written"))
    return Contents(**{field: listed[field] for field in Contents._fields})


def _read(path: Path) -> tuple[dict[str, str], Any]:
    """The SHA-256 of each member as it is, and the list, which may be anything."""
    found: dict[str, str] = {}
    try:
        for name, content in members(path):
            if name == LIST:
                return found, json.load(content)
            reading = Summing(content)
            while reading.read(CHUNK):
                pass
            found[name] = reading.sum.hexdigest()
    except (tarfile.TarError, ValueError):
        if not found:
            raise Refused(OTHER.format(path=path)) from None
    except OSError as error:
        raise Refused(f"{path} can’t be read: {error.strerror}.") from None
    raise Refused(DAMAGED.format(path=path, what="its end is missing"))


def members(path: Path) -> Iterator[tuple[str, IO[bytes]]]:
    """The name and content of each member in turn, of an archive that was checked."""
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            if content := tar.extractfile(member):
                yield member.name, content
