"""Who came after a school, by GIAS's links, whichever of the two schools' records says so.

Of 16,772 links in a real file 168 stood in one record alone: the new school names a predecessor, and the
old one names nobody. “Result of Amalgamation” doesn't say which is which; there the open school follows.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.models.area import SchoolLink
from fundflow.models.school import CLOSED, School

EITHER_WAY = ("result of amalgamation", "merged")  # how links begin that have no direction
MOST_STEPS = 5  # from a school to the one that is open today


class StatedLink(NamedTuple):
    """A link as it is told of a school: another school, and what this one's or the other's record says."""

    urn: str
    name: str
    link_type: str
    established_on: date | None
    by_other: bool

    @property
    def is_split(self) -> bool:
        return "split" in self.link_type.casefold()

    @property
    def follows(self) -> bool:
        """Whether the other school came after this one; a sixth form centre takes nothing over."""
        return self.link_type.casefold().startswith("predecessor" if self.by_other else "successor")

    @property
    def may_follow(self) -> bool:
        return self.follows or self.link_type.casefold().startswith(EITHER_WAY)


class SuccessorCandidate(NamedTuple):
    """What GIAS says came after a school."""

    said: StatedLink
    school: School | None  # None: we don't hold it

    @property
    def urn(self) -> str:
        return self.said.urn

    @property
    def words(self) -> str:
        return f"{self.school.name if self.school else self.said.name} (URN {self.urn})"

    @property
    def why_not(self) -> str | None:
        if self.school is None:
            return "We don’t hold this school. Import the newest GIAS file."
        return None if self.school.is_open else "It is not open."


def said_of(schools: Iterable[School]) -> dict[int, list[StatedLink]]:
    """All links we know of these schools, by their ids, the newest first; each other school once.

    What a school's own record says counts before what the other's does.
    """
    wanted = {school.urn: school.id for school in schools}
    links = db.session.scalars(
        select(SchoolLink)
        .where(or_(SchoolLink.school_id.in_(wanted.values()), SchoolLink.link_urn.in_(wanted)))
        .options(joinedload(SchoolLink.school))
        .order_by(SchoolLink.established_on.desc(), SchoolLink.link_urn, SchoolLink.id)
    ).all()
    found: dict[int, list[StatedLink]] = {number: [] for number in wanted.values()}
    for link in links:
        if link.school_id in found:
            found[link.school_id].append(_own(link))
    for link in links:
        of = found.get(wanted.get(link.link_urn, 0), [])
        if link.link_urn in wanted and all(said.urn != link.school.urn or not said.may_follow for said in of):
            of.append(_others(link))
    return found


def _own(link: SchoolLink) -> StatedLink:
    return StatedLink(link.link_urn, link.link_name, link.link_type, link.established_on, by_other=False)


def _others(link: SchoolLink) -> StatedLink:
    return StatedLink(link.school.urn, link.school.name, link.link_type, link.established_on, by_other=True)


def successors(schools: Sequence[School]) -> dict[int, list[SuccessorCandidate]]:
    """Who came after these schools, by their ids. Where that one has closed too, also who came after it."""
    found: dict[int, list[SuccessorCandidate]] = {school.id: [] for school in schools}
    now = [(school.id, school) for school in schools]
    seen = {(school.id, school.urn) for school in schools}
    for _ in range(MOST_STEPS):
        following: list[tuple[int, School]] = []
        for number, candidate in _next(now):
            if (number, candidate.urn) not in seen:
                seen.add((number, candidate.urn))
                found[number].append(candidate)
                if candidate.school and candidate.school.status_code == CLOSED:
                    following.append((number, candidate.school))
        if not following:
            break
        now = following
    return found


def _next(now: list[tuple[int, School]]) -> Iterator[tuple[int, SuccessorCandidate]]:
    said = said_of(school for _, school in now)
    urns = {one.urn for links in said.values() for one in links if one.may_follow}
    held = {s.urn: s for s in db.session.scalars(select(School).where(School.urn.in_(urns)))} if urns else {}
    for number, school in now:
        for one in said[school.id]:
            other = held.get(one.urn)
            if one.follows or (one.may_follow and other is not None and other.is_open):
                yield number, SuccessorCandidate(one, other)


def is_split(candidates: Sequence[SuccessorCandidate]) -> bool:
    """Whether nobody but a person can say who the successor is."""
    possible = [c for c in candidates if c.school is None or c.school.is_open]
    return len(possible) > 1 or any(c.said.is_split for c in candidates)
