"""What changed: a school's reports, their actuals, and the supported schools' feedback."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    case,
    event,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, in_states, key_to, where
from fundflow.models.files import Attachment
from fundflow.models.unfinished import wrong_under
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.impact_return import IMPACT_RETURN, PART_OF, ReturnKind, ReturnPart, ReturnState, owed
from fundflow.workflow.worded import Worded

if TYPE_CHECKING:
    from fundflow.models.impact_results import Actual, Rating


class Rag(Worded):
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
    TOO_EARLY = "too_early", "Too early to rate"

    @property
    def colour(self) -> str:
        return {"green": "green", "amber": "yellow", "red": "red", "too_early": "grey"}[self.value]

    @property
    def wants_follow_up(self) -> bool:
        """Whether a follow-up action is agreed after it."""
        return self in (Rag.RED, Rag.AMBER)


TEACHING_WORDS = {1: "1: weak", 2: "2: developing", 3: "3: secure", 4: "4: strong"}

EDITABLE_RETURNS = (ReturnState.SCHEDULED, ReturnState.DUE, ReturnState.RETURNED)

# The states of a bid in which its reports are written.
OPEN_IN = {
    ReturnKind.INTERIM: (BidState.IN_DELIVERY, BidState.SUSPENDED),
    ReturnKind.FINAL: (BidState.IN_MONITORING,),
    ReturnKind.FOLLOW_UP: (BidState.IN_MONITORING, BidState.CLOSED),
}
OFF_IN = {
    ReturnKind.INTERIM: (BidState.IN_MONITORING, BidState.CLOSED),
    ReturnKind.FINAL: (BidState.CLOSED,),
    ReturnKind.FOLLOW_UP: (),
}


def is_off_in(kind: ReturnKind, state: BidState) -> bool:
    """Whether a report that was not sent is no longer asked for in this state of its bid."""
    return state is BidState.TERMINATED or state in OFF_IN[kind]


# Those in which an accepted report is corrected, whichever it is.
CORRECTED_IN = (BidState.IN_DELIVERY, BidState.SUSPENDED, BidState.IN_MONITORING, BidState.CLOSED)
# What the school says of an outcome.
SAID = ("value", "measured_on", "note", "method", "next_step", "next_owner", "next_on")


class ImpactReturn(Base):
    """One of a bid's reports; on the lean path it has the final one alone, of one page. An accepted report
    is corrected by a new version (`number`) beside it.
    """

    __tablename__ = "impact_return"
    __table_args__ = (
        CheckConstraint("teaching_before BETWEEN 1 AND 4", name="teaching_before_on_the_scale"),
        CheckConstraint("teaching_after BETWEEN 1 AND 4", name="teaching_after_on_the_scale"),
        CheckConstraint("state != 'accepted' OR rag IS NOT NULL", name="rated_when_accepted"),
        Index("ix_impact_return_wants_follow_up", "bid_id", **where("wants_follow_up")),
        Index("ix_impact_return_unsent", "bid_id", **where(in_states(EDITABLE_RETURNS))),
        Index("ix_impact_return_state_due_on", "state", "due_on"),
        Index("ix_impact_return_kind_state", "kind", "state", "due_on", **where("NOT off")),
        Index("ix_impact_return_held", "bid_id", **where("held_at IS NOT NULL")),
        Index("ix_impact_return_version", "bid_id", "kind", "number", unique=True),
        Index(
            "ix_impact_return_summary_unread",
            "state",
            "bid_id",
            **where(
                "kind = 'final' AND state = 'accepted' AND summary != '' AND summary_published_at IS NULL"
            ),
        ),
    )
    workflow: ClassVar[Workflow] = IMPACT_RETURN

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id", index=False)
    kind: Mapped[ReturnKind] = mapped_column(enum_of(ReturnKind), default=ReturnKind.FINAL)
    number: Mapped[int] = mapped_column(default=1)  # its version
    state: Mapped[ReturnState] = mapped_column(enum_of(ReturnState))
    version: Mapped[int] = mapped_column(default=1)  # counts changes, as of every record
    due_on: Mapped[date]
    answer_by: Mapped[date | None]  # while it is returned
    waived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its lateness counts no more
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # payments and bids wait for it
    off: Mapped[bool] = mapped_column(default=False)  # unless it was sent: `is_off_in`
    late_reason: Mapped[str] = mapped_column(Text, default="")  # of the last of the two
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # while it is sent back: `as_sent`
    half_days_delivered: Mapped[int | None]
    spent_pence: Mapped[Pence | None]
    teaching_before: Mapped[int | None]  # quality of teaching, 1 to 4: TEACHING_WORDS
    teaching_after: Mapped[int | None]
    taught_judged: Mapped[str] = mapped_column(String(300), default="")  # by whom and how
    helped: Mapped[str] = mapped_column(Text, default="")
    hindered: Mapped[str] = mapped_column(Text, default="")
    lessons: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(Text, default="")  # may be published
    # As everybody may read it: an officer has read it first, so that it names nobody.
    published_summary: Mapped[str] = mapped_column(Text, default="")
    summary_published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    summary_published_by_id: Mapped[int | None] = key_to("person.id", index=False)
    question: Mapped[str] = mapped_column(Text, default="")
    questions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)  # by part; only those are open
    rag: Mapped[Rag | None] = mapped_column(enum_of(Rag))  # of the latest rating, as its reason
    rag_reason: Mapped[str] = mapped_column(Text, default="")
    wants_follow_up: Mapped[bool] = mapped_column(default=False)  # red or amber, and no action agreed yet
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_by_id: Mapped[int | None] = key_to("person.id")

    bid: Mapped[Bid] = relationship(back_populates="returns")
    actuals: Mapped[list["Actual"]] = relationship(back_populates="report")
    files: Mapped[list[Attachment]] = relationship(back_populates="report", order_by=Attachment.id)
    ratings: Mapped[list["Rating"]] = relationship(back_populates="report", order_by="Rating.number")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ReturnState.SCHEDULED)
        values.setdefault("kind", ReturnKind.FINAL)
        super().__init__(**values)

    @property
    def is_final(self) -> bool:
        return self.kind is ReturnKind.FINAL

    @property
    def is_one_page(self) -> bool:
        """Whether it is the only report its bid is asked for: one page, on the lean path."""
        return all(one.is_final for one in self.bid.returns)

    @property
    def named(self) -> str:
        """“report” where there is no other, else “interim report”: as it stands inside a sentence."""
        return "report" if self.is_one_page else self.kind.in_words

    @property
    def owed(self) -> str:
        return owed(self.named, self.number, self.state)

    @property
    def is_untouched(self) -> bool:
        """Whether the school has saved nothing of it yet."""
        return self.half_days_delivered is None and self.spent_pence is None and not self.lessons

    @hybrid_property
    def wanted_on(self) -> date:
        """By when the school is to send it: one that was sent back, by the date of the question."""
        return (self.state is ReturnState.RETURNED and self.answer_by) or self.due_on

    @wanted_on.inplace.expression
    @classmethod
    def _wanted_on(cls) -> ColumnElement[date]:
        return case((cls.state == ReturnState.RETURNED, cls.answer_by), else_=cls.due_on)

    @property
    def is_ahead(self) -> bool:
        """Whether it is not asked for yet: before the support has ended, a follow-up before it falls due."""
        early = self.kind is ReturnKind.FOLLOW_UP or self.why_not_open() is not None
        return self.state is ReturnState.SCHEDULED and early

    @property
    def holds_things_up(self) -> bool:
        """Whether payments, bids or the closing may wait for it: for a follow-up report they never do."""
        return self.kind is not ReturnKind.FOLLOW_UP

    @property
    def is_to_check(self) -> bool:
        return self.state is ReturnState.SUBMITTED

    @property
    def is_accepted(self) -> bool:
        return self.state is ReturnState.ACCEPTED

    @property
    def colour(self) -> str:
        return {"submitted": "turquoise", "accepted": "green"}.get(self.state.value, "yellow")

    @property
    def is_withdrawn(self) -> bool:
        return self.state is ReturnState.WITHDRAWN

    @property
    def is_unchanged_copy(self) -> bool:
        """Whether it is a corrected version in which the school has changed nothing yet."""
        before = self.bid.standing_return(self.kind)
        if before is None or self.submitted_at or self.files or wrong_under(self.bid, self.kind.place):
            return False
        said = {actual.outcome_id: actual.said for actual in self.actuals}
        was = {actual.outcome_id: actual.said for actual in before.actuals}
        return said == was and all(getattr(self, name) == getattr(before, name) for name in PART_OF)

    @property
    def evidence(self) -> list[Attachment]:
        """Its files that were not removed."""
        return [one for one in self.files if one.removed_at is None]

    @property
    def earlier_evidence(self) -> list[Attachment]:
        """The files of the versions that it corrects, which stay beside it."""
        before = [one for one in self.bid.versions_of(self.kind) if one.number < self.number]
        return [file for one in before for file in one.evidence]

    @property
    def outcomes(self) -> list[Outcome]:
        """What it is rated by: once it is accepted, the outcomes that it was asked about then."""
        if not self.is_accepted:
            return self.bid.outcomes
        return sorted((actual.outcome for actual in self.actuals), key=lambda outcome: outcome.id)

    def actual_of(self, outcome: Outcome) -> "Actual | None":
        return next((a for a in self.actuals if a.outcome_id == outcome.id), None)

    def why_incomplete(self) -> str | None:
        if wrong := wrong_under(self.bid, self.kind.place):
            return f"{wrong[0]}."
        missing = [o for o in self.bid.outcomes if self.actual_of(o) is None]
        if missing:
            return f"Enter the result for “{missing[0].measure}” first."
        stuck = [
            a
            for o in self.bid.outcomes
            if (a := self.actual_of(o))
            and a.is_off_track
            and not (a.next_step and a.next_owner and a.next_on)
        ]
        if stuck:
            return f"Enter the next step for “{stuck[0].outcome.measure}”, who takes it and by when, first."
        if not (self.is_one_page or self.helped or self.hindered):
            return "Enter what helped, or what got in the way, first."
        if not self.is_final:
            return None
        if not self.is_one_page and self.teaching_after and not self.taught_judged:
            return "Enter who judged the quality of teaching, and how, first."
        wanted = {
            "the days delivered": self.half_days_delivered,
            "what was spent": self.spent_pence,
            "lessons": self.lessons or None,
            "a summary": self.summary or None,
        }
        gap = next((name for name, value in wanted.items() if value is None), None)
        return f"Enter {gap} first." if gap else self._why_unrated()

    def _why_unrated(self) -> str | None:
        unrated = any(one.is_part_of_report and not one.is_given for one in self.bid.feedback)
        return "Rate the support that your school received first." if unrated else None

    @property
    def is_latest(self) -> bool:
        return self.bid.return_of(self.kind) is self

    @property
    def parts(self) -> list[ReturnPart]:
        """What it asks about."""
        found = [ReturnPart.RESULTS]
        if self.is_final:
            found += [ReturnPart.SUPPORT, ReturnPart.TEACHING]
        if not self.is_one_page:
            found.append(ReturnPart.STORY)
        if self.is_final:
            found += [ReturnPart.LESSONS, ReturnPart.SUMMARY]
        return [*found, ReturnPart.EVIDENCE]

    def is_part_open(self, part: ReturnPart) -> bool:
        """Whether the school may change a part: all of them, until some are asked about again."""
        return self.is_part_asked(part) if self.state is ReturnState.RETURNED else part in self.parts

    def is_part_asked(self, part: ReturnPart) -> bool:
        """Whether the latest question is about a part, or about no part in particular."""
        return part in self.parts and (not self.questions or part.value in self.questions)

    def why_not_open(self) -> str | None:
        """None while the school is to write it, else the sentence that says why not."""
        state = self.bid.state
        if self.number > 1 and state in CORRECTED_IN:
            return None
        if state is BidState.TERMINATED:
            return "The funding was stopped, so no report is asked for."
        if state in OPEN_IN[self.kind]:
            return None
        if self.kind is ReturnKind.INTERIM:
            return "The support has ended, so the final report takes its place."
        return "The bid is closed." if state is BidState.CLOSED else "The support is still under way."

    def why_never_accepted(self) -> str | None:
        """None while it can be written or checked, else the sentence that says why not."""
        waits = self.state is ReturnState.SUBMITTED and self.bid.state is not BidState.TERMINATED
        return None if waits else self.why_not_open()

    @property
    def is_first(self) -> bool:
        """Whether it corrects no other; its number has its default from the database."""
        return self.number in (None, 1)

    @property
    def is_off(self) -> bool:
        """Whether the school never sent it and is not asked for it any more."""
        return self.state in EDITABLE_RETURNS and self.off

    @property
    def is_editable(self) -> bool:
        """Whether the school may write in it: while the bid is where it belongs, until it is sent."""
        return self.state in EDITABLE_RETURNS and not self.is_ahead and self.why_not_open() is None

    @property
    def has_answers(self) -> bool:
        """Whether there is something to read: it is being written, or was sent."""
        return self.is_editable or self.submitted_at is not None

    @property
    def is_asked_for(self) -> bool:
        """Whether it waits for the school: the final one as the support ends, others once they fall due."""
        return self.is_editable and (self.is_final or self.state is not ReturnState.SCHEDULED)

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()


@event.listens_for(Bid.state, "set")
def _with_the_bid(bid: Bid, state: BidState, before: Any, *_: Any) -> None:
    if isinstance(before, BidState) and all(is_off_in(k, state) == is_off_in(k, before) for k in OFF_IN):
        return  # so that a step before the award need not load reports, of which there are none
    for report in bid.returns:
        report.off = report.is_first and is_off_in(report.kind, state)


@event.listens_for(Bid.returns, "append")
def _as_the_bid_is(bid: Bid, report: ImpactReturn, *_: Any) -> None:
    asked = report.kind is None or bid.state is None  # rows that are being made
    report.off = not asked and report.is_first and is_off_in(report.kind, bid.state)
