"""Independent providers of support, and what is known of them before support is commissioned."""

from datetime import date, datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.brokering import Expertise
from fundflow.models.columns import Id, UtcDateTime, enum_of, folded, key_to
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.names import searchable
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.provider import PROVIDER, ProviderState

DUE_DILIGENCE = {
    "insurance": "Insurance",
    "safeguarding": "Safeguarding policy",
    "dbs": "DBS checks",
    "references": "References",
    "off_payroll": "Right to work and off-payroll status",
}
COLOURS = {
    ProviderState.PROPOSED: "yellow",
    ProviderState.APPROVED: "green",
    ProviderState.SUSPENDED: "red",
    ProviderState.ENDED: "grey",
}


class Diligence(NamedTuple):
    """One part of the due diligence: when it was seen, and when it is due again."""

    name: str
    words: str
    seen_on: date | None
    due_on: date | None

    def why_not(self, day: date) -> str | None:
        """“insurance was due on 1 March 2027”; None where it is in force."""
        if self.seen_on is None or self.due_on is None:
            return f"{self.words} has not been seen"
        return f"{self.words} was due again on {day_words(self.due_on)}" if self.due_on < day else None


class Provider(Base):
    """An independent provider of a fund. Its name never changes: bids name it."""

    __tablename__ = "provider"
    __table_args__ = (
        UniqueConstraint("fund_id", "name"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id != proposed_by_id", name="two_people"),
        CheckConstraint(
            "state NOT IN ('approved', 'suspended')"
            " OR (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved_by_somebody",
        ),
        CheckConstraint("name != '' AND contact_email != ''", name="named_with_an_address"),
    )
    workflow: ClassVar[Workflow] = PROVIDER
    bid: ClassVar[None] = None  # a provider is no part of a bid

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    state: Mapped[ProviderState] = mapped_column(enum_of(ProviderState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200))
    search_name: Mapped[str] = folded(searchable, "name", most=200)
    number: Mapped[str] = mapped_column(String(40), default="")  # of the company or charity
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_email: Mapped[str] = mapped_column(String(254))
    expertise: Mapped[list[str]] = mapped_column(JSON, default=list)  # values of Expertise
    insurance_seen_on: Mapped[date | None]
    insurance_due_on: Mapped[date | None]
    safeguarding_seen_on: Mapped[date | None]
    safeguarding_due_on: Mapped[date | None]
    dbs_seen_on: Mapped[date | None]
    dbs_due_on: Mapped[date | None]
    references_seen_on: Mapped[date | None]
    references_due_on: Mapped[date | None]
    off_payroll_seen_on: Mapped[date | None]
    off_payroll_due_on: Mapped[date | None]
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by_id: Mapped[int] = key_to("person.id", index=False)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = key_to("person.id", index=False)
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was suspended, reinstated or ended

    fund: Mapped[Fund] = relationship()
    proposed_by: Mapped[User] = relationship(foreign_keys="Provider.proposed_by_id")
    approved_by: Mapped[User | None] = relationship(foreign_keys="Provider.approved_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ProviderState.PROPOSED)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/providers/{self.id}"

    @property
    def state_words(self) -> str:
        return PROVIDER.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def expertise_words(self) -> list[str]:
        return [Expertise(value).words for value in self.expertise]

    @property
    def diligence(self) -> list[Diligence]:
        return [
            Diligence(name, words, getattr(self, f"{name}_seen_on"), getattr(self, f"{name}_due_on"))
            for name, words in DUE_DILIGENCE.items()
        ]

    @property
    def next_due_on(self) -> date | None:
        """The first day on which a part of the due diligence is due again."""
        return min((part.due_on for part in self.diligence if part.due_on), default=None)

    def is_contact(self, user: User) -> bool:
        """Whether this person is its contact, so decides nothing about it."""
        return self.contact_email.lower() == user.email.lower()

    def why_not_in_force(self, day: date) -> str | None:
        """What of its due diligence is out of date on a day, as a sentence; None where nothing is."""
        wrong = [why for part in self.diligence if (why := part.why_not(day))]
        return f"The due diligence of {self.name} is not in force: {'; '.join(wrong)}." if wrong else None

    def touch(self) -> None:
        self.version += 1
