"""The order of an agenda in which people leave and come back least often."""

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations, pairwise

MOST_EXACT = 12  # different groups of barred people; beyond them a good order is looked for, not the best

Table = Sequence[Sequence[int]]  # how many people come or go between one group and another


def comings_and_goings(barred: Iterable[Collection[int]]) -> int:
    """How often somebody leaves or comes back between one item and the next.

    barred  for each item, in order, the ids of those who take no part in it
    Those barred from the first item come later, those barred from the last go earlier: neither is counted.
    """
    return sum(len(set(one) ^ set(next_one)) for one, next_one in pairwise(barred))


def calmest_order(barred: Sequence[Collection[int]]) -> list[int]:
    """Indexes of the items in an order with the fewest comings and goings.

    The present order where none has fewer. Among equals, items keep as much of the present order as they
    can from the first on; those that bar the same people stand together, in their present order.
    """
    present = list(range(len(barred)))
    alike: dict[frozenset[int], list[int]] = {}
    for index, people in enumerate(barred):
        alike.setdefault(frozenset(people), []).append(index)
    groups = list(alike)
    apart = [[len(one ^ other) for other in groups] for one in groups]
    path = _best(apart) if len(groups) <= MOST_EXACT else _good(apart)
    found = [index for group in path for index in alike[groups[group]]]
    fewer = comings_and_goings(barred[index] for index in found) < comings_and_goings(barred)
    return found if fewer else present


def _best(apart: Table) -> list[int]:
    """The shortest path through all groups, exactly (Held and Karp); the first one in order of numbers."""
    count = len(apart)
    every = range(count)
    # By the groups taken already (bits) and the last of them: how many moves are still to come.
    left = [[0] * count for _ in range(1 << count)]
    for taken in range((1 << count) - 2, 0, -1):
        rest = [group for group in every if not taken >> group & 1]
        for last in (group for group in every if taken >> group & 1):
            left[taken][last] = min(apart[last][group] + left[taken | 1 << group][group] for group in rest)
    path = [min(every, key=lambda group: left[1 << group][group])] if count else []
    taken = 1 << path[0] if path else 0
    while len(path) < count:
        last, so_far = path[-1], taken
        path.append(
            min(
                (group for group in every if not so_far >> group & 1),
                key=lambda group: apart[last][group] + left[so_far | 1 << group][group],
            )
        )
        taken |= 1 << path[-1]
    return path


def _good(apart: Table) -> list[int]:
    """A short path: from each start always to the nearest group, then parts turned round while that helps."""
    paths = [_turned(_nearest(start, apart), apart) for start in range(len(apart))]
    return min(paths, key=lambda path: (_length(path, apart), path))


def _nearest(start: int, apart: Table) -> list[int]:
    path = [start]
    while rest := [group for group in range(len(apart)) if group not in path]:
        last = path[-1]
        path.append(min(rest, key=lambda group: apart[last][group]))
    return path


def _turned(path: list[int], apart: Table) -> list[int]:
    for one, other in combinations(range(len(path) + 1), 2):
        turned = path[:one] + path[one:other][::-1] + path[other:]
        if _length(turned, apart) < _length(path, apart):
            return _turned(turned, apart)
    return path


def _length(path: Sequence[int], apart: Table) -> int:
    return sum(apart[one][other] for one, other in pairwise(path))
