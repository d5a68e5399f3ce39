"""One store, on a disk and on S3-compatible storage: the same tests of both."""

import hashlib
import logging
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import obstore
import pytest
from flask import Flask

from fundflow.files.store import DOWN, GONE, FileStore, _store, files
from fundflow.workflow.engine import Refused

DATA = b"abc" * 300_000  # more than one chunk


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, Any]]:
    """Settings for an S3 server on loopback."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    boto3.client(
        "s3", endpoint_url=endpoint, region_name="eu-west-2", aws_access_key_id="k", aws_secret_access_key="s"
    ).create_bucket(Bucket="bids", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    yield {
        "FILES_BUCKET": "bids",
        "FILES_ENDPOINT": endpoint,
        "FILES_REGION": "eu-west-2",
        "FILES_KEY": "k",
        "FILES_SECRET": "s",
    }
    server.stop()


@pytest.fixture(params=["disk", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "disk":
        return FileStore(_store({"DATA": tmp_path}))
    return FileStore(_store(request.getfixturevalue("s3")))


def test_what_is_stored_is_given_back(store: FileStore) -> None:
    key = store.put(DATA)
    with store.fetch(key, sha(DATA)) as found:
        assert found.read() == DATA


def test_a_key_says_nothing_about_its_file_and_is_never_the_same(store: FileStore) -> None:
    first, second = store.put(DATA), store.put(DATA)
    assert first != second
    assert len(first) == 43


def test_bytes_that_changed_are_not_given_out_and_the_log_says_so(
    store: FileStore, caplog: pytest.LogCaptureFixture
) -> None:
    key = store.put(DATA)
    obstore.put(store.inner, key, b"something else")
    with pytest.raises(Refused) as refused:
        store.fetch(key, sha(DATA))
    assert refused.value.sentence == GONE
    assert key in caplog.text


def test_missing_bytes_are_said_to_be_missing(store: FileStore, caplog: pytest.LogCaptureFixture) -> None:
    key = store.put(DATA)
    store.delete(key)
    with pytest.raises(Refused) as refused:
        store.fetch(key, sha(DATA))
    assert refused.value.sentence == GONE
    assert key in caplog.text


def test_deleting_what_is_gone_is_no_error(store: FileStore) -> None:
    store.delete("ab/" + "0" * 40)


def test_keys_are_listed_by_age(store: FileStore) -> None:
    key, now = store.put(DATA), datetime.now(UTC)
    assert key in {k for batch in store.keys_from_before(now + timedelta(minutes=1)) for k in batch}
    assert key not in {k for batch in store.keys_from_before(now - timedelta(minutes=1)) for k in batch}


def test_a_bucket_out_of_reach_is_said_to_be_down(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]  # and nobody listens once it is closed
    caplog.set_level(logging.CRITICAL)
    down = FileStore(
        _store(
            {
                "FILES_BUCKET": "bids",
                "FILES_ENDPOINT": f"http://127.0.0.1:{port}",
                "FILES_KEY": "k",
                "FILES_SECRET": "s",
            }
        )
    )
    with pytest.raises(Refused) as refused:
        down.put(DATA)
    assert refused.value.sentence == DOWN
    with pytest.raises(Refused):
        down.fetch("ab/cd", sha(DATA))


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX’s")
def test_the_folder_is_nobody_elses(tmp_path: Path) -> None:
    _store({"DATA": tmp_path / "new"})
    assert (tmp_path / "new/files").stat().st_mode & 0o077 == 0


def test_an_application_has_one_store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(app.extensions, "fundflow_files", raising=False)
    monkeypatch.setitem(app.config, "DATA", tmp_path)
    assert files() is files()
    monkeypatch.delitem(app.extensions, "fundflow_files")
