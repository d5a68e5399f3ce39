"""The board's papers, and what committees and the board recommend."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.person import RoleName, User
from fundflow.workflow.board_paper import BOARD_PAPER, PaperState
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.recommendation import RECOMMENDATION, WAITING, RecommendationState

# Who may own a recommendation: those who can see to it themselves.
OWNERS = (RoleName.OFFICER, RoleName.DEPUTY_OFFICER, RoleName.CLERK, RoleName.IMPACT_OFFICER)
# Headings of a committee under which nothing may be left out.
WANTED = ("purpose", "recommendations")
PAPER_COLOURS = {PaperState.DRAFT: "yellow", PaperState.ISSUED: "green", PaperState.DISCARDED: "grey"}
COLOURS = {
    RecommendationState.NEW: "grey",
    RecommendationState.OPEN: "yellow",
    RecommendationState.ACCEPTED: "turquoise",
    RecommendationState.NOT_ACCEPTED: "red",
    RecommendationState.DONE: "green",
    RecommendationState.LET_GO: "grey",
}


class BoardPaper(Base):
    """A report to the board on a fund and a period, its figures frozen.

    figures   parts of `fundflow.reports.tables` as JSON, by their place in addresses
    drawn_at  as at which they were drawn: afresh while it is a draft, never again once it is issued
    edition   1, or one more than the paper that it corrects
    """

    __tablename__ = "board_paper"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="period_in_order"),
        CheckConstraint("(issued_at IS NULL) = (state <> 'issued')", name="issued_at_a_moment"),
        CheckConstraint("published_at IS NULL OR issued_at IS NOT NULL", name="published_once_issued"),
    )
    workflow: ClassVar[Workflow] = BOARD_PAPER

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    state: Mapped[PaperState] = mapped_column(enum_of(PaperState))
    version: Mapped[int] = mapped_column(default=1)
    edition: Mapped[int] = mapped_column(default=1)
    corrects_id: Mapped[int | None] = key_to("board_paper.id", unique=True, index=False)
    correction_reason: Mapped[str] = mapped_column(Text, default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
    contact: Mapped[str] = mapped_column(String(300), default="")  # the officer whom the board may ask
    wards: Mapped[str] = mapped_column(String(300), default="")
    priorities: Mapped[str] = mapped_column(Text, default="")
    comments: Mapped[str] = mapped_column(Text, default="")  # of other committees
    background: Mapped[str] = mapped_column(Text, default="")  # papers that it rests on
    exempt_paragraph: Mapped[str] = mapped_column(String(300), default="")  # of Schedule 12A
    public_interest: Mapped[str] = mapped_column(Text, default="")  # the test
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by_id: Mapped[int] = key_to("person.id", index=False)
    issued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = key_to("person.id", index=False)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    fund: Mapped[Fund] = relationship()
    sections: Mapped[list["BoardPaperSection"]] = relationship(
        back_populates="paper", order_by="BoardPaperSection.position"
    )
    corrects: Mapped["BoardPaper | None"] = relationship(
        remote_side="BoardPaper.id", back_populates="next_edition"
    )  # the issued one, or a draft of its correction that was not used
    next_edition: Mapped["BoardPaper | None"] = relationship(back_populates="corrects", uselist=False)

    bid = None  # a paper belongs to no single bid
    bid_id = None

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", PaperState.DRAFT)
        values.setdefault("version", 1)
        values.setdefault("edition", 1)
        super().__init__(**values)

    @property
    def last_edition(self) -> "BoardPaper":
        """The newest draft of its correction, used or not; the paper itself where none was begun."""
        last = self
        while last.next_edition:
            last = last.next_edition
        return last

    @property
    def corrected_by(self) -> "BoardPaper | None":
        """The corrected report or the draft of it; None also where the draft was not used."""
        later = self.next_edition
        while later and later.state is PaperState.DISCARDED:
            later = later.next_edition
        return later

    @property
    def corrected(self) -> "BoardPaper | None":
        """The issued report that this one corrects."""
        before = self.corrects
        while before and not before.issued_at:
            before = before.corrects
        return before

    @property
    def path(self) -> str:
        return f"/board/papers/{self.id}"

    @property
    def title(self) -> str:
        """“Local School Improvement Fund: report for 1 September 2026 to 31 December 2026”."""
        corrected = f", corrected ({self.edition})" if self.edition > 1 else ""
        return f"{self.fund.name}: report for {self.period_words}{corrected}"

    @property
    def period_words(self) -> str:
        return f"{day_words(self.starts_on)} to {day_words(self.ends_on)}"

    @property
    def drawn_day_words(self) -> str:
        return day_words(self.drawn_at)

    @property
    def state_words(self) -> str:
        return BOARD_PAPER.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return PAPER_COLOURS[self.state]

    @property
    def wanting(self) -> list[str]:
        """Headings under which something must stand, and nothing does."""
        return [one.heading for one in self.sections if one.heading.lower() in WANTED and not one.text]

    @property
    def has_exempt_part(self) -> bool:
        return any(section.exempt for section in self.sections)

    def touch(self) -> None:
        self.version += 1


class BoardPaperSection(Base):
    """One heading of a paper with the officer's words; `exempt` stands in the exempt part."""

    __tablename__ = "board_paper_section"
    __table_args__ = (UniqueConstraint("paper_id", "position"),)

    id: Mapped[Id]
    paper_id: Mapped[int] = key_to("board_paper.id")
    position: Mapped[int]
    heading: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text, default="")
    exempt: Mapped[bool] = mapped_column(default=False)

    paper: Mapped[BoardPaper] = relationship(back_populates="sections")


class Recommendation(Base):
    """What a committee or the board recommended. What was asked for never changes; another is a new one."""

    __tablename__ = "recommendation"
    __table_args__ = (Index("ix_recommendation_open", "owner_id", **where("state IN ('open', 'accepted')")),)
    workflow: ClassVar[Workflow] = RECOMMENDATION

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    state: Mapped[RecommendationState] = mapped_column(enum_of(RecommendationState))
    version: Mapped[int] = mapped_column(default=1)
    body: Mapped[str] = mapped_column(String(120))  # who recommends: a committee, the board
    what: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int] = key_to("person.id", index=False)
    owner_role: Mapped[str] = mapped_column(String(60))  # as papers name the owner, by no name
    due_on: Mapped[date]
    response: Mapped[str] = mapped_column(Text, default="")
    answered_for: Mapped[str] = mapped_column(
        String(120), default="", server_default=""
    )  # a post; else the owner
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="", server_default="")  # done, or why it was let go
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    fund: Mapped[Fund] = relationship()
    owner: Mapped[User] = relationship()

    bid = None
    bid_id = None

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", RecommendationState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def path(self) -> str:
        return f"/board/recommendations/{self.id}"

    @property
    def words(self) -> str:
        """“Tell every school of the next round: the liaison officer, by 12 March 2027”."""
        return f"{self.what.rstrip('.')}: {self.owner_role}, by {day_words(self.due_on)}"

    @property
    def state_words(self) -> str:
        return RECOMMENDATION.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def is_waiting(self) -> bool:
        """Whether it is still to be answered or done."""
        return self.state in WAITING

    def is_overdue(self, today: date) -> bool:
        return self.is_waiting and self.due_on < today

    def give_to(self, owner: User, role: RoleName) -> None:
        """Make somebody its owner, whom papers name by this role."""
        self.owner, self.owner_role = owner, f"The {role.words.lower()}"[:60]

    def touch(self) -> None:
        self.version += 1
