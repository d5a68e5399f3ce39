"""The liaison officer's review, the questions put to a school, and requests to look again."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to, where
from fundflow.models.person import User
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.phrases import joined
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.models.need import NeedAssessment


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the officer's checklist.

    words     what is checked, as a statement that holds when it passes
    evidence  where the facts beside it come from
    blocking  a bid that fails it breaks a rule of the fund, so it can't be recommended for funding
    may_lack  “not applicable” is an ordinary answer, which needs no note
    """

    slug: str
    words: str
    evidence: str
    blocking: bool = False
    may_lack: bool = False


# The officer's checklist (docs/rules.md, "Review"); `review.evidence` computes what stands beside each.
ITEMS = (
    Item("area", "The lead school is in the area and may bid", "the school’s record", blocking=True),
    Item("parties", "At least two schools take part", "the bid’s partners", blocking=True),
    Item("priority", "It fits a priority of the round", "the round’s priorities"),
    Item("dates", "The dates are possible", "the bid’s dates and the fund’s longest time", blocking=True),
    Item("costs", "The costs are allowed", "the cost lines, the fund’s shares and caps", blocking=True),
    Item(
        "duplicate",
        "No other funding pays for the same days",
        "what the school says; other bids of the same schools, dates and staff",
        blocking=True,
    ),
    Item("reports", "The schools’ earlier reports are in", "reports that are overdue", may_lack=True),
    Item("rates", "Day rates compare with past awards", "past awards, by grade and role", may_lack=True),
    Item(
        "capacity",
        "The provider has the capacity",
        "the directory of support, days in other live bids, the provider’s answer",
    ),
    Item(
        "overlap", "It does not overlap with national or trust support", "the schools’ trusts", may_lack=True
    ),
    Item(
        "brokering",
        "Any brokering is disclosed",
        "the broker log, requests for support, who entered the bid",
        may_lack=True,
    ),
)
# fmt: off
CHECKLIST = {item.slug: item for item in ITEMS}
# fmt: on


class Verdict(Worded):
    PASS = "pass", "Pass"
    FAIL = "fail", "Fail"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


class Recommendation(Worded):
    FUND = "fund", "Fund"
    FUND_LESS = "fund_less", "Fund a smaller amount"
    WITH_CONDITIONS = "with_conditions", "Fund with conditions"
    DO_NOT_FUND = "do_not_fund", "Do not fund"


class Review(Base):
    __tablename__ = "review"

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", unique=True)
    version: Mapped[int] = mapped_column(default=1)
    need_notes: Mapped[str] = mapped_column(Text, default="")
    value_notes: Mapped[str] = mapped_column(Text, default="")
    recommendation: Mapped[Recommendation | None] = mapped_column(enum_of(Recommendation))
    recommended_pence: Mapped[Pence | None]
    conditions: Mapped[str] = mapped_column(Text, default="")
    reply: Mapped[str] = mapped_column(Text, default="")  # the school's, to the report before the panel
    replied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int | None] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="review")
    updated_by: Mapped[User | None] = relationship()
    checks: Mapped[list["ChecklistAnswer"]] = relationship(back_populates="review")
    assessments: Mapped[list["NeedAssessment"]] = relationship(
        back_populates="review", order_by="NeedAssessment.number"
    )

    @property
    def reply_until(self) -> date | None:
        """The day by which the panel's papers go out, and until then the school may reply to the report;
        None where it may not: the fund asks for no reply, there is one, or the papers are out."""
        item = self.bid.open_item if self.bid.fund.asks_reply and not self.reply else None
        if item is None or item.meeting.state is not MeetingState.PLANNED:
            return None
        return max(item.meeting.papers_due_on, london_date(self.updated_at))

    def items_left(self) -> int:
        """Items without a verdict."""
        return len(CHECKLIST) - len({check.item for check in self.checks if check.verdict})

    def notes_wanted(self) -> list[Item]:
        """Items whose verdict says too little without a note, in the list's order."""
        wanting = {check.item for check in self.checks if check.wants_note}
        return [item for item in ITEMS if item.slug in wanting]

    def failed_blocking(self) -> list[Item]:
        """The failed items that keep the officer from recommending any funding."""
        failed = {check.item for check in self.checks if check.verdict is Verdict.FAIL}
        return [item for item in ITEMS if item.blocking and item.slug in failed]

    def why_not_fundable(self) -> str | None:
        """None where the officer may recommend to fund the bid, else the sentence."""
        failed = self.failed_blocking()
        if not failed:
            return self.why_unassessed()
        names = joined([f"“{item.words}”" for item in failed])
        return f"You marked {names} as failed, so recommend not to fund the bid, or rule it ineligible."

    @property
    def assessment(self) -> "NeedAssessment | None":
        """The latest assessment of need; None also while the fund assesses none."""
        return self.assessments[-1] if self.bid.fund.assesses_need and self.assessments else None

    def why_unassessed(self) -> str | None:
        """What is lacking where the bid's priority asks for an assessment of need before money, else None."""
        bid = self.bid
        if not (bid.fund.assesses_need and bid.priority and bid.priority.asks_assessment) or self.assessment:
            return None
        return "Money for this priority needs an assessment of need first, and there is none yet."

    def check(self, item: str) -> "ChecklistAnswer | None":
        return next((check for check in self.checks if check.item == item), None)


class ChecklistAnswer(Base):
    __tablename__ = "checklist_answer"
    __table_args__ = (UniqueConstraint("review_id", "item"),)

    id: Mapped[Id]
    review_id: Mapped[int] = key_to("review.id")
    item: Mapped[str] = mapped_column(String(20))  # a slug of CHECKLIST
    verdict: Mapped[Verdict | None] = mapped_column(enum_of(Verdict))
    note: Mapped[str] = mapped_column(Text, default="")
    facts: Mapped[list[str]] = mapped_column(JSON, default=list)  # what the panel reads beside the verdict

    review: Mapped[Review] = relationship(back_populates="checks")

    @property
    def wants_note(self) -> bool:
        """Whether the verdict needs a note that is not there: a fail, or an odd “not applicable”."""
        if self.note or self.item not in CHECKLIST:
            return False
        odd = self.verdict is Verdict.NOT_APPLICABLE and not CHECKLIST[self.item].may_lack
        return self.verdict is Verdict.FAIL or odd


class Query(Base):
    """One question about one section, put to the school when a bid is returned."""

    __tablename__ = "query"

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    batch: Mapped[int]  # the how-manieth return this belongs to
    section: Mapped[str] = mapped_column(String(20))  # a slug of SECTIONS
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    bid: Mapped[Bid] = relationship(back_populates="queries")

    @property
    def is_open(self) -> bool:
        return not self.answer


class ReviewRequest(Base):
    """A school asks, within ten working days, that a decision be looked at again."""

    __tablename__ = "review_request"
    __table_args__ = (Index("ix_review_request_unheard", "bid_id", **where("heard_at IS NULL")),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    grounds: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = key_to("person.id")
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heard_by_id: Mapped[int | None] = key_to("person.id")
    upheld: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship(back_populates="review_requests")


class SubmissionKind(Worded):
    """What made a frozen version."""

    SUBMITTED = "submitted", "Submitted"
    SENT_BACK = "sent_back", "Sent back with answers"
    CORRECTED = "corrected", "Corrected"


class Submission(Base):
    """The bid as it was submitted, frozen: `answers` is the JSON text, never changed."""

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("bid_id", "number"),)

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    number: Mapped[int]
    kind: Mapped[SubmissionKind] = mapped_column(enum_of(SubmissionKind), default=SubmissionKind.SUBMITTED)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id")
    answers: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
