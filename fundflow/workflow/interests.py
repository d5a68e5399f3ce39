"""Interests as values: a `Bar` keeps a person from a bid, a `Tie` is to be disclosed.

Rules answer with these. They become words where somebody reads them: the person they are about
(`bar_to_you`, `ties_to_you`) or others (`bar_of_them`, `ties_of_them`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from fundflow.workflow.date_words import day_words


class Body(NamedTuple):
    """A school or trust: its id, and the name it had."""

    id: int
    name: str


# -- what bars ----------------------------------------------------------------------------------


class BarKind(Enum):
    SCHOOL = "school"
    TRUST = "trust"
    REGISTERED_SCHOOL = "registered_school"
    REGISTERED_TRUST = "registered_trust"
    DECLARED = "declared"
    NAMED = "named"  # in the bid, and no colleague has said yet whether that is an interest
    DISCLOSED = "disclosed"  # bars from deciding alone, where the rules give a discloser no vote
    FOUND_LATE = "found_late"  # after the decision


@dataclass(frozen=True, slots=True)
class Bar:
    """Why a person takes no part in a bid.

    school  the school that takes part in it, where the reason is a school or its trust
    trust   the trust that runs the school, where the reason is a trust
    """

    kind: BarKind
    school: Body | None = None
    trust: Body | None = None

    def frozen(self) -> dict[str, Any]:
        """As JSON keeps it."""
        bodies = {"school": self.school, "trust": self.trust}
        return {"kind": self.kind.value, **{key: body._asdict() for key, body in bodies.items() if body}}

    @classmethod
    def thawed(cls, kept: Mapping[str, Any]) -> "Bar":
        school, trust = (Body(**kept[key]) if key in kept else None for key in ("school", "trust"))
        return cls(BarKind(kept["kind"]), school, trust)


BAR_WORDS = {
    BarKind.SCHOOL: "{their} school, {school}, takes part in it",
    BarKind.TRUST: "{their} trust, {trust}, runs {school}, which takes part in it",
    BarKind.REGISTERED_SCHOOL: "{they} registered an interest in {school}, which takes part in it",
    BarKind.REGISTERED_TRUST: (
        "{they} registered an interest in {trust}, which runs {school}, which takes part in it"
    ),
    BarKind.DECLARED: "{they} declared an interest in it",
    BarKind.NAMED: "the school names {them} in it, and a colleague has to say whether that is an interest",
    BarKind.DISCLOSED: "{they} have a disclosed interest in it, and nobody who has one has a vote",
    BarKind.FOUND_LATE: "{they} have an interest in it that was found after the decision",
}


def bar_to_you(bar: Bar) -> str:
    """A bar as the end of “You can’t …: ”."""
    return _bar_words(bar, they="you", them="you", their="your")


def bar_of_them(bar: Bar) -> str:
    """A bar as the end of “Ann Example can’t …: ”."""
    return _bar_words(bar, they="they", them="them", their="their")


def _bar_words(bar: Bar, **pronouns: str) -> str:
    names = {key: body.name if body else "" for key, body in (("school", bar.school), ("trust", bar.trust))}
    return BAR_WORDS[bar.kind].format(**pronouns, **names)


# -- what is disclosed ------------------------------------------------------------------------------


class TieKind(Enum):
    ENTERED = "entered"  # as Bid.origin
    COMMISSIONED = "commissioned"
    BROKERED = "brokered"
    LOGGED = "logged"
    REGISTERED = "registered"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Tie:
    """What the records show of a person's part in a bid.

    name           the body of a registered interest, or the cluster
    about, others  contacts logged about the bid, and others with its schools
    latest         the day of the latest of these
    """

    kind: TieKind
    name: str = ""
    about: int = 0
    others: int = 0
    latest: date | None = None

    def frozen(self) -> dict[str, Any]:
        """As JSON keeps it."""
        kept = {"kind": self.kind.value, "name": self.name, "about": self.about, "others": self.others}
        return {**kept, "latest": self.latest.isoformat() if self.latest else None}

    @classmethod
    def thawed(cls, kept: Mapping[str, Any]) -> "Tie":
        latest = date.fromisoformat(kept["latest"]) if kept["latest"] else None
        return cls(TieKind(kept["kind"]), kept["name"], kept["about"], kept["others"], latest)


TIE_WORDS = {
    TieKind.ENTERED: "entered the bid for the school",
    TieKind.COMMISSIONED: "commissioned this support",
    TieKind.BROKERED: "brokered the request for support that became this bid",
    TieKind.LOGGED: "logged {contacts}, the latest on {latest}",
    TieKind.REGISTERED: "registered an interest in {name}",
    TieKind.CLUSTER: "{belong} to a school of the {name} cluster, as a school of this bid does",
}


def ties_to_you(ties: Iterable[Tie]) -> str:
    """Ties as the end of “You …”, or of “they …”; empty where there are none."""
    return "; ".join(_tie_words(tie, "belong") for tie in ties)


def ties_of_them(ties: Iterable[Tie]) -> str:
    """Ties as the end of “Ann Example …”."""
    return "; ".join(_tie_words(tie, "belongs") for tie in ties)


def _tie_words(tie: Tie, belong: str) -> str:
    latest = day_words(tie.latest) if tie.latest else ""
    return TIE_WORDS[tie.kind].format(name=tie.name, belong=belong, contacts=_contacts(tie), latest=latest)


def _contacts(tie: Tie) -> str:
    counts = ((tie.about, "about this bid"), (tie.others, "with its schools"))
    return " and ".join(f"{n} contact{'' if n == 1 else 's'} {what}" for n, what in counts if n)
