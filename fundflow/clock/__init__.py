"""The clock: the timed steps, the reminders and the tidying, however many workers ask.

Every record has its own transaction, and every letter its unique key, so that a tick that is
repeated, or runs in two workers at once, changes nothing more.
"""

from datetime import datetime

from fundflow.clock.reminders import write_reminders
from fundflow.clock.tidying import tidy
from fundflow.clock.timed_steps import take_timed_steps

__all__ = ["tick"]


def tick(now: datetime) -> int:
    """Do all that is due now; returns how many steps were taken and reminders written."""
    done = take_timed_steps(now) + write_reminders(now)
    tidy(now)
    return done
