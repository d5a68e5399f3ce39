"""Setting a fund up, its settings and its money. Amounts are pence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from fundflow import ledger
from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund, may_change
from fundflow.history import plain, record_event
from fundflow.models.fund import Allocation, Fund
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.school import SchoolKind
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.rules.concerns import why_no_floors
from fundflow.rules.invoices import why_invoiced
from fundflow.workflow.engine import Refused, refuse_if

NEW_FUND = 0  # no fund has this number: only an administrator of every fund holds for it


def create_fund(
    *, name: str, council: str, la_code: str, prefix: str, user: User | None, now: datetime
) -> Fund:
    """A fund with the default settings; Refused where the prefix is another fund's."""
    may_change(NEW_FUND, user, now)
    if db.session.scalar(select(Fund.id).where(Fund.prefix == prefix)):
        raise Refused(f"Another fund’s references begin with {prefix}. Choose other letters.")
    fund = Fund(name=name, council=council, la_code=la_code, prefix=prefix)
    db.session.add(fund)
    db.session.flush()  # the history entry needs the fund's number
    record_event(fund, "create", f"{name} was set up", user=user, now=now)
    db.session.commit()
    return fund


def change_settings(
    fund: Fund, settings: Mapping[str, Any], *, version: int, user: User, now: datetime
) -> None:
    """Change settings, by column; what they were and are goes into the history. May raise Stale, and Refused
    where a claim with an invoice would be paid without it. May raise ProofWanted where it changes who must
    show that it is them.
    """
    lock_fund(fund, version, user, now)
    journals = settings.get("journals_maintained", fund.journals_maintained)
    pays_by = settings.get("pays_by", fund.pays_by)
    refuse_if(why_invoiced(fund, pays_by, journals_maintained=journals))
    refuse_if(why_no_floors(fund, settings.get("concern_floors", "")))
    changed = {
        key: [plain(getattr(fund, key)), plain(value)]
        for key, value in settings.items()
        if getattr(fund, key) != value
    }
    if "code_roles" in changed or "single_sign_on_roles" in changed:  # who could end it needs no proof
        require_proof(user, ProofFor.APPOINTMENTS, now)
    for key in changed:
        setattr(fund, key, settings[key])
    if changed:
        record_event(fund, "change_settings", "Settings changed", user=user, now=now, given=changed)
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
    cost_centre: str = "",
    subjective: str = "",
) -> Allocation:
    """Put money into the fund through a new allocation line. May raise Stale.

    cost_centre, subjective  which what it pays is charged to
    """
    lock_fund(fund, version, user, now)
    line = Allocation(
        fund_id=fund.id,
        source=source,
        minute_reference=minute_reference,
        financial_year=financial_year,
        pays=[kind.value for kind in pays],
        carries_forward=carries_forward,
        cost_centre=cost_centre,
        subjective=subjective,
    )
    db.session.add(line)
    db.session.flush()  # the ledger entry points at the line
    ledger.allocate(line, pence, user=user, now=now)
    record_event(
        fund, "allocate", f"{pounds(pence)} allocated: {source}, {minute_reference}", user=user, now=now
    )
    db.session.commit()
    return line


def cut_allocation(
    line: Allocation, *, pence: int, minute: str, version: int, user: User, now: datetime
) -> None:
    """Take money out of a line, as minuted. What is free may become negative; what was allocated
    may not. Raises Refused and Stale.
    """
    fund = line.fund
    lock_fund(fund, version, user, now)
    left = ledger.by_line(fund.id)[line.id].allocated
    if pence > left:
        raise Refused(f"This line holds {pounds(left)}: no more than that can be cut.")
    ledger.cut(line, pence, user=user, now=now, minute=minute)
    record_event(fund, "cut", f"{pounds(pence)} cut: {line.source}, {minute}", user=user, now=now)
    db.session.commit()
