"""Services that schools buy: what is offered, what was ordered, and the years of each order's term."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fundflow.extensions import Base
from fundflow.models.columns import Id, Pence, UtcDateTime, enum_of, folded, key_to
from fundflow.models.fund import Fund
from fundflow.models.money import pounds
from fundflow.models.person import User
from fundflow.models.school import School, SchoolKind
from fundflow.names import searchable
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Workflow
from fundflow.workflow.order import ORDER, OrderState
from fundflow.workflow.vat import VatCode
from fundflow.workflow.worded import Worded
from fundflow.workflow.working_days import london_date


class ProviderKind(Worded):
    """Who gives a service, and so who agrees to an order and sends the invoice."""

    COUNCIL = "council", "The council"
    SCHOOL = "school", "A school"
    INDEPENDENT = "independent", "An independent provider"


A_YEAR = {"a year", "one year", "1 year", "year", "per year", "each year"}


class Priced:
    """What has a price for a unit and a year: “£600.00 a year”, “£185.50 for half a day, each year”."""

    unit: Mapped[str]

    @property
    def is_yearly(self) -> bool:
        """Whether the unit is the year itself."""
        return self.unit.strip().lower() in A_YEAR

    def price_words(self, pence: int) -> str:
        return f"{pounds(pence)} a year" if self.is_yearly else f"{pounds(pence)} for {self.unit}, each year"

    def quantity_words(self, quantity: int) -> str:
        """“2 a year”, “4 × half a day, each year”."""
        return f"{quantity:,} a year" if self.is_yearly else f"{quantity:,} × {self.unit}, each year"


class Service(Priced, Base):
    """One entry of a fund's catalogue. Who provides it never changes: another provider is another entry.

    price_pence is of one unit and one year, without VAT.
    """

    __tablename__ = "service"
    __table_args__ = (
        CheckConstraint("price_pence > 0", name="price_positive"),
        CheckConstraint("(provider_kind = 'school') = (provider_school_id IS NOT NULL)", name="school_named"),
        CheckConstraint(
            "provider_kind != 'independent' OR (provider_name != '' AND provider_email != '')",
            name="independent_named",
        ),
        CheckConstraint("order_from <= order_to", name="window_in_order"),
        CheckConstraint("for_maintained OR for_academies", name="for_somebody"),
    )

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(140))
    included: Mapped[str] = mapped_column(Text)
    provider_kind: Mapped[ProviderKind] = mapped_column(enum_of(ProviderKind))
    provider_school_id: Mapped[int | None] = key_to("school.id")
    provider_name: Mapped[str] = mapped_column(String(140), default="")  # of an independent provider
    provider_email: Mapped[str] = mapped_column(String(254), default="")
    unit: Mapped[str] = mapped_column(String(60))  # “a pupil”, “half a day”
    price_pence: Mapped[Pence]
    vat_code: Mapped[VatCode] = mapped_column(enum_of(VatCode))
    terms: Mapped[list[int]] = mapped_column(JSON)  # years that may be ordered: some of 1, 2, 3
    for_maintained: Mapped[bool]
    for_academies: Mapped[bool]  # and every other school that is not maintained
    order_from: Mapped[date | None]  # the window for orders; open-ended where empty
    order_to: Mapped[date | None]
    search_text: Mapped[str] = folded(searchable, "name", "included", "provider_name")
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by_id: Mapped[int] = key_to("person.id")

    bid: ClassVar[None] = None  # no part of a bid
    fund: Mapped[Fund] = relationship()
    provider_school: Mapped[School | None] = relationship()
    updated_by: Mapped[User] = relationship()

    @property
    def path(self) -> str:
        """Its page."""
        return f"/services/{self.id}"

    @property
    def is_by_school(self) -> bool:
        return self.provider_kind is ProviderKind.SCHOOL

    @property
    def is_by_council(self) -> bool:
        """Whether the council sends the invoice."""
        return self.provider_kind is ProviderKind.COUNCIL

    @property
    def terms_words(self) -> str:
        """“1, 2 or 3 years”."""
        *others, longest = map(str, self.terms)
        if not others:
            return "1 year" if longest == "1" else f"{longest} years"
        return f"{', '.join(others)} or {longest} years"

    @property
    def provider(self) -> str:
        """The provider's name."""
        if self.provider_school:
            return self.provider_school.name
        return self.fund.council if self.is_by_council else self.provider_name

    def is_for(self, school: School) -> bool:
        """Whether schools of this kind may order it."""
        return self.for_maintained if school.kind is SchoolKind.MAINTAINED else self.for_academies

    def is_in_window(self, day: date) -> bool:
        return (self.order_from or day) <= day <= (self.order_to or day)

    def touch(self) -> None:
        self.version += 1


