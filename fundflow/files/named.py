"""Which rows name a file in the store; any other file there is one that nobody kept."""

from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.models.files import Attachment
from fundflow.models.pdf import Pdf

NAMING: tuple[type[Attachment] | type[Pdf], ...] = (Attachment, Pdf)


class Named(NamedTuple):
    """A file as a row names it: its key in the store, and the SHA-256 of its bytes."""

    key: str
    sha256: str


def named(on: Any) -> list[Named]:
    """Every file that a row names, on this session or connection."""
    queries = (select(table.store_key, table.sha256).where(table.store_key.is_not(None)) for table in NAMING)
    return [Named(*row) for query in queries for row in on.execute(query)]
