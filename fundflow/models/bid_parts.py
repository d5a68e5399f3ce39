"""The repeated parts of a bid: partners, evidence, outcomes, costs …"""

import re
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import CheckConstraint, ColumnElement, Numeric, String, Text, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, enum_of, folded, key_to
from fundflow.models.fund import StaffGrade
from fundflow.models.measure import Measure
from fundflow.models.money import backfill_pence
from fundflow.models.round import RoundQuestion
from fundflow.models.school import School
from fundflow.names import identifier
from fundflow.workflow.worded import Worded


class Part(Worded):
    """What a school does in a bid, beside the lead school."""

    PROVIDER = "provider", "Gives the support"
    SUPPORTED = "supported", "Receives the support"
    PARTNER = "partner", "Takes part in another way"


class EvidenceKind(Worded):
    ASSESSMENT = "assessment", "Assessment or test results"
    INSPECTION = "inspection", "Inspection report"
    ATTENDANCE = "attendance", "Attendance or behaviour data"
    REVIEW = "review", "Review by another school"
    SURVEY = "survey", "Survey of pupils, parents or staff"
    OTHER = "other", "Something else"


class PupilGroupKind(Worded):
    """Pupil groups of docs/rules.md, "The form"."""

    ALL = "all", "All pupils"
    DISADVANTAGED = "disadvantaged", "Disadvantaged pupils"
    SEN_SUPPORT = "sen_support", "SEN support"
    EHCP = "ehcp", "Education, health and care plan"
    EAL = "eal", "English as an additional language"
    LOOKED_AFTER = "looked_after", "Looked-after children"
    ETHNIC_GROUP = "ethnic_group", "An ethnic group"
    LOW_PRIOR = "low_prior", "Low prior attainment"
    MOST_ABLE = "most_able", "Most able"
    BOYS = "boys", "Boys"
    GIRLS = "girls", "Girls"
    EXCLUSION = "exclusion", "At risk of exclusion"


class CostKind(Worded):
    TRAVEL = "travel", "Travel"
    MATERIALS = "materials", "Materials"
    VENUE = "venue", "Venue"


class MatchKind(Worded):
    CASH = "cash", "Cash"
    IN_KIND = "in_kind", "In kind"


class EvidenceStrength(Worded):
    """How strong the evidence for the approach is: EEF's security rating, or another ground."""

    EEF_1 = "eef_1", "EEF: 1 of 5, very limited"
    EEF_2 = "eef_2", "EEF: 2 of 5, limited"
    EEF_3 = "eef_3", "EEF: 3 of 5, moderate"
    EEF_4 = "eef_4", "EEF: 4 of 5, extensive"
    EEF_5 = "eef_5", "EEF: 5 of 5, very extensive"
    LOCAL = "local", "Local evidence, for example of another school’s results"
    NONE = "none", "No evidence yet: we are trying something new"


