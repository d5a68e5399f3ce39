"""What the data promises: each promise with the query that looks, and the sentence about what is wrong."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import Session

PORTION = 500  # rows that are fetched at a time

Queries = Sequence[Select[*tuple[Any, ...]]]
Sentence = Callable[[Any], str | None]


class Check(NamedTuple):
    """One promise.

    promise   what holds, as a sentence
    reads     the queries that find suspects, a fixed number of them
    sentence  what is wrong with one row of them; None where it is well after all
    """

    name: str
    promise: str
    reads: Callable[[], Queries]
    sentence: Sentence


class Wrong(NamedTuple):
    """Something that a check found, in words for an administrator."""

    check: str
    sentence: str


CHECKS: dict[str, Check] = {}


def check(promise: str, reads: Callable[[], Queries]) -> Callable[[Sentence], Sentence]:
    """Register a function that says what is wrong with a row as the check of its name."""

    def register(sentence: Sentence) -> Sentence:
        name = sentence.__name__
        if name in CHECKS:
            raise ValueError(f"{name}: there are two checks of this name")
        CHECKS[name] = Check(name, promise, reads, sentence)
        return sentence

    return register


def found_by(one: Check, session: Session) -> Iterator[Wrong]:
    """What one check finds, row by row: memory does not grow with the data."""
    for query in one.reads():
        for row in session.execute(query, execution_options={"yield_per": PORTION}):
            if said := one.sentence(row):
                yield Wrong(one.name, said)
