"""Surveys: what the council asks schools, who is asked, and each school's answers."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.files import FileKind
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import PHASES, School, SchoolKind
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.phrases import joined
from fundflow.workflow.survey import ASKED, SURVEY, SurveyState
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date

PHASE_WORDS = {**PHASES, 0: "Special schools and alternative provision"}
KIND_WORDS = {SchoolKind.MAINTAINED: "maintained schools", SchoolKind.ACADEMY: "academies"}
SCALE = (1, 2, 3, 4, 5)


class QuestionKind(Worded):
    """How a question is answered; `SurveyResponse` says how the answer is kept."""

    CHOICE = "choice", "Choose one answer"
    SEVERAL = "several", "Choose all answers that apply"
    SCALE = "scale", "A scale from 1 to 5"
    TEXT = "text", "Free text"
    LIKELY = "likely", "How likely they are to buy each service"


class Likelihood(Worded):
    """How likely a school is to buy a service."""

    VERY = "very_likely", "Very likely"
    LIKELY = "likely", "Likely"
    NOT = "not_likely", "Not likely"
    UNKNOWN = "dont_know", "Don’t know"


def closed_early_on(closed_at: datetime | None, due_on: date) -> date | None:
    """The day on which a survey was closed before its last day was over; None where it was not."""
    day = london_date(closed_at) if closed_at else None
    return day if day and day <= due_on else None


class Survey(Base):
    """Questions to schools of a fund's area, to be answered by a day.

    phases, kinds  which schools are asked: phase codes, and values of SchoolKind; empty: all
    chased_at      when the schools that had not answered were last reminded
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("(state IN ('draft', 'discarded')) = (opened_at IS NULL)", name="opened"),
        CheckConstraint("(state IN ('closed', 'shared')) = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint(
            "(state = 'shared') = (shared_at IS NOT NULL) AND (state = 'shared') = (findings != '')",
            name="shared_with_findings",
        ),
        CheckConstraint("(document_name = '') = (document_url = '')", name="document_named"),
    )
    workflow: ClassVar[Workflow] = SURVEY

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    state: Mapped[SurveyState] = mapped_column(enum_of(SurveyState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(140))
    about: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]  # the last day to answer
    phases: Mapped[list[int]] = mapped_column(JSON, default=list)
    kinds: Mapped[list[str]] = mapped_column(JSON, default=list)
    document_name: Mapped[str] = mapped_column(String(140), default="")  # on which views are asked
    document_url: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int] = key_to("person.id", index=False)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    findings: Mapped[str] = mapped_column(Text, default="")  # the officer's words, which schools read

    bid: ClassVar[None] = None  # no part of a bid
    fund: Mapped[Fund] = relationship()
    made_by: Mapped[User] = relationship()
    questions: Mapped[list["SurveyQuestion"]] = relationship(
        back_populates="survey",
        order_by="SurveyQuestion.position, SurveyQuestion.id",
        cascade="all, delete-orphan",
    )
    asked: Mapped[list["SurveySchool"]] = relationship(back_populates="survey", order_by="SurveySchool.id")
    counted: Mapped[list["SurveyResponse"]] = relationship(
        primaryjoin="and_(SurveyResponse.survey_id == Survey.id, SurveyResponse.replaced_at.is_(None))",
        viewonly=True,
    )
    document: Mapped["SurveyDocument | None"] = relationship(
        back_populates="survey", cascade="all, delete-orphan", lazy="joined"
    )

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", SurveyState.DRAFT)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/surveys/{self.id}"

    @property
    def reference(self) -> str:
        return f"SV-{self.id}"

    @property
    def last_day(self) -> str:
        """The last day to answer, in words."""
        return day_words(self.due_on)

    @property
    def closed_early_on(self) -> date | None:
        return closed_early_on(self.closed_at, self.due_on)

    @property
    def is_asked(self) -> bool:
        """Whether schools see it."""
        return self.state in ASKED

    @property
    def audience(self) -> str:
        """Which schools are asked: “Primary: academies”, “All schools”."""
        kinds = joined([words for kind, words in KIND_WORDS.items() if kind.value in self.kinds])
        phases = joined([PHASE_WORDS[code] for code in self.phases])
        return f"{phases}: {kinds or 'all schools'}" if phases else (kinds or "all schools").capitalize()

    def names_of(self, user: User | None, now: datetime, *, waited_for: bool = False) -> str:
        """The schools it asks that this person leads, in a letter: “Oak Primary and Ash Academy”.

        waited_for  only those that are open and have not answered
        """
        led = user.school_ids(london_date(now), leading=True) if user else set()
        if waited_for:
            led -= {response.school_id for response in self.counted}
            led -= {one.school_id for one in self.asked if not one.school.is_open}
        return joined([one.school.name for one in self.asked if one.school_id in led]) or "your school"

    def touch(self) -> None:
        self.version += 1


