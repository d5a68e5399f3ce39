"""Having PDFs made, and reading them back."""

import ctypes
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from flask import current_app
from flask.testing import FlaskClient
from obstore.store import MemoryStore

from fundflow.files.store import FileStore
from fundflow.pdfs import drawing, press
from fundflow.web.access import now


def needs_pango() -> None:
    """Skip, loudly, where the machine has no Pango; in CI it must be there."""
    try:
        import weasyprint  # noqa: F401
    except OSError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"No Pango here: {error}")


def press_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw in the process of the tests, which starts WeasyPrint once, and store in memory."""
    needs_pango()
    monkeypatch.setitem(current_app.extensions, "fundflow_files", FileStore(MemoryStore()))
    monkeypatch.setattr(drawing.Press, "_ask", lambda _, job: press._answer(json.loads(job)))


def made_pdf(client: FlaskClient, path: str) -> Any:
    """The answer with a PDF, once a worker has made it."""
    answer = client.get(path)
    if answer.status_code == 202:
        drawing.draw(now())
        answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    answer.close()
    return answer


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def pages_of(data: bytes) -> list[str]:
    """The text of every page."""
    with opened(data) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def text_of(data: bytes) -> str:
    """All of it, in one line, as a reader would say it."""
    return " ".join(" ".join(pages_of(data)).split())


def bookmarks_of(data: bytes) -> list[str]:
    with opened(data) as document:
        return [entry.get_title() for entry in document.get_toc()]


def title_of(data: bytes) -> str:
    with opened(data) as document:
        return str(document.get_metadata_dict()["Title"])


def is_tagged(data: bytes) -> bool:
    with opened(data) as document:
        return bool(pdfium.FPDFCatalog_IsTagged(document))


def language_of(data: bytes) -> str:
    with opened(data) as document:
        size = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
        return buffer.raw.decode("utf-16-le").rstrip("\0")


def foreign_things(data: bytes) -> int:
    """How many files are attached to it, and pictures on its pages."""
    with opened(data) as document:
        pictures = sum(
            1 for page in document for found in page.get_objects() if found.type == pdfium.FPDF_PAGEOBJ_IMAGE
        )
        return pictures + int(pdfium.FPDFDoc_GetAttachmentCount(document))
