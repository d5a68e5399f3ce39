"""What administrators do to a fund. Amounts are pence; each act is noted in the fund's history.

`user` is None for the command line of the machine itself, which needs no permission.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.models.fund import Allocation, Fund, Priority, Round
from fundflow.models.history import HistoryEntry
from fundflow.models.money import pounds
from fundflow.models.person import RoleName, User
from fundflow.models.school import SchoolKind
from fundflow.permissions import roles_for
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date

NEW_FUND = 0  # no fund has this number: only an administrator of every fund holds for it


def create_fund(
    *, name: str, council: str, la_code: str, prefix: str, user: User | None, now: datetime
) -> Fund:
    """A fund with the default settings; Refused where the prefix is another fund's."""
    _may_change(NEW_FUND, user, now)
    if db.session.scalar(select(Fund.id).where(Fund.prefix == prefix)):
        raise Refused(f"Another fund’s references begin with {prefix}. Choose other letters.")
    fund = Fund(name=name, council=council, la_code=la_code, prefix=prefix)
    db.session.add(fund)
    db.session.flush()  # the history entry needs the fund's number
    _note(fund, "create", f"{name} was set up", user, now)
    db.session.commit()
    return fund


def change_settings(
    fund: Fund, settings: Mapping[str, Any], *, version: int, user: User, now: datetime
) -> None:
    """Change settings, by column; what they were and are goes into the history. May raise Stale."""
    _hold(fund, version, user, now)
    changed = {key: [_plain(getattr(fund, key)), _plain(value)]
               for key, value in settings.items() if getattr(fund, key) != value}  # fmt: skip
    for key in changed:
        setattr(fund, key, settings[key])
    if changed:
        _note(fund, "change_settings", "Settings changed", user, now, given=changed)
    db.session.commit()


def add_allocation(
    fund: Fund,
    *,
    source: str,
    minute_reference: str,
    financial_year: int,
    pays: list[SchoolKind],
    carries_forward: bool,
    pence: int,
    version: int | None,
    user: User | None,
    now: datetime,
) -> Allocation:
    """Put money into the fund through a new allocation line. May raise Stale."""
    _hold(fund, version, user, now)
    line = Allocation(
        fund_id=fund.id, source=source, minute_reference=minute_reference,
        financial_year=financial_year, pays=[kind.value for kind in pays],
        carries_forward=carries_forward,
    )  # fmt: skip
    db.session.add(line)
    db.session.flush()  # the ledger entry points at the line
    ledger.allocate(line, pence, user=user, now=now)
    _note(fund, "allocate", f"{pounds(pence)} allocated: {source}, {minute_reference}", user, now)
    db.session.commit()
    return line


def cut_allocation(
    line: Allocation, *, pence: int, minute: str, version: int, user: User, now: datetime
) -> None:
    """Take money out of a line, as minuted. What is free may become negative; what was allocated
    may not. Raises Refused and Stale.
    """
    fund = line.fund
    _hold(fund, version, user, now)
    left = ledger.by_line(fund.id)[line.id].allocated
    if pence > left:
        raise Refused(f"This line holds {pounds(left)}: no more than that can be cut.")
    ledger.cut(line, pence, user=user, now=now, minute=minute)
    _note(fund, "cut", f"{pounds(pence)} cut: {line.source}, {minute}", user, now)
    db.session.commit()


def add_round(
    fund: Fund,
    *,
    name: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    guidance: str,
    version: int,
    user: User,
    now: datetime,
) -> Round:
    """A new time to bid; rolling where it has no moments. May raise Stale."""
    _hold(fund, version, user, now)
    new = Round(fund=fund, name=name, opens_at=opens_at, closes_at=closes_at, guidance=guidance)
    db.session.add(new)
    _note(fund, "add_round", f"{name} was added", user, now)
    db.session.commit()
    return new


def change_round(
    round_: Round,
    *,
    name: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    guidance: str,
    version: int,
    user: User,
    now: datetime,
) -> None:
    """Correct a round, or move its moments. May raise Stale."""
    _hold(round_.fund, version, user, now)
    moments = [_plain(at) for at in (round_.opens_at, round_.closes_at, opens_at, closes_at)]
    round_.name, round_.guidance = name, guidance
    round_.opens_at, round_.closes_at = opens_at, closes_at
    _note(round_.fund, "change_round", f"{name} was changed", user, now,
          given={"moments before and after": moments})  # fmt: skip
    db.session.commit()


def add_priority(round_: Round, *, title: str, version: int, user: User, now: datetime) -> None:
    """A priority schools may bid for in a round; Refused where the round has it. May raise Stale."""
    _hold(round_.fund, version, user, now)
    if any(priority.title.casefold() == title.casefold() for priority in round_.priorities):
        raise Refused(f"{round_.name} already has the priority “{title}”.")
    db.session.add(Priority(round=round_, title=title))
    _note(round_.fund, "add_priority", f"{title} became a priority of {round_.name}", user, now)
    db.session.commit()


def _hold(fund: Fund, version: int | None, user: User | None, now: datetime) -> None:
    """Lock the fund, ask whether this person may change it and compare the page's version."""
    ledger.lock_fund(fund.id)
    _may_change(fund.id, user, now)
    if version is not None and version != fund.version:
        raise Stale
    fund.version += 1


def _may_change(fund_id: int, user: User | None, now: datetime) -> None:
    if user is None:
        return
    held = roles_for(user, fund_id, london_date(now))
    if not user.active or RoleName.ADMINISTRATOR not in held:
        raise Refused("Only an administrator of this fund can change it.")


def _note(
    fund: Fund, act: str, label: str, user: User | None, now: datetime,
    given: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    db.session.add(HistoryEntry(
        process="fund", record_id=fund.id, step=act, label=label[:200], from_state="", to_state="",
        user_id=user.id if user else None, actor_name=user.name if user else "The command line",
        at=now, given=given or {},
    ))  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value
