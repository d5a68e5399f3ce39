"""Which schools can help with a need, and why: a sum of reasons that anybody can follow.

Pure: facts in, reasons out. Every suggestion carries its reasons with their points; the order is
that of the sum. A school that may not help is named apart, with the reason, for the officer alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from math import hypot

from fundflow.models.money import days_words
from fundflow.names import searchable
from fundflow.workflow.phrases import joined

METRES_IN_A_MILE = 1609.344
NEAR_MILES, WITHIN_REACH_MILES = 3, 10
FEWEST_RATINGS = 3  # fewer could tell who gave them (docs/rules.md, "Small numbers")
INTENSIVE = 4  # the tier of a school that needs all its staff itself

# GIAS's phases, and which of an offer's phases each fits. Special schools carry 0; unknown fits none.
FITS = {0: {"0"}, 1: {"1"}, 2: {"2"}, 3: {"2"}, 4: {"4"}, 5: {"4"}, 6: {"6"}, 7: {"2", "4"}}
PHASES_OFFERED = {
    "1": "Nursery",
    "2": "Primary",
    "4": "Secondary",
    "6": "16 plus",
    "0": "Special schools and alternative provision",
}


@dataclass(frozen=True, slots=True)
class Location:
    """Where a school is: grid metres where known, else what stands in for them."""

    easting: int | None = None
    northing: int | None = None
    patch_id: int | None = None
    patch: str = ""
    town: str = ""
    district: str = ""  # of the postcode: “SL1”


@dataclass(frozen=True, slots=True)
class Facts:
    """A school as matching sees it."""

    school_id: int
    name: str
    trust_id: int | None = None
    trust: str = ""
    phase_code: int | None = None
    is_open: bool = True
    is_organisation: bool = False
    urn: str = ""
    tier: int | None = None
    place: Location = field(default_factory=Location)
    clusters: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """What a school needs; `half_days` is None where it has not said how much."""

    school: Facts
    expertise: str  # in words: “Mathematics”
    half_days: int | None = None
    organisations_allowed: bool = True


@dataclass(frozen=True, slots=True)
class Ratings:
    """What supported schools said: how many, their mean of 1 to 5, how many would use it again."""

    count: int = 0
    mean: Decimal | None = None
    again: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A school that offers the expertise; days in halves: offered a school year, left of this one."""

    school: Facts
    titles: tuple[str, ...]
    phases: frozenset[str]
    offered: int
    left: int
    ratings: Ratings = Ratings()


@dataclass(frozen=True, slots=True)
class Broker:
    """Whose own schools and trusts must stay out of it."""

    schools: frozenset[int] = frozenset()
    trusts: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """`shared` reasons may be told to the school that asks; the others are the officer's."""

    text: str
    points: int
    shared: bool = True


@dataclass(frozen=True, slots=True)
class Suggestion:
    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.reasons)

    @property
    def sum_words(self) -> str:
        """“3 + 2 = 5”, without the reasons that add nothing."""
        parts = " + ".join(str(reason.points) for reason in self.reasons if reason.points)
        return f"{parts} = {self.score}".replace("+ -", "− ")


@dataclass(frozen=True, slots=True)
class Excluded:
    candidate: Candidate
    why: str


@dataclass(frozen=True, slots=True)
class Match:
    suggestions: tuple[Suggestion, ...] = ()
    excluded: tuple[Excluded, ...] = ()

    def suggestion_of(self, school_id: int) -> Suggestion | None:
        return next((s for s in self.suggestions if s.candidate.school.school_id == school_id), None)

    def why_excluded(self, school_id: int) -> str | None:
        return next((e.why for e in self.excluded if e.candidate.school.school_id == school_id), None)


def match(need: Need, candidates: Iterable[Candidate], broker: Broker) -> Match:
    """Suggestions by their sum (then the nearer, then by name), and who is left out and why."""
    suggestions, excluded = [], []
    for candidate in candidates:
        why = why_not(need, candidate, broker)
        if why:
            excluded.append(Excluded(candidate, why))
        else:
            suggestions.append(Suggestion(candidate, reasons_for(need, candidate)))
    suggestions.sort(key=lambda s: (-s.score, _far(need, s.candidate), s.candidate.school.name))
    return Match(tuple(suggestions), tuple(sorted(excluded, key=lambda e: e.candidate.school.name)))


def why_not(need: Need, candidate: Candidate, broker: Broker) -> str | None:
    """None where the school may be suggested, else the reason, as a sentence for the officer."""
    them, asking = candidate.school, need.school
    if them.school_id == asking.school_id:
        return "It is the school that needs the support."
    if not them.is_open:
        return "It is not open."
    if them.is_organisation and not need.organisations_allowed:
        return "It is not a school, and the fund takes part with schools only."
    return _conflict(asking, them, broker) or _own_needs(candidate)


