"""Is a PDF whole, and does it carry nothing but pages?"""

import io
import re
import zipfile

from fundflow.files.apart import answer_of
from fundflow.files.markup import MARKUP
from fundflow.files.unfit import Unfit

DAMAGED = "The PDF is damaged or incomplete. Save it again, then choose it again"
HIDDEN = "The PDF has another file hidden in it. Print it to a new PDF, and choose that"
HARMFUL = "The PDF holds a program or another file. Print it to a new PDF, and choose that"
LOCKED = "The PDF is protected by a password. Save it without one, then choose it again"

PACKED = b"/ObjStm"  # objects inside a stream: only a reader of PDFs sees their names
# No shorter ones: in ten megabytes of pictures any four bytes stand somewhere.
NAMES = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|GoToE|ImportData|RichMedia|SubmitForm)\b|/XFA\s*[\[\d]"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # in a name: /J#61vaScript is /JavaScript


def check(data: bytes) -> None:
    """Raises Unfit, with the sentence to show, where it is not."""
    end = data.rfind(b"%%EOF")
    if end < 0 or not re.match(rb"%PDF-[12]\.\d", data) or b"startxref" not in data:
        raise Unfit(DAMAGED)
    start = data[:1024].decode("latin-1")
    if len(data) - end > 1024 or zipfile.is_zipfile(io.BytesIO(data)) or MARKUP.search(start):
        raise Unfit(HIDDEN)
    plain = ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)
    if NAMES.search(plain):
        raise Unfit(HARMFUL)
    if PACKED in plain:
        _check_packed(data)


def _check_packed(data: bytes) -> None:
    """Ask a reader of PDFs, in a process with limits, what stands inside streams."""
    answer = answer_of("pdf_objects.py", data)
    if answer == b"harmful":
        raise Unfit(HARMFUL)
    if answer == b"locked":
        raise Unfit(LOCKED)
    if answer != b"fine":
        raise Unfit(DAMAGED)
