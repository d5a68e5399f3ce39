"""A part of an office file, read as XML while it is unpacked: what it would carry out.

Fields are put together again from the runs over which Word, or somebody who hides one, splits them.
"""

import re
from typing import Any
from xml.parsers import expat

from fundflow.files.markup import runs
from fundflow.files.unfit import Unfit

DAMAGED = (
    "The file is damaged, or was not made by Word, Excel or LibreOffice. Save it again, then choose it again"
)
LOCKED = "The file is protected by a password. Save it without one, then choose it again"
LINKED = "The file fetches a part of itself from somewhere else. Save it as a PDF, and choose that"
MACROS = (
    "The file holds a program (macros or controls). Save it without them, as .docx, .xlsx, .odt or .ods, "
    "and choose that"
)
FIELD = (
    "The file has a field, link or formula that starts a program or fetches something from elsewhere. "
    "Take it out, or save the file as a PDF, and choose that"
)
# Fields of Word that fetch, or start a program that fetches, by themselves.
FETCHING = {"DATABASE", "DDE", "DDEAUTO", "IMPORT", "INCLUDE", "INCLUDEPICTURE", "INCLUDETEXT", "LINK", "RD"}
CODE = re.compile(r'[\s"“”]*(\w+)')
LINKS = ("ddeLink", "oleLink")  # of a workbook to another program
FORMULAS = ("f", "formula", "formula1", "formula2", "definedName")
STARTS = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*<")


class Field:
    """A field of Word under way: `code` is its instruction so far; `built` where another field begins it."""

    def __init__(self) -> None:
        self.code, self.built, self.has_result = "", False, False


class PartReader:
    """Given a part's bytes as they are unpacked. Raises Unfit where they are harmful, or no XML."""

    def __init__(self, *, must_be_xml: bool) -> None:
        self.must_be_xml, self.reads = must_be_xml, True
        self.fields: list[Field] = []
        self.text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.parser.StartElementHandler = self._begin

    def feed(self, data: bytes, *, last: bool = False) -> None:
        if not self.reads:
            return
        try:
            self.parser.Parse(data, last)
        except expat.ExpatError as error:
            if self.must_be_xml:
                raise Unfit(DAMAGED) from error
            self.reads = False  # a picture or a drawing of old, that only looked like XML

    def _document_type(self, *_its: Any) -> None:
        raise Unfit(DAMAGED)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if name in LINKS:
            raise Unfit(FIELD)
        if name == "fldSimple":
            _check_code(_of(attributes, "instr"))
        elif name == "fldChar":
            self._field(_of(attributes, "fldCharType"))
        elif name in FORMULAS or name in ("instrText", "delInstrText"):
            self.text = []
            self.parser.CharacterDataHandler = self.text.append
            self.parser.EndElementHandler = self._end

    def _end(self, name: str) -> None:
        self.parser.CharacterDataHandler = self.parser.EndElementHandler = None
        text = "".join(self.text)
        if name.rpartition(" ")[2] not in FORMULAS:
            self._instruction(text)
        elif runs(text):
            raise Unfit(FIELD)

    def _instruction(self, text: str) -> None:
        if self.fields and not self.fields[-1].has_result:
            self.fields[-1].code += text
        else:
            _check_code(text)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            if self.fields and not self.fields[-1].has_result and not self.fields[-1].code.strip():
                self.fields[-1].built = True
            self.fields.append(Field())
        elif self.fields and kind == "separate":
            self.fields[-1].has_result = True
        elif self.fields and kind == "end":
            field = self.fields.pop()
            if field.built:
                raise Unfit(FIELD)
            _check_code(field.code)


def looks_like_xml(start: bytes) -> bool:
    return STARTS.match(start) is not None


def _of(attributes: dict[str, str], name: str) -> str:
    """An attribute, of whichever namespace."""
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _check_code(instruction: str) -> None:
    code = CODE.match(instruction)
    if code and code[1].upper() in FETCHING:
        raise Unfit(FIELD)
