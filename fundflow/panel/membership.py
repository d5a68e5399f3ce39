"""Who is on a panel: places filled and vacant, substitutes, terms that end, and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import SCHOOL_SECTORS, RoleName, Seat, SeatPosition, Sector, User
from fundflow.permissions import in_funds
from fundflow.rules.panel.sitting import quorum_needed
from fundflow.workflow.panel_rules import Rules

SOON = timedelta(days=60)
MOST_PAST = 50
READ_PANEL = (
    RoleName.CLERK,
    RoleName.OFFICER,
    RoleName.DEPUTY_OFFICER,
    RoleName.AUDITOR,
    RoleName.AUTHORISED_OFFICER,
    RoleName.ADMINISTRATOR,
    RoleName.REVIEWING_MANAGER,
)


@dataclass(frozen=True, slots=True)
class Places:
    """A sector's seats: those filled, with their substitutes, and how many are to fill.

    wanted  None where the rules don't say
    """

    sector: Sector
    wanted: int | None
    seats: Sequence[Seat]

    @property
    def vacant(self) -> int:
        return max((self.wanted or 0) - len(self.seats), 0)


@dataclass(frozen=True, slots=True)
class Panel:
    """A fund's panel on a day."""

    fund: Fund
    rules: Rules
    day: date
    sitting: Sequence[Seat]  # who sits today, substitutes too
    coming: Sequence[Seat]
    past: Sequence[Seat]  # the latest, up to MOST_PAST

    @property
    def seats(self) -> list[Seat]:
        """The seats of their own, chair and deputy first."""
        own = [seat for seat in self.sitting if seat.stands_in_for_id is None]
        order = list(SeatPosition)
        return sorted(own, key=lambda seat: (order.index(seat.position), seat.id))

    @property
    def places(self) -> list[Places]:
        """By sector, those without seats and without places left out."""
        known = bool(self.rules.places)
        rows = [
            Places(
                sector,
                self.rules.places.get(sector.value, 0) if known else None,
                [seat for seat in self.seats if seat.sector is sector],
            )
            for sector in Sector
        ]
        return [row for row in rows if row.seats or row.wanted]

    def substitutes(self, seat: Seat) -> list[Seat]:
        return [other for other in self.sitting if other.stands_in_for_id == seat.id]

    @property
    def lone_substitutes(self) -> list[Seat]:
        """Those whose seat has ended: nobody is there for whom they could stand in."""
        ids = {seat.id for seat in self.seats}
        return [seat for seat in self.sitting if seat.stands_in_for_id and seat.stands_in_for_id not in ids]

    def ends_soon(self, seat: Seat) -> bool:
        return seat.ends_on is not None and self.day <= seat.ends_on <= self.day + SOON

    @property
    def needed(self) -> int:
        return quorum_needed(len(self.seats), self.rules.quorum_least, self.rules.quorum_percent)

    @property
    def warnings(self) -> list[str]:
        """What keeps the panel from deciding, or soon may, each as a sentence."""
        return [*self._about_chairs(), *self._about_quorum()]

    def _about_chairs(self) -> list[str]:
        held = [seat.position for seat in self.seats if seat.user.active]
        said = []
        if SeatPosition.CHAIR not in held:
            said.append("The panel has no chair.")
        if SeatPosition.DEPUTY not in held:
            said.append(
                "The panel has no deputy chair. Nobody can chair an item when the chair is barred or away."
            )
        if held.count(SeatPosition.CHAIR) > 1:
            said.append("The panel has more than one chair. End the seat of all but one.")
        return said

    def _about_quorum(self) -> list[str]:
        active = [seat for seat in self.sitting if seat.user.active]
        own = sum(seat.stands_in_for_id is None for seat in active)
        sectors = {seat.sector for seat in active}
        said = []
        if own < self.needed:
            said.append(
                f"No quorum can be reached: it takes {self.needed} members, and there "
                f"{'is' if own == 1 else 'are'} {own}."
            )
        if not sectors & SCHOOL_SECTORS:
            said.append("No quorum can be reached: nobody speaks for primary, secondary or special schools.")
        if Sector.LA not in sectors:
            said.append("No quorum can be reached: nobody speaks for the local authority.")
        return said


def funds_read(user: User, now: datetime) -> Sequence[Fund]:
    """The funds whose panels this person may read about."""
    if not user.active:
        return []
    mine = in_funds(user, READ_PANEL, now, Fund.id, seats=True)
    return db.session.scalars(select(Fund).where(mine).order_by(Fund.name, Fund.id)).all()


def panel_of(fund: Fund, day: date) -> Panel:
    """The fund's panel on a day, in two queries however many sit on it."""
    query = (
        select(Seat)
        .where(Seat.fund_id == fund.id)
        .options(
            joinedload(Seat.user),
            joinedload(Seat.school),
            joinedload(Seat.trust),
            joinedload(Seat.stands_in_for).joinedload(Seat.user),
        )
    )
    goes_on = or_(Seat.ends_on.is_(None), Seat.ends_on >= day)
    now = db.session.scalars(query.where(goes_on).order_by(Seat.id)).all()
    past = db.session.scalars(
        query.where(Seat.ends_on < day).order_by(Seat.ends_on.desc(), Seat.id.desc()).limit(MOST_PAST)
    ).all()
    # One that ended the day before it began never was.
    return Panel(
        fund,
        fund.rules,
        day,
        [seat for seat in now if seat.starts_on <= day],
        [seat for seat in now if seat.starts_on > day],
        [seat for seat in past if seat.ends_on and seat.ends_on >= seat.starts_on],
    )
