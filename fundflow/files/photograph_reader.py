"""Run as a script by itself, with a JPEG or PNG on stdin: writes the same picture, and nothing else of it.

It answers “large” or “damaged” instead where that is so. What cameras note (where, when, whose) and what
somebody hid before, in or after the picture is not written; which side is up and the colours’ profile are.
"""

import io
import resource
import sys
import warnings
from typing import Any

MOST_MEMORY = 1024 * 1024 * 1024  # bytes
MOST_SECONDS = 25
MOST_PIXELS = 60_000_000
ORIENTATION = 0x0112


def main() -> bytes:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    from PIL import Image

    warnings.simplefilter("ignore")
    try:
        with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return b"large"
            picture.load()  # to its end
            return written(picture)
    except Image.DecompressionBombError:
        return b"large"
    except (OSError, ValueError, SyntaxError, KeyError, IndexError, ArithmeticError, MemoryError):
        return b"damaged"


def written(picture: Any) -> bytes:
    """As it was compressed: a JPEG keeps its own tables, and so loses nothing that can be seen."""
    from PIL import Image, JpegImagePlugin

    side_up, out = picture.getexif().get(ORIENTATION), io.BytesIO()
    exif, options = Image.Exif(), dict[str, Any]()
    if side_up in range(2, 9):
        exif[ORIENTATION] = side_up
        options["exif"] = exif
    profile = picture.info.get("icc_profile")
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
        picture.save(out, "JPEG", icc_profile=profile, comment=b"", **options)
    else:
        picture.save(out, "PNG", icc_profile=profile, **options)
    return out.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(main())
