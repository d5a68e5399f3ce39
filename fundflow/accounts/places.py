"""What somebody can be given to hold: a role with the council, a place at a school, a seat on a panel."""

from dataclasses import dataclass
from datetime import date

from fundflow.models.person import Membership, RoleGrant, RoleName, Seat, SeatPosition, Sector, Standing, User
from fundflow.models.school import School, Trust
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Refused


@dataclass(frozen=True, slots=True)
class RolePlace:
    """A role with the council; fund_id None is every fund."""

    role: RoleName
    fund_id: int | None
    starts_on: date
    ends_on: date | None = None

    def for_(self, user: User) -> RoleGrant:
        return RoleGrant(
            user=user, role=self.role, fund_id=self.fund_id, starts_on=self.starts_on, ends_on=self.ends_on
        )


@dataclass(frozen=True, slots=True)
class SchoolPlace:
    school: School
    standing: Standing
    starts_on: date
    ends_on: date | None = None
    fund_id: int | None = None  # belongs to no fund

    def for_(self, user: User) -> Membership:
        return Membership(
            user=user,
            school=self.school,
            standing=self.standing,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
        )


@dataclass(frozen=True, slots=True)
class SeatPlace:
    """A seat on a fund's panel, and the school or trust its holder belongs to."""

    fund_id: int
    position: SeatPosition
    sector: Sector
    starts_on: date
    ends_on: date | None = None
    school: School | None = None
    trust: Trust | None = None
    stands_in_for: Seat | None = None

    def for_(self, user: User) -> Seat:
        if self.stands_in_for and (why := self.why_no_substitute(user, self.stands_in_for)):
            raise Refused(why)
        return Seat(
            user=user,
            fund_id=self.fund_id,
            position=self.position,
            sector=self.sector,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            school=self.school,
            trust_id=self.trust.id if self.trust else None,
            stands_in_for=self.stands_in_for,
        )

    def why_no_substitute(self, user: User, other: Seat) -> str | None:
        """Why this seat can’t stand in for another, as a sentence, or None."""
        if other.fund_id != self.fund_id:
            return "That seat is on another fund’s panel."
        if other.stands_in_for_id:
            return f"{other.user.name} is a substitute. A substitute can’t have one."
        if other.user_id == user.id:
            return f"{user.name} can’t be their own substitute."
        if self.position is not SeatPosition.MEMBER:
            return "A substitute sits as a panel member."
        if other.ends_on and other.ends_on < self.starts_on:
            return f"{other.user.name}’s seat ends on {day_words(other.ends_on)}, before this one begins."
        return None


Place = RolePlace | SchoolPlace | SeatPlace
