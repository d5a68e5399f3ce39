"""Each record in its own transaction: one that fails stops none of the others."""

import logging
from collections.abc import Callable, Iterable

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from fundflow.extensions import db
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused

log = logging.getLogger(__name__)

# What another worker, or a person on a page, did a moment earlier: nothing is left to do.
OVERTAKEN = (Refused, Stale, AlreadyTaken, StaleDataError, IntegrityError)


def one_by_one(numbers: Iterable[int], act: Callable[[int], int]) -> int:
    """Call `act` with each id and commit; returns the sum of what it answers.

    A refusal, or somebody else having been quicker, counts as nothing done. Another error is
    logged, and the next record has its turn; a database that is gone is the caller's to handle.
    """
    done = 0
    for number in numbers:
        try:
            count = act(number)
            db.session.commit()
            done += count
        except OVERTAKEN:
            db.session.rollback()
        except OperationalError:
            db.session.rollback()
            raise
        except Exception:
            db.session.rollback()
            log.exception("%r failed for number %s", act, number)
    return done
