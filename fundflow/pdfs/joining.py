"""Parts joined into one tagged PDF: the structure, bookmarks and contents of all of them, pages numbered.

The first part is the document: its title, language and metadata are the whole's. Its links to
`part:NAME` lead to the first page of the part of that name. Each page's number is put together from a
PDF of digits, so that it has an embedded font; it is an artifact, which screen readers leave out.
"""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, OutlineItem, Page, Pdf, String

# What the PDF of digits has, a page each; the line they make ends at the right margin.
SIGNS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "Page ", " of ")
RIGHT, BASE = 544.3, 31.0  # points: 18 mm from the right edge


class Part(NamedTuple):
    """name: what the first part's links call it."""

    name: str
    path: Path


def join(first: Path, parts: Iterable[Part], digits: Path, into: Path) -> None:
    """Write the whole into a file."""
    with ExitStack() as opened:
        whole = opened.enter_context(Pdf.open(first))
        begins: dict[str, Page] = {}
        for part in parts:
            begins[part.name] = _add(whole, opened.enter_context(Pdf.open(part.path)))
        _lead_to(whole, begins)
        _number(whole, opened.enter_context(Pdf.open(digits)))
        whole.save(into, object_stream_mode=ObjectStreamMode.generate)


def _add(whole: Pdf, part: Pdf) -> Page:
    """The part's pages, structure and bookmarks at the end; returns its first page."""
    before, count = len(whole.pages), len(part.pages)
    whole.pages.extend(part.pages)
    pages = [whole.pages[before + n] for n in range(count)]
    _add_structure(whole, part, pages)
    places = {page.obj.objgen: n for n, page in enumerate(part.pages)}
    with part.open_outline() as theirs, whole.open_outline() as ours:
        beside = ours.root[0].children if ours.root else ours.root
        beside.extend(_bookmarks(theirs.root, pages, places))
    return pages[0]


def _add_structure(whole: Pdf, part: Pdf, pages: list[Page]) -> None:
    """Its elements under the whole's document; what its pages hold is found under higher numbers."""
    ours, theirs = whole.Root.StructTreeRoot, whole.copy_foreign(part.Root.StructTreeRoot)
    known, added = ours.ParentTree.Nums, theirs.ParentTree.Nums
    higher = int(known[-2]) + 1 if len(known) else 0
    for n in range(0, len(added), 2):
        known.append(int(added[n]) + higher)
        known.append(added[n + 1])
    document = ours.K[0]
    for element in theirs.K[0].K:
        element.P = document
        document.K.append(element)
    for page in pages:
        _raise(page.obj, "/StructParents", higher)
        for link in page.obj.get("/Annots", []):
            _raise(link, "/StructParent", higher)


def _raise(holder: Any, key: str, higher: int) -> None:
    if key in holder:
        holder[key] = int(holder[key]) + higher


def _bookmarks(
    theirs: Iterable[OutlineItem], pages: list[Page], places: Mapping[tuple[int, int], int]
) -> list[OutlineItem]:
    """Their bookmarks, leading to the pages as they are in the whole."""
    found = []
    for one in theirs:
        target: Any = Array(list(one.destination))  # type: ignore[arg-type]
        target[0] = pages[places[target[0].objgen]].obj
        copy = OutlineItem(one.title, target)
        copy.is_closed = True
        copy.children.extend(_bookmarks(one.children, pages, places))
        found.append(copy)
    return found


def _lead_to(whole: Pdf, begins: Mapping[str, Page]) -> None:
    """Make links within the first part lead to the parts."""
    for page in whole.pages:
        for link in page.obj.get("/Annots", []):
            action = link.get("/A", Dictionary())
            name = str(action.get("/URI", "")).removeprefix("part:")
            if name in begins:
                link.Dest = Array([begins[name].obj, Name.Fit])
                link.Contents = String(f"Page {begins[name].index + 1}")
                del link.A


def _number(whole: Pdf, digits: Pdf) -> None:
    """“Page 3 of 150” at the foot of every page."""
    signs = {
        sign: (whole.copy_foreign(_unclipped(page)), float(page.mediabox[2]))
        for sign, page in zip(SIGNS, digits.pages, strict=True)
    }
    names = {sign: Name(f"/Sign{n}") for n, sign in enumerate(SIGNS)}
    total = str(len(whole.pages))
    for number, page in enumerate(whole.pages, 1):
        line = ["Page ", *str(number), " of ", *total]
        at = RIGHT - sum(signs[sign][1] for sign in line)
        drawn = []
        for sign in line:
            drawn.append(f"q 1 0 0 1 {at:.2f} {BASE} cm {names[sign]} Do Q")
            at += signs[sign][1]
        resources = page.obj.Resources
        if "/XObject" not in resources:
            resources.XObject = Dictionary()
        for sign in set(line):
            resources.XObject[names[sign]] = signs[sign][0]
        page.contents_add(b"q\n", prepend=True)  # the page's own scale ends with it
        page.contents_add(f"\nQ /Artifact BMC {' '.join(drawn)} EMC".encode())


def _unclipped(page: Page) -> Any:
    """A sign as it is drawn on other pages, with room around it: readers cut at whole dots of the screen."""
    sign = page.as_form_xobject()
    sign.BBox = Array([-9, -9, float(page.mediabox[2]) + 9, float(page.mediabox[3]) + 9])
    return sign