class Partner(Base):
    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("bid_id", "school_id"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    part: Mapped[Part] = mapped_column(enum_of(Part))
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    joins: Mapped[bool] = mapped_column(default=False)  # asked to by a change that nobody has decided
    left_on: Mapped[date | None]  # by an agreed change; what it did stays

    school: Mapped[School] = relationship(lazy="joined")

    @hybrid_property
    def takes_part(self) -> bool:
        """Whether it takes part now: neither only asked to join, nor gone."""
        return not self.joins and self.left_on is None

    @takes_part.inplace.expression
    @classmethod
    def _takes_part(cls) -> ColumnElement[bool]:
        return and_(cls.joins.is_(False), cls.left_on.is_(None))


class Evidence(Base):
    __tablename__ = "evidence"

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    kind: Mapped[EvidenceKind] = mapped_column(enum_of(EvidenceKind))
    source: Mapped[str] = mapped_column(String(200))
    dated: Mapped[date]
    text: Mapped[str] = mapped_column(String(500))


class PupilGroup(Base):
    __tablename__ = "pupil_group"
    __table_args__ = (
        UniqueConstraint("bid_id", "group"),
        CheckConstraint("count >= 1", name="count_of_at_least_one"),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    group: Mapped[PupilGroupKind] = mapped_column(enum_of(PupilGroupKind, "group"))
    count: Mapped[int]
    note: Mapped[str] = mapped_column(String(120), default="")  # which ethnic group


SHARE = re.compile(r"%|per ?cent(age)?\b", re.I)
OUTSIDE_A_SHARE = re.compile(
    r"\b(changes?|growth|increases?|decreases?|reductions?|rises?|falls?|gaps?|difference|points?)\b", re.I
)


Range = tuple[Decimal | int, Decimal | int]


def value_range(measure: str, unit: str, *, is_gap: bool = False) -> Range:
    """The least and greatest plausible value of a measure: a percentage is from 0 to 100.

    Unless the measure or its unit says otherwise: a change or percentage points. A gap between two
    percentages is from −100 to 100.
    """
    if SHARE.search(unit) and is_gap:
        return -100, 100
    if SHARE.search(unit) and not OUTSIDE_A_SHARE.search(f"{measure} {unit}"):
        return 0, 100
    return -1_000_000, 1_000_000


def range_of(library: Measure | None, measure: str, unit: str, *, is_gap: bool) -> Range:
    """`value_range`, within the bounds of the fund's measure where it has some; they are not a gap's."""
    least, greatest = value_range(measure, unit, is_gap=is_gap)
    if library is None or is_gap:
        return least, greatest
    return (
        least if library.least is None else library.least,
        greatest if library.greatest is None else library.greatest,
    )


class Aim(NamedTuple):
    """From where to where an outcome is to go, in its measure's unit, and by when."""

    baseline: Decimal
    target: Decimal
    target_on: date


class Outcome(Base):
    __tablename__ = "outcome"
    __table_args__ = (CheckConstraint("target != baseline", name="target_differs_from_baseline"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    measure_id: Mapped[int | None] = key_to("measure.id")  # of the fund's library, else the bid's own
    measure: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))
    compared_with: Mapped[str] = mapped_column(String(120), default="")  # of a gap: the group's peers
    group: Mapped[PupilGroupKind] = mapped_column(enum_of(PupilGroupKind, "group"))
    method: Mapped[str] = mapped_column(String(200))
    baseline: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    baseline_on: Mapped[date]
    target: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    target_on: Mapped[date]
    dropped_on: Mapped[date | None]  # by an agreed change of the award: nobody reports on it any more

    library: Mapped[Measure | None] = relationship(lazy="joined")

    @property
    def aim(self) -> Aim:
        return Aim(self.baseline, self.target, self.target_on)

    @property
    def is_gap(self) -> bool:
        """Whether its values are the group's distance from its peers."""
        return bool(self.compared_with)

    @property
    def group_words(self) -> str:
        """“Disadvantaged pupils”; of a gap “Disadvantaged pupils, compared with all other pupils”."""
        return f"{self.group.words}, compared with {self.compared_with}" if self.is_gap else self.group.words

    @property
    def limits(self) -> Range:
        """The least and greatest plausible value."""
        return range_of(self.library, self.measure, self.unit, is_gap=self.is_gap)


class Activity(Base):
    __tablename__ = "activity"
    __table_args__ = (
        CheckConstraint("half_days > 0", name="some_time"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    what: Mapped[str] = mapped_column(String(200))
    who: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    half_days: Mapped[int]


class BackfillLine(Base):
    """Cover for one released member of staff, whom only their school's own code names."""

    __tablename__ = "backfill_line"
    __table_args__ = (
        CheckConstraint("half_days > 0", name="some_time"),
        CheckConstraint("day_rate_pence > 0", name="some_rate"),
        CheckConstraint("on_cost_basis_points BETWEEN 0 AND 10000", name="on_cost_a_percentage"),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    grade_id: Mapped[int | None] = key_to("staff_grade.id")  # whose cap the day rate is held to
    staff_role: Mapped[str] = mapped_column(String(120))
    staff_code: Mapped[str] = mapped_column(String(20))
    staff_key: Mapped[str] = folded(identifier, "staff_code", most=60)
    half_days: Mapped[int]  # 2.5 days are 5
    day_rate_pence: Mapped[Pence]
    on_cost_basis_points: Mapped[int] = mapped_column(default=0)  # 40 % is 4000
    vat_code: Mapped[str] = mapped_column(String(20), default="outside")
    rate_reason: Mapped[str] = mapped_column(Text, default="")

    school: Mapped[School] = relationship(lazy="joined")
    grade: Mapped[StaffGrade | None] = relationship(lazy="joined")

    @property
    def pence(self) -> int:
        return backfill_pence(self.half_days, self.day_rate_pence, self.on_cost_basis_points)


class CostLine(Base):
    __tablename__ = "cost_line"
    __table_args__ = (CheckConstraint("pence > 0", name="pence_positive"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    kind: Mapped[CostKind] = mapped_column(enum_of(CostKind))
    description: Mapped[str] = mapped_column(String(200))
    pence: Mapped[Pence]


class MatchFunding(Base):
    __tablename__ = "match_funding"
    __table_args__ = (CheckConstraint("pence > 0", name="pence_positive"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    source: Mapped[str] = mapped_column(String(200))
    kind: Mapped[MatchKind] = mapped_column(enum_of(MatchKind))
    pence: Mapped[Pence]


class Risk(Base):
    """What may go wrong; likelihood and impact from 1 (low) to 5 (high)."""

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint("likelihood BETWEEN 1 AND 5", name="likelihood_of_1_to_5"),
        CheckConstraint("impact BETWEEN 1 AND 5", name="impact_of_1_to_5"),
    )

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    risk: Mapped[str] = mapped_column(String(300))
    likelihood: Mapped[int]
    impact: Mapped[int]
    mitigation: Mapped[str] = mapped_column(String(500))


class RoundAnswer(Base):
    """An answer to a question of the round's own."""

    __tablename__ = "round_answer"
    __table_args__ = (UniqueConstraint("bid_id", "question_id"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    question_id: Mapped[int] = key_to("round_question.id")
    text: Mapped[str] = mapped_column(Text, default="")

    question: Mapped[RoundQuestion] = relationship(lazy="joined")
