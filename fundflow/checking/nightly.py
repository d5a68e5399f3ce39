"""Once a night the worker seals the chains and looks at everything; administrators read what it found."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from fundflow.chain.sealing import begin_and_seal
from fundflow.checking import everything_wrong
from fundflow.checking.seal_letters import write_seal_letters
from fundflow.extensions import db
from fundflow.models.night_check import NightCheck
from fundflow.workflow.working_days import LONDON

FROM_HOUR = 2  # in London: nobody is at work
KEPT = 50  # sentences of one night
KEEP_NIGHTS = timedelta(days=90)

log = logging.getLogger(__name__)


def check_by_night(now: datetime) -> int:
    """Seal the chains, write the week's seal to the auditors, and look at everything, once a night; returns
    how often it did (0 or 1). Commits."""
    local = now.astimezone(LONDON)
    if local.hour < FROM_HOUR or not _begin(now):
        return 0
    begin_and_seal(now)
    write_seal_letters(now)
    db.session.commit()
    count, found = 0, []
    for count, wrong in enumerate(everything_wrong(chains=True), 1):
        if count <= KEPT:
            found.append(wrong.sentence)
    night = db.session.get_one(NightCheck, local.date())
    night.count, night.found, night.ended_at = count, found, now
    db.session.execute(delete(NightCheck).where(NightCheck.night < local.date() - KEEP_NIGHTS))
    db.session.commit()
    if count:
        log.error("%s things are wrong with the data: run `fundflow check`", count)
    return 1


def last_look() -> NightCheck | None:
    """The latest look at all data that ended."""
    ended = select(NightCheck).where(NightCheck.ended_at.is_not(None))
    return db.session.scalar(ended.order_by(NightCheck.night.desc()).limit(1))


def _begin(now: datetime) -> bool:
    """Whether this worker is the first of tonight. Commits, so that others see it."""
    night = now.astimezone(LONDON).date()
    if db.session.get(NightCheck, night) is None:
        with suppress(IntegrityError):  # another worker may have been quicker
            with db.session.begin_nested():
                db.session.add(NightCheck(night=night, begun_at=now))
            db.session.commit()
            return True
    db.session.commit()
    return False
