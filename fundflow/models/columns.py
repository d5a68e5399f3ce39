"""Column types and shapes the models share."""

from collections.abc import Callable, Iterable, Set
from datetime import UTC, datetime
from enum import Enum as PyEnum
from functools import cache
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Integer,
    String,
    Text,
    event,
    inspect,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column
from sqlalchemy.types import TypeDecorator

from fundflow.extensions import Base

# SQLite numbers rows by itself only in a plain INTEGER column.
BigId = BigInteger().with_variant(Integer, "sqlite")
Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Pence = Annotated[int, mapped_column(BigInteger)]


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on both databases; a naive datetime is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A datetime must carry its time zone.")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StoredEnum(Enum):
    """An enum whose members are written out where a column is compared with them (`state = 'draft'`).

    As parameters no database would match them to an index of some states alone, and SQLite, which looks at
    a parameter's value to try, prepares the whole statement again each time it is run: half the time that
    My work took.
    """

    cache_ok = True

    class Comparator(Enum.Comparator):
        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return super().operate(op, *(_written(one) for one in other), **kwargs)

    comparator_factory = Comparator


def _written(value: Any) -> Any:
    if isinstance(value, PyEnum):
        return literal_column(repr(value.value))
    if isinstance(value, Set):  # in one order, so that a statement has one text
        value = sorted(value, key=str)
    if isinstance(value, list | tuple):
        return [_written(one) for one in value]
    return value


def enum_of(kind: type[PyEnum], name: str | None = None) -> Enum:
    """An enum stored as its value, held to its values by a CHECK constraint."""
    return StoredEnum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=name or kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


def key_to(target: str, *, index: bool = True, **options: Any) -> Mapped[Any]:
    """A foreign key column. Evidence outlives people: nothing cascades."""
    return mapped_column(BigId, ForeignKey(target), index=index, **options)


def where(condition: str) -> dict[str, Any]:
    """For an index of the rows that meet a condition, written alike for both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def in_states(states: Iterable[PyEnum]) -> str:
    """`state IN (…)` for `where`; a query finds by such an index what `in_` asks for."""
    return f"state IN ({', '.join(repr(state.value) for state in states)})"


class Folded:
    """What a folded column holds: the text of other columns of its row, folded.

    of  the columns; where a tuple stands, the first of these that isn’t None
    """

    def __init__(
        self, fold: Callable[[str], str], of: tuple[str | tuple[str, ...], ...], most: int | None
    ) -> None:
        self.fold, self.of, self.most = fold, of, most

    @property
    def columns(self) -> set[str]:
        """All columns it is made of."""
        return {name for names in self.of for name in ((names,) if isinstance(names, str) else names)}

    def of_row(self, get: Callable[[str], Any]) -> str:
        """The folded text of a row, whose columns `get` gives by name."""
        texts = (self._first(get, names) for names in self.of)
        return self.fold(" ".join(text for text in texts if text))[: self.most]

    def by_default(self, context: Any) -> str:
        """For rows that are inserted in bulk; of a column that is added to a table the migration fills it."""
        return self.of_row(context.get_current_parameters().get) if context else ""

    @staticmethod
    def _first(get: Callable[[str], Any], names: str | tuple[str, ...]) -> str:
        values = map(get, (names,) if isinstance(names, str) else names)
        return next((value for value in values if value is not None), "")


def folded(
    fold: Callable[[str], str], *of: str | tuple[str, ...], most: int | None = None, **options: Any
) -> Mapped[str]:
    """A column that the model keeps folded, to search by or to compare (see `Folded`).

    most  the characters it keeps; None keeps them all
    Anyone who updates rows in bulk gives it beside what it is made of.
    """
    kept = Folded(fold, of, most)
    kind = Text() if most is None else String(most)
    return mapped_column(kind, default=kept.by_default, info={"folded": kept}, **options)


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def keep_folded(mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    """Fold again what changed, as a row is written."""
    state = inspect(row)
    for key, kept in _folded_of(mapper):
        if any(state.attrs[name].history.has_changes() for name in kept.columns):
            setattr(row, key, kept.of_row(lambda name: getattr(row, name)))


@cache
def _folded_of(mapper: Mapper[Any]) -> list[tuple[str, Folded]]:
    return [(one.key, one.info["folded"]) for one in mapper.columns if one.info.get("folded")]
