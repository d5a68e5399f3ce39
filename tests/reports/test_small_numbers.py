"""Small counts: hidden, and with them whatever would give them away."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundflow.rules.small_numbers import Cell, Mark, Published, published, share

C, X, Z = Mark.HIDDEN, Mark.NOT_AVAILABLE, Mark.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("counts", "rows", "totals"),
    [
        ([[0, 6], [7, 120]], [(0, 6, 6), (7, 120, 127)], (7, 126, 133)),
        ([[3, 20], [30, 40]], [(C, C, 23), (C, C, 70)], (33, 60, 93)),
        ([[3]], [(C, C)], (C, C)),
        ([[0]], [(0, 0)], (0, 0)),
        ([[2, 0], [0, 9]], [(C, 0, C), (0, 9, 9)], (C, 9, C)),
        ([[X, 8], [9, Z]], [(X, 8, 8), (9, Z, 9)], (9, 8, 17)),
        ([[5, 5, 50], [50, 50, 50]], [(C, C, 50, 60), (C, C, 50, 150)], (55, 55, 100, 210)),
    ],
)
def test_tables(counts: list[list[Cell]], rows: list[tuple[Cell, ...]], totals: tuple[Cell, ...]) -> None:
    assert published(counts) == Published(tuple(rows), totals)


@pytest.mark.parametrize(("counts", "said"), [([[1], [1, 2]], "differ in length"), ([[-1]], "negative")])
def test_bad_tables_are_refused(counts: list[list[Cell]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        published(counts)


def test_a_share_is_dropped_where_its_parts_are_hidden() -> None:
    assert share(6, 24) == Fraction(1, 4)
    assert [share(C, 24), share(6, C), share(6, 0), share(X, 24)] == [C, C, Z, X]


def test_only_the_marks_that_stand_in_a_table_are_explained() -> None:
    assert published([[3, 20, Z], [30, 40, Z]]).marks == [C, Z]
    assert published([[30, 40]]).marks == []


TABLES = st.integers(1, 4).flatmap(
    lambda columns: st.lists(
        st.lists(st.integers(0, 9), min_size=columns, max_size=columns), min_size=1, max_size=5
    )
)


@given(TABLES)
@settings(deadline=None, max_examples=60)
def test_no_hidden_cell_is_determined(counts: list[list[int]]) -> None:
    """Every table that is consistent with what is published is tried, until each hidden cell was found to
    be two numbers at least. Whoever reads it knows that a hidden cell is no zero."""
    found = published(counts)
    shown = [*found.rows, found.totals]
    hidden = [(r, c) for r, row in enumerate(shown) for c, cell in enumerate(row) if cell is C]
    assert all(cell is C for row in shown for cell in row if isinstance(cell, int) and 1 <= cell <= 5)
    could_be: dict[tuple[int, int], set[int]] = {place: set() for place in hidden}
    for table in consistent(shown):
        for r, c in hidden:
            could_be[r, c].add(table[r][c])
        if all(len(numbers) > 1 for numbers in could_be.values()):
            return
    assert not hidden, f"{counts} gives away {[p for p, n in could_be.items() if len(n) < 2]}"


SOURCES = st.integers(1, 2).flatmap(
    lambda columns: st.lists(
        st.lists(
            st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3), max_size=4),
            min_size=columns,
            max_size=columns,
        ),
        min_size=1,
        max_size=3,
    )
)


@given(SOURCES)
@settings(deadline=None, max_examples=60)
def test_no_schools_own_count_is_determined(cells: list[list[dict[str, int]]]) -> None:
    """What comes from one or two schools is hidden and can't be worked out, and what is shown leaves each of
    its schools two numbers at least. In a column a school stands in each row alike."""
    counts = [[sum(cell.values()) for cell in row] for row in cells]
    schools = [[{f"{c}{school}" for school in cell} for c, cell in enumerate(row)] for row in cells]
    found = published(counts, schools)
    shown = [*found.rows, found.totals]
    behind = [[*row, set[str]().union(*row)] for row in schools]
    behind.append([set[str]().union(*column) for column in zip(*behind, strict=True)])
    for r, row in enumerate(shown):
        for c, cell in enumerate(row):
            assert not isinstance(cell, int) or cell == 0 or len(behind[r][c]) >= 3
            assert not isinstance(cell, int) or cell == 0 or cell > len(behind[r][c])
    hidden = [(r, c) for r, row in enumerate(shown) for c, cell in enumerate(row) if cell is C]
    could_be: dict[tuple[int, int], set[int]] = {place: set() for place in hidden}
    for table in consistent(shown, most=14):
        for r, c in hidden:
            could_be[r, c].add(table[r][c])
        if all(len(numbers) > 1 for numbers in could_be.values()):
            return
    assert not hidden, f"{cells} gives away {[p for p, n in could_be.items() if len(n) < 2]}"


@pytest.mark.parametrize(
    ("schools", "shown"),
    [
        ([{"a"}, {"b", "c", "d"}], (C, C, 90)),
        ([{"a", "b"}, {"c"}], (C, C, 90)),
        ([{"a"}, {"a"}], (C, C, C)),
        ([{"a", "b", "c"}, {"d", "e", "f"}], (40, 50, 90)),
    ],
)
def test_a_count_of_one_or_two_schools_is_hidden(schools: list[set[str]], shown: tuple[Cell, ...]) -> None:
    assert published([[40, 50], [100, 100]], [schools, [set("ghi"), set("jkl")]]).rows[0] == shown


def consistent(shown: Sequence[Sequence[Cell]], most: int = 12) -> Iterator[list[list[int]]]:
    """Every table, with its totals, that what is shown allows; no hidden cell above `most`."""
    height, width = len(shown) - 1, len(shown[0]) - 1
    grid = [[0] * width for _ in range(height)]

    def fill(place: int) -> Iterator[list[list[int]]]:
        if place == height * width:
            table = [[*row, sum(row)] for row in grid]
            table.append([sum(column) for column in zip(*table, strict=True)])
            if all(fits(cell, shown[r][c]) for r, row in enumerate(table) for c, cell in enumerate(row)):
                yield table
            return
        row, column = divmod(place, width)
        cell = shown[row][column]
        for number in range(1, most + 1) if cell is C else [cell]:
            assert isinstance(number, int)
            grid[row][column] = number
            if may_go_on(row, column):
                yield from fill(place + 1)

    def may_go_on(row: int, column: int) -> bool:
        across, down = shown[row][width], shown[height][column]
        to_come = shown[row][column + 1 : width]
        if isinstance(across, int) and not reaches(sum(grid[row][: column + 1]), to_come, most, across):
            return False
        so_far = sum(grid[above][column] for above in range(row + 1))
        below = [shown[under][column] for under in range(row + 1, height)]
        return not isinstance(down, int) or reaches(so_far, below, most, down)

    return fill(0)


def reaches(so_far: int, to_come: Sequence[Cell], most: int, total: int) -> bool:
    """Whether the cells to come can make up the total, each hidden one with 1 to `most`."""
    shown = sum(cell for cell in to_come if isinstance(cell, int))
    hidden = sum(cell is C for cell in to_come)
    return so_far + shown + hidden <= total <= so_far + shown + hidden * most


def fits(number: int, cell: Cell) -> bool:
    return number == cell if isinstance(cell, int) else number >= 1
