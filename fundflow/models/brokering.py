"""The officer's other half: what schools offer, what they ask for, and who said what to whom."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, key_to
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.workflow.engine import Workflow
from fundflow.workflow.support_request import SUPPORT_REQUEST, RequestState
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date


class Expertise(Worded):
    """What one school may help another with."""

    EARLY_READING = "early_reading", "Early reading and phonics"
    ENGLISH = "english", "English and writing"
    MATHS = "maths", "Mathematics"
    CURRICULUM = "curriculum", "Curriculum and subject leadership"
    EARLY_YEARS = "early_years", "Early years"
    SEND = "send", "Special educational needs and disabilities"
    DISADVANTAGE = "disadvantage", "Disadvantaged pupils"
    EAL = "eal", "English as an additional language"
    BEHAVIOUR = "behaviour", "Behaviour and attendance"
    LEADERSHIP = "leadership", "Leadership"
    GOVERNANCE = "governance", "Governance"
    ASSESSMENT = "assessment", "Assessment"
    WELLBEING = "wellbeing", "Wellbeing and mental health"


class SupportOffer(Base):
    """What a school offers others, kept by the school itself. Capacity in half days a school year."""

    __tablename__ = "support_offer"
    __table_args__ = (CheckConstraint("half_days >= 0", name="half_days_not_negative"),)

    id: Mapped[Id]
    school_id: Mapped[int] = key_to("school.id")
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(140))
    description: Mapped[str] = mapped_column(Text, default="")
    phases: Mapped[list[str]] = mapped_column(JSON, default=list)  # codes of models.school.PHASES
    half_days: Mapped[int]
    who: Mapped[str] = mapped_column(String(200))  # roles, never names
    search_text: Mapped[str] = folded(searchable, "title", "description", "who")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int] = key_to("person.id")

    bid: ClassVar[None] = None  # an offer is no part of a bid
    school: Mapped[School] = relationship()
    updated_by: Mapped[User] = relationship()
    expertise: Mapped[list["OfferExpertise"]] = relationship(
        order_by="OfferExpertise.id", cascade="all, delete-orphan"
    )

    def touch(self) -> None:
        self.version += 1


class OfferExpertise(Base):
    __tablename__ = "offer_expertise"
    __table_args__ = (UniqueConstraint("offer_id", "expertise"),)

    id: Mapped[Id]
    offer_id: Mapped[int] = key_to("support_offer.id", index=False)
    expertise: Mapped[Expertise] = mapped_column(enum_of(Expertise))


class SupportRequest(Base):
    """A school asks for support (or an officer notes that it did), before there is a bid."""

    __tablename__ = "support_request"
    __table_args__ = (CheckConstraint("state != 'became_bid' OR draft_id IS NOT NULL", name="bid_named"),)
    workflow: ClassVar[Workflow] = SUPPORT_REQUEST

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    school_id: Mapped[int] = key_to("school.id")
    state: Mapped[RequestState] = mapped_column(enum_of(RequestState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    expertise: Mapped[Expertise] = mapped_column(enum_of(Expertise))
    need: Mapped[str] = mapped_column(Text)
    half_days: Mapped[int | None]
    wanted_from: Mapped[date | None]
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = key_to("person.id")
    proposed_school_id: Mapped[int | None] = key_to("school.id")
    proposed_why: Mapped[str] = mapped_column(Text, default="")  # the reasons shown for the match
    draft_id: Mapped[int | None] = key_to("bid.id")
    closed_reason: Mapped[str] = mapped_column(Text, default="")

    # A request is no part of a bid: it has a fund, and its own school (see `steps`).
    bid: ClassVar[None] = None
    fund: Mapped[Fund] = relationship()
    school: Mapped[School] = relationship(foreign_keys="SupportRequest.school_id")
    proposed_school: Mapped[School | None] = relationship(foreign_keys="SupportRequest.proposed_school_id")
    asked_by: Mapped[User] = relationship()
    draft: Mapped[Bid | None] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", RequestState.ASKED)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/support/{self.id}"

    @property
    def schools(self) -> list[School]:
        """The school that asks, and the one that was proposed, if any."""
        return [self.school, *([self.proposed_school] if self.proposed_school else [])]

    def is_asked_by(self, user: User, now: datetime) -> bool:
        """Whether this person belongs to the school that asks."""
        return self.school_id in user.school_ids(london_date(now))

    def touch(self) -> None:
        self.version += 1


class How(Worded):
    PHONE = "phone", "By telephone"
    EMAIL = "email", "By email"
    VISIT = "visit", "On a visit"
    MEETING = "meeting", "In a meeting"
    VIDEO = "video", "By video call"


class Contact(Base):
    """One line of the broker log. Append-only: a mistake is put right by another line."""

    __tablename__ = "contact"

    id: Mapped[Id]
    on: Mapped[date]
    how: Mapped[How] = mapped_column(enum_of(How))
    with_whom: Mapped[str] = mapped_column(String(200))
    said: Mapped[str] = mapped_column(Text)
    school_id: Mapped[int] = key_to("school.id")
    other_school_id: Mapped[int | None] = key_to("school.id")
    about_bid_id: Mapped[int | None] = key_to("bid.id")
    request_id: Mapped[int | None] = key_to("support_request.id")
    corrects_id: Mapped[int | None] = key_to("contact.id")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id")

    school: Mapped[School] = relationship(foreign_keys="Contact.school_id")
    other_school: Mapped[School | None] = relationship(foreign_keys="Contact.other_school_id")
    about_bid: Mapped[Bid | None] = relationship()
    by: Mapped[User] = relationship()
