"""The drawings of `macros/charts.html` as PNG, for files that take no SVG: Word.

It knows what those macros write: rectangles, lines, circles and words, with attributes alone.
"""

import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from defusedxml.ElementTree import fromstring
from PIL import Image, ImageDraw, ImageFont

UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML has no way to write these
SCALE = 3  # points a unit: sharp on paper at 11 cm
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
FONTS = {"normal": "DejaVuSans.ttf", "bold": "DejaVuSans-Bold.ttf"}  # those that PDFs are written with


def png_of(svg: str) -> bytes:
    """The picture of one `<svg>` on white. Raises ValueError for an element that it does not know."""
    root = fromstring(UNREADABLE.sub("", svg))
    size = (_number(root.attrib, "width"), _number(root.attrib, "height"))
    image = Image.new("RGB", (round(size[0]), round(size[1])), "#ffffff")
    pencil = ImageDraw.Draw(image)
    for element in root:
        attributes = {**root.attrib, **element.attrib}
        if element.tag not in DRAW:
            raise ValueError(f"A drawing can’t hold <{element.tag}>.")
        DRAW[element.tag](pencil, attributes, element.text or "")
    few = image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)  # a fifth of the time
    few.putpalette([255 if part > 250 else part for part in few.getpalette() or ()])  # its white is 252
    kept = BytesIO()
    few.save(kept, "PNG")
    return kept.getvalue()


def _number(attributes: Mapping[str, str], name: str) -> float:
    return float(attributes.get(name, 0)) * SCALE


def _rect(pencil: Any, a: Mapping[str, str], _: str) -> None:
    x, y, width, height = (_number(a, name) for name in ("x", "y", "width", "height"))
    pencil.rectangle((x, y, x + width - 1, y + height - 1), **_paint(a))


def _line(pencil: Any, a: Mapping[str, str], _: str) -> None:
    ends = tuple(_number(a, name) for name in ("x1", "y1", "x2", "y2"))
    pencil.line(ends, fill=a["stroke"], width=round(_number(a, "stroke-width")))


def _circle(pencil: Any, a: Mapping[str, str], _: str) -> None:
    x, y, r = (_number(a, name) for name in ("cx", "cy", "r"))
    pencil.ellipse((x - r, y - r, x + r, y + r), **_paint(a))


def _text(pencil: Any, a: Mapping[str, str], words: str) -> None:
    font = _font(a.get("font-weight", "normal"), round(_number(a, "font-size")))
    place, anchor = (_number(a, "x"), _number(a, "y")), ANCHORS[a.get("text-anchor", "start")]
    pencil.text(place, words, fill=a["fill"], font=font, anchor=anchor)


def _paint(a: Mapping[str, str]) -> dict[str, Any]:
    return {"fill": a["fill"], "outline": a.get("stroke"), "width": round(_number(a, "stroke-width"))}


DRAW = {"rect": _rect, "line": _line, "circle": _circle, "text": _text}


@cache
def _font(weight: str, size: int) -> Any:
    """Pillow brings a font of its own, without all letters, for a machine that has not the one for PDFs."""
    try:
        return ImageFont.truetype(FONTS[weight], size)
    except OSError:
        return ImageFont.load_default(size)
