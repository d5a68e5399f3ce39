"""Rounds of a fund: when bids may be sent, what each asks, and its priorities."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, key_to
from fundflow.models.fund import Fund
from fundflow.workflow.date_words import moment_words


class Round(Base):
    """A time to bid. Rolling unless it has dates."""

    __tablename__ = "round"

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    name: Mapped[str] = mapped_column(String(120))
    is_draft: Mapped[bool] = mapped_column(default=False, server_default=false())  # until it is published
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    guidance: Mapped[str] = mapped_column(Text, default="")
    criteria: Mapped[str] = mapped_column(Text, default="")  # published to everyone

    fund: Mapped[Fund] = relationship()
    questions: Mapped[list["RoundQuestion"]] = relationship(
        back_populates="round", order_by="RoundQuestion.id"
    )
    priorities: Mapped[list["Priority"]] = relationship(back_populates="round", order_by="Priority.id")

    def why_closed(self, now: datetime) -> str | None:
        """None while bids may be submitted, else the sentence that says why not."""
        if self.is_draft:
            return f"{self.name} is not published yet."
        if self.opens_at and now < self.opens_at:
            return f"{self.name} opens on {moment_words(self.opens_at)}."
        if self.closes_at and self.has_closed(now):
            return f"{self.name} closed on {moment_words(self.closes_at)}."
        return None

    def has_closed(self, now: datetime) -> bool:
        """From its very second of closing on."""
        return self.closes_at is not None and now >= self.closes_at

    def closing_words(self, now: datetime) -> str:
        """“The round closes on 12 March 2027 at 17:00.”"""
        if self.closes_at is None:
            return "The round has no closing date."
        verb = "closed" if self.has_closed(now) else "closes"
        return f"The round {verb} on {moment_words(self.closes_at)}."

    def at_a_glance(self, now: datetime, until: datetime | None = None) -> str:
        """What tells it from other rounds one may choose: its closing and a line of its criteria.

        until  the school's own later closing, where it was let in late
        """
        late = f" Your school may submit until {moment_words(until)}." if until else ""
        line = self.criteria.strip().partition("\n")[0]
        clipped = line if len(line) <= 200 else f"{line[:200].rpartition(' ')[0]}…"
        return f"{self.closing_words(now)}{late} {clipped}".strip()

    @property
    def priorities_offered(self) -> list["Priority"]:
        """Those a bid may choose today."""
        return [priority for priority in self.priorities if not priority.retired]

    @property
    def questions_asked(self) -> list["RoundQuestion"]:
        """The questions of its own that are asked today, on either form."""
        return [question for question in self.questions if not question.retired]


class RoundQuestion(Base):
    """A question of the round's own, asked beside those of every bid."""

    __tablename__ = "round_question"
    __table_args__ = (CheckConstraint("most BETWEEN 50 AND 4000", name="most_sensible"),)

    id: Mapped[Id]
    round_id: Mapped[int] = key_to("round.id")
    text: Mapped[str] = mapped_column(String(300))
    hint: Mapped[str] = mapped_column(String(500), default="")
    most: Mapped[int] = mapped_column(default=1000)  # characters
    required: Mapped[bool] = mapped_column(default=True)
    full_only: Mapped[bool] = mapped_column(default=False)  # asked on the full form only
    retired: Mapped[bool] = mapped_column(default=False)  # no longer asked; answers are kept

    round: Mapped[Round] = relationship(back_populates="questions")


class Priority(Base):
    __tablename__ = "priority"
    __table_args__ = (UniqueConstraint("round_id", "title"),)

    id: Mapped[Id]
    round_id: Mapped[int] = key_to("round.id")
    title: Mapped[str] = mapped_column(String(140))
    retired: Mapped[bool] = mapped_column(default=False)  # no longer offered; bids that name it keep it
    asks_assessment: Mapped[bool] = mapped_column(default=False, server_default=false())  # of need

    round: Mapped[Round] = relationship(back_populates="priorities")
