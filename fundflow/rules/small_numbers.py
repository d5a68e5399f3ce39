"""Small counts of pupils in what is published: which are hidden, and which with them so that none can be
worked out (docs/rules.md, "Small numbers").

A count from 1 to 5 is hidden, and one that comes from one or two schools: it would say their own. As a table
shows totals too, others are hidden with it until every hidden cell could be at least two numbers, whatever is
done with what is shown. Zeros are shown.
"""

from collections.abc import Hashable, Iterator, Sequence, Set
from enum import Enum
from fractions import Fraction
from heapq import heappop, heappush
from math import inf
from typing import NamedTuple

from fundflow.rules.feedback import ENOUGH

MOST_HIDDEN = 5  # pupils


class Mark(Enum):
    """What stands in a cell that shows no number, as the Government Statistical Service marks it."""

    HIDDEN = (
        "[c]",
        "hidden, as it could give away a count of 1 to 5, or a figure of one or two schools",
    )
    NOT_AVAILABLE = "[x]", "not available"
    NOT_APPLICABLE = "[z]", "does not apply"

    def __new__(cls, value: str, _words: str) -> "Mark":
        mark = object.__new__(cls)
        mark._value_ = value
        return mark

    def __init__(self, _value: str, words: str) -> None:
        self.words = words

    def __str__(self) -> str:
        return str(self.value)


Cell = int | Mark
Place = tuple[int, int]  # row and column; the totals are the last of each


class Published(NamedTuple):
    """A table of counts as it may be published.

    rows     each with its total last
    totals   of the columns, the whole last
    """

    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]

    @property
    def marks(self) -> list[Mark]:
        """The marks that stand in it, to be explained above the table."""
        used = {cell for row in (*self.rows, self.totals) for cell in row if isinstance(cell, Mark)}
        return [mark for mark in Mark if mark in used]


def published(
    counts: Sequence[Sequence[Cell]], sources: Sequence[Sequence[Set[Hashable]]] | None = None
) -> Published:
    """A table of counts with its totals, small ones hidden. A cell that does not apply or is not available
    keeps its mark and counts for nothing.

    counts   rows of pupils, all of one length
    sources  of each cell the schools from which its pupils come; None where no cell is about a few of them

    Raises ValueError for a negative count and for rows of different lengths.
    """
    if len({len(row) for row in (*counts, *(sources or ()))}) > 1:
        raise ValueError("The rows differ in length.")
    numbers = [[cell if isinstance(cell, int) else 0 for cell in row] for row in counts]
    if any(number < 0 for row in numbers for number in row):
        raise ValueError("A count is negative.")
    table = [[*row, sum(row)] for row in numbers]
    table.append([sum(column) for column in zip(*table, strict=True)])
    behind = _with_totals(sources) if sources else None
    hidden = _hidden(table, behind)

    def shown(row: int, column: int) -> Cell:
        if (row, column) in hidden:
            return Mark.HIDDEN
        given = counts[row][column] if row < len(counts) and column < len(counts[row]) else table[row][column]
        return given if isinstance(given, Mark) else table[row][column]

    cells = [tuple(shown(row, column) for column in range(len(table[row]))) for row in range(len(table))]
    return Published(tuple(cells[:-1]), cells[-1])


def share(part: Cell, whole: Cell) -> Fraction | Mark:
    """A part of a whole, or why none is shown: never where either is hidden."""
    for cell in (part, whole):
        if isinstance(cell, Mark):
            return cell
    return Fraction(part, whole) if whole else Mark.NOT_APPLICABLE  # type: ignore[arg-type]


# -- which cells are hidden --------------------------------------------------------------------------
#
# Rows and columns are the nodes of a network, and each cell is an edge between its row and its column. A
# hidden cell could be another number where it lies on a cycle of hidden cells that can each give or take one,
# so that all sums stay. So the cheapest such cycle through each small count is hidden.

Node = tuple[bool, int]  # whether it is a row, and its number


def _with_totals(sources: Sequence[Sequence[Set[Hashable]]]) -> list[list[Set[Hashable]]]:
    """Who stands behind each cell and each total."""
    rows = [[*row, frozenset[Hashable]().union(*row)] for row in sources]
    return [*rows, [frozenset[Hashable]().union(*column) for column in zip(*rows, strict=True)]]


def _is_small(count: int, behind: Set[Hashable] | None) -> bool:
    """Whether a count says too much by itself: it is of few pupils, or from few schools, or so low that each
    of its schools can have one pupil alone."""
    if behind is None:
        return 1 <= count <= MOST_HIDDEN
    return 1 <= count <= max(MOST_HIDDEN, len(behind)) or (count > 0 and len(behind) < ENOUGH)


def _hidden(table: list[list[int]], sources: list[list[Set[Hashable]]] | None) -> set[Place]:
    """The places of the cells that are hidden, totals among them."""
    small = [
        (r, c)
        for r, row in enumerate(table)
        for c, cell in enumerate(row)
        if _is_small(cell, sources[r][c] if sources else None)
    ]
    hidden = set(small)
    for place in small:
        hidden |= min(_cycle(place, by, hidden, table) for by in (1, -1) if _can_change(place, by, table))[1]
    return hidden


def _can_change(place: Place, by: int, table: list[list[int]]) -> bool:
    """Whether a hidden cell can give (−1) or take (1) one in the sums of its row and column. These come to
    nothing as totals stand in them with a minus; no hidden cell is less than 1."""
    row, column = place
    is_total = (row == len(table) - 1) != (column == len(table[row]) - 1)
    return (by > 0) != is_total or table[row][column] > 1


def _cycle(place: Place, by: int, hidden: set[Place], table: list[list[int]]) -> tuple[float, set[Place]]:
    """What the cheapest cycle costs along which a cell changes, and its cells (Dijkstra)."""
    start, end = (False, place[1]), (True, place[0])
    cost: dict[Node, float] = {start: 0}
    came: dict[Node, tuple[Node, Place]] = {}
    heap: list[tuple[float, Node]] = [(0, start)]
    while heap:
        so_far, node = heappop(heap)
        for following, cell in _edges(node, place, by, table):
            total = so_far + (0 if cell in hidden else _cost(cell, table))
            if total < cost.get(following, inf):
                cost[following], came[following] = total, (node, cell)
                heappush(heap, (total, following))
    cells, node = {place}, end
    while node in came:
        node, cell = came[node]
        cells.add(cell)
    return cost.get(end, inf), cells


def _edges(node: Node, without: Place, by: int, table: list[list[int]]) -> Iterator[tuple[Node, Place]]:
    """Where a change leads from a node, and through which cell: what a column gained it gives up in another
    row, what that row lost it gains in another column."""
    is_row, number = node
    places = (
        ((number, c) for c in range(len(table[0]))) if is_row else ((r, number) for r in range(len(table)))
    )
    for row, column in places:
        change = by if is_row else -by
        if (row, column) != without and table[row][column] and _can_change((row, column), change, table):
            yield (not is_row, column if is_row else row), (row, column)


def _cost(place: Place, table: list[list[int]]) -> int:
    """What hiding one more cell costs a reader: a large one more than a small, a total more than a cell."""
    row, column = place
    is_total = row == len(table) - 1 or column == len(table[row]) - 1
    return table[row][column] + (table[-1][-1] if is_total else 0)
