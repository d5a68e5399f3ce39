"""What a reader of the dashboard asks for: a fund they read, a time, some of its schools."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from fundflow.actors import roles_for
from fundflow.extensions import db
from fundflow.models.area import Patch, Tier
from fundflow.models.bid import Bid
from fundflow.models.fund import Allocation, Fund, year_words
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.models.round import Priority, Round
from fundflow.models.school import PHASES
from fundflow.permissions import in_funds
from fundflow.reports.cut import Cut
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.working_days import financial_year, london_date, year_ends

STAFF = (R.OFFICER, R.DEPUTY_OFFICER, R.IMPACT_OFFICER, R.FINANCE, R.AUDITOR, R.AUTHORISED_OFFICER)
READERS = (*STAFF, R.BOARD)
TIER_READERS = frozenset({R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR})
FILTERS = ("fund", "year", "phase", "patch", "priority", "tier")
Options = list[tuple[str, str]]


class Chosen(NamedTuple):
    """What is chosen, as the address says it; empty for all."""

    fund: str = ""
    year: str = ""
    phase: str = ""
    patch: str = ""
    priority: str = ""
    tier: str = ""


class Wanted(NamedTuple):
    """The cut that was asked for, and what may be chosen instead: (value, words).

    staff  whether the reader works for this fund: the board reads no name of a school and no tier
    tiers  empty for anyone who does not read them
    """

    cut: Cut
    staff: bool
    chosen: Chosen
    funds: Options
    years: Options
    phases: Options
    patches: Options
    priorities: Options
    tiers: Options

    @property
    def asked(self) -> dict[str, Any]:
        """What was chosen, for addresses."""
        return {name: value for name, value in self.chosen._asdict().items() if value}


def wanted(user: User, at: datetime, args: Mapping[str, str]) -> Wanted | None:
    """What this reader asks for, of what they may; what can't be read or chosen is left out. None where they
    read no fund. Five queries.

    Raises LookupError for a fund that is not theirs.
    """
    funds = db.session.scalars(
        select(Fund).where(in_funds(user, READERS, at, Fund.id)).order_by(Fund.id)
    ).all()
    if not funds:
        return None
    fund = _fund(list(funds), args.get("fund", ""))
    today = london_date(at)
    held = roles_for(user, fund.id, today)
    this = financial_year(today)
    years = range(this, min(_first_year(fund, this), this) - 1, -1)
    patches = db.session.scalars(select(Patch).order_by(Patch.name)).all()
    titles = db.session.scalars(
        select(Priority.title)
        .join(Round)
        .where(Round.fund_id == fund.id, ~Round.is_draft)
        .distinct()
        .order_by(Priority.title)
    ).all()
    found = Wanted(
        cut=Cut(fund, date.min, today),
        staff=bool(held & set(STAFF)),
        chosen=Chosen(),
        funds=[(str(one.id), one.name) for one in funds],
        years=[(str(year), year_words(year)) for year in years],
        phases=[(str(code), words) for code, words in PHASES.items()],
        patches=[(str(patch.id), patch.name) for patch in patches],
        priorities=[(title, title) for title in titles],
        tiers=[(str(tier.value), tier.words) for tier in Tier] if held & TIER_READERS else [],
    )
    chosen = Chosen(
        fund=str(fund.id) if args.get("fund") else "",
        **{
            name: value
            for name, options in (
                ("year", found.years),
                ("phase", found.phases),
                ("patch", found.patches),
                ("priority", found.priorities),
                ("tier", found.tiers),
            )
            if (value := args.get(name, "")) in {value for value, _ in options}
        },
    )
    start, end = year_ends(int(chosen.year)) if chosen.year else (year_ends(years[-1])[0], today)
    cut = Cut(
        fund,
        start,
        end,
        phase=int(chosen.phase) if chosen.phase else None,
        patch=next((patch for patch in patches if str(patch.id) == chosen.patch), None),
        priority=chosen.priority,
        tier=Tier(int(chosen.tier)) if chosen.tier else None,
        own=OwnBodies.of(user, today),
        staff=found.staff,
    )
    return found._replace(cut=cut, chosen=chosen)


def _first_year(fund: Fund, this: int) -> int:
    """The financial year of the fund's first allocation or bid; this one where it has neither."""
    allocated = select(func.min(Allocation.financial_year)).where(Allocation.fund_id == fund.id)
    sent = select(func.min(Bid.submitted_at)).where(Bid.fund_id == fund.id)
    year, at = db.session.execute(select(allocated.scalar_subquery(), sent.scalar_subquery())).one()
    return min(year or this, financial_year(london_date(at)) if at else this)


def _fund(funds: list[Fund], asked: str) -> Fund:
    if not asked:
        return funds[0]
    found = next((fund for fund in funds if str(fund.id) == asked), None)
    if found is None:
        raise LookupError(asked)
    return found
