"""Answers that were saved as they were typed, because they can't be stored: kept until they are put right.

`Bid.unfinished` holds them by the page's place under the bid's address: “form/plan”,
“form/plan/activities/12”, “report”, “days/7”. Nothing with such an answer is complete.
"""

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from fundflow.models.bid import Bid

# Rows that were begun and are no rows yet have numbers that no row of the database reaches.
BEGUN_FROM = 10**14
REVIEW = "review"  # the place of the officer's review; of a report: `ReturnKind.place`


class Unfinished(TypedDict):
    """`fields` are all the page's fields as typed, by name; `wrong` says what must be put right."""

    fields: dict[str, list[str]]
    wrong: list[str]


def wrong_under(bid: "Bid", place: str) -> list[str]:
    """What must be put right on the page at this place and on those below it, as sentences."""
    return [why for entry in unfinished_under(bid, place).values() for why in entry["wrong"]]


def unfinished_under(bid: "Bid", place: str) -> dict[str, Unfinished]:
    """What is unfinished on the page at this place and on those below it, by place."""
    held = bid.unfinished or {}  # None before the bid's first flush
    return {key: held[key] for key in sorted(held) if key == place or key.startswith(f"{place}/")}


def set_unfinished(bid: "Bid", place: str, entry: Unfinished | None) -> None:
    """Keep what was typed at this place, instead of what was kept before; None: nothing is left."""
    others = {key: value for key, value in bid.unfinished.items() if key != place}
    bid.unfinished = others | ({place: entry} if entry else {})


def next_begun(bid: "Bid") -> int:
    """The number of the next row that is begun."""
    numbers = (int(last) for key in bid.unfinished if (last := key.rpartition("/")[2]).isdigit())
    return max(BEGUN_FROM, *numbers, 0) + 1
