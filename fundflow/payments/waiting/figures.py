"""How much waits under each heading of the desk."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CTE, Integer, bindparam, func, literal_column, select, union_all

from fundflow.extensions import db
from fundflow.models.columns import UtcDateTime
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.payments.waiting.headings import FACTS, PENCE, Heading, Of, headings_for, late_before, rows_of
from fundflow.rules.asker import Asker, Shape
from fundflow.workflow.working_days import london_date


class Figure(NamedTuple):
    """What waits under a heading: how many, and what they come to in pence."""

    heading: Heading
    number: int
    pence: int


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
    who, found = Asker(shape), []
    for n, headings in enumerate(asked):
        kinds = {kind: _counted(n, kind, who) for kind in {heading.of for heading in headings}}
        found += [_figure(n, place, heading, *kinds[heading.of]) for place, heading in enumerate(headings)]
    return union_all(*found)


def _counted(n: int, kind: Of, who: Asker) -> tuple[CTE, Any]:
    """How many of a kind are alike in their facts, and what they come to: gone through once, they are few
    rows for all headings. With the facts, as its columns."""
    fund, late = bindparam(f"fund{n}", type_=Integer), bindparam(f"late{n}", type_=UtcDateTime)
    facts = FACTS[kind](who, late)
    labelled = [fact.label(name) for name, fact in facts._asdict().items()]
    each = rows_of(kind, who, fund, *labelled, PENCE[kind].label("pence")).cte(f"each_{kind.value}_{n}")
    known = [each.c[name] for name in facts._fields]
    sums = select(*known, func.count().label("number"), func.sum(each.c.pence).label("pence"))
    counted = sums.group_by(*known).cte(f"{kind.value}_{n}")
    return counted, type(facts)(*(counted.c[name] for name in facts._fields))


def _figure(n: int, place: int, heading: Heading, counted: CTE, facts: Any) -> Any:
    return select(
        literal_column(str(n), Integer),
        literal_column(str(place), Integer),
        func.coalesce(func.sum(counted.c.number), 0),
        func.coalesce(func.sum(counted.c.pence), 0),
    ).where(heading.when(facts))
