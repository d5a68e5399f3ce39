"""Colours as people write them, and whether white text can be read on one (WCAG 2.2, 1.4.3)."""

import re

LEAST_CONTRAST = 4.5  # of text in its usual size
NO_COLOUR = "Enter a colour as # and six digits or letters from A to F, like #0b4f4a"


def colour_of(typed: str) -> str | None:
    """“#1d70b8” for “1D70B8”, and “#aabbcc” for “#abc”; None where it is no colour."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", typed.strip().lower(), re.ASCII)
    if found is None:
        return None
    digits = found[1]
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def contrast_with_white(colour: str) -> float:
    """From 1 (white itself) to 21 (black), as WCAG counts it."""
    red, green, blue = (_linear(part / 255) for part in parts(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def why_not_readable(colour: str) -> str | None:
    """Why a colour can't lie behind white text; None where it can."""
    contrast = contrast_with_white(colour)
    if contrast >= LEAST_CONTRAST:
        return None
    shown = int(contrast * 100) / 100  # never rounded up to what is asked for
    return (
        f"White text on this colour is too hard to read: its contrast is {shown:.2f} to 1, "
        f"and at least {LEAST_CONTRAST} to 1 is needed. Choose a darker colour"
    )


def lighter(colour: str) -> str:
    """Half way to white."""
    return "#" + "".join(f"{(part + 255) // 2:02x}" for part in parts(colour))


def parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of “#rrggbb”, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
