"""The rules of a fund's panel, kept in versions: a new one never changes an old decision."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, UtcDateTime, key_to
from fundflow.workflow.panel_rules import STANDARD, Criterion, Rules

if TYPE_CHECKING:
    from fundflow.models.fund import Fund
    from fundflow.models.person import User


class PanelRules(Base):
    """One version of a panel's rules. Append-only: to change them is to add a version.

    An item on the agenda keeps the version in force when its papers were issued, and a decision
    the one it was made under.
    """

    __tablename__ = "panel_rules"
    __table_args__ = (
        UniqueConstraint("fund_id", "number"),
        CheckConstraint("number > 0", name="numbers_start_at_one"),
        CheckConstraint("quorum_percent BETWEEN 0 AND 100", name="quorum_a_percentage"),
        CheckConstraint(
            "reduce_from <= fundable_from AND fundable_from <= 100 AND reduce_from >= 0",
            name="thresholds_in_order",
        ),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    number: Mapped[int]
    set_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # empty: as the fund began
    set_by_id: Mapped[int | None] = key_to("person.id")
    reason: Mapped[str] = mapped_column(Text, default="")  # why they changed, and the minute that says so
    quorum_least: Mapped[int]
    quorum_percent: Mapped[int]
    disclosed_may_vote: Mapped[bool]
    cluster_discloses: Mapped[bool]
    individual_from_pence: Mapped[Pence]
    fundable_from: Mapped[int]
    reduce_from: Mapped[int]
    key_least: Mapped[int]
    moderate_from: Mapped[int]
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # rows of `Criterion`, in order
    places: Mapped[dict[str, int]] = mapped_column(JSON)  # Sector's value → seats there are to fill

    fund: Mapped["Fund"] = relationship(back_populates="panel_rules")
    set_by: Mapped["User | None"] = relationship()

    @classmethod
    def holding(cls, rules: Rules, **values: Any) -> "PanelRules":
        """A version that says what these rules say."""
        return cls(
            **{name: getattr(rules, name) for name in PLAIN},
            places=dict(rules.places),
            criteria=[c._asdict() for c in rules.criteria],
            **values,
        )

    @property
    def rules(self) -> Rules:
        """The rules as the plain value that everything computes with."""
        return Rules(
            **{name: getattr(self, name) for name in PLAIN},
            places=self.places,
            criteria=tuple(Criterion(**row) for row in self.criteria),
        )


# The fields that are the same in the table and in the value.
PLAIN = (
    "quorum_least",
    "quorum_percent",
    "disclosed_may_vote",
    "cluster_discloses",
    "individual_from_pence",
    "fundable_from",
    "reduce_from",
    "key_least",
    "moderate_from",
)


def first_version() -> PanelRules:
    """The rules a fund begins with: those of docs/rules.md, "Settings of a panel"."""
    return PanelRules.holding(STANDARD, number=1)
