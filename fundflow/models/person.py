"""People, the roles they hold for a while, and the schools they belong to."""

import json
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    Index,
    String,
    Text,
    UniqueConstraint,
    cast,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import BigId, Id, UtcDateTime, enum_of, folded, key_to
from fundflow.models.school import School, Trust
from fundflow.names import searchable
from fundflow.workflow.worded import Worded

if TYPE_CHECKING:
    from fundflow.models.interest import RegisteredInterest


class RoleName(Worded):
    """Roles with the council. School roles are memberships; panel roles are seats."""

    OFFICER = "officer", "Liaison officer"
    DEPUTY_OFFICER = "deputy_officer", "Deputy liaison officer"
    CLERK = "clerk", "Panel clerk"
    AUTHORISED_OFFICER = "authorised_officer", "Authorised officer"
    REVIEWING_MANAGER = "reviewing_manager", "Reviewing manager"
    FINANCE = "finance", "Finance officer"
    IMPACT_OFFICER = "impact_officer", "Impact officer"
    AUDITOR = "auditor", "Auditor"
    BOARD = "board", "Board member"
    ADMINISTRATOR = "administrator", "Administrator"


class Standing(Worded):
    """What a person may do at a school."""

    LEADER = "leader", "Head teacher"  # head or acting head: prepares, submits, accepts
    TEAM = "team", "School team"  # prepares, but may not submit or accept


class SeatPosition(Worded):
    CHAIR = "chair", "Panel chair"
    DEPUTY = "deputy", "Deputy panel chair"
    MEMBER = "member", "Panel member"


class Sector(Worded):
    """Whom a panel member speaks for; a quorum needs a school and an LA member."""

    PRIMARY = "primary", "Primary schools"
    SECONDARY = "secondary", "Secondary schools"
    SPECIAL = "special", "Special schools"
    GOVERNOR = "governor", "Governors"
    LA = "la", "Local authority"
    ALLIANCE = "alliance", "Teaching school alliance"


SCHOOL_SECTORS = frozenset({Sector.PRIMARY, Sector.SECONDARY, Sector.SPECIAL})


class _ForAWhile:
    """Something held from a date, and perhaps to a date (both inclusive)."""

    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    def is_valid_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class User(Base):
    """A person. Never deleted: deactivated, and pseudonymised when the law says so."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_in_lower_case"),)

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    search_text: Mapped[str] = folded(searchable, "name", "email", most=400)
    job_title: Mapped[str] = mapped_column(String(120), default="")
    former_emails: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    each_letter: Mapped[bool] = mapped_column(default=False)  # staff: each letter, not the digest
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calendar_number: Mapped[int] = mapped_column(default=0)  # changing it ends the calendar's address
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when name and address were removed

    roles: Mapped[list["RoleGrant"]] = relationship(back_populates="user")
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")
    seats: Mapped[list["Seat"]] = relationship(back_populates="user")
    registered_interests: Mapped[list["RegisteredInterest"]] = relationship(
        back_populates="user", foreign_keys="RegisteredInterest.user_id"
    )

    # What Flask-Login asks of a user.
    is_authenticated = True
    is_anonymous = False
    session_id = ""  # of the session that begins: what its cookie holds
    browser_session_id = 0  # of the session of this request; 0 outside one: see `fundflow.proofs`

    @property
    def is_active(self) -> bool:
        return self.active

    def get_id(self) -> str:
        return self.session_id

    @classmethod
    def bears(cls, email: str) -> ColumnElement[bool]:
        """Whether an address, in lower case, is this person's, or was: a bid may name either."""
        before = cast(cls.former_emails, Text).contains(json.dumps(email), autoescape=True)
        return or_(cls.email == email, before)

    def roles_on(self, day: date, *, every_fund: bool = False) -> set[RoleName]:
        """The roles held on a day, for whichever fund, or (`every_fund`) those held for all."""
        held = (grant for grant in self.roles if grant.is_valid_on(day))
        return {grant.role for grant in held if grant.fund_id is None or not every_fund}

    def memberships_on(self, day: date) -> list["Membership"]:
        return [member for member in self.memberships if member.is_valid_on(day)]

    def school_ids(self, day: date, *, leading: bool = False) -> set[int]:
        """The schools this person belongs to on a day, or (`leading`) those they are a head of."""
        return {
            member.school_id
            for member in self.memberships_on(day)
            if not leading or member.standing is Standing.LEADER
        }

    def seats_on(self, day: date) -> list["Seat"]:
        return [seat for seat in self.seats if seat.is_valid_on(day)]


