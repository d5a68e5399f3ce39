"""What is particular to OpenDocument files (OASIS OpenDocument 1.3): their kind, and what they carry out."""

import re
import zipfile
from urllib.parse import unquote
from xml.etree import ElementTree

from fundflow.files.markup import QUOTED, runs
from fundflow.files.parts import DAMAGED, FIELD, LINKED, LOCKED, MACROS, PartReader
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind

MIMETYPE = "mimetype"
MANIFEST = "META-INF/manifest.xml"
CONTENT = "content.xml"
KINDS = {
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
}
PROGRAM = re.compile(r"(^|/)(basic|scripts|dialogs|database)/", re.I)  # folders; also of an object inside
RUNS = ("script", "execute-macro")  # elements
LISTENER = "event-listener"  # runs what these name; old files have some that name nothing
NAMED = ("href", "macro-name")
SOURCES = ("dde-source", "dde-link", "dde-connection-decl", "dde-connection", "auto-reload")
FORMULAS = ("formula", "expression", "condition")  # attributes
FOLLOWED = ("a", "template")  # a reader follows these; everything else is fetched as the file opens
OUTSIDE = re.compile(
    r"(?!data:image/)[a-z][a-z0-9+.-]*:|[\\/]|(\./)*\.\.([\\/]|$)", re.I
)  # not a part of the file itself
STARTS = re.compile(r"(macro|vnd\.sun\.star\.[a-z]+|script|javascript|service|slot|\.uno)\s*:", re.I)
PREFIX = re.compile(r"^\s*[a-z]+:(?==)", re.I)  # of the language of a formula, as in “of:=A1”
ANOTHER_FILE = re.compile(r"'[^']*'\s*#")  # in a formula: 'file:///C:/other.ods'#$Sheet1.A1


def kind(archive: zipfile.ZipFile, manifest: ElementTree.Element) -> FileKind | None:
    """By the entry that says so; raises Unfit where parts are encrypted or missing, or are programs."""
    names = archive.namelist()
    if any(element.tag.endswith("}encryption-data") for element in manifest.iter()):
        raise Unfit(LOCKED)
    if CONTENT not in names:
        raise Unfit(DAMAGED)
    if any(PROGRAM.search(name) for name in names):
        raise Unfit(MACROS)
    with archive.open(MIMETYPE) as said:
        return KINDS.get(said.read(200))


class OpenDocumentReader(PartReader):
    """A part of an OpenDocument file. Raises Unfit where it is harmful, or no XML."""

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name in RUNS:
            raise Unfit(MACROS)
        if name in SOURCES:
            raise Unfit(FIELD)
        for key, value in attributes.items():
            _check(name, key.rpartition(" ")[2], value.strip())


def _check(element: str, attribute: str, value: str) -> None:
    if element == LISTENER and attribute in NAMED and value:
        raise Unfit(MACROS)
    if attribute in FORMULAS:
        formula = PREFIX.sub("", value)
        if runs(formula) or ANOTHER_FILE.search(QUOTED.sub('""', formula)):
            raise Unfit(FIELD)
    elif attribute == "href":
        place = unquote(value).strip()
        if STARTS.match(place):
            raise Unfit(MACROS)
        if element not in FOLLOWED and OUTSIDE.match(place):
            raise Unfit(LINKED)
