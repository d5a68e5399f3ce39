"""A zip that is written as it is read, with the SHA-256 of each of its files."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Self, cast

from fundflow.chain.canonical import plain
from fundflow.web.csv import csv_lines
from fundflow.workflow.working_days import LONDON

MANIFEST = "MANIFEST"


class Pack:
    """A zip that is being written. Memory holds a part of one file, and the names of all."""

    def __init__(self, into: IO[bytes], now: datetime) -> None:
        self.zip = zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED)
        self.at, self.sums = now.astimezone(LONDON), dict[str, str]()

    @contextmanager
    def file(self, name: str) -> Iterator[IO[bytes]]:
        """A file of the pack, to write its bytes to."""
        info = zipfile.ZipInfo(name, self.at.timetuple()[:6])
        info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        with self.zip.open(info, "w", force_zip64=True) as inner:
            hashing = _Hashing(inner)
            yield cast(IO[bytes], hashing)
        self.sums[name] = hashing.hash.hexdigest()

    def add(self, name: str, parts: Iterable[str | bytes]) -> None:
        """A file made of these parts; text in UTF-8."""
        with self.file(name) as out:
            for part in parts:
                out.write(part.encode() if isinstance(part, str) else part)

    def rows(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """A file with a JSON object on each line."""
        self.add(name, (_json(row) + "\n" for row in rows))

    def table(self, name: str, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
        """A CSV file that a spreadsheet opens as it is meant."""
        self.add(name, csv_lines(header, rows))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_rest: object) -> None:
        """Write the list of all files with their SHA-256, as `sha256sum -c` reads it, and close the zip."""
        if not failed:
            self.add(MANIFEST, [f"{its}  {name}\n" for name, its in self.sums.items()])
        self.zip.close()


class _Hashing:
    """Passes bytes on, and hashes them."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.hash = inner, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.inner.write(data)


def _json(row: Mapping[str, Any]) -> str:
    return json.dumps(plain(row), ensure_ascii=False, sort_keys=True, default=str)  # str: decimals
