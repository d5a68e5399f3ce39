"""The person who asks, as conditions on bids need them: as they are, or as parameters to fill in.

Building a large SELECT takes longer than running it. So what pages ask again and again is built once for
all people of one shape, who ask alike, and each brings their own values when it is run:

    statement = _statement(who.shape)          # kept: conditions of Asker(shape)
    session.execute(statement, who.values)
"""

from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, bindparam

from fundflow.models.columns import BigId, UtcDateTime
from fundflow.models.day_log import HEADS_DAYS
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.workflow.working_days import LONDON, add_working_days


class Shape(NamedTuple):
    """What decides which conditions are asked of a person at all.

    grants  roles on the day, each with its fund's id; None: for every fund
    seats   on panels on the day: fund's id and position
    """

    active: bool
    grants: frozenset[tuple[RoleName, int | None]]
    seats: frozenset[tuple[int, SeatPosition]]
    at_school: bool
    has_bodies: bool  # `OwnBodies`
    has_trusts: bool

    @property
    def roles(self) -> frozenset[RoleName]:
        return frozenset(role for role, _fund in self.grants)


def _ids(name: str) -> Any:
    return bindparam(name, type_=BigId, expanding=True)


class Asker(NamedTuple):
    """A person on a day; of a shape alone, anybody of that shape.

    schools, leading    ids of the schools they belong to, and of those they are a head of
    own_schools, own_trusts  as `OwnBodies` has them
    heads_late          the moment before which a day was logged whose head has had their time
    """

    shape: Shape
    id: Any = bindparam("me", type_=BigId)
    day: Any = bindparam("today", type_=Date)
    schools: Any = _ids("schools")
    leading: Any = _ids("leading")
    own_schools: Any = _ids("own_schools")
    own_trusts: Any = _ids("own_trusts")
    heads_late: Any = bindparam("heads_late", type_=UtcDateTime)

    @classmethod
    def of(cls, user: User, day: date) -> "Asker":
        own, schools = OwnBodies.of(user, day), user.school_ids(day)
        shape = Shape(
            active=user.active,
            grants=frozenset((grant.role, grant.fund_id) for grant in user.roles if grant.is_valid_on(day)),
            seats=frozenset((seat.fund_id, seat.position) for seat in user.seats_on(day)),
            at_school=bool(schools),
            has_bodies=bool(own.schools or own.trusts),
            has_trusts=bool(own.trusts),
        )
        leading = user.school_ids(day, leading=True)
        ours = sorted(schools), sorted(leading), sorted(own.schools), sorted(own.trusts)
        return cls(shape, user.id, day, *ours, _heads_late(day))

    @property
    def values(self) -> dict[str, Any]:
        """What a statement built for its shape is run with."""
        names = ("me", "today", "schools", "leading", "own_schools", "own_trusts", "heads_late")
        return dict(zip(names, self[1:], strict=True))


@lru_cache(maxsize=64)
def _heads_late(day: date) -> datetime:
    return datetime.combine(add_working_days(day, -HEADS_DAYS), time(), LONDON)
