"""Word documents, Excel workbooks and OpenDocument files: zip files, opened with care.

What is inside is inflated to count its bytes, never to believe what the zip says of itself; XML is
read only where it can't refer to anything; programs, links that fetch what runs, and other files
inside are refused with what to do about it.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree import ElementTree

from defusedxml.ElementTree import fromstring

from fundflow.files import opendocument
from fundflow.files.opendocument import OpenDocumentReader
from fundflow.files.parts import DAMAGED, LINKED, LOCKED, MACROS, PartReader, looks_like_xml
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind

MOST_ENTRIES = 3_000
MOST_INFLATED = 150 * 1024 * 1024  # bytes, of all that is inside
HARMLESS = 8 * 1024 * 1024  # bytes that any file may unpack to
MOST_TIMES = 100  # how many times larger it may become beyond that
MOST_XML = 4 * 1024 * 1024  # bytes of a part that is read as XML

MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": FileKind.DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": FileKind.XLSX,
}
TYPES = "[Content_Types].xml"
PROGRAM = re.compile(r"macroenabled|vba|activex|macrosheet|intlmacro|control\+xml", re.I)
FETCHES = (
    "oleobject",
    "frame",
    "subdocument",
    "afchunk",
    "attachedtemplate",
    "control",
    "image",
    "externallinkpath",  # of a workbook
    "mailmergesource",
    "mailmergeheadersource",
)
CONNECTION = re.compile(r"\.connections\+xml$", re.I)  # a workbook's to a database or a page
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]+:|[\\/]{2}")  # an address or a server’s share; C: is neither

# Programs, PDFs, old Office files and objects, other archives: what begins so has no place inside.
NOT_INSIDE = (b"MZ", b"\x7fELF", b"#!", b"%PDF-", b"\xd0\xcf\x11\xe0", b"Rar!", b"7z\xbc\xaf")

BOMB = "The file unpacks to far more than it should. Save it again, or as a PDF"
INSIDE = "The file has another file inside it. Take that out and attach it by itself, or save all as a PDF"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    struct.error,
    ElementTree.ParseError,
)


def check(data: bytes) -> FileKind | None:
    """What a zip file is, None where no office program made it; raises Unfit where it is harmful."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _check(archive, data, _Budget(len(data)))
    except BROKEN as error:
        raise Unfit(DAMAGED) from error


class _Budget:
    """How many bytes may still be inflated, over a file of this size and what is inside it."""

    def __init__(self, size: int) -> None:
        self.left = min(HARMLESS + MOST_TIMES * size, MOST_INFLATED)

    def spend(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise Unfit(BOMB)


def _check(
    archive: zipfile.ZipFile, data: bytes, budget: _Budget, *, inside: bool = False
) -> FileKind | None:
    entries = archive.infolist()
    _check_shape(entries, data, budget)
    names = archive.namelist()
    if TYPES in names and opendocument.MIMETYPE in names:
        raise Unfit(INSIDE)  # which of the two it is depends on who opens it
    if TYPES in names:
        kind, reader = _kind(archive), PartReader
    elif opendocument.MIMETYPE in names:
        kind, reader = opendocument.kind(archive, _xml(archive, opendocument.MANIFEST)), OpenDocumentReader
    else:
        return None
    for entry in entries:
        start = _inflate(archive, entry, budget, reader)
        _check_part(archive, entry, start, budget, inside=inside)
    return kind


def _check_shape(entries: list[zipfile.ZipInfo], data: bytes, budget: _Budget) -> None:
    """The zip as a whole: nothing before or after it, and names that stay inside it."""
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > budget.left:
        raise Unfit(BOMB)
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unfit(LOCKED)
    end = data.rfind(b"PK\x05\x06")
    comment = int.from_bytes(data[end + 20 : end + 22], "little")
    if end + 22 + comment != len(data) or b"%PDF-" in data[:1024]:
        raise Unfit(INSIDE)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names) or any(_strays(e) for e in entries):
        raise Unfit(DAMAGED)