class SurveyDocument(Base):
    """A file on which a survey asks for views. Its bytes lie in the file store."""

    __tablename__ = "survey_document"
    __table_args__ = (
        UniqueConstraint("survey_id"),
        UniqueConstraint("store_key"),
        CheckConstraint("size > 0", name="not_empty"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = key_to("survey.id", index=False)
    name: Mapped[str] = mapped_column(String(200))  # as its officer called it, made harmless
    kind: Mapped[FileKind] = mapped_column(enum_of(FileKind))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    store_key: Mapped[str] = mapped_column(String(100))
    scanned: Mapped[bool]  # a virus scanner found nothing
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attached_by_id: Mapped[int] = key_to("person.id", index=False)

    survey: Mapped[Survey] = relationship(back_populates="document")


class SurveyQuestion(Base):
    """One question of a survey.

    options   what may be chosen, for CHOICE and SEVERAL
    services  for LIKELY: [id, name] of each service of the catalogue, frozen as the survey is opened
    """

    __tablename__ = "survey_question"

    id: Mapped[Id]
    survey_id: Mapped[int] = key_to("survey.id")
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(enum_of(QuestionKind))
    text: Mapped[str] = mapped_column(String(300))
    hint: Mapped[str] = mapped_column(String(500), default="")
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    services: Mapped[list[Any]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=True)

    survey: Mapped[Survey] = relationship(back_populates="questions")

    @property
    def key(self) -> str:
        """Under which a response keeps its answer."""
        return str(self.id)


class SurveySchool(Base):
    """A school that a survey asks, with how often it was reminded. `version` is of its answers.

    phase_code  the school's as it was asked, so that no later change moves its answers in a summary
    """

    __tablename__ = "survey_school"
    __table_args__ = (UniqueConstraint("survey_id", "school_id"),)

    id: Mapped[Id]
    survey_id: Mapped[int] = key_to("survey.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    phase_code: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    chased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chasers: Mapped[int] = mapped_column(default=0)

    bid: ClassVar[None] = None  # no part of a bid
    survey: Mapped[Survey] = relationship(back_populates="asked")
    school: Mapped[School] = relationship()

    def __init__(self, **values: Any) -> None:
        if school := values.get("school"):
            values.setdefault("phase_code", school.phase_code)
        super().__init__(**values)

    @property
    def fund_id(self) -> int:
        """Of its survey, whose chain its history joins."""
        return self.survey.fund_id

    @property
    def path(self) -> str:
        """The page of its answers."""
        return f"{self.survey.path}/schools/{self.school.urn}"

    def touch(self) -> None:
        self.version += 1


class SurveyResponse(Base):
    """A school's answers to a survey. The one that nothing replaced is counted; earlier ones are kept.

    answers  by the id of the question, as text: an option (CHOICE), options (SEVERAL), a number (SCALE), a
             text (TEXT), or {id of the service, as text: value of Likelihood} (LIKELY); none where left empty
    """

    __tablename__ = "survey_response"
    __table_args__ = (
        Index(
            "ix_survey_response_counted",
            "survey_id",
            "school_id",
            unique=True,
            **where("replaced_at IS NULL"),
        ),
        CheckConstraint("replaced_at >= answered_at", name="replaced_later"),
    )

    id: Mapped[Id]
    survey_id: Mapped[int] = key_to("survey.id")
    school_id: Mapped[int] = key_to("school.id")
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int] = key_to("person.id")
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    survey: Mapped[Survey] = relationship()
    school: Mapped[School] = relationship()
    answered_by: Mapped[User] = relationship()
