"""A bid: one school's application, with what its steps ask of it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ColumnElement, Index, String, Text, and_, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid_parts import (
    Activity,
    BackfillLine,
    CostLine,
    Evidence,
    EvidenceStrength,
    MatchFunding,
    Outcome,
    Part,
    Partner,
    PupilGroup,
    Risk,
    RoundAnswer,
)
from fundflow.models.bid_returns import HasReturns
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, folded, in_states, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.round import Priority, Round, RoundQuestion
from fundflow.models.school import School, SchoolKind
from fundflow.models.unfinished import Unfinished
from fundflow.names import searchable
from fundflow.workflow.application import APPLICATION, LIVE, UNDER_WAY, BidState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date

if TYPE_CHECKING:
    from fundflow.models.award import Award
    from fundflow.models.condition import AwardCondition
    from fundflow.models.confirmation import Approval, Confirmation
    from fundflow.models.decision import Offer
    from fundflow.models.feedback import Feedback
    from fundflow.models.files import Attachment, LateEvidence
    from fundflow.models.interest import Declaration
    from fundflow.models.named_person import NamedPerson
    from fundflow.models.panel import AgendaItem
    from fundflow.models.payment import Claim
    from fundflow.models.review import Query, Review, ReviewRequest


class Origin(Worded):
    """Who began a bid. What the school did not begin itself, its head must confirm."""

    SCHOOL = "school", "By the school"
    ENTERED = "entered", "Entered for the school by an officer"  # by an officer, from a call or a Word form
    COMMISSIONED = "commissioned", "Support that an officer commissioned"  # its school has not asked
    OPENING = "opening", "An award already running"  # decided before the fund began here


class Bid(HasReturns, Base):
    """`state` changes only through `steps.take_step`; `version` goes up with every change of the
    bid or of anything that belongs to it."""

    __tablename__ = "bid"
    __table_args__ = (
        CheckConstraint("requested_pence >= 0", name="requested_not_negative"),
        CheckConstraint(
            "start_on IS NULL OR end_on IS NULL OR end_on >= start_on", name="ends_after_it_starts"
        ),
        CheckConstraint(
            "state = 'draft' OR state = 'withdrawn' OR submitted_at IS NOT NULL",
            name="submitted_before_anything_else",
        ),
        Index("ix_bid_state_id", "state", "id"),
        Index("ix_bid_lead_school_id_state", "lead_school_id", "state"),
        Index("ix_bid_officer_id_state", "officer_id", "state"),
        Index("ix_bid_live", "officer_id", "state", "lead_school_id", **where(in_states(LIVE))),
        Index("ix_bid_decision_held", "decision_held_until", **where("decision_held_until IS NOT NULL")),
        Index(
            "ix_bid_end_asked",
            "fund_id",
            **where(f"termination_asked_at IS NOT NULL AND {in_states(UNDER_WAY)}"),
        ),
        # The orders of the list of bids (`desk.sorting`).
        Index("ix_bid_reference_order", "fund_id", "id"),
        Index("ix_bid_school_order", "lead_school_id", "id"),
        Index("ix_bid_age_order", "state_since", "id"),
        Index("ix_bid_awarded_order", "awarded_pence", "id"),
        Index("ix_bid_sent_order", "sent_pence", "id", **where("awarded_pence IS NULL")),
        Index("ix_bid_requested_order", "requested_pence", "id", **where("sent_pence IS NULL")),
        Index("ix_bid_deadline_order", "due_on", "id"),
    )

    workflow: ClassVar[Workflow] = APPLICATION

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    round_id: Mapped[int] = key_to("round.id")
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[BidState] = mapped_column(enum_of(BidState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = key_to("person.id")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]  # when the person who must act should have acted
    officer_id: Mapped[int | None] = key_to("person.id", index=False)
    origin: Mapped[Origin] = mapped_column(enum_of(Origin), default=Origin.SCHOOL)
    origin_note: Mapped[str] = mapped_column(Text, default="")  # from what, or why commissioned
    correcting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its school corrects it

    lead_school_id: Mapped[int] = key_to("school.id", index=False)
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_role: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    contact_phone: Mapped[str] = mapped_column(String(30), default="")
    title: Mapped[str] = mapped_column(String(140), default="")  # 360Giving's limit
    priority_id: Mapped[int | None] = key_to("priority.id")
    phases: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of models.school.PHASES
    need: Mapped[str] = mapped_column(Text, default="")
    external_provider: Mapped[str] = mapped_column(String(200), default="")
    external_provider_reason: Mapped[str] = mapped_column(String(500), default="")
    approach: Mapped[str] = mapped_column(Text, default="")
    evidence_strength: Mapped[EvidenceStrength | None] = mapped_column(enum_of(EvidenceStrength))
    evidence_strength_source: Mapped[str] = mapped_column(String(300), default="")
    value_for_money: Mapped[str] = mapped_column(Text, default="")
    sustainability: Mapped[str] = mapped_column(Text, default="")
    sharing: Mapped[str] = mapped_column(Text, default="")
    equality: Mapped[str] = mapped_column(Text, default="")
    pupils_benefiting: Mapped[int | None]
    staff_benefiting: Mapped[int | None]
    start_on: Mapped[date | None]
    end_on: Mapped[date | None]
    other_funding: Mapped[bool | None]
    other_funding_note: Mapped[str] = mapped_column(String(300), default="")
    approver_name: Mapped[str] = mapped_column(String(120), default="")
    approver_email: Mapped[str] = mapped_column(String(254), default="")
    approver_role: Mapped[str] = mapped_column(String(40), default="")
    approver_why: Mapped[str] = mapped_column(String(300), default="")  # why it must be one with a tie
    unfinished: Mapped[dict[str, Unfinished]] = mapped_column(JSON, default=dict)
    why_odd: Mapped[str] = mapped_column(Text, default="")  # about its `remarks_on`, as last sent
    requested_pence: Mapped[Pence] = mapped_column(default=0)  # kept in step by its operations
    sent_title: Mapped[str | None] = mapped_column(String(140))  # as last sent; None before
    sent_pence: Mapped[Pence | None]
    search_text: Mapped[str] = folded(
        searchable, "reference", ("sent_title", "title"), "contact_name", "contact_email"
    )

    agreed_by_id: Mapped[int | None] = key_to("person.id")
    resubmits_id: Mapped[int | None] = key_to("bid.id")  # the bid that was refused and is tried again
    decision_held_until: Mapped[date | None]  # decided, and its letters wait to be read over
    panel_question: Mapped[str] = mapped_column(Text, default="")
    panel_answer: Mapped[str] = mapped_column(Text, default="")
    ineligible_rule: Mapped[str] = mapped_column(String(140), default="")
    termination_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    termination_asked_by_id: Mapped[int | None] = key_to("person.id")
    termination_reason: Mapped[str] = mapped_column(Text, default="")
    awarded_pence: Mapped[Pence | None]  # of the award in force: as accepted, or changed
    half_time_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # recorded by the officer
    order_number: Mapped[str] = mapped_column(String(40), default="")  # as finance gave it
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its personal data was removed

    fund: Mapped[Fund] = relationship()
    round: Mapped[Round] = relationship()
    lead_school: Mapped[School] = relationship()
    priority: Mapped[Priority | None] = relationship()
    officer: Mapped[User | None] = relationship(foreign_keys="Bid.officer_id")
    created_by: Mapped[User] = relationship(foreign_keys="Bid.created_by_id")
    partners: Mapped[list[Partner]] = relationship(order_by=Partner.id)
    evidence: Mapped[list[Evidence]] = relationship(order_by=Evidence.id)
    pupil_groups: Mapped[list[PupilGroup]] = relationship(order_by=PupilGroup.id)
    outcomes: Mapped[list[Outcome]] = relationship(
        order_by=Outcome.id, primaryjoin=lambda: and_(Bid.id == Outcome.bid_id, Outcome.dropped_on.is_(None))
    )
    activities: Mapped[list[Activity]] = relationship(order_by=Activity.id)
    backfill_lines: Mapped[list[BackfillLine]] = relationship(order_by=BackfillLine.id)
    cost_lines: Mapped[list[CostLine]] = relationship(order_by=CostLine.id)
    match_funding: Mapped[list[MatchFunding]] = relationship(order_by=MatchFunding.id)
    risks: Mapped[list[Risk]] = relationship(order_by=Risk.id)
    round_answers: Mapped[list[RoundAnswer]] = relationship(order_by=RoundAnswer.id)
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="bid", order_by="Attachment.id")
    late_evidence: Mapped[list["LateEvidence"]] = relationship(
        back_populates="bid", order_by="LateEvidence.id"
    )
    confirmations: Mapped[list["Confirmation"]] = relationship(
        back_populates="bid", order_by="Confirmation.id"
    )
    approvals: Mapped[list["Approval"]] = relationship(back_populates="bid", order_by="Approval.id")
    queries: Mapped[list["Query"]] = relationship(back_populates="bid", order_by="Query.id")
    review: Mapped["Review | None"] = relationship(back_populates="bid")
    review_requests: Mapped[list["ReviewRequest"]] = relationship(
        back_populates="bid", order_by="ReviewRequest.id"
    )
    items: Mapped[list["AgendaItem"]] = relationship(back_populates="bid", order_by="AgendaItem.id")
    offers: Mapped[list["Offer"]] = relationship(back_populates="bid", order_by="Offer.id")
    awards: Mapped[list["Award"]] = relationship(back_populates="bid", order_by="Award.number")
    claims: Mapped[list["Claim"]] = relationship(back_populates="bid", order_by="Claim.id")
    feedback: Mapped[list["Feedback"]] = relationship(back_populates="bid", order_by="Feedback.id")
    declarations: Mapped[list["Declaration"]] = relationship(back_populates="bid", order_by="Declaration.id")
    named_people: Mapped[list["NamedPerson"]] = relationship(back_populates="bid", order_by="NamedPerson.id")
    award_conditions: Mapped[list["AwardCondition"]] = relationship(
        back_populates="bid", order_by="AwardCondition.id"
    )
    resubmits: Mapped["Bid | None"] = relationship(remote_side="Bid.id", foreign_keys="Bid.resubmits_id")
    resubmitted_as: Mapped[list["Bid"]] = relationship(
        remote_side="Bid.resubmits_id", foreign_keys="Bid.resubmits_id", order_by="Bid.id", viewonly=True
    )

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", BidState.DRAFT)  # a column default would arrive only at flush
        values.setdefault("origin", Origin.SCHOOL)
        super().__init__(**values)

    @property
    def bid(self) -> "Bid":
        """So that every record of a process answers `record.bid`."""
        return self

    # -- schools ------------------------------------------------------------------------------

    @property
    def providers(self) -> list[School]:
        """The schools that give the support, but for those that were asked to and those that left."""
        return [p.school for p in self.partners if p.part is Part.PROVIDER and p.takes_part]

    @property
    def supported(self) -> list[School]:
        """The schools that receive the support: those named so, else the lead school."""
        named = [p.school for p in self.partners if p.part is Part.SUPPORTED and p.takes_part]
        return named or [self.lead_school]

    @property
    def schools(self) -> list[School]:
        """The lead school and all that take part, were asked to or did: whose people have an interest."""
        return [self.lead_school, *(p.school for p in self.partners)]

    def partner_of(self, school_id: int) -> Partner | None:
        """The part a school takes beside the lead school; None where it takes none."""
        return next((partner for partner in self.partners if partner.school_id == school_id), None)

    @property
    def files(self) -> list["Attachment"]:
        """What is attached to the bid's form now."""
        return [a for a in self.attachments if a.removed_at is None and a.is_of_form]

    # -- the form -----------------------------------------------------------------------------

    @property
    def is_large(self) -> bool:
        """Whether the amount is one from which the fund asks for the full form."""
        return self.requested_pence >= self.fund.full_from_pence

    @property
    def approver_wanted(self) -> str | None:
        """Who has to sign, by the lead school's type and the amount; None where nobody has to."""
        school, fund = self.lead_school, self.fund
        academy = school.kind is SchoolKind.ACADEMY and not school.is_organisation
        if self.requested_pence < (fund.trust_signs_from_pence if academy else fund.full_from_pence):
            return None
        if school.is_organisation:
            return "For the organisation"
        return "For the trust" if academy else "Chair of governors"

    @property
    def round_questions(self) -> list[RoundQuestion]:
        """The questions of its round's own that this bid is asked now."""
        return [q for q in self.round.questions if not q.retired and (self.is_large or not q.full_only)]

    @property
    def round_texts(self) -> dict[int, str]:
        """The answers to those questions, by their ids; empty where there is none yet."""
        said = {answer.question_id: answer.text for answer in self.round_answers}
        return {question.id: said.get(question.id, "") for question in self.round_questions}

    @round_texts.setter
    def round_texts(self, texts: dict[int, str]) -> None:
        """Keep these answers, by their questions' ids; the others stay as they are."""
        kept = {answer.question_id: answer for answer in self.round_answers}
        for number, text in texts.items():
            if number in kept:
                kept[number].text = text
            elif text:
                self.round_answers.append(RoundAnswer(question_id=number, text=text))

    # -- as lists show it, and where it stands ------------------------------------------------

    @hybrid_property
    def listed_title(self) -> str:
        """The title as lists show and find it: of a bid that was sent, the one that was sent."""
        return self.title if self.sent_title is None else self.sent_title

    @listed_title.inplace.expression
    @classmethod
    def _listed_title(cls) -> ColumnElement[str]:
        return func.coalesce(cls.sent_title, cls.title)

    @hybrid_property
    def asked_pence(self) -> int:
        """The amount asked for as lists show it, likewise."""
        return self.requested_pence if self.sent_pence is None else self.sent_pence

    @asked_pence.inplace.expression
    @classmethod
    def _asked_pence(cls) -> ColumnElement[int]:
        return func.coalesce(cls.sent_pence, cls.requested_pence)

    @classmethod
    def is_live(cls) -> ColumnElement[bool]:
        """Whether it has not ended, asked as the index of live bids has it."""
        return cls.state.in_(LIVE)

    @property
    def began_by_school(self) -> bool:
        return self.origin is Origin.SCHOOL

    def latest_queries(self) -> list["Query"]:
        """The questions of the latest return; earlier ones can no longer be answered."""
        latest = max([query.batch for query in self.queries], default=0)
        return [query for query in self.queries if query.batch == latest]

    def unanswered_queries(self) -> list["Query"]:
        return [query for query in self.latest_queries() if query.is_open]

    @property
    def open_query_sections(self) -> set[str]:
        """Slugs of the sections the officer asked about, while the bid is returned."""
        if self.state is not BidState.RETURNED:
            return set()
        return {query.section for query in self.latest_queries()}

    def waiting_for(self) -> list[str]:
        """Whose word is missing before the panel, as sentence parts."""
        parts = [why for c in self.confirmations if (why := c.waiting_words())]
        return parts + [why for a in self.approvals if (why := a.waiting_words())]

    # -- the panel ----------------------------------------------------------------------------

    @property
    def latest_item(self) -> "AgendaItem | None":
        """The last agenda item about the bid itself; a change of its award has items of its own."""
        return next((item for item in reversed(self.items) if item.is_of_bid), None)

    @property
    def open_item(self) -> "AgendaItem | None":
        """The agenda item on which the panel may decide this bid now, if there is one."""
        item = self.latest_item
        return item if item and item.is_open else None

    @property
    def meeting_on(self) -> date | None:
        """The day of the meeting that is to decide the bid; None once that meeting is over."""
        item = self.open_item
        over = item is not None and item.meeting.state is MeetingState.CLOSED
        return london_date(item.meeting.starts_at) if item and not over else None

    @property
    def deferrals(self) -> int:
        """How often the panel has deferred it."""
        return sum(item.was_deferred for item in self.items if item.is_of_bid)

    @property
    def review_request(self) -> "ReviewRequest | None":
        """The school's request for a review that nobody has heard yet."""
        return next((request for request in self.review_requests if request.heard_at is None), None)

    # -- what `workflow.words` asks -----------------------------------------------------------

    @property
    def officer_name(self) -> str:
        return self.officer.name if self.officer else ""

    @property
    def offer_words(self) -> str:
        return pounds(self.offers[-1].pence, always_pence=False) if self.offers else ""

    @property
    def offer(self) -> "Offer":
        """The offer that is out, or was last out; raises IndexError where there was none."""
        return self.offers[-1]

    @property
    def is_in_monitoring(self) -> bool:
        return self.state is BidState.IN_MONITORING

    @property
    def award(self) -> "Award | None":
        """The version of its award that is in force."""
        return self.awards[-1] if self.awards else None

    def feedback_asked(self) -> bool:
        return bool(self.feedback)

    def has_open_claim(self) -> bool:
        return any(claim.is_open for claim in self.claims)

    def touch(self) -> None:
        """Count a change, so that a page loaded before it is known to be stale."""
        self.version += 1
