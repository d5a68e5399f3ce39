"""The fund's library of measures."""

from datetime import datetime
from decimal import Decimal

from fundflow.extensions import db
from fundflow.funds.operations.common import lock_fund
from fundflow.history import record_event
from fundflow.models.fund import Fund
from fundflow.models.measure import Better, Measure
from fundflow.models.person import User
from fundflow.names import searchable
from fundflow.workflow.engine import Refused


def add_measure(
    fund: Fund,
    *,
    name: str,
    unit: str,
    better: Better,
    method: str,
    source: str = "",
    least: Decimal | None = None,
    greatest: Decimal | None = None,
    version: int,
    user: User,
    now: datetime,
) -> None:
    """A measure that outcomes may pick from now on.

    Raises Refused where the fund has one of that name, also a retired one: outcomes keep it as it was.
    """
    lock_fund(fund, version, user, now)
    known = next((one for one in fund.measures if searchable(one.name) == searchable(name)), None)
    if known:
        raise Refused(f"{fund.name} already has the measure “{known.name}”. Give this one another name.")
    kept = {"unit": unit, "better": better, "method": method, "source": source}
    db.session.add(Measure(fund=fund, name=name, least=least, greatest=greatest, **kept))
    record_event(fund, "add_measure", f"{name} ({unit}) is a measure of the fund", user=user, now=now)
    db.session.commit()
