"""Run as a script by itself, with a PDF on stdin: says what a reader would carry out or unpack.

It answers “fine”, “harmful”, “locked” or “damaged”. A process of its own, with limits, because objects
inside streams unpack to whatever their sender wishes, and read by a library written in C++.
"""

import io
import resource
import sys
from collections.abc import Iterator
from typing import Any

MOST_MEMORY = 1024 * 1024 * 1024  # bytes
MOST_SECONDS = 20
HARMFUL = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/GoToE",
    "/ImportData",
    "/RichMedia",
    "/SubmitForm",
    "/XFA",
}


def main() -> str:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            found = any(name in HARMFUL for held in pdf.objects for name in names(held))
    except pikepdf.PasswordError:
        return "locked"
    except (pikepdf.PdfError, RuntimeError, ValueError, RecursionError, MemoryError):
        return "damaged"
    return "harmful" if found else "fine"


def names(held: Any) -> Iterator[str]:
    """Every name in an object and in what stands directly in it, decoded: `/J#61vaScript` is one of them."""
    import pikepdf

    if isinstance(held, pikepdf.Stream):
        held = held.stream_dict
    if isinstance(held, pikepdf.Name):
        yield str(held)
    elif isinstance(held, pikepdf.Dictionary):
        yield from held.keys()
        yield from _inside(held.values())
    elif isinstance(held, pikepdf.Array):
        yield from _inside(held)


def _inside(values: Any) -> Iterator[str]:
    import pikepdf

    for value in values:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:  # those that are come by themselves
            yield from names(value)


if __name__ == "__main__":
    sys.stdout.write(main())
