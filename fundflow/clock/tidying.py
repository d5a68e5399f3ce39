"""Rows that have served their purpose, and stored bytes that no row knows."""

import logging
from datetime import datetime, timedelta

from flask import current_app
from obstore.exceptions import BaseError
from sqlalchemy import ColumnElement, and_, delete, or_, select

from fundflow.extensions import db
from fundflow.files import files
from fundflow.files.named import NAMING, is_kept
from fundflow.models.kept_typing import KeptTyping
from fundflow.models.pdf import Pdf, PdfState
from fundflow.models.person import OneTimeLink, SignInAttempt

KEEP_ATTEMPTS = timedelta(days=1)
KEEP_TYPING = timedelta(days=90)
KEEP_ENDED_LINKS = timedelta(days=90)
KEEP_PDFS = timedelta(days=14)  # after somebody last wanted them
KEEP_LACKING_PDFS = timedelta(days=1)  # failed, or without some letters: tried afresh when asked for
KEEP_STRAY_FILES = timedelta(days=1)  # an upload that is under way has no row yet
LOOK_FOR_STRAY_FILES = timedelta(hours=6)

log = logging.getLogger(__name__)


def tidy(now: datetime) -> None:
    """Forget counted sign-in attempts after a day, PDFs that nobody wants any more after 14, and typing
    that nobody saved and one-time links that ended after 90 days."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEEP_ATTEMPTS))
    db.session.execute(delete(KeptTyping).where(KeptTyping.kept_at < now - KEEP_TYPING))
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEEP_ENDED_LINKS))
    db.session.execute(delete(Pdf).where(_pdfs_to_forget(now)))
    db.session.commit()
    looked = current_app.extensions.get("fundflow_files_tidied")
    if looked is None or now - looked >= LOOK_FOR_STRAY_FILES:
        current_app.extensions["fundflow_files_tidied"] = now
        tidy_files(now)


def _pdfs_to_forget(now: datetime) -> ColumnElement[bool]:
    """Rows alone: their bytes are stray files from then on."""
    before = now - KEEP_LACKING_PDFS
    return or_(
        Pdf.asked_at < now - KEEP_PDFS,
        and_(Pdf.state == PdfState.FAILED, Pdf.due < before),
        and_(Pdf.lost != "", Pdf.made_at < before),
    )


def tidy_files(now: datetime) -> int:
    """Delete what was stored and then not kept; returns how many. A store that is out of reach is
    asked again another time."""
    deleted = 0
    try:
        for keys in files().keys_from_before(now - KEEP_STRAY_FILES):
            known = {
                key
                for table in NAMING
                for key in db.session.scalars(
                    select(table.store_key).where(table.store_key.in_(keys), is_kept(table))
                )
            }
            db.session.commit()
            for key in set(keys) - known:
                files().delete(key)
                deleted += 1
    except (BaseError, OSError):
        log.exception("The store for files can’t be tidied")
    return deleted
