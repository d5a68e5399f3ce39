"""Taking in what somebody sends: checked, scanned and stored before the database hears of it."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, NamedTuple, Protocol

from fundflow.extensions import db
from fundflow.files.checking import MOST_BYTES, check
from fundflow.files.scanning import scan
from fundflow.files.store import files
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind
from fundflow.workflow.engine import Refused


class Sent(Protocol):
    """A file as it was sent (a FileStorage is one)."""

    filename: str | None
    stream: IO[bytes]


class Received(NamedTuple):
    """A file in the store; the names are those of `Attachment`’s columns."""

    name: str
    kind: FileKind
    size: int
    sha256: str
    scanned: bool
    store_key: str


@contextmanager
def receiving(sent: Sequence[Sent], taken: Collection[FileKind]) -> Iterator[list[Received]]:
    """Check and store files of the kinds taken for the block to keep, which it does with a commit.

    What the block refuses is not left in the store. The transaction so far is ended first: nobody
    else waits while files are checked and sent on. Raises Unfit or Refused.
    """
    db.session.rollback()
    received: list[Received] = []
    try:
        received.extend(_receive(one, taken) for one in sent)
        yield received
    except Refused:
        for one in received:
            files().delete(one.store_key)
        raise


def _receive(sent: Sent, taken: Collection[FileKind]) -> Received:
    sent.stream.seek(0)  # a second try reads it again
    data = sent.stream.read(MOST_BYTES + 1)
    try:
        name, kind, kept = check(sent.filename, data, taken)
        scanned = scan(data, name)
    except Unfit as why:
        why.sent = sent
        raise
    return Received(name, kind, len(kept), hashlib.sha256(kept).hexdigest(), scanned, files().put(kept))
