"""The fund's library of measures, which bids pick from so that results add up."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, enum_of, key_to
from fundflow.models.fund import Fund
from fundflow.workflow.worded import Worded


class Better(Worded):
    UP = "up", "Better when it rises"
    DOWN = "down", "Better when it falls"


class Measure(Base):
    """A measure of a fund. It never changes: one that is no longer offered is retired."""

    __tablename__ = "measure"
    __table_args__ = (
        UniqueConstraint("fund_id", "name"),
        CheckConstraint("least < greatest", name="least_below_greatest"),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40))
    better: Mapped[Better] = mapped_column(enum_of(Better))
    method: Mapped[str] = mapped_column(String(200))  # how it is measured
    source: Mapped[str] = mapped_column(String(200), default="")
    least: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))  # plausible values; None: as its unit says
    greatest: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    retired: Mapped[bool] = mapped_column(default=False)  # no longer offered; outcomes keep it

    fund: Mapped[Fund] = relationship(back_populates="measures")

    @property
    def words(self) -> str:
        """“Pupils at the phonics standard (%)”."""
        return f"{self.name} ({self.unit})"

    def why_not_better(self, baseline: Decimal, target: Decimal) -> str | None:
        """The sentence, without its full stop, where a target lies on the worse side of its baseline."""
        up = self.better is Better.UP
        if target == baseline or (target > baseline) is up:
            return None
        side = "above" if up else "below"
        return f"This measure is {self.better.words.lower()}: enter a target {side} the baseline"
