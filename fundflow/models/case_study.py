"""Case studies of closed bids, and the consent of each school that one names."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, key_to, where
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.workflow.case_study import CASE_STUDY, WRITTEN_IN, CaseState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.phrases import joined

COLOURS = {
    CaseState.ASKED: "yellow",
    CaseState.TO_CHANGE: "turquoise",
    CaseState.AGREED: "turquoise",
    CaseState.REFUSED: "red",
    CaseState.PUBLISHED: "green",
}


class CaseStudy(Base):
    """What a bid taught, in words for everybody. A bid has one at a time, beside those that were set aside.

    Its words stand in this row alone, never in the history, so that they can be erased in one place.
    """

    __tablename__ = "case_study"
    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (state <> 'published')", name="published_at_a_moment"),
        Index("ix_case_study_live", "bid_id", unique=True, **where("state <> 'discarded'")),
        Index("ix_case_study_state", "state", "bid_id"),
        Index("ix_case_study_published", "published_at", "id", **where("state = 'published'")),
    )
    workflow: ClassVar[Workflow] = CASE_STUDY

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    state: Mapped[CaseState] = mapped_column(enum_of(CaseState))
    version: Mapped[int] = mapped_column(default=1)
    expertise: Mapped[Expertise] = mapped_column(enum_of(Expertise))  # the need that it is found by
    title: Mapped[str] = mapped_column(String(140), default="")
    need: Mapped[str] = mapped_column(Text, default="")
    support: Mapped[str] = mapped_column(Text, default="")  # what was done
    change: Mapped[str] = mapped_column(Text, default="")  # what changed
    lessons: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = folded(searchable, "title", "need", "support", "change", "lessons")
    suggestion: Mapped[str] = mapped_column(Text, default="")  # the latest of a head, until it is asked again
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    drafted_by_id: Mapped[int] = key_to("person.id", index=False)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    bid: Mapped[Bid] = relationship()
    drafted_by: Mapped[User] = relationship()
    consents: Mapped[list["CaseConsent"]] = relationship(
        back_populates="study", order_by="CaseConsent.id", cascade="all, delete-orphan"
    )

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", CaseState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def schools(self) -> list[School]:
        """The schools that it names, each of which must agree."""
        return [consent.school for consent in self.consents]

    @property
    def schools_words(self) -> str:
        return joined([school.name for school in self.schools])

    @property
    def asked_schools(self) -> set[int]:
        """Their ids, or their successors'."""
        return {school.today_id for school in self.schools}

    @property
    def owner(self) -> User:
        """Who is told what the schools say."""
        return self.drafted_by

    @property
    def unanswered(self) -> list["CaseConsent"]:
        """Of schools that have not agreed to it as it stands."""
        return [consent for consent in self.consents if consent.agreed_at is None]

    @property
    def is_written(self) -> bool:
        """Whether its words may be changed now."""
        return self.state in WRITTEN_IN

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(heading, text) of what it says."""
        return parts_of(self)

    @property
    def state_words(self) -> str:
        return CASE_STUDY.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS.get(self.state, "grey")

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()


class CaseConsent(Base):
    """A school that a case study names, and since when it agrees to it as it stands."""

    __tablename__ = "case_consent"
    __table_args__ = (
        UniqueConstraint("study_id", "school_id"),
        Index("ix_case_consent_waited_for", "school_id", **where("agreed_at IS NULL")),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by_id IS NULL)", name="agreed_by_somebody"),
    )

    id: Mapped[Id]
    study_id: Mapped[int] = key_to("case_study.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed_by_id: Mapped[int | None] = key_to("person.id", index=False)

    study: Mapped[CaseStudy] = relationship(back_populates="consents")
    school: Mapped[School] = relationship()


HEADINGS = {
    "need": "What was needed",
    "support": "What was done",
    "change": "What changed",
    "lessons": "What others can learn",
}


def parts_of(said: Any) -> list[tuple[str, str]]:
    """(heading, text) of a case study, or of what is published of one, without those that are empty."""
    return [(heading, getattr(said, name)) for name, heading in HEADINGS.items() if getattr(said, name)]