def _conflict(asking: Facts, them: Facts, broker: Broker) -> str | None:
    if them.school_id in broker.schools:
        return "Conflict of interest: it is your own school."
    if them.trust_id and them.trust_id in broker.trusts:
        return f"Conflict of interest: your own trust, {them.trust}, runs it."
    if them.trust_id and them.trust_id == asking.trust_id:
        return f"Conflict of interest: {them.trust} runs both schools, and a trust supports its own."
    return None


def _own_needs(candidate: Candidate) -> str | None:
    if candidate.school.tier is not None and candidate.school.tier >= INTENSIVE:
        return "It has intensive support itself (tier 4). Never tell other schools."
    if candidate.left <= 0:
        return f"No days left this school year: the {days_words(candidate.offered)} it offers are promised."
    return None


def reasons_for(need: Need, candidate: Candidate) -> tuple[Reason, ...]:
    """Every ground that counts, whether it adds points or not, always in the same order."""
    cluster = _cluster(need.school, candidate.school)
    return (
        Reason(f"Offers {need.expertise}: {', '.join(f'“{t}”' for t in candidate.titles)}", 3),
        _phase(need.school, candidate),
        _distance(need.school.place, candidate.school.place),
        _capacity(need, candidate),
        _ratings(candidate.ratings),
        *([cluster] if cluster else []),
        Reason(f"No conflict: neither yours nor of the same trust as {need.school.name}", 0, shared=False),
    )


def _phase(asking: Facts, candidate: Candidate) -> Reason:
    offered = joined([PHASES_OFFERED[p].lower() for p in PHASES_OFFERED if p in candidate.phases])
    if asking.phase_code is None:
        return Reason(f"Works with: {offered}. The phase of {asking.name} is not known", 0)
    if FITS.get(asking.phase_code, set()) & candidate.phases:
        return Reason(f"The right phase: {offered}", 2)
    return Reason(f"Another phase: {offered}", 0)


def _distance(asking: Location, there: Location) -> Reason:
    miles = miles_between(asking, there)
    if miles is not None:
        points = 2 if miles <= NEAR_MILES else 1 if miles <= WITHIN_REACH_MILES else 0
        return Reason(f"{miles:.1f} miles away in a straight line", points)
    if asking.patch_id and asking.patch_id == there.patch_id:
        return Reason(f"In the same patch, {there.patch}; the distance is not known", 2)
    if asking.town and searchable(asking.town) == searchable(there.town):
        return Reason(f"In the same town, {there.town}; the distance is not known", 1)
    if asking.district and asking.district == there.district:
        return Reason(f"In the same postcode district, {there.district}; the distance is not known", 1)
    return Reason("The distance is not known", 0)


def _capacity(need: Need, candidate: Candidate) -> Reason:
    left = days_words(candidate.left)
    if need.half_days is None:
        return Reason(f"Has {left} left this school year", 1)
    if candidate.left >= need.half_days:
        return Reason(f"Has {left} left this school year, and {days_words(need.half_days)} are needed", 2)
    return Reason(f"Has only {left} left this school year of the {days_words(need.half_days)} needed", 0)


def _ratings(ratings: Ratings) -> Reason:
    if ratings.count < FEWEST_RATINGS or ratings.mean is None:
        return Reason("No ratings yet (they are shown from 3 on)", 0, shared=False)
    points = 2 if ratings.mean >= 4 else 1 if ratings.mean >= 3 else -1
    return Reason(
        f"Rated {ratings.mean:.1f} of 5 by {ratings.count} supported schools; "
        f"{ratings.again} would use it again",
        points,
        shared=False,
    )


def _cluster(asking: Facts, them: Facts) -> Reason | None:
    return Reason("In the same cluster", 1) if asking.clusters & them.clusters else None


def miles_between(one: Location, other: Location) -> float | None:
    """Straight-line miles, from grid metres; None where either is not known."""
    if None in (one.easting, one.northing, other.easting, other.northing):
        return None
    east = float(one.easting or 0) - float(other.easting or 0)
    north = float(one.northing or 0) - float(other.northing or 0)
    return hypot(east, north) / METRES_IN_A_MILE


def _far(need: Need, candidate: Candidate) -> float:
    miles = miles_between(need.school.place, candidate.school.place)
    return float("inf") if miles is None else miles


def district_of(postcode: str) -> str:
    """“SL1” of “SL1 3AB”."""
    compact = "".join(postcode.split()).upper()
    return compact[:-3] if len(compact) > 4 else compact