class ServiceOrder(Priced, Base):
    """A school's order of a service for a term of one to three years, at the price when it was saved.

    ends_on is the last day; an agreement to end early brings it forward. `proposed_*` are the one change
    that a side has proposed and the other has not answered. An end before the first day cancels the order.
    """

    __tablename__ = "service_order"
    __table_args__ = (
        CheckConstraint("years IN (1, 2, 3)", name="years_known"),
        CheckConstraint("begins_on < ends_on", name="term_in_order"),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR (placed_at IS NOT NULL AND placed_by_id IS NOT NULL)",
            name="placed_by_somebody",
        ),
        CheckConstraint("(proposed_at IS NULL) = (proposed_by_school IS NULL)", name="proposed_by_a_side"),
        CheckConstraint(
            "(proposed_at IS NOT NULL) = (proposed_quantity IS NOT NULL OR proposed_ends_on IS NOT NULL)",
            name="proposal_says_what",
        ),
        CheckConstraint("proposed_quantity IS NULL OR proposed_ends_on IS NULL", name="one_proposal"),
    )
    workflow: ClassVar[Workflow] = ORDER

    id: Mapped[Id]
    fund_id: Mapped[int] = key_to("fund.id")
    service_id: Mapped[int] = key_to("service.id")
    school_id: Mapped[int] = key_to("school.id")
    state: Mapped[OrderState] = mapped_column(enum_of(OrderState))
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int] = key_to("person.id")
    years: Mapped[int]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    name: Mapped[str] = mapped_column(String(140))  # the service's words and price, as ordered
    unit: Mapped[str] = mapped_column(String(60))
    unit_pence: Mapped[Pence]
    vat_code: Mapped[VatCode] = mapped_column(enum_of(VatCode))
    order_number: Mapped[str] = mapped_column(String(40), default="")  # the school's purchase order
    placed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    placed_by_id: Mapped[int | None] = key_to("person.id")
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    proposed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_by_school: Mapped[bool | None]
    proposed_quantity: Mapped[int | None]  # from the next year of the term on
    proposed_ends_on: Mapped[date | None]
    proposed_why: Mapped[str] = mapped_column(Text, default="")

    bid: ClassVar[None] = None  # no part of a bid: it has a fund, and its own school (see `steps`)
    fund: Mapped[Fund] = relationship()
    service: Mapped[Service] = relationship()
    school: Mapped[School] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys="ServiceOrder.asked_by_id")
    placed_by: Mapped[User | None] = relationship(foreign_keys="ServiceOrder.placed_by_id")
    each_year: Mapped[list["OrderYear"]] = relationship(
        order_by="OrderYear.begins_on", cascade="all, delete-orphan"
    )

    def __init__(self, **values: Any) -> None:
        values.setdefault("state", OrderState.DRAFT)
        super().__init__(**values)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/services/orders/{self.id}"

    @property
    def reference(self) -> str:
        return f"SO-{self.id}"

    @property
    def schools(self) -> list[School]:
        """The school that orders, as `bar_from_brokering` asks for it."""
        return [self.school]

    @property
    def charged_years(self) -> list["OrderYear"]:
        """The years of the term that stand: those after an early end don't."""
        return [year for year in self.each_year if year.begins_on < self.ends_on]

    @property
    def net_pence(self) -> int:
        """What all years of the term cost, without VAT."""
        return sum(year.quantity for year in self.charged_years) * self.unit_pence

    @property
    def change_on(self) -> date | None:
        """The first day on which the proposed change would make a difference; None without one."""
        if self.proposed_at is None:
            return None
        if self.proposed_ends_on:
            return self.proposed_ends_on + timedelta(days=1)
        proposed = london_date(self.proposed_at)
        return next((y.begins_on for y in self.charged_years if y.begins_on > proposed), self.ends_on)

    @property
    def would_cancel(self) -> bool:
        """Whether the proposed end comes before the term, so that nothing is charged."""
        return self.proposed_ends_on is not None and self.proposed_ends_on < self.begins_on

    @property
    def proposal_words(self) -> str:
        """The proposed change as a sentence."""
        if self.would_cancel:
            begins = day_words(self.begins_on)
            return f"The order is cancelled before its term begins on {begins}. Nothing is charged."
        if self.proposed_ends_on:
            return f"The order ends on {day_words(self.proposed_ends_on)}."
        if self.change_on is None:
            return ""
        before = self.quantity_on(self.change_on)
        return f"From {day_words(self.change_on)} the quantity is {self.proposed_quantity}, not {before}."

    def quantity_on(self, day: date) -> int:
        """The quantity of the year in which a day lies; before the term that of the first year."""
        begun = [year for year in self.each_year if year.begins_on <= day] or self.each_year[:1]
        return begun[-1].quantity

    def is_of(self, user: User | None, now: datetime) -> bool:
        """Whether this person belongs to the school that orders."""
        return user is not None and self.school_id in user.school_ids(london_date(now))

    def touch(self) -> None:
        self.version += 1


class OrderYear(Base):
    """How much of the service a school has in one year of an order's term."""

    __tablename__ = "order_year"
    __table_args__ = (
        UniqueConstraint("order_id", "begins_on"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = key_to("service_order.id", index=False)
    begins_on: Mapped[date] = mapped_column(index=True)
    quantity: Mapped[int]
