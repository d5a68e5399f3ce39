"""Schools and trusts, as public data describe them."""

import re
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, String, case, func, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, folded, key_to
from fundflow.names import searchable

# GIAS type codes (docs/rules.md, "Schools").
MAINTAINED_TYPES = frozenset({1, 2, 3, 5, 7, 12, 14, 15})
ACADEMY_TYPES = frozenset({28, *range(33, 37), *range(38, 47)})

OPEN, CLOSED, PROPOSED_TO_CLOSE, PROPOSED_TO_OPEN = 1, 2, 3, 4

PHASES = {
    0: "Not applicable",
    1: "Nursery",
    2: "Primary",
    3: "Middle deemed primary",
    4: "Secondary",
    5: "Middle deemed secondary",
    6: "16 plus",
    7: "All-through",
}
# How tables by phase are kept short: a code that is not here stands under the last column.
PHASE_GROUPS = {2: "Primary", 3: "Primary", 4: "Secondary", 5: "Secondary"}
PHASE_COLUMNS = ("Primary", "Secondary", "Other")
STATUSES = {1: "Open", 2: "Closed", 3: "Open, but proposed to close", 4: "Proposed to open"}


class SchoolKind(Enum):
    """What decides who may pay a school, and by which route."""

    MAINTAINED = "maintained"
    ACADEMY = "academy"
    OTHER = "other"


class SchoolRef(NamedTuple):
    """A school as a frozen copy keeps it: its URN (or code), and the name it had."""

    urn: str
    name: str

    @property
    def words(self) -> str:
        return f"{self.name} ({self.urn})"


class Trust(Base):
    __tablename__ = "trust"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    search_name: Mapped[str] = folded(searchable, "name", most=200, index=True)


class School(Base):
    """One URN. Closed schools are kept: history points at them."""

    __tablename__ = "school"
    __table_args__ = (
        CheckConstraint("length(urn) = 6", name="urn_has_six_digits"),
        CheckConstraint("status_code IN (1, 2, 3, 4)", name="status_known"),
    )

    id: Mapped[Id]
    urn: Mapped[str] = mapped_column(String(6), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    search_name: Mapped[str] = folded(searchable, "name", most=200, index=True)
    la_code: Mapped[str] = mapped_column(String(3), index=True)
    la_name: Mapped[str] = mapped_column(String(100))
    establishment_number: Mapped[str | None] = mapped_column(String(4))
    ukprn: Mapped[str | None] = mapped_column(String(8))
    type_code: Mapped[int | None]
    type_name: Mapped[str] = mapped_column(String(100), default="")
    phase_code: Mapped[int | None]
    status_code: Mapped[int] = mapped_column(default=OPEN)
    trust_id: Mapped[int | None] = key_to("trust.id")
    patch_id: Mapped[int | None] = key_to("patch.id")
    is_organisation: Mapped[bool] = mapped_column(default=False)  # no school: `urn` is our own code
    succeeded_by_id: Mapped[int | None] = key_to("school.id")  # whom its bids passed to in the end
    postcode: Mapped[str] = mapped_column(String(10), default="")
    search_postcode: Mapped[str] = mapped_column(String(10), default="", index=True)  # no space
    street: Mapped[str] = mapped_column(String(200), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    website: Mapped[str] = mapped_column(String(250), default="")
    telephone: Mapped[str] = mapped_column(String(30), default="")
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    pupils: Mapped[Decimal | None] = mapped_column(Numeric(8, 1))  # rolls can be halves
    capacity: Mapped[int | None]
    easting: Mapped[int | None]  # metres of the national grid
    northing: Mapped[int | None]
    free_school_meals_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 1))

    trust: Mapped[Trust | None] = relationship(lazy="joined")
    premiums: Mapped[list["PupilPremium"]] = relationship(
        back_populates="school", order_by="PupilPremium.year.desc()"
    )

    @property
    def today_id(self) -> int:
        """The id of the school that stands for it today: its successor, or itself."""
        return self.succeeded_by_id or self.id

    @property
    def kind(self) -> SchoolKind:
        return kind_of(self.type_code, self.type_name, is_organisation=self.is_organisation)

    @property
    def is_open(self) -> bool:
        return self.status_code in (OPEN, PROPOSED_TO_CLOSE)

    @property
    def ref(self) -> SchoolRef:
        return SchoolRef(self.urn, self.name)

    @property
    def named(self) -> str:
        """“Larkfield Infant School (URN 100001)”, for history and letters."""
        return f"{self.name} ({code_words(self.urn)})"

    @property
    def laestab(self) -> str | None:
        return f"{self.la_code}{self.establishment_number}" if self.establishment_number else None

    @property
    def phase(self) -> str:
        return PHASES.get(self.phase_code, "Not known") if self.phase_code is not None else "Not known"

    @property
    def status(self) -> str:
        return STATUSES[self.status_code]


class PupilPremium(Base):
    """One school's row of the DfE's pupil premium allocations for a financial year."""

    __tablename__ = "pupil_premium"

    school_id: Mapped[int] = key_to("school.id", primary_key=True, index=False)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 2019 is 2019–20
    pupils: Mapped[Decimal] = mapped_column(Numeric(8, 1))
    eligible: Mapped[Decimal] = mapped_column(Numeric(8, 1))
    allocation_pence: Mapped[Pence]

    school: Mapped[School] = relationship(back_populates="premiums")


def own_trust_code(code: str) -> bool:
    """Whether this is a code of ours (T00001), of a trust that GIAS didn't name when it was entered."""
    return re.fullmatch(r"T[0-9]{5}", code) is not None


def code_words(urn: str) -> str:
    """“URN 100001”, or “not a school, O00001” for an organisation with a code of ours."""
    return f"URN {urn}" if urn.isdigit() else f"not a school, {urn}"


def kind_of(type_code: int | None, type_name: str, *, is_organisation: bool) -> SchoolKind:
    """From the type, never from the trust: maintained foundation schools have trusts too.

    The pupil premium file has no type codes, so there the type's name decides.
    """
    if is_organisation:
        return SchoolKind.OTHER
    if type_code is None:
        return _kind_by_name(type_name)
    if type_code in ACADEMY_TYPES:
        return SchoolKind.ACADEMY
    return SchoolKind.MAINTAINED if type_code in MAINTAINED_TYPES else SchoolKind.OTHER


ACADEMY_WORDS = ("academy", "free school", "studio", "utc")
MAINTAINED_WORDS = ("community", "voluntary", "foundation", "local authority", "pupil referral")


def _kind_by_name(type_name: str) -> SchoolKind:
    folded = type_name.casefold()
    if any(word in folded for word in ACADEMY_WORDS):
        return SchoolKind.ACADEMY
    return SchoolKind.MAINTAINED if folded.startswith(MAINTAINED_WORDS) else SchoolKind.OTHER


def kind_value() -> ColumnElement[str]:
    """The value of `School.kind`, for a query."""
    academy, maintained, other = (
        kind.value for kind in (SchoolKind.ACADEMY, SchoolKind.MAINTAINED, SchoolKind.OTHER)
    )
    folded = func.lower(School.type_name)
    return case(
        (School.is_organisation, other),
        (School.type_code.in_(ACADEMY_TYPES), academy),
        (School.type_code.in_(MAINTAINED_TYPES), maintained),
        (School.type_code.is_not(None), other),
        (or_(*(folded.contains(word) for word in ACADEMY_WORDS)), academy),
        (or_(*(folded.startswith(word) for word in MAINTAINED_WORDS)), maintained),
        else_=other,
    )
