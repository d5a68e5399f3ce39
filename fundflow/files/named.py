"""Which rows name a file in the store; any other file there is one that nobody kept."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, select

from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.installation import Brand
from fundflow.models.pdf import Pdf
from fundflow.models.survey import SurveyDocument

Naming = type[Attachment] | type[Brand] | type[Pdf] | type[SurveyDocument]
NAMING: tuple[Naming, ...] = (Attachment, Brand, Pdf, SurveyDocument)


def is_kept(table: Naming) -> ColumnElement[bool]:
    """Whether the file that a row names is to be there: those of removed bids went."""
    if table is Attachment:
        return ~exists().where(Bid.id == Attachment.bid_id, Bid.removed_at.is_not(None))
    return table.store_key.is_not(None)


class Named(NamedTuple):
    """A file as a row names it: its key in the store, and the SHA-256 of its bytes."""

    key: str
    sha256: str


def named(on: Any) -> list[Named]:
    """Every file that a row names, once, on this session or connection."""
    queries = (select(table.store_key, table.sha256).where(is_kept(table)).distinct() for table in NAMING)
    return [Named(*row) for query in queries for row in on.execute(query)]