class RoleGrant(_ForAWhile, Base):
    __tablename__ = "role_grant"

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id")
    fund_id: Mapped[int | None] = key_to("fund.id")  # empty: every fund
    role: Mapped[RoleName] = mapped_column(enum_of(RoleName))

    user: Mapped[User] = relationship(back_populates="roles")


class Membership(_ForAWhile, Base):
    __tablename__ = "membership"

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id")
    school_id: Mapped[int] = key_to("school.id")
    standing: Mapped[Standing] = mapped_column(enum_of(Standing))

    user: Mapped[User] = relationship(back_populates="memberships")
    school: Mapped[School] = relationship()


class Seat(_ForAWhile, Base):
    """A seat on a fund's panel, and the school or trust its holder belongs to, if any.

    A substitute's seat stands in for another: it counts where that one's holder is away.
    """

    __tablename__ = "seat"

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    user_id: Mapped[int] = key_to("person.id")
    position: Mapped[SeatPosition] = mapped_column(enum_of(SeatPosition))
    sector: Mapped[Sector] = mapped_column(enum_of(Sector))
    school_id: Mapped[int | None] = key_to("school.id")
    trust_id: Mapped[int | None] = key_to("trust.id")
    stands_in_for_id: Mapped[int | None] = key_to("seat.id")

    user: Mapped[User] = relationship(back_populates="seats")
    school: Mapped[School | None] = relationship()
    trust: Mapped[Trust | None] = relationship()
    stands_in_for: Mapped["Seat | None"] = relationship(remote_side="Seat.id")


class LinkPurpose(Enum):
    SIGN_IN = "sign_in"
    INVITATION = "invitation"
    ANSWER = "answer"
    OLD_ADDRESS = "old_address"  # to change an address, from the one there is
    NEW_ADDRESS = "new_address"  # and from the one there is to be


SIGNS_IN = (LinkPurpose.SIGN_IN, LinkPurpose.INVITATION)


class OneTimeLink(Base):
    """A link somebody was emailed; only its hash is kept. Minted when the letter is delivered.

    It signs its person in, or (ANSWER) takes one answer to what they are asked, without an account:
    `asked_process` and `asked_id` name the record, as in the history.
    """

    __tablename__ = "one_time_link"
    __table_args__ = (
        UniqueConstraint("token_hash"),
        CheckConstraint("(user_id IS NULL) != (asked_id IS NULL)", name="signs_in_or_answers"),
        CheckConstraint("(asked_process IS NULL) = (asked_id IS NULL)", name="asked_has_its_process"),
        Index("ix_one_time_link_asked", "asked_process", "asked_id"),
    )

    id: Mapped[Id]
    purpose: Mapped[LinkPurpose] = mapped_column(enum_of(LinkPurpose))
    user_id: Mapped[int | None] = key_to("person.id")
    asked_process: Mapped[str | None] = mapped_column(String(40))
    asked_id: Mapped[int | None] = mapped_column(BigId)
    email: Mapped[str] = mapped_column(String(254), default="")  # where it was sent
    token_hash: Mapped[str] = mapped_column(String(64))
    minted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BrowserSession(Base):
    """Where somebody is signed in: one browser, from signing in until it is ended or runs out.

    Its cookie holds a random key, of which only the hash is kept.
    """

    __tablename__ = "browser_session"
    __table_args__ = (UniqueConstraint("key_hash"),)

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id")
    key_hash: Mapped[str] = mapped_column(String(64))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # to a few minutes
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(60))  # “Firefox on Windows”
    network: Mapped[str] = mapped_column(String(60))

    user: Mapped[User] = relationship()


class SignInAttempt(Base):
    """Counts requests for sign-in links and complaints: by browser, network and address, and in all."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(80), index=True)  # a hash: no address is kept
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
