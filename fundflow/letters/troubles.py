"""What keeps letters from going out: a silent worker, a queue that grows old, a mail server that refuses.

The worker notes here what the mail server says; pages, `/readyz/worker` and My work read it. The log
hears of each trouble once, when it begins, and once when it ends.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from fundflow.extensions import db
from fundflow.models.letter import Heartbeat, Letter, LetterStatus

log = logging.getLogger(__name__)

WORKER, MAIL = "worker", "mail"  # the names under which each has its heartbeat
SILENT = timedelta(seconds=60)  # a worker beats every five
OLD = timedelta(minutes=10)  # a letter that is due goes within seconds


class TroubleKind(Enum):
    WORKER = "worker"
    QUEUE = "queue"
    MAIL = "mail"


class Trouble(NamedTuple):
    """since: None where a worker has never run; said: the mail server's own words."""

    kind: TroubleKind
    since: datetime | None
    said: str = ""


_logged: set[TroubleKind] = set()  # by this process, and not over yet


def troubles(now: datetime) -> list[Trouble]:
    """What keeps letters from going out, in two queries; empty when all is well."""
    beats = {beat.name: beat for beat in db.session.scalars(select(Heartbeat))}
    oldest = db.session.scalar(select(func.min(Letter.due)).where(Letter.status == LetterStatus.QUEUED))
    found = []
    worker, mail = beats.get(WORKER), beats.get(MAIL)
    if worker is None or now - worker.at >= SILENT:
        found.append(Trouble(TroubleKind.WORKER, worker.at if worker else None))
    if oldest is not None and now - oldest > OLD:
        found.append(Trouble(TroubleKind.QUEUE, oldest))
    if mail is not None and mail.trouble:
        found.append(Trouble(TroubleKind.MAIL, mail.since, mail.trouble))
    _log_changes(found)
    return found


def _log_changes(found: list[Trouble]) -> None:
    now = {trouble.kind for trouble in found}
    for trouble in found:
        if trouble.kind not in _logged:
            log.error("Letters are held up: %s, since %s", trouble.kind.value, trouble.since or "the start")
    for kind in _logged - now:
        log.info("Letters are no longer held up: %s", kind.value)
    _logged.clear()
    _logged.update(now)


def beat(now: datetime) -> int:
    """Say that this worker lives; commits."""
    heartbeat(WORKER, now).at = now
    db.session.commit()
    return 1


def note_refusal(said: str, now: datetime) -> None:
    """The mail server can’t be reached, or takes no letter at all; commits."""
    mail = heartbeat(MAIL, now)
    if not mail.trouble:
        log.warning("The mail server can’t be reached: %s", said)
        mail.since = now
    mail.at, mail.trouble = now, said
    db.session.commit()


def note_taken(now: datetime) -> None:
    """The mail server takes letters; commits."""
    mail = db.session.get(Heartbeat, MAIL, with_for_update=True)
    if mail is not None and mail.trouble:
        log.info("The mail server takes letters again.")
        mail.at, mail.trouble, mail.since = now, "", None
    db.session.commit()


def heartbeat(name: str, now: datetime) -> Heartbeat:
    """The heartbeat of this name, made where there is none, locked until the caller commits."""
    if (found := db.session.get(Heartbeat, name, with_for_update=True)) is not None:
        return found
    with suppress(IntegrityError), db.session.begin_nested():  # another worker may have been quicker
        db.session.add(Heartbeat(name=name, at=now))
    return db.session.get_one(Heartbeat, name, with_for_update=True)
