"""Drawings as PNG: what the macros write stands in them, in its place."""

from io import BytesIO

import pytest
from PIL import Image

from fundflow.web import rasters
from fundflow.web.rasters import SCALE, png_of

SVG = '<svg width="40" height="30" font-size="14" fill="#0b0c0c">{}</svg>'


def picture(inside: str) -> Image.Image:
    return Image.open(BytesIO(png_of(SVG.format(inside)))).convert("RGB")


@pytest.mark.parametrize(
    ("inside", "at"),
    [
        ('<rect x="5" y="5" width="20" height="10" fill="#ff0000"></rect>', (6, 6)),
        ('<line x1="0" y1="20" x2="40" y2="20" stroke="#ff0000" stroke-width="4"></line>', (20, 20)),
        (
            '<circle cx="20" cy="15" r="5" fill="#ff0000" stroke="#000000" stroke-width="1"></circle>',
            (20, 15),
        ),
    ],
)
def test_each_mark_lies_where_it_is_drawn(inside: str, at: tuple[int, int]) -> None:
    drawn = picture(inside)
    assert drawn.size == (40 * SCALE, 30 * SCALE)
    assert drawn.getpixel((at[0] * SCALE, at[1] * SCALE)) == (255, 0, 0)
    assert drawn.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("fonts", [rasters.FONTS, dict.fromkeys(rasters.FONTS, "no-such-font.ttf")])
@pytest.mark.parametrize(("anchor", "side"), [("start", 0), ("end", 1)])
def test_words_are_written_on_their_side_also_without_the_font(
    monkeypatch: pytest.MonkeyPatch, fonts: dict[str, str], anchor: str, side: int
) -> None:
    monkeypatch.setattr(rasters, "FONTS", fonts)
    rasters._font.cache_clear()
    drawn = picture(f'<text x="20" y="20" text-anchor="{anchor}" font-weight="bold">\x0b£</text>').convert(
        "L"
    )
    rasters._font.cache_clear()
    halves = [drawn.crop((left, 0, left + 60, 90)).getextrema()[0] for left in (60, 0)]
    assert halves[side] < 60
    assert halves[1 - side] > 200


def test_what_is_not_known_is_never_left_out() -> None:
    with pytest.raises(ValueError, match="<path>"):
        png_of(SVG.format('<path d="M0 0"></path>'))
