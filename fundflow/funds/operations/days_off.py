"""Days on which a fund's clocks stand still: closures of the council, school holidays."""

from collections.abc import Collection
from datetime import datetime

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import record_event
from fundflow.models.days_off import DaysOff
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused

MOST = 300


def add_days_off(
    fund: Fund,
    wanted: Collection[DaysOff],
    *,
    version: int,
    user: User,
    now: datetime,
    label: str = "Days off",
) -> list[DaysOff]:
    """Enter times off and return those that are new. Dates that people were told do not change.

    label  what the fund's log of changes calls them
    Raises Refused where all are there already, or where there would be too many, and Stale.
    """
    lock_fund(fund, version, user, now)
    new = [one for one in dict.fromkeys(wanted) if one not in fund.times_off]
    if not new:
        raise Refused("These days are entered already.")
    if len(fund.days_off) + len(new) > MOST:
        raise Refused(f"A fund can have {MOST} times off. Remove those that are long past first.")
    _keep(fund, [*fund.times_off, *new], "add_days_off", f"{label}: {_words(new)}", user, now)
    return new


def copy_days_off(fund: Fund, other: Fund, *, version: int, user: User, now: datetime) -> list[DaysOff]:
    """Enter what another fund has and this one does not. May raise Refused and Stale."""
    label = f"Days off copied from {other.name}"
    return add_days_off(fund, other.times_off, version=version, user=user, now=now, label=label)


def new_from(other: Fund, fund: Fund) -> list[DaysOff]:
    """The times off that a fund has and this one does not."""
    return [one for one in other.times_off if one not in fund.times_off]


def remove_days_off(
    fund: Fund, gone: Collection[DaysOff], *, version: int, user: User, now: datetime
) -> None:
    """Take times off out again. May raise Stale."""
    lock_fund(fund, version, user, now)
    kept = [one for one in fund.times_off if one not in gone]
    _keep(fund, kept, "remove_days_off", f"No longer days off: {_words(list(gone))}", user, now)


def _keep(fund: Fund, rows: list[DaysOff], step: str, label: str, user: User, now: datetime) -> None:
    fund.days_off = [one.to_store() for one in rows]
    record_event(fund, step, label, user=user, now=now, facts={"days_off": fund.days_off})
    db.session.commit()


def _words(rows: list[DaysOff]) -> str:
    """“Christmas, 24 December 2026 to 1 January 2027, and 3 more”."""
    first = min(rows, key=lambda one: one[:3])
    until = "" if first.first == first.last else f" to {day_words(first.last)}"
    more = f", and {len(rows) - 1} more" if len(rows) > 1 else ""
    return f"{first.name}, {day_words(first.first)}{until}{more}"
