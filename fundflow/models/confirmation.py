"""What others are asked about a bid: partner schools confirm, an approver signs.

Both can be answered through an emailed link, without an account.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.named_in_bid import NamedAs
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import without_order
from fundflow.workflow.actors import Actor
from fundflow.workflow.application import BidState
from fundflow.workflow.approval import APPROVAL, ApprovalState
from fundflow.workflow.confirmation import CONFIRMATION, ConfirmationState
from fundflow.workflow.engine import Workflow

# While a bid is in one of these, what others are asked about it still matters.
ASKING = (BidState.SUBMITTED, BidState.IN_REVIEW, BidState.RETURNED, BidState.AT_PANEL, BidState.DEFERRED)


class Confirmation(Base):
    """One partner school's answer to “do you take part?”; the provider's covers its staff."""

    __tablename__ = "confirmation"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('confirmed', 'declined') OR answered_at IS NOT NULL", name="answer_has_its_moment"
        ),
        Index(
            "ix_confirmation_wants_account",
            "bid_id",
            sqlite_where=text("wants_account IS 1"),
            postgresql_where=text("wants_account IS true"),
        ),
    )
    workflow: ClassVar[Workflow] = CONFIRMATION
    link_actor: ClassVar[Actor] = Actor.PARTNER_LEADER  # of an answer through an emailed link

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")
    part: Mapped[Part] = mapped_column(enum_of(Part))
    for_lead: Mapped[bool] = mapped_column(default=False)  # of a bid an officer entered or commissioned
    state: Mapped[ConfirmationState] = mapped_column(enum_of(ConfirmationState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = key_to("person.id")
    signed_name: Mapped[str] = mapped_column(String(120), default="")  # of the person who answered by link
    link_email: Mapped[str] = mapped_column(String(254), default="")  # where that link had been sent
    wants_account: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")

    bid: Mapped[Bid] = relationship(back_populates="confirmations")
    school: Mapped[School] = relationship(lazy="joined")
    answered_by: Mapped[User | None] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ConfirmationState.ASKED)
        super().__init__(**values)

    @property
    def is_open(self) -> bool:
        """Whether an answer is still wanted."""
        return self.state is ConfirmationState.ASKED and self.bid.state in ASKING

    def touch(self) -> None:
        self.version += 1

    def waiting_words(self) -> str | None:
        """What the bid waits for here, as part of a sentence, or None."""
        if self.state is ConfirmationState.DECLINED and self.for_lead:
            return f"the head of {self.school.name}, who did not agree to the bid that was entered for it"
        if self.state is ConfirmationState.DECLINED:
            return f"another school in place of {self.school.name}, which declined"
        if self.state is not ConfirmationState.ASKED:
            return None
        if self.for_lead:
            return f"the head of {self.school.name} to confirm the bid that was entered for it"
        what = "it can release its staff" if self.part is Part.PROVIDER else "it takes part"
        return f"{self.school.name} to confirm {what}"

    @property
    def yes_words(self) -> str:
        if self.for_lead:
            return "Yes, we agree to this bid"
        return "Yes, we can release these staff" if self.part is Part.PROVIDER else "Yes, we take part"

    @property
    def no_words(self) -> str:
        return "No, we don’t agree" if self.for_lead else "No, we can’t"

    @property
    def path(self) -> str:
        """The page on which it is answered, for anyone who has an account."""
        return f"/bids/{self.bid.reference}/confirmations/{self.id}"

    @property
    def is_in_another_name(self) -> bool:
        """Whether the person who answered by link gave another name than the bid gives of the head."""
        partner = self.bid.partner_of(self.school_id)
        named = partner.contact_name if partner else ""
        return bool(self.signed_name and named) and without_order(self.signed_name) != without_order(named)

    @property
    def answered_name(self) -> str:
        """Who answered; empty before."""
        return self.answered_by.name if self.answered_by else self.signed_name


class Approval(Base):
    """A signature through an emailed link, without an account."""

    __tablename__ = "approval"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('signed', 'refused') OR answered_at IS NOT NULL", name="answer_has_its_moment"
        ),
    )
    workflow: ClassVar[Workflow] = APPROVAL
    link_actor: ClassVar[Actor] = Actor.APPROVER  # of an answer through an emailed link

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    state: Mapped[ApprovalState] = mapped_column(enum_of(ApprovalState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    signed_name: Mapped[str] = mapped_column(String(120), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    tie: Mapped[NamedAs | None] = mapped_column(enum_of(NamedAs, "tie"))  # another part they have in the bid
    why: Mapped[str] = mapped_column(String(300), default="")  # why it must be they, says the school
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # that they may sign all the same
    replaces_id: Mapped[int | None] = key_to("approval.id")  # who was asked before the school changed it

    bid: Mapped[Bid] = relationship(back_populates="approvals")
    replaces: Mapped["Approval | None"] = relationship(remote_side="Approval.id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ApprovalState.ASKED)
        super().__init__(**values)

    @property
    def is_open(self) -> bool:
        """Whether an answer is still wanted."""
        return self.state is ApprovalState.ASKED and self.bid.state in ASKING

    def touch(self) -> None:
        self.version += 1

    def waiting_words(self) -> str | None:
        if self.state is ApprovalState.REFUSED:
            return f"{self.name}, who refused to sign"
        if self.state is ApprovalState.PROPOSED:
            return f"the liaison officer to agree that {self.name} may sign"
        if self.state is ApprovalState.TURNED_DOWN:
            return f"the school to name another approver than {self.name}"
        return f"{self.name} to sign" if self.state is ApprovalState.ASKED else None

    def is_of(self, user: User) -> bool:
        """Whether this person is the one who is asked, by the address."""
        return self.email.lower() in {user.email, *user.former_emails}

    @property
    def tie_words(self) -> str:
        """What else this approver is in the bid, after their name; empty where they are nothing else."""
        return self.tie.words if self.tie else ""

    @property
    def is_to_look_at(self) -> bool:
        """Whether the officer should look at this approver before the panel does."""
        live = self.state is not ApprovalState.CANCELLED
        return live and bool(self.tie or self.replaces_id or self.is_in_another_name)

    @property
    def is_in_another_name(self) -> bool:
        """Whether the signature is in another name than that of the person who was asked."""
        return bool(self.signed_name) and without_order(self.signed_name) != without_order(self.name)
