"""The PDFs that were ordered are made: claimed one by one, drawn by the press, stored, and noted.

Claiming is one statement with a lease, so that any number of workers share the work and none makes what
another is making. No transaction is open while the press works. What fails is tried again later.
"""

import hashlib
import json
import logging
import os
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from types import TracebackType
from typing import Any

from flask import current_app
from sqlalchemy import delete, exists, select, update

from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.pdf import Pdf, PdfState
from fundflow.pdfs.lost_letters import in_words
from fundflow.workflow.engine import Refused

log = logging.getLogger(__name__)

# How long after each failed attempt the next one comes; after the last, the PDF has failed.
DELAYS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
MOST_ATTEMPTS = len(DELAYS) + 1
LEASE = timedelta(minutes=5)
PARTS_WAIT = timedelta(seconds=3)  # until a PDF is looked at again whose parts are not made
BATCH_SECONDS = 20  # for which one child is kept
PATIENCE = 40  # seconds for one page
NOTE_PLACE = "<!-- letters without a font -->"  # where a page begins by saying which letters it lacks

COLUMNS = (Pdf.id, Pdf.key, Pdf.page, Pdf.parts, Pdf.instead, Pdf.attempts)
Claimed = Any  # a row of COLUMNS


class NotMade(Exception):
    """Why a page could not be drawn."""


class PartsMissing(Exception):
    """Parts are not made yet; says why not, where one failed, and when that is tried again."""

    def __init__(self, why: str, until: datetime | None) -> None:
        super().__init__(why)
        self.until = until


def draw(now: datetime) -> int:
    """Make PDFs that are due, for some seconds; returns how many were made. Commits."""
    done, ends = 0, time.monotonic() + BATCH_SECONDS
    with Press() as press:
        while time.monotonic() < ends and (claimed := _claim(now)):
            done += _attempt(press, claimed, now)
    return done


def _claim(now: datetime) -> Claimed | None:
    due = (Pdf.state == PdfState.WAITING, Pdf.due <= now)
    claimed = None
    if db.session.scalar(select(exists().where(*due))):  # else nobody waits for SQLite's one writer
        chosen = select(Pdf.id).where(*due).order_by(Pdf.due, Pdf.id).limit(1)
        claimed = db.session.execute(
            update(Pdf)
            .where(Pdf.id.in_(chosen.with_for_update(skip_locked=True)))
            .values(due=now + LEASE, attempts=Pdf.attempts + 1)
            .returning(*COLUMNS),
            execution_options={"synchronize_session": False},
        ).one_or_none()
    db.session.commit()
    return claimed


def _attempt(press: "Press", claimed: Claimed, now: datetime) -> bool:
    try:
        if claimed.attempts > MOST_ATTEMPTS:  # only where workers died at it, again and again
            raise NotMade("Given up: no attempt ever ended.")
        _make(press, claimed, now)
    except PartsMissing as missing:
        due = max(now + PARTS_WAIT, missing.until or now)
        _note(claimed, due=due, attempts=claimed.attempts - 1, last_error=str(missing)[:500])
        return False
    except Exception as error:  # whatever is wrong with this one must not stop the next
        db.session.rollback()
        _note_failure(claimed, error, now)
        return False
    return True


def _make(press: "Press", claimed: Claimed, now: datetime) -> None:
    with TemporaryDirectory(prefix="fundflow-pdf-") as folder:
        parts, lost = _fetched(claimed, Path(folder))
        into = Path(folder) / "made.pdf"
        made = press.make(_noted(claimed, lost), parts, into)
        more = lost | set(made["lost"])
        if more != lost and NOTE_PLACE in claimed.page:  # known only once the page is drawn
            made = press.make(_noted(claimed, more), parts, into)
        data = into.read_bytes()
    key = files().put(data)
    outcome = {
        "state": PdfState.MADE,
        "page": "",
        "last_error": "",
        "made_at": now,
        "store_key": key,
        "sha256": hashlib.sha256(data).hexdigest(),
        "pages": made["pages"],
        "lost": "".join(sorted(more)),
    }
    if not _note(claimed, **outcome):
        files().delete(key)


