"""How much waits under each heading of the desk; no further counted than `MOST_COUNTED`."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, func, literal_column, select, union_all

from fundflow.extensions import db
from fundflow.models.columns import UtcDateTime
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.payments.waiting.headings import PENCE, Heading, headings_for, late_before, rows_of
from fundflow.rules.asker import Asker, Shape
from fundflow.web.paging import MOST_COUNTED
from fundflow.workflow.working_days import london_date


class Figure(NamedTuple):
    """What waits under a heading: how many, as `count_of` counts, and what those counted come to in pence."""

    heading: Heading
    number: int
    pence: int

    @property
    def is_more(self) -> bool:
        """Whether there are more than were counted."""
        return self.number > MOST_COUNTED


def desk_of(funds: Iterable[Fund], user: User, now: datetime) -> list[tuple[Fund, list[Figure]]]:
    """Each fund's headings with what waits under them, as this person may see it; one query."""
    asked = [(fund, headings_for(fund, user, now)) for fund in funds]
    if not asked:
        return []
    who = Asker.of(user, today := london_date(now))
    values: dict[str, Any] = {f"fund{n}": fund.id for n, (fund, _) in enumerate(asked)}
    values |= {f"late{n}": late_before(fund, today) for n, (fund, _) in enumerate(asked)}
    statement = _figures(tuple(headings for _, headings in asked), who.shape)
    found = {
        (n, place): (count, pence)
        for n, place, count, pence in db.session.execute(statement, {**who.values, **values})
    }
    return [
        (fund, [Figure(heading, *map(int, found[n, place])) for place, heading in enumerate(headings)])
        for n, (fund, headings) in enumerate(asked)
    ]


@lru_cache(maxsize=64)
def _figures(asked: tuple[tuple[Heading, ...], ...], shape: Shape) -> Any:
    """(place of the fund, place of the heading, count, pence) of every heading; built once."""
    return union_all(
        *(
            _figure(n, place, heading, Asker(shape))
            for n, headings in enumerate(asked)
            for place, heading in enumerate(headings)
        )
    )


def _figure(n: int, place: int, heading: Heading, who: Asker) -> Any:
    late = bindparam(f"late{n}", type_=UtcDateTime)
    few = rows_of(heading, who, bindparam(f"fund{n}", type_=Integer), late, PENCE[heading.of].label("pence"))
    counted = few.limit(MOST_COUNTED + 1).subquery()
    return select(
        literal_column(str(n), Integer),
        literal_column(str(place), Integer),
        func.count(),
        func.coalesce(func.sum(counted.c.pence), 0),
    ).select_from(counted)
