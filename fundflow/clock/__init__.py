"""The clock: the timed steps, the reminders and the tidying, however many workers ask.

Every record has its own transaction, and every letter its unique key, so that a tick that is
repeated, or runs in two workers at once, changes nothing more.
"""

import logging
from datetime import datetime

from fundflow.clock.reminder_letters import write_reminders
from fundflow.clock.tidying import tidy
from fundflow.clock.timed_steps import take_timed_steps
from fundflow.clock_jump import jumped_since, tell_administrators, ticked
from fundflow.extensions import db

__all__ = ["tick"]

log = logging.getLogger(__name__)


def tick(now: datetime) -> int:
    """Do all that is due now; returns how many steps were taken and reminders written.

    Nothing is done by a clock that has jumped: administrators are asked whether it is right.
    """
    last = jumped_since(now)
    if last is not None:
        if tell_administrators(last, now):
            log.error("The clock jumped from %s to %s: timed steps wait for an administrator", last, now)
        return 0
    ticked(now)
    db.session.commit()
    done = take_timed_steps(now) + write_reminders(now)
    tidy(now)
    return done
