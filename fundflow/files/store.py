"""Where the bytes of files lie, under random keys: a folder, or a bucket of S3-compatible storage.

One library (obstore) speaks to both. Nothing here knows what a file is or who may read it.
"""

import hashlib
import logging
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import obstore
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from fundflow.workflow.engine import Refused

CHUNK = 256 * 1024
DOWN = "The store for files can’t be reached just now. Nothing was lost: try again in a few minutes."
GONE = (
    "This file is not what was stored, or is missing, so it is not given out. "
    "The people who run this service can see that in its log."
)
FAILURES = (BaseError, OSError)  # obstore's own, and those it gives as Python's

log = logging.getLogger(__name__)


class Gone(Refused):
    """The bytes of a file are missing, or are not what was stored."""


class FileStore:
    """Put, fetch, delete and list, on either kind of storage."""

    def __init__(self, inner: ObjectStore) -> None:
        self.inner = inner

    def put(self, data: bytes) -> str:
        """Store bytes under a new key; raises Refused where the store is out of reach."""
        name = secrets.token_hex(20)
        key = f"{name[:2]}/{name}"
        self.put_back(key, data)
        return key

    def put_back(self, key: str, data: bytes) -> None:
        """Store bytes under the key they had; raises Refused where the store is out of reach."""
        try:
            obstore.put(self.inner, key, data)
        except FAILURES as error:
            log.exception("A file could not be stored")
            raise Refused(DOWN) from error

    def fetch(self, key: str, sha256: str) -> IO[bytes]:
        """A file's bytes, checked against their hash, in a temporary file that grows on the disk.

        Raises Gone where they are missing or not what was stored, Refused where the store is out of reach.
        """
        found = SpooledTemporaryFile(max_size=CHUNK)  # noqa: SIM115 (the sender closes it)
        try:
            if self.copy(key, found) != sha256:
                log.error("The bytes under %s are not what was stored", key)
                raise Gone(GONE)
        except BaseException:
            found.close()
            raise
        found.seek(0)
        return found

    def hash_of(self, key: str) -> str | None:
        """The SHA-256 of a file's bytes, read in chunks and not kept; None where they can't be had."""
        with suppress(Refused), open(os.devnull, "wb") as nowhere:
            return self.copy(key, nowhere)
        return None

    def copy(self, key: str, into: IO[bytes]) -> str:
        """Copy the bytes in chunks; returns their SHA-256. Raises Gone and Refused like `fetch`."""
        hashed = hashlib.sha256()
        try:
            for chunk in obstore.get(self.inner, key).stream(min_chunk_size=CHUNK):
                hashed.update(chunk)
                into.write(chunk)
        except FileNotFoundError as error:
            log.exception("The bytes of a file are missing: %s", key)
            raise Gone(GONE) from error
        except FAILURES as error:
            log.exception("A file could not be fetched: %s", key)
            raise Refused(DOWN) from error
        return hashed.hexdigest()

    def delete(self, key: str) -> None:
        """Delete the bytes, if they are there; what can't be deleted now, the clock tidies later."""
        with suppress(*FAILURES):
            obstore.delete(self.inner, key)

    def keys_from_before(self, moment: datetime) -> Iterator[list[str]]:
        """The keys last written before a moment, in batches."""
        for batch in obstore.list(self.inner):
            yield [meta["path"] for meta in batch if meta["last_modified"] < moment]

    def keys(self) -> Iterator[str]:
        """Every key. Raises Refused where the store is out of reach."""
        try:
            for batch in obstore.list(self.inner):
                yield from (meta["path"] for meta in batch)
        except FAILURES as error:
            log.exception("The files can’t be listed")
            raise Refused(DOWN) from error


def files() -> FileStore:
    """The store of this application, as its settings say."""
    kept: FileStore | None = current_app.extensions.get("fundflow_files")
    if kept is None:
        kept = current_app.extensions["fundflow_files"] = FileStore(_store(current_app.config))
    return kept


def _store(config: Mapping[str, Any]) -> ObjectStore:
    if config.get("FILES_BUCKET"):
        return _bucket(config)
    folder = Path(config["DATA"]) / "files"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return LocalStore(folder)


def _bucket(config: Mapping[str, Any]) -> S3Store:
    """Short waits: somebody looks at the page meanwhile."""
    endpoint = config.get("FILES_ENDPOINT")
    own = {"endpoint": endpoint} if endpoint else {}
    keys = (
        {"access_key_id": config["FILES_KEY"], "secret_access_key": config["FILES_SECRET"]}
        if config.get("FILES_KEY")
        else {}
    )  # else what the machine itself is granted
    return S3Store(
        config["FILES_BUCKET"],
        region=config.get("FILES_REGION") or "eu-west-2",
        **own,
        **keys,
        client_options={
            "connect_timeout": "5s",
            "timeout": "30s",
            "allow_http": bool(endpoint and endpoint.startswith("http://")),
        },
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )
