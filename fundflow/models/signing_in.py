"""How the council's people sign in and show that it is them: see docs/rules.md, "People and access"."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, UtcDateTime, enum_of, key_to
from fundflow.models.person import RoleName, User
from fundflow.workflow.worded import Worded

# Roles that take the steps before which a fund may want to know that it is them.
PROVING_ROLES = (
    RoleName.OFFICER,
    RoleName.DEPUTY_OFFICER,
    RoleName.AUTHORISED_OFFICER,
    RoleName.FINANCE,
    RoleName.ADMINISTRATOR,
)


class ProofFor(Worded):
    """What somebody shows that it is them for; one proof never serves the other."""

    MONEY = "money", "payments and who is paid"
    APPOINTMENTS = "appointments", "people’s roles and accounts"
    CONNECT = "connect", "connecting your council account"


class Proof(Worded):
    """How they show it; the stronger includes the weaker."""

    CODE = "code", "An emailed code"
    SINGLE_SIGN_ON = "single_sign_on", "Their council account"


class ConnectedAccount(Base):
    """An account at the council's sign-in service that signs a person in.

    Known by issuer and subject alone: an address there can be given to somebody else.
    """

    __tablename__ = "connected_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("user_id"))

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id", index=False)
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    connected_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class FreshProof(Base):
    """That it is really the person, asked in one browser session for one kind of act.

    A code's letter is sent at once; the worker makes the code as it hands the letter over.
    """

    __tablename__ = "fresh_proof"
    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts_counted"),
        CheckConstraint("(code_hash IS NULL) = (expires_at IS NULL)", name="code_runs_out"),
        Index("ix_fresh_proof_session", "session_id", "act"),
    )

    id: Mapped[Id]
    session_id: Mapped[int] = key_to("browser_session.id", index=False)
    act: Mapped[ProofFor] = mapped_column(enum_of(ProofFor))
    proof: Mapped[Proof] = mapped_column(enum_of(Proof))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    code_hash: Mapped[str | None] = mapped_column(String(64))  # keyed: six digits are soon tried
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KnownBrowser(Base):
    """A browser in which somebody signed in whose fund wants to know that it is them."""

    __tablename__ = "known_browser"
    __table_args__ = (UniqueConstraint("user_id", "mark_hash"),)

    id: Mapped[Id]
    user_id: Mapped[int] = key_to("person.id", index=False)
    mark_hash: Mapped[str] = mapped_column(String(64))  # of the mark in its signed cookie
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
