"""One line of the fund's append-only ledger."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, key_to
from fundflow.models.fund import Allocation
from fundflow.workflow.worded import Worded


class EntryKind(Worded):
    ALLOCATED = "allocated", "Allocated to the fund"
    CUT = "cut", "Allocation cut"
    RESERVED = "reserved", "Reserved for an offer"
    UNRESERVED = "unreserved", "Reservation ended"
    AWARDED = "awarded", "Awarded"
    RELEASED = "released", "Award released"
    MOVED_OUT = "moved_out", "Award moved to another line"
    MOVED_IN = "moved_in", "Award moved from another line"
    PAID = "paid", "Paid"
    REVERSED = "reversed", "Payment reversed"
    RECOVERED = "recovered", "Recovered"
    UNRECOVERED = "unrecovered", "Not recovered after all"

    def signed(self, pence: int) -> int:
        """An entry's amount with its sign: what takes back an earlier entry is negative."""
        return -pence if self in TAKES_BACK else pence


TAKES_BACK = frozenset(
    {
        EntryKind.CUT,
        EntryKind.UNRESERVED,
        EntryKind.RELEASED,
        EntryKind.MOVED_OUT,
        EntryKind.REVERSED,
        EntryKind.RECOVERED,
    }
)


class LedgerEntry(Base):
    """Never updated, never deleted (a trigger in the database refuses both)."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("pence > 0", name="pence_positive"),
        CheckConstraint(
            "(kind IN ('allocated', 'cut')) = (bid_id IS NULL)", name="bid_except_for_allocations"
        ),
        Index("ix_ledger_entry_kind_at", "kind", "at", "bid_id"),  # a year's awards, of the register
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    allocation_id: Mapped[int] = key_to("allocation.id")
    bid_id: Mapped[int | None] = key_to("bid.id")
    claim_id: Mapped[int | None] = key_to("claim.id")
    history_entry_id: Mapped[int | None] = key_to("history_entry.id")
    kind: Mapped[EntryKind] = mapped_column(enum_of(EntryKind))
    pence: Mapped[Pence]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by_id: Mapped[int | None] = key_to("person.id")
    reason: Mapped[str] = mapped_column(String(300), default="")

    allocation: Mapped[Allocation] = relationship()


class LineBalance(Base):
    """What the entries of a kind add up to on an allocation line (`fundflow.balances`)."""

    __tablename__ = "line_balance"

    allocation_id: Mapped[int] = key_to("allocation.id", index=False, primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_of(EntryKind), primary_key=True)
    pence: Mapped[Pence]


class BidBalance(Base):
    """Likewise, of one bid on an allocation line."""

    __tablename__ = "bid_balance"

    bid_id: Mapped[int] = key_to("bid.id", index=False, primary_key=True)
    allocation_id: Mapped[int] = key_to("allocation.id", index=False, primary_key=True)
    kind: Mapped[EntryKind] = mapped_column(enum_of(EntryKind), primary_key=True)
    pence: Mapped[Pence]
