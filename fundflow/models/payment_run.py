"""Payment runs: the claims in each, the file it was paid by, and the layouts of such files."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to, where
from fundflow.models.fund import Fund
from fundflow.models.payee import Payee, Route
from fundflow.models.payment import Claim
from fundflow.models.person import User
from fundflow.workflow.engine import Workflow
from fundflow.workflow.payment_run import FROZEN, PAYMENT_RUN, RunState
from fundflow.workflow.worded import Worded

COLOURS = {
    RunState.NEW: "grey",
    RunState.GATHERED: "turquoise",
    RunState.APPROVED: "turquoise",
    RunState.EXPORTED: "yellow",
    RunState.ANSWERED: "yellow",
    RunState.SETTLED: "green",
    RunState.CANCELLED: "grey",
}


class Outcome(Worded):
    """What became of a claim in a run."""

    WAITING = "waiting", "Not answered yet"  # in the run: no other run may take the claim
    LEFT_OUT = "left_out", "Left out"
    PAID = "paid", "Paid"
    REJECTED = "rejected", "Rejected"
    RETURNED = "returned", "Came back"
    CANCELLED = "cancelled", "Cancelled"


OUTCOME_COLOURS = {
    Outcome.WAITING: "yellow",
    Outcome.LEFT_OUT: "grey",
    Outcome.PAID: "green",
    Outcome.REJECTED: "red",
    Outcome.RETURNED: "red",
    Outcome.CANCELLED: "grey",
}


class PaymentRun(Base):
    """A run of one fund. Once it is approved its lines, totals and file never change."""

    __tablename__ = "payment_run"
    __table_args__ = (
        UniqueConstraint("fund_id", "number"),
        CheckConstraint("approved_by_id IS NULL OR approved_by_id != gathered_by_id", name="two_people"),
        CheckConstraint(
            "state IN ('new', 'gathered', 'cancelled') OR (approved_by_id IS NOT NULL AND"
            " approved_at IS NOT NULL AND content IS NOT NULL AND sha256 != '' AND size > 0 AND pence > 0)",
            name="frozen_once_approved",
        ),
    )
    workflow: ClassVar[Workflow] = PAYMENT_RUN
    bid: ClassVar[None] = None

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    number: Mapped[int]
    state: Mapped[RunState] = mapped_column(enum_of(RunState), index=True)
    version: Mapped[int] = mapped_column(default=1)
    layout_name: Mapped[str] = mapped_column(String(120))
    layout: Mapped[str] = mapped_column(Text)  # the whole document, as it was when the run was gathered
    gathered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gathered_by_id: Mapped[int] = key_to("person.id", index=False)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = key_to("person.id", index=False)
    size: Mapped[int] = mapped_column(default=0)  # how many payments its file holds
    pence: Mapped[Pence] = mapped_column(default=0)  # what they come to
    file_name: Mapped[str] = mapped_column(String(80), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of the file
    content: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    seal: Mapped[str] = mapped_column(String(64), default="")  # of the records, the newest at the approval

    fund: Mapped[Fund] = relationship()
    lines: Mapped[list["RunLine"]] = relationship(back_populates="run", order_by="RunLine.number")
    gathered_by: Mapped[User] = relationship(foreign_keys="PaymentRun.gathered_by_id")
    approved_by: Mapped[User | None] = relationship(foreign_keys="PaymentRun.approved_by_id")

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", RunState.NEW)
        values.setdefault("version", 1)
        super().__init__(**values)

    @property
    def reference(self) -> str:
        """“LSIF-RUN-3”."""
        return f"{self.fund.prefix}-RUN-{self.number}"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/money/runs/{self.id}"

    @property
    def colour(self) -> str:
        """The colour of the state's tag."""
        return COLOURS[self.state]

    @property
    def words(self) -> str:
        return PAYMENT_RUN.words[self.state]

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN

    @property
    def paid_lines(self) -> list["RunLine"]:
        """The payments of its file, or those it will have."""
        return [line for line in self.lines if line.outcome is not Outcome.LEFT_OUT]

    @property
    def waiting(self) -> list["RunLine"]:
        return [line for line in self.lines if line.outcome is Outcome.WAITING]

    def touch(self) -> None:
        self.version += 1


class RunLine(Base):
    """A claim in a run, or left out of it. Whom it pays, how much and for what is kept as it was approved."""

    __tablename__ = "run_line"
    __table_args__ = (
        UniqueConstraint("run_id", "number"),
        # A claim is in one run at a time.
        Index("uq_run_line_claim", "claim_id", unique=True, **where("outcome = 'waiting'")),
        CheckConstraint("pence >= 0", name="pence_not_negative"),
        CheckConstraint("outcome NOT IN ('left_out', 'rejected', 'returned') OR why != ''", name="says_why"),
    )

    id: Mapped[Id]
    run_id: Mapped[int] = key_to("payment_run.id", index=False)
    number: Mapped[int]
    claim_id: Mapped[int] = key_to("claim.id")
    outcome: Mapped[Outcome] = mapped_column(enum_of(Outcome), default=Outcome.WAITING)
    why: Mapped[str] = mapped_column(String(300), default="")  # it was left out, rejected or came back
    pence: Mapped[Pence]  # what is paid out, less what is taken off the payment
    payee_id: Mapped[int | None] = key_to("payee.id", index=False)
    payee_name: Mapped[str] = mapped_column(String(200), default="")
    payee_urn: Mapped[str] = mapped_column(String(6), default="")
    route: Mapped[Route | None] = mapped_column(enum_of(Route))
    supplier_number: Mapped[str] = mapped_column(String(40), default="")
    cost_centre: Mapped[str] = mapped_column(String(40), default="")
    parts: Mapped[list[Any]] = mapped_column(JSON, default=list)  # each cost line: a `CostLine`
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    payment_reference: Mapped[str] = mapped_column(String(60), default="")

    run: Mapped[PaymentRun] = relationship(back_populates="lines")
    claim: Mapped[Claim] = relationship()
    payee: Mapped[Payee | None] = relationship()

    @property
    def payment_id(self) -> str:
        """“LSIF-RUN-3-002”: by which its answer is known."""
        return f"{self.run.reference}-{self.number:03}"

    @property
    def is_net(self) -> bool:
        """Whether it pays less than its claim, because of what is taken off the payment."""
        return self.outcome in (Outcome.WAITING, Outcome.PAID) and self.pence < self.claim.gross_pence

    @property
    def colour(self) -> str:
        """The colour of the outcome's tag."""
        return OUTCOME_COLOURS[self.outcome]


class PaymentLayout(Base):
    """A layout that a fund's finance added beside those that come with the service."""

    __tablename__ = "payment_layout"
    __table_args__ = (UniqueConstraint("fund_id", "name"),)

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id", index=False)
    name: Mapped[str] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=1)
    document: Mapped[str] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(default=False)  # no longer offered

    bid: ClassVar[None] = None
    fund: Mapped[Fund] = relationship()

    def touch(self) -> None:
        self.version += 1
