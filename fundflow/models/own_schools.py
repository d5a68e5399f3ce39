"""A person's own schools and trusts: what keeps them from handling what those take part in."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fundflow.models.person import User
    from fundflow.models.school import School


class Own(NamedTuple):
    """Ids of the schools and trusts a person belongs to, or speaks for on a panel, on a day."""

    schools: frozenset[int]
    trusts: frozenset[int]

    @classmethod
    def of(cls, user: "User", day: date) -> "Own":
        seats, members = user.seats_on(day), user.memberships_on(day)
        named = [m.school for m in members] + [s.school for s in seats if s.school]
        # With the successors of schools that closed: their bids are those schools' old ones.
        schools = {school.id for school in named} | {school.succeeded_by_id for school in named}
        trusts = {school.trust_id for school in named} | {s.trust_id for s in seats}
        return cls(frozenset(n for n in schools if n), frozenset(n for n in trusts if n))

    def why(self, schools: Iterable["School"]) -> str | None:
        """What bars this person from something these schools take part in, as the end of
        “You can’t …: ”, or None."""
        for school in schools:
            if school.id in self.schools:
                return f"your school, {school.name}, takes part in it"
            if school.trust and school.trust_id in self.trusts:
                return f"your trust, {school.trust.name}, runs {school.name}, which takes part in it"
        return None