def _strays(entry: zipfile.ZipInfo) -> bool:
    """Whether a name would leave its folder, or is not what it seems."""
    name = entry.orig_filename
    return bool(name.startswith("/") or re.search(r"[\\\x00-\x1f:]", name) or ".." in name.split("/"))


def _inflate(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget, reads: type[PartReader]
) -> bytes:
    """Inflate an entry to the end, counting, and read what is XML; its first bytes. Raises Unfit."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unfit(DAMAGED)
    start, reader = b"", None
    with archive.open(entry) as part:
        while chunk := part.read(64 * 1024):
            budget.spend(len(chunk))
            if not start:
                start, reader = chunk, _reader(entry, chunk, reads)
            if reader:
                reader.feed(chunk)
    if reader:
        reader.feed(b"", last=True)
    return start


def _reader(entry: zipfile.ZipInfo, start: bytes, reads: type[PartReader]) -> PartReader | None:
    named = entry.filename.lower().endswith((".xml", ".rels"))
    return reads(must_be_xml=named) if named or looks_like_xml(start) else None


def _kind(archive: zipfile.ZipFile) -> FileKind | None:
    """By the content type of its main part, which must be there."""
    found = None
    for override in _xml(archive, TYPES).iter():
        kind = override.get("ContentType", "")
        if PROGRAM.search(kind):
            raise Unfit(MACROS)
        if CONNECTION.search(kind):
            raise Unfit(LINKED)
        if kind in MAIN and override.get("PartName", "").lstrip("/") in archive.namelist():
            found = MAIN[kind]
    return found


def _check_part(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, start: bytes, budget: _Budget, *, inside: bool
) -> None:
    name = entry.filename.lower()
    if PROGRAM.search(name):
        raise Unfit(MACROS)
    if name.endswith(".rels"):
        for relation in _relations(archive, entry.filename):
            _check_relation(relation)
    if name.endswith((".xml", ".rels")):
        return
    if start.startswith(b"PK\x03\x04"):
        _check_nested(archive, entry, budget, inside=inside)
    elif start.startswith(NOT_INSIDE) or re.match(rb"\s*<(!doctype\s+html|html|script)", start[:512], re.I):
        raise Unfit(INSIDE)


def _check_nested(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: _Budget, *, inside: bool) -> None:
    """A chart in a Word document brings its workbook; nothing else may be inside, and no deeper."""
    if inside or "/embeddings/" not in entry.filename.lower():
        raise Unfit(INSIDE)
    data = archive.read(entry)  # its size has been counted
    with zipfile.ZipFile(io.BytesIO(data)) as nested:
        if _check(nested, data, budget, inside=True) is None:
            raise Unfit(INSIDE)


def _relations(archive: zipfile.ZipFile, name: str) -> Iterator[dict[str, str]]:
    return (relation.attrib for relation in _xml(archive, name).iter() if relation.get("Target"))


def _check_relation(relation: dict[str, str]) -> None:
    """Links that a reader follows are no harm; what Word or Excel fetches by itself is."""
    kind = relation.get("Type", "").rpartition("/")[2].lower()
    target = relation["Target"].strip().lower()
    if relation.get("TargetMode", "").lower() != "external" or kind not in FETCHES:
        return
    at_home = target.startswith("file:///") and target[8:9] not in ("/", "\\")
    if ELSEWHERE.match(target) and not at_home:
        raise Unfit(LINKED)


def _xml(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    """A part as XML; ValueError where it has a document type, and so might name entities or files."""
    with archive.open(name) as part:
        text = part.read(MOST_XML + 1)
    if len(text) > MOST_XML or b"\0" in text:
        raise Unfit(DAMAGED)
    read: ElementTree.Element = fromstring(text, forbid_dtd=True)
    return read
