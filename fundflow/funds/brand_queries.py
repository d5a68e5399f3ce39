"""Versions of the council's colour and logo."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.installation import Brand
from fundflow.web.paging import Page, newest_first, page_of

PAGE = 25


def draft() -> Brand | None:
    """What an administrator prepared, and nobody put in force."""
    query = select(Brand).where(Brand.number.is_(None)).options(joinedload(Brand.made_by))
    return db.session.scalars(query.order_by(Brand.id.desc()).limit(1)).first()


def in_force() -> Brand | None:
    """The version with the highest number, if there is any."""
    query = select(Brand).where(Brand.number.is_not(None))
    return db.session.scalars(query.order_by(Brand.number.desc()).limit(1)).first()


def latest() -> Brand | None:
    """The draft, else the version in force."""
    return draft() or in_force()


def versions(after: int | None = None) -> Page[Brand]:
    """A page of those that were put in force, the newest first."""
    query = select(Brand).where(Brand.number.is_not(None)).options(joinedload(Brand.put_by))
    return page_of(newest_first(query, Brand.number, after), PAGE, "number")


def with_logo(sha256: str) -> Brand | None:
    """A version with this logo, in force or not."""
    return db.session.scalars(select(Brand).where(Brand.sha256 == sha256).limit(1)).first()
