"""Claims on an award, and the days and costs they pay for."""

from datetime import date, datetime
from itertools import starmap
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, folded, key_to
from fundflow.models.payee import Paid, Payee, Route
from fundflow.models.person import User
from fundflow.models.school import School, code_words
from fundflow.names import identifier
from fundflow.workflow.claim import CLAIM, ClaimState
from fundflow.workflow.engine import Workflow
from fundflow.workflow.vat import InvoiceLine, Sums, sums
from fundflow.workflow.worded import Worded

if TYPE_CHECKING:
    from fundflow.models.day_log import WorkedDay
    from fundflow.models.spent_cost import SpentCost


class ClaimKind(Worded):
    ADVANCE = "advance", "Advance"  # raised by the acceptance
    HALF_TIME = "half_time", "Payment at half-time"
    FINAL = "final", "Last payment"  # once the final report is accepted
    BACKFILL = "backfill", "Days and costs"  # asked for by the school, for what was done
    OPENING = "opening", "Paid before"  # the award was entered here as one already running


OPEN_CLAIMS = (ClaimState.SUBMITTED, ClaimState.QUERIED, ClaimState.CERTIFIED)
LIVE_CLAIMS = (*OPEN_CLAIMS, ClaimState.PAID)

COLOURS = {
    ClaimState.DRAFT: "grey",
    ClaimState.SUBMITTED: "turquoise",
    ClaimState.QUERIED: "yellow",
    ClaimState.CERTIFIED: "turquoise",
    ClaimState.PAID: "green",
    ClaimState.REFUSED: "red",
}

SCHOOL_WORDS = {
    ClaimState.DRAFT: "Not sent yet",
    ClaimState.SUBMITTED: "Being checked",
    ClaimState.QUERIED: "We have a question",
    ClaimState.CERTIFIED: "Checked, to be paid",
    ClaimState.PAID: "Paid",
    ClaimState.REFUSED: "Refused",
}


# An invoice reference is its school's once, unless the claim was refused.
INVOICE_COUNTS = text("invoice_key != '' AND state != 'refused'")


class Claim(Base):
    __tablename__ = "claim"
    __table_args__ = (
        UniqueConstraint("bid_id", "number"),
        CheckConstraint("pence >= 0", name="pence_not_negative"),
        CheckConstraint("state != 'paid' OR paid_by_id IS NOT NULL", name="paid_by_somebody"),
        CheckConstraint("paid_by_id IS NULL OR paid_by_id != certified_by_id", name="two_people"),
        Index(
            "uq_claim_invoice",
            "invoice_school_id",
            "invoice_key",
            unique=True,
            sqlite_where=INVOICE_COUNTS,
            postgresql_where=INVOICE_COUNTS,
        ),
    )
    workflow: ClassVar[Workflow] = CLAIM

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    school_id: Mapped[int] = key_to("school.id")  # for whose lines it pays; its successor's, while it is open
    number: Mapped[int]
    kind: Mapped[ClaimKind] = mapped_column(enum_of(ClaimKind))
    state: Mapped[ClaimState] = mapped_column(enum_of(ClaimState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    pence: Mapped[Pence] = mapped_column(default=0)  # what was due when it was worked out last
    invoice_reference: Mapped[str] = mapped_column(String(60), default="")
    invoice_key: Mapped[str] = folded(identifier, "invoice_reference", most=180)
    invoice_school_id: Mapped[int | None] = key_to("school.id")  # whose own reference it is
    # In purchase mode, as the invoice was entered:
    invoiced_on: Mapped[date | None]
    invoice_lines: Mapped[list[InvoiceLine]] = mapped_column(JSON, default=list)  # as lists
    vat_pence: Mapped[Pence] = mapped_column(default=0)
    vat_recovered: Mapped[bool] = mapped_column(default=True)  # it comes on top of `pence`; else it is in it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Of claims that were sent before each day was confirmed by itself:
    days_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    days_confirmed_by_id: Mapped[int | None] = key_to("person.id")
    split_from_id: Mapped[int | None] = key_to("claim.id")  # the claim of which this is a disputed part
    question: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    certified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    certified_by_id: Mapped[int | None] = key_to("person.id")
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int | None] = key_to("person.id")
    payment_reference: Mapped[str] = mapped_column(String(60), default="")
    route: Mapped[Route | None] = mapped_column(enum_of(Route))
    payee_id: Mapped[int | None] = key_to("payee.id")  # by which it was paid
    payee_urn: Mapped[str] = mapped_column(String(6), default="")  # of the school it was paid for
    payee_name: Mapped[str] = mapped_column(String(200), default="")  # of whom was paid, as it was then
    supplier_number: Mapped[str] = mapped_column(String(40), default="")

    bid: Mapped[Bid] = relationship(back_populates="claims")
    school: Mapped[School] = relationship(foreign_keys="Claim.school_id")
    days: Mapped[list["WorkedDay"]] = relationship(
        back_populates="claim", order_by="WorkedDay.day, WorkedDay.id"
    )
    costs: Mapped[list["SpentCost"]] = relationship(
        back_populates="claim", order_by="SpentCost.spent_on, SpentCost.id"
    )
    split_from: Mapped["Claim | None"] = relationship(remote_side="Claim.id", back_populates="parted")
    parted: Mapped[list["Claim"]] = relationship(back_populates="split_from", order_by="Claim.id")
    certified_by: Mapped[User | None] = relationship(foreign_keys="Claim.certified_by_id")
    paid_by: Mapped[User | None] = relationship(foreign_keys="Claim.paid_by_id")
    payee: Mapped[Payee | None] = relationship()

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ClaimState.DRAFT)
        super().__init__(**values)

    @property
    def reference(self) -> str:
        return f"{self.bid.reference}/C{self.number}"

    @property
    def payee_words(self) -> str:
        """“Larkfield Infant School (URN 100001)”: who was paid, as it was then; before, for which school."""
        if self.payee is not None and self.payee.paid is not Paid.SCHOOL:
            return self.payee.words
        name, urn = self.payee_name, self.payee_urn
        return f"{name} ({code_words(urn)})" if urn else self.school.named

    def keep_payee(self, payee: Payee | None = None) -> None:
        """Write down who is paid, so that a later successor does not seem to have been."""
        self.payee_urn, self.payee_name = self.school.urn, self.school.name
        if payee is not None:
            self.payee, self.route = payee, payee.route
            self.payee_name, self.supplier_number = payee.name, payee.supplier_number

    @property
    def invoice(self) -> Sums:
        """What its invoice comes to, by rate of VAT; nothing where there is none."""
        return sums(starmap(InvoiceLine, self.invoice_lines), recoverable=self.vat_recovered)

    @property
    def gross_pence(self) -> int:
        """What is paid for it, with VAT; the ledger counts `pence`."""
        return self.pence + (self.vat_pence if self.vat_recovered else 0)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CLAIMS

    @property
    def is_asked_for(self) -> bool:
        """Whether it is asked for by the school, for what was done; others are raised by a step."""
        return self.kind is ClaimKind.BACKFILL

    @property
    def asks_for(self) -> int:
        """How many days and costs it asks for that are not struck out."""
        return sum(d.struck_at is None for d in self.days) + sum(c.counts for c in self.costs)

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    def state_words(self, *, for_staff: bool) -> str:
        return CLAIM.words[self.state] if for_staff else SCHOOL_WORDS[self.state]

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
