"""Loading many lists of one record in one query."""

from functools import cached_property
from typing import Any, cast

from sqlalchemy import Select, and_, bindparam, inspect, literal_column, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, joinedload, lazyload, object_session
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.expression import ColumnClause, ColumnElement
from sqlalchemy.sql.visitors import replacement_traverse


class Lists:
    """Relations of one model whose rows carry its key, to be loaded in one query for all of them.

    A query for each costs more than its rows, and a join of all would multiply them: here the query begins
    with the keys of all rows, and joins each row to its own.

        BRIEF = Lists(Bid.outcomes, Bid.offers, Bid.items, also=[AgendaItem.meeting])

    also, without  relations of those rows that come with them, or that the page does not show
    """

    def __init__(self, *relations: InstrumentedAttribute[Any], also: Any = (), without: Any = ()) -> None:
        self.relations, self.options = relations, (*map(joinedload, also), *map(lazyload, without))

    def load(self, record: Any) -> None:
        """Set the relations of a record, in the order of their ids; what is loaded already stays."""
        session, unloaded = object_session(record), inspect(record).unloaded
        if session is None or not any(relation.key in unloaded for relation in self.relations):
            return
        found: list[list[Any]] = [[] for _ in self.relations]
        for place, *rows in session.execute(self._statement, {"key": record.id}):
            found[place].append(rows[place])
        for relation, rows in zip(self.relations, found, strict=True):
            one = not relation.property.uselist
            if relation.key in unloaded:
                set_committed_value(record, relation.key, (rows or [None])[0] if one else rows)

    @cached_property
    def _statement(self) -> Select[Any]:
        """Made when it is first asked for: by then every model is known."""
        models = [relation.property.mapper.class_ for relation in self.relations]
        keys = union_all(
            *(
                select(literal_column(str(place)).label("place"), model.id.label("id")).where(
                    _belongs(relation)
                )
                for place, (relation, model) in enumerate(zip(self.relations, models, strict=True))
            )
        ).subquery("key_of")
        query = select(keys.c.place, *models).select_from(keys)
        for place, model in enumerate(models):
            mine = keys.c.place == literal_column(str(place))
            query = query.outerjoin(model, and_(mine, model.id == keys.c.id))
        return query.options(*self.options).order_by(keys.c.place, keys.c.id)


def _belongs(relation: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """What joins a relation's rows to their record, whose key is the parameter."""
    ((own, _theirs),) = relation.property.local_remote_pairs
    join: Any = relation.property.primaryjoin

    def key(element: Any, **_options: Any) -> Any:
        mine = isinstance(element, ColumnClause) and own.shares_lineage(element)
        return bindparam("key") if mine else None

    return cast(ColumnElement[bool], replacement_traverse(join, {}, key))
