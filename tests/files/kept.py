"""The store of the tests, in a folder of their own; a test imports the fixture `kept`."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from fundflow.files.store import FileStore, _store
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment, FileKind
from tests.factories import NOW, Make
from tests.files.samples import pdf


class Kept:
    def __init__(self, folder: Path) -> None:
        self.store = FileStore(_store({"DATA": folder}))

    def stored(self) -> list[str]:
        return [meta["path"] for batch in self.store.inner.list() for meta in batch]

    def file(
        self, make: Make, bid: Bid, name: str = "plan.pdf", data: bytes = b"", **values: Any
    ) -> Attachment:
        """An attachment of the bid, with its bytes in the store."""
        import hashlib

        data = data or pdf(name.encode())
        user = bid.created_by_id
        return make._add(
            Attachment(
                **{
                    "bid_id": bid.id,
                    "name": name,
                    "kind": FileKind(name.rpartition(".")[2]),
                    "size": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "store_key": self.store.put(data),
                    "uploaded_at": NOW,
                    "uploaded_by_id": user,
                    **values,
                }
            )
        )


@pytest.fixture
def kept(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    found = Kept(tmp_path)
    monkeypatch.setitem(app.extensions, "fundflow_files", found.store)
    return found


def upload(
    client: FlaskClient, path: str, name: str | None, data: bytes, field: str = "file", **answers: str
) -> Any:
    """Send a file as a browser does."""
    return send_form(client, path, {field: (name, data), **answers})


def send_form(client: FlaskClient, path: str, answers: dict[str, Any]) -> Any:
    """Send a form; a file is its name and its bytes. Written out first: the test client would leave
    temporary files open."""
    values = {
        key: FileStorage(io.BytesIO(value[1]), value[0]) if isinstance(value, tuple) else value
        for key, value in answers.items()
    }
    boundary, body = encode_multipart(values)
    return client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
