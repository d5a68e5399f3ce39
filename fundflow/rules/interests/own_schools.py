"""A person's own schools and trusts: what keeps them from handling what those take part in."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, not_, or_
from sqlalchemy.orm import joinedload, selectinload

from fundflow.models.person import Membership, Seat, User
from fundflow.models.school import School
from fundflow.workflow.interests import Bar, BarKind, Body

# What `OwnBodies.of` looks at, loaded for many people at once.
BODIES = (
    selectinload(User.memberships).joinedload(Membership.school),
    selectinload(User.seats).joinedload(Seat.school),
    selectinload(User.registered_interests),
)
# The same of one person or two, in the query that finds them.
FEW_BODIES = (
    joinedload(User.memberships).joinedload(Membership.school),
    joinedload(User.seats).joinedload(Seat.school),
    joinedload(User.registered_interests),
)


class OwnBodies(NamedTuple):
    """Ids of the schools and trusts a person belongs to, speaks for on a panel, or has registered a
    barring interest in, on a day.

    tied_schools, tied_trusts  those that are theirs by the register alone
    """

    schools: frozenset[int]
    trusts: frozenset[int]
    tied_schools: frozenset[int] = frozenset()
    tied_trusts: frozenset[int] = frozenset()

    @classmethod
    def of(cls, user: User, day: date) -> "OwnBodies":
        seats, members = user.seats_on(day), user.memberships_on(day)
        ties = [tie for tie in user.registered_interests if tie.bars and tie.is_valid_on(day)]
        named = [m.school for m in members] + [s.school for s in seats if s.school]
        tied = [tie.school for tie in ties if tie.school]
        schools, tied_schools = _with_successors(named), _with_successors(tied)
        trusts = _ids({school.trust_id for school in named} | {s.trust_id for s in seats})
        tied_trusts = _ids({tie.trust_id for tie in ties})
        return cls(schools | tied_schools, trusts | tied_trusts, tied_schools - schools, tied_trusts - trusts)

    def bar_from(self, schools: Iterable[School]) -> Bar | None:
        """What bars this person from something these schools take part in, or None."""
        for school in schools:
            body, trust = Body(school.id, school.name), school.trust
            if theirs := self.schools & {school.id, school.succeeded_by_id}:
                tied = theirs <= self.tied_schools
                return Bar(BarKind.REGISTERED_SCHOOL if tied else BarKind.SCHOOL, body)
            if trust and trust.id in self.trusts:
                tied = trust.id in self.tied_trusts
                kind = BarKind.REGISTERED_TRUST if tied else BarKind.TRUST
                return Bar(kind, body, Body(trust.id, trust.name))
        return None

    def not_among(self, school: Any) -> ColumnElement[bool]:
        """Whether a school (the class, or an alias of it) is none of theirs, nor was before one
        of theirs, nor is of a trust of theirs."""
        after, trust = func.coalesce(school.succeeded_by_id, 0), func.coalesce(school.trust_id, 0)
        own = or_(school.id.in_(self.schools), after.in_(self.schools), trust.in_(self.trusts))
        return not_(own)


def _with_successors(schools: Iterable[School]) -> frozenset[int]:
    """Their ids, and those of the successors of schools that closed: their bids are those schools'."""
    found = list(schools)
    return _ids({school.id for school in found} | {school.succeeded_by_id for school in found})


def _ids(numbers: Iterable[int | None]) -> frozenset[int]:
    return frozenset(number for number in numbers if number)