def _fetched(claimed: Claimed, folder: Path) -> tuple[list[tuple[str, str, int]], set[str]]:
    """The parts as files of this folder, and the letters they lack."""
    keys = [key for _, key in claimed.parts]
    known = {pdf.key: pdf for pdf in db.session.scalars(select(Pdf).where(Pdf.key.in_(keys)))}
    waiting = [known.get(key) for key in keys if key not in known or known[key].store_key is None]
    if waiting:
        failed = [(pdf.last_error, pdf.due) for pdf in waiting if pdf and pdf.last_error]
        db.session.commit()
        raise PartsMissing(failed[0][0] if failed else "", max((due for _, due in failed), default=None))
    wanted = [
        (name, known[key].store_key, known[key].sha256, known[key].pages) for name, key in claimed.parts
    ]
    lost = {letter for pdf in known.values() for letter in pdf.lost}
    db.session.commit()
    found = []
    for name, store_key, sha256, pages in wanted:
        path = folder / name
        try:
            with files().fetch(store_key or "", sha256 or "") as file:
                path.write_bytes(file.read())
        except Refused as gone:
            db.session.execute(delete(Pdf).where(Pdf.store_key == store_key))
            db.session.commit()
            raise NotMade(str(gone)) from gone
        found.append((name, str(path), pages or 0))
    return found, lost


def _noted(claimed: Claimed, lost: set[str]) -> str:
    """The page, beginning with a note where letters are lost."""
    page = str(claimed.page)
    if not lost:
        return page
    template = current_app.jinja_env.get_template("lost_letters.html")  # there is no request here
    note = template.render(letters=in_words(lost), instead=claimed.instead)
    return page.replace(NOTE_PLACE, note, 1)


def _note_failure(claimed: Claimed, error: Exception, now: datetime) -> None:
    why = str(error)[:500] or type(error).__name__
    log.warning("PDF %s of %s, attempt %s: %s", claimed.id, claimed.instead, claimed.attempts, why)
    if claimed.attempts >= MOST_ATTEMPTS:
        _note(claimed, state=PdfState.FAILED, last_error=why)
    else:
        _note(claimed, due=now + DELAYS[claimed.attempts - 1], last_error=why)


def _note(claimed: Claimed, **outcome: Any) -> bool:
    """Record what became of it, unless another worker has; returns whether it did."""
    noted = db.session.execute(
        update(Pdf)
        .where(Pdf.id == claimed.id, Pdf.state == PdfState.WAITING)
        .values(**outcome)
        .returning(Pdf.id),
        execution_options={"synchronize_session": False},
    ).all()
    db.session.commit()
    return bool(noted)


class Press:
    """`fundflow.pdfs.press` as a child, started at the first page; it ends with the block."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Press":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def make(self, page: str, parts: list[tuple[str, str, int]], into: Path) -> dict[str, Any]:
        """Write the PDF of a page; raises NotMade where it fails or takes too long."""
        job = {
            "page": page,
            "home": current_app.config["BASE_URL"],
            "static": current_app.static_folder,
            "parts": parts,
            "into": str(into),
        }
        answer = self._ask(json.dumps(job))
        if "error" in answer:
            raise NotMade(answer["error"])
        return answer

    def _ask(self, job: str) -> dict[str, Any]:
        child = self.child = self.child or _started()
        stdin, stdout = child.stdin, child.stdout
        if stdin is None or stdout is None:
            raise NotMade("The process that draws PDFs has no pipes.")
        patience = Timer(PATIENCE, child.kill)
        patience.start()
        try:
            stdin.write(f"{job}\n")
            stdin.flush()
            said = stdout.readline()
        except BrokenPipeError:
            said = ""
        finally:
            patience.cancel()
        if not said:
            self._end()
            raise NotMade("The process that draws PDFs ended before it was done.")
        answer: dict[str, Any] = json.loads(said)
        return answer

    def _end(self) -> None:
        if self.child is None:
            return
        with suppress(BrokenPipeError, subprocess.TimeoutExpired):
            self.child.communicate(timeout=5)
        self.child.kill()
        self.child.wait()
        self.child = None


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "fundflow.pdfs.press"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # WeasyPrint says there what it thinks of our style sheets
        text=True,
        encoding="utf-8",
        env={name: value for name, value in os.environ.items() if not name.startswith("FUNDFLOW_")},
    )
