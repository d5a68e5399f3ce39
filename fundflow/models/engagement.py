"""The engagement log: contacts with schools that take no part in what the council offers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.school import School
from fundflow.workflow.worded import Worded


class ContactWay(Worded):
    LETTER = "letter", "By letter"
    EMAIL = "email", "By email"
    CALL = "call", "By telephone"
    VISIT = "visit", "On a visit"
    TRUST = "trust", "Through its trust"
    OFFICE = "office", "Through another office"


class Engagement(Base):
    """One contact with a school. Append-only: a later line puts an earlier one right.

    The latest line of a school says when it is contacted next.
    """

    __tablename__ = "engagement"
    __table_args__ = (
        CheckConstraint('next_on > "on"', name="next_after_this"),
        CheckConstraint("said != ''", name="says_what_came_of_it"),
        Index("ix_engagement_school", "fund_id", "school_id", "id"),
        Index("ix_engagement_next", "next_on", **where("next_on IS NOT NULL")),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    school_id: Mapped[int] = key_to("school.id")
    on: Mapped[date]
    how: Mapped[ContactWay] = mapped_column(enum_of(ContactWay))
    with_whom: Mapped[str] = mapped_column(String(200))  # a role, no name
    said: Mapped[str] = mapped_column(Text)  # what came of it
    next_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = key_to("person.id", index=False)

    fund: Mapped[Fund] = relationship()
    school: Mapped[School] = relationship()
    by: Mapped[User] = relationship()
