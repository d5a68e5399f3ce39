"""A payment that is taken back: what was recorded stays, and an entry beside it takes it back."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.bid import Bid
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to, where
from fundflow.models.money import pounds
from fundflow.models.payee import Route
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_run import RunLine
from fundflow.models.person import User
from fundflow.workflow.engine import Workflow
from fundflow.workflow.reversal import REVERSAL, ReversalState

COLOURS = {
    ReversalState.NEW: "grey",
    ReversalState.REQUESTED: "turquoise",
    ReversalState.REVERSED: "red",
    ReversalState.REFUSED: "grey",
}


class Reversal(Base):
    """One payment of a claim, as it was recorded, and who takes it back."""

    __tablename__ = "reversal"
    __table_args__ = (
        CheckConstraint("pence > 0", name="some_money"),
        CheckConstraint("reason != ''", name="requested_with_a_reason"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id != requested_by_id", name="two_people"),
        CheckConstraint(
            "(state = 'reversed') = (approved_by_id IS NOT NULL AND approved_at IS NOT NULL)",
            name="approved_by_somebody",
        ),
        Index("uq_reversal_requested", "claim_id", unique=True, **where("state = 'requested'")),
    )
    workflow: ClassVar[Workflow] = REVERSAL

    id: Mapped[Id]
    bid_id: Mapped[int] = key_to("bid.id")
    claim_id: Mapped[int] = key_to("claim.id")
    line_id: Mapped[int | None] = key_to("run_line.id")  # where a run paid it
    paid_entry_id: Mapped[int | None] = key_to("history_entry.id")  # the step that paid it
    state: Mapped[ReversalState] = mapped_column(enum_of(ReversalState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    pence: Mapped[Pence]
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int] = key_to("person.id", index=False)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = key_to("person.id", index=False)
    # The payment as it was recorded; the claim may be paid otherwise since.
    paid_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int] = key_to("person.id", index=False)
    payment_reference: Mapped[str] = mapped_column(String(60))
    payee_name: Mapped[str] = mapped_column(String(200))
    payee_urn: Mapped[str] = mapped_column(String(6))
    route: Mapped[Route | None] = mapped_column(enum_of(Route))
    supplier_number: Mapped[str] = mapped_column(String(40))

    bid: Mapped[Bid] = relationship()
    claim: Mapped[Claim] = relationship()
    line: Mapped[RunLine | None] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys="Reversal.requested_by_id")
    approved_by: Mapped[User | None] = relationship(foreign_keys="Reversal.approved_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", ReversalState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def words(self) -> str:
        return REVERSAL.words[self.state]

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def gross_pence(self) -> int:
        """What was paid, with VAT; until its claim has another invoice."""
        return self.pence + self.claim.gross_pence - self.claim.pence

    @property
    def about(self) -> str:
        """“£3,000.00 was paid to Oak with the reference BACS 1. It came back: account closed.”"""
        waits, gross = self.state is ReversalState.REQUESTED, self.gross_pence
        vat = f" ({pounds(gross)} with VAT)" if waits and gross != self.pence else ""
        reference = self.payment_reference
        paid = f"{pounds(self.pence)}{vat} was paid to {self.payee_name} with the reference {reference}."
        return f"{paid} Why it is to be reversed: {self.reason}"

    @property
    def then(self) -> str:
        """What becomes of the claim, as a sentence."""
        if self.claim.kind is ClaimKind.OPENING:
            return "It was paid before, so nothing is paid again: the right amount takes its place."
        return "What is still due of the claim can be paid again."

    def touch(self) -> None:
        self.version += 1
        self.bid.touch()
