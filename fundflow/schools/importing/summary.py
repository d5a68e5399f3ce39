"""What an import did, or why it did nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Progress = Callable[[str, int, int], None]  # words, rows done, rows in all


def silent(_words: str, _done: int, _total: int) -> None:
    """Progress nobody watches."""


class Problem(NamedTuple):
    """What is wrong with a row, or (without a row) with the file.

    Rows are numbered as a spreadsheet shows them: the header is row 1.
    """

    row: int | None
    sentence: str

    def __str__(self) -> str:
        return self.sentence if self.row is None else f"Row {self.row}: {self.sentence}"


class Counts(NamedTuple):
    """`closed` schools were open here before; they are counted among the updated. `removed` rows are
    those the newest file no longer has; `left_out` ones are about nothing we hold."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    removed: int = 0
    left_out: int = 0


@dataclass
class Found:
    """What a file's rows came to: values to save, rows left out, problems."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    left_out: int = 0  # outside every English authority
    lacks: list[str] = field(default_factory=list)  # columns it may lack, and does
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Summary:
    source: str  # which file it was, in words
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0  # newly closed, also counted as updated
    removed: int = 0
    left_out: int = 0
    lacks: tuple[str, ...] = ()  # columns the file does not have: what they say stays as it was
    problems: tuple[Problem, ...] = ()

    @property
    def is_rejected(self) -> bool:
        """Whether the file was refused; then nothing changed."""
        return bool(self.problems)

    @classmethod
    def of(cls, source: str, counts: Counts, found: Found) -> "Summary":
        if found.problems:
            return cls(source, problems=tuple(found.problems))
        counts = counts._replace(left_out=counts.left_out + found.left_out)
        return cls(source, *counts, lacks=tuple(found.lacks))
