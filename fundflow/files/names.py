"""What a file is called: a sender's name for it made harmless, and the ending it must have."""

import re
import unicodedata
from collections.abc import Collection

from fundflow.files.kinds import endings, in_words
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind

MOST = 200  # characters, with the ending
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])", re.I)  # devices, on Windows
# What a computer runs: such an ending has no place before the last. Others have: a document that was
# printed to a PDF is often called “Plan.doc.pdf”, and what it holds is looked at all the same.
RUNS = frozenset(
    """app apk bat bin chm cmd cpl dll dmg exe gadget hta inf jar js jse lnk msc msi msp pif php pl ps1 py
    rb reg scr sct sh shtml swf sys url vb vbe vbs wsf wsh""".split()  # noqa: SIM905 (read as a list of words)
)


def choose(taken: Collection[FileKind]) -> str:
    """What to do instead, for a person who chose a file of another kind."""
    return f"Choose a {in_words(taken)} file"


def clean(sent: str | None, taken: Collection[FileKind]) -> str:
    """The name to keep: no folders, no marks that turn text round, nothing a disk refuses.

    Raises Unfit where there is no name, or its endings are not what may be attached.
    """
    name = unicodedata.normalize("NFC", sent or "")
    name = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    # Control and format characters: NUL, line breaks, right-to-left overrides, zero-width spaces.
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = re.sub(r'[<>:"|?*]', "_", " ".join(name.split()))
    name = name.strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(". "):
        raise Unfit(f"The file’s name has no ending that says what it is. {choose(taken)}")
    ending = f".{ending.lower()}"
    _refuse_ending(stem, ending, taken)
    stem = stem[: MOST - len(ending)].rstrip(". ")
    return (
        f"{'_' if RESERVED.fullmatch(stem.split('.')[0].strip()) else ''}{stem}"[: MOST - len(ending)]
        + ending
    )


def kind_by_name(name: str) -> FileKind:
    """What a cleaned name promises."""
    return endings(tuple(FileKind))[f".{name.rpartition('.')[2]}"]


def _refuse_ending(stem: str, ending: str, taken: Collection[FileKind]) -> None:
    if ending not in endings(taken):
        raise Unfit(f"A file whose name ends in “{ending[:12]}” can’t be attached. {choose(taken)}")
    for earlier in (part.strip().lower() for part in stem.split(".")[1:]):
        if earlier in RUNS:
            raise Unfit(
                f"The file’s name has two endings, “.{earlier}” and “{ending}”. Check that it is "
                "the file you mean, give it one ending, and choose it again"
            )
