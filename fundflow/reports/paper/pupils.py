"""Counts of pupils in papers at several dates (docs/rules.md, "Small numbers").

Two papers together are one table more: what grew by 1 to 5 between them would be a small count. A table whose
difference to one that was issued could say so is shown as it was issued last, and says it.
"""

from collections.abc import Sequence
from dataclasses import replace

from fundflow.models.board import BoardPaper
from fundflow.reports.small_numbers import MOST_HIDDEN, Mark
from fundflow.reports.tables import Cell, Kind, Part, Row, Table, part_from
from fundflow.workflow.date_words import day_words

KEPT = "These are the figures of the report issued on {}: newer ones could give away a count of 1 to 5."


def without_differences(part: Part, issued: Sequence[BoardPaper]) -> Part:
    """The part with each table as it may stand beside those of the issued papers, the oldest first."""
    return replace(part, tables=tuple(_beside(table, issued) for table in part.tables))


def _beside(table: Table, issued: Sequence[BoardPaper]) -> Table:
    earlier = [(paper, old) for paper in issued if (old := _same_table(paper, table.code))]
    if not earlier or not any(gives_away(table, old) for _, old in earlier):
        return table
    paper, old = earlier[-1]
    if paper.issued_at is None or (old.notes and old.notes[-1].startswith(KEPT[:30])):
        return old
    return replace(old, notes=(*old.notes, KEPT.format(day_words(paper.issued_at))))


def _same_table(paper: BoardPaper, code: str) -> Table | None:
    data = paper.figures.get("pupils")
    return next((one for one in part_from(data).tables if one.code == code), None) if data else None


def gives_away(new: Table, old: Table) -> bool:
    """Whether two tables of pupils, read together, could say a count of 1 to 5.

    They may stand beside each other where they are the same, or where they hide the same cells, and every
    shown cell and every line's hidden rest differ by none or by more than 5.
    """
    if new.rows == old.rows and new.totals == old.totals:
        return False
    if new.columns != old.columns or [row[0] for row in new.all_rows] != [row[0] for row in old.all_rows]:
        return True
    pairs = list(zip(_counts(new), _counts(old), strict=True))
    lines = [*pairs, *((list(a), list(b)) for a, b in zip(_turned(pairs, 0), _turned(pairs, 1), strict=True))]
    return any(_line_gives_away(a, b) for a, b in lines)


def _counts(table: Table) -> list[list[Cell]]:
    places = [n for n, column in enumerate(table.columns) if column.kind is Kind.PUPILS]
    rows: list[Row] = list(table.all_rows)
    return [[row[n] for n in places] for row in rows]


def _turned(pairs: list[tuple[list[Cell], list[Cell]]], which: int) -> list[tuple[Cell, ...]]:
    return list(zip(*(pair[which] for pair in pairs), strict=True))


def _line_gives_away(new: Sequence[Cell], old: Sequence[Cell]) -> bool:
    """A line with its total last."""
    if [_number(cell) is None for cell in new] != [_number(cell) is None for cell in old]:
        return True
    differences = [(_number(a) or 0) - (_number(b) or 0) for a, b in zip(new, old, strict=True)]
    rest = differences[-1] - sum(differences[:-1]) if _number(new[-1]) is not None else 0
    return any(0 < abs(one) <= MOST_HIDDEN for one in (*differences, rest))


def _number(cell: Cell) -> int | None:
    return cell if isinstance(cell, int) and not isinstance(cell, Mark) else None
