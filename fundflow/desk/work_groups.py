"""The lines of My work under headings: the late ones first, each bid once, what is alike together."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from fundflow.desk.panel_work import Waiting
from fundflow.desk.sources import BY_KIND

FEW = 10  # lines that need no headings
LATE, SOON, UNDATED, LATER, LEISURE = "Late", "In the next 7 days", "No date", "Later", "When you have time"
WHEN = (LATE, SOON, UNDATED, LATER, LEISURE)


class Entry(NamedTuple):
    """A bid, or another thing, with what is to be done about it, the earliest deadline first."""

    lines: tuple[Waiting, ...]

    @property
    def first(self) -> Waiting:
        return self.lines[0]

    @property
    def path(self) -> str:
        """Where to do it; of several things, the bid's own page, which shows them all."""
        return self.first.path if len(self.lines) == 1 else f"/bids/{self.first.reference}"

    @property
    def detail(self) -> str:
        """The school and the bid's own amount, rather than one that a single thing is about."""
        return next((line.detail for line in self.lines if not line.about), self.first.detail)


class Batch(NamedTuple):
    """Entries that stand together; `what` is what to do about each, where that is one thing."""

    what: str
    entries: list[Entry]


class Group(NamedTuple):
    """Batches under a heading, and how many things are to be done in them."""

    title: str
    number: int
    batches: list[Batch]


def grouped(lines: list[Waiting], today: date) -> list[Group]:
    """A long list under headings by deadline, with what nobody waits for last; a short one under one."""
    if len(lines) <= FEW:
        return [Group("Waiting for you", len(lines), [Batch("", entries(lines))])] if lines else []
    found: dict[str, list[Waiting]] = {title: [] for title in WHEN}
    for line in lines:
        found[_when(line, today)].append(line)
    return [
        Group(
            title,
            len(its),
            _batches(entries(its)) if title in (UNDATED, LEISURE) else [Batch("", entries(its))],
        )
        for title, its in found.items()
        if its
    ]


def urgency(lines: Iterable[Waiting], today: date) -> str:
    """“3 are late, 5 are due in the next 7 days”; nothing where none is."""
    counts = Counter(_when(line, today) for line in lines)
    said = ((counts[LATE], "late"), (counts[SOON], "due in the next 7 days"))
    return ", ".join(f"{n} {'is' if n == 1 else 'are'} {words}" for n, words in said if n)


def _when(line: Waiting, today: date) -> str:
    if line.due_on is None:
        return LEISURE if line.kind and BY_KIND[line.kind].at_leisure else UNDATED
    if line.due_on < today:
        return LATE
    return SOON if line.due_on < today + timedelta(days=7) else LATER


def entries(lines: Iterable[Waiting]) -> list[Entry]:
    """Each bid once, where its first line stands."""
    of: dict[object, list[Waiting]] = {}
    for line in lines:
        of.setdefault(line.id or line, []).append(line)
    return [Entry(tuple(its)) for its in of.values()]


def _batches(found: list[Entry]) -> list[Batch]:
    """What is to be done about several bids as a batch of its own, largest first; the others before."""
    alone = [entry for entry in found if len(entry.lines) == 1]
    often = [what for what, n in Counter(entry.first.what for entry in alone).most_common() if n > 1]
    batches = [Batch(what, [entry for entry in alone if entry.first.what == what]) for what in often]
    others = [entry for entry in found if len(entry.lines) > 1 or entry.first.what not in often]
    return [Batch("", others)] * bool(others) + batches
