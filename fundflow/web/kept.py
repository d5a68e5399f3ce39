"""What every page shows: read once a minute in each process; what was known last where the database
can't say."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from flask import current_app, g
from sqlalchemy.exc import SQLAlchemyError

Value = TypeVar("Value")

SECONDS = 60


class Kept(Generic[Value]):
    """A value among the application's extensions, with the moment until which it holds.

    read  asks the database    at_first  is so until that answers
    """

    def __init__(self, name: str, read: Callable[[], Value], at_first: Value) -> None:
        self.name, self.setting = f"fundflow_{name}", f"{name.upper()}_SECONDS"  # set by tests alone
        self.read, self.at_first = read, at_first

    def value(self) -> Value:
        until, known = current_app.extensions.get(self.name, (0.0, self.at_first))
        if time.monotonic() < until or g.get("without_database"):
            return known  # type: ignore[no-any-return]
        try:
            known = self.read()
        except SQLAlchemyError:
            return known  # type: ignore[no-any-return]  # the page's own words come first
        seconds = int(current_app.config.get(self.setting, SECONDS))
        current_app.extensions[self.name] = (time.monotonic() + seconds, known)
        return known

    def forget(self) -> None:
        """It has changed."""
        current_app.extensions.pop(self.name, None)
