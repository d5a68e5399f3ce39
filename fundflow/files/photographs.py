"""Is a photograph whole, and what to keep of it: the picture, without where and when it was taken."""

from fundflow.files.apart import answer_of
from fundflow.files.unfit import Unfit
from fundflow.models.files import FileKind

BEGINS = {b"\xff\xd8\xff": FileKind.JPEG, b"\x89PNG\r\n\x1a\n": FileKind.PNG}
DAMAGED = "The picture is damaged or incomplete. Save it again, then choose it again"
LARGE = "The picture has more than 60 million pixels. Make it smaller, then choose it again"


def kind_of(data: bytes) -> FileKind | None:
    """What kind of photograph it begins as, if it does."""
    return next((kind for begins, kind in BEGINS.items() if data.startswith(begins)), None)


def cleaned(data: bytes) -> bytes:
    """The picture written again: what isn’t picture is gone. Raises Unfit where it can’t be read."""
    answer = answer_of("photograph_reader.py", data)
    if answer == b"large":
        raise Unfit(LARGE)
    if kind_of(answer) is not kind_of(data):
        raise Unfit(DAMAGED)
    return answer
