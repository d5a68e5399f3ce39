"""The council's colour and logo, in the header of every page; kept for a minute."""

from typing import NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.installation import Brand
from fundflow.web.kept import Kept


class Shown(NamedTuple):
    """What a header shows: empty texts and None where it is the service's own."""

    colour: str = ""
    sha256: str | None = None  # of the logo
    alt_text: str = ""
    width: int | None = None
    height: int | None = None


def in_force() -> Shown:
    """The version with the highest number."""
    return _kept.value()


def forget() -> None:
    """It has changed."""
    _kept.forget()


def shown(brand: Brand) -> Shown:
    """A version, as a header would show it."""
    return Shown(brand.colour, brand.sha256, brand.alt_text, brand.width, brand.height)


def _read() -> Shown:
    found = db.session.execute(
        select(Brand.colour, Brand.sha256, Brand.alt_text, Brand.width, Brand.height)
        .where(Brand.number.is_not(None))
        .order_by(Brand.number.desc())
        .limit(1)
    ).first()
    return Shown(*found) if found else Shown()


_kept = Kept("brand", _read, Shown())
