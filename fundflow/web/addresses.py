"""The numbers in addresses: `<id:…>` and `<number:…>`; one that no column can hold is a 404.

By their patterns, not by a largest number: where two routes share an address, one for GET and one
for POST, werkzeug answers 405 to a number that a pattern matches and its converter refuses.
"""

from flask import Flask
from werkzeug.routing import IntegerConverter


class Id(IntegerConverter):
    """A record's id: 1 or more, and it fits a BIGINT column."""

    regex = r"[1-9][0-9]{0,17}"


class Number(IntegerConverter):
    """A number counted within a record, such as a version's: 1 or more, and it fits an INTEGER column."""

    regex = r"[1-9][0-9]{0,8}"


def prepare(app: Flask) -> None:
    app.url_map.converters.update(id=Id, number=Number)
