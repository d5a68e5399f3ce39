"""Every column that is chained: one byte of it changed behind the service is found, and the row is named."""

from datetime import date, datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Date, delete, select, text, update

from fundflow.chain.canonical import CHAINED
from fundflow.checking.chain import chain_words, row_words, rows_of
from fundflow.extensions import db
from fundflow.models.columns import UtcDateTime
from tests.checking.breaking import let_anything_pass
from tests.factories import NOW, TODAY

pytestmark = [pytest.mark.thorough, pytest.mark.one_database]  # what is hashed is no matter of the database


def flipped(value: Any, column: Any) -> Any:
    """Another value of the column that differs from this one as little as can be."""
    least = {datetime: timedelta(microseconds=1), date: timedelta(days=1)}
    if value is None:
        return NOW if isinstance(column.type, UtcDateTime) else TODAY if isinstance(column.type, Date) else 1
    if isinstance(value, Enum):
        return next(other for other in type(value) if other is not value)
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "a"
    if isinstance(value, dict | list):
        return {"a": value}
    return value + least[type(value)] if type(value) in least else type(value)(value ^ 1)


@pytest.mark.parametrize("model", CHAINED, ids=lambda model: model.__tablename__)
def test_a_byte_of_any_column_is_found(broken: Flask, model: Any) -> None:
    kept, named = CHAINED[model], partial(chain_words, db.session())
    row = db.session.scalars(select(model).order_by(model.id)).first()
    assert row is not None
    number, before = row.id, {name: getattr(row, name) for name in (*kept.facts, *kept.words)}
    let_anything_pass()
    db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
    db.session.execute(delete(model).where(model.id != number))  # or every look takes seconds
    assert list(rows_of(model, db.session(), named)) == []
    for name, value in before.items():
        new = flipped(value, model.__table__.c[name])
        how = "has other words than were written" if name in kept.words else "is not what was written"
        with db.session.begin_nested() as kept_so_far:
            db.session.execute(update(model).where(model.id == number).values({name: new}))
            (said,) = rows_of(model, db.session(), named)
            assert row_words(model.__tablename__, number) in said, name
            assert how in said, name
            kept_so_far.rollback()
