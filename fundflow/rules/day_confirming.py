"""Whose head confirms a day of the log: of another school than whose people logged it, and another
person (docs/rules.md, "The day log"). Being paid bars nobody."""

from collections.abc import Mapping, Sequence, Set

SchoolId = int
PersonId = int


def who_confirms(
    *,
    where: SchoolId,
    releasing: SchoolId,
    others: Sequence[SchoolId],
    by: SchoolId,
    logger: PersonId,
    heads: Mapping[SchoolId, Set[PersonId]],
) -> SchoolId | None:
    """The school whose head confirms; None: nobody is independent, so the liaison officer does.

    where      the school at which the day was spent
    releasing  whose staff was released; `others` are the other schools that release staff
    by         the school for which `logger` logged it
    heads      who leads each of these schools
    """
    ours = heads.get(by, frozenset()) | {logger}
    for school in (where, releasing, *others):
        if school != by and heads.get(school, frozenset()) - ours:
            return school
    return None


def may_confirm(person: PersonId, *, logger: PersonId | None, leads: Set[SchoolId], by: SchoolId) -> bool:
    """Whether this head is independent of the person who logged the day, as things are today."""
    return person != logger and by not in leads
