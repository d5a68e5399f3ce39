"""Enums whose members are defined with the words for them: `FUND = "fund", "For"`."""

from enum import Enum


class Worded(Enum):
    """`value` is stored and stands in addresses; `words` are for pages and letters."""

    _value_: str
    words: str

    def __new__(cls, value: str, words: str = "") -> "Worded":
        """Without words the value is what people read."""
        one = object.__new__(cls)
        one._value_ = value
        one.words = words or value
        return one
