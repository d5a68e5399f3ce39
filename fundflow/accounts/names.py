"""Names are evidence: history shows them, so nobody takes another's, nor one that reads like it."""

import unicodedata
from collections.abc import Iterable, Iterator

from flask import current_app
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.history import THE_CLOCK, THE_COMMAND_LINE
from fundflow.models.history import REMOVED, HistoryEntry, HistoryWords
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.names import identity
from fundflow.workflow.engine import refuse_if

RENAMED = "rename"  # the step of an entry that keeps a name somebody had before
ANOTHERS = (
    "Another account has, or had, this name or one that looks like it. Add a middle name or an initial, so "
    "that the records tell you apart."
)


def require_own_name(name: str, person: User | None = None) -> None:
    """Raise Refused for a name that the service or another account than this person's bears."""
    refuse_if(why_not_name(name, (person.id,) if person else ()))


def why_not_name(name: str, but: Iterable[int] = ()) -> str | None:
    """Why nobody new, or none of these people (`but`, by id), can be called so, as a sentence, or None."""
    return why_not_among(name, borne_names(but))


def borne_names(but: Iterable[int] = ()) -> set[str]:
    """Every name that an account bears or bore, folded; without those of these people."""
    own = set(but)
    return {identity(name) for number, name in _borne() if number not in own}


def why_not_among(name: str, taken: set[str]) -> str | None:
    """`why_not_name` beside these folded names."""
    wanted = identity(name)
    if not any(character.isalpha() for character in unicodedata.normalize("NFKC", name)):
        return "A name must have letters in it."
    if wanted in {identity(reserved) for reserved in _of_the_service()}:
        return f"“{name}” is what the service itself is called in its records. Enter the person’s own name."
    return ANOTHERS if wanted in taken else None


def _of_the_service() -> Iterator[str]:
    yield from (THE_CLOCK, THE_COMMAND_LINE, REMOVED, "The clock", "The system")
    yield from (kind.words for kind in (*RoleName, *SeatPosition))
    yield from (current_app.config["SERVICE"], current_app.config["COUNCIL"])


def _borne() -> Iterator[tuple[int, str]]:
    """(person's id, a name they have or had): history goes on showing those they had."""
    for number, name in db.session.execute(select(User.id, User.name)):
        yield number, name
    before = (
        select(HistoryEntry.record_id, HistoryWords.given)
        .join(HistoryWords, HistoryWords.entry_id == HistoryEntry.id)
        .where(HistoryEntry.process == "person", HistoryEntry.step == RENAMED)
    )
    for number, given in db.session.execute(before):
        if given.get("name_before"):
            yield number, given["name_before"]
