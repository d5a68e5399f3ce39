"""Services' forms: an entry of the catalogue, an order, and a change that one side proposes."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.models.fund import Fund
from fundflow.models.provider import Provider as Registered
from fundflow.models.school import School
from fundflow.models.service import ProviderKind, Service, ServiceOrder
from fundflow.services.operations.catalogue import Offered
from fundflow.services.operations.orders import Proposal, Wanted
from fundflow.web.fields import (
    Checkboxes,
    Day,
    EmailAddress,
    LongText,
    Radios,
    Select,
    Text,
    Tick,
    choices_of,
)
from fundflow.web.forms import Form, OfFund
from fundflow.web.number_fields import Pounds, WholeNumber
from fundflow.workflow.date_words import day_words
from fundflow.workflow.vat import VatCode

TERMS = (("1", "One year"), ("2", "Two years"), ("3", "Three years"))
KINDS = (
    ("maintained", "Maintained schools: terms from April to March"),
    ("academies", "Academies and other schools: terms from September to August"),
)
MOST_UNITS = 10_000


def _quantity(label: str, **options: Any) -> WholeNumber:
    return WholeNumber(label, what="The quantity", least=1, most=MOST_UNITS, **options)


PROVIDER_EMAIL = "Enter the email address of the provider"


class ByAnswer(Form):
    """Asks for some fields because of what another one says: a field that may be empty is not looked at
    while it is."""

    @property
    def wanted(self) -> dict[str, str]:
        """The names of these fields, and what to say where they are empty."""
        return {}

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        for name, words in self.wanted.items():
            if not self[name].data and not self[name].errors:
                self[name].errors, fine = [words], False
        return fine


class ProviderForm(OfFund, ByAnswer):
    """Who provides a service. Before `ServiceForm`: the error summary has the order of the page."""

    fund = Radios("In which fund’s catalogue?", choices=(), missing="Select a fund")
    provider_kind = Radios("Who provides it?", choices=ProviderKind, missing="Select who provides it")
    provider_school = Select("School that provides it (only for a school’s service)")
    provider_registered = Select("Independent provider, from the register (only for those)")
    provider_name = Text("Name of the independent provider (only for those)", most=140)


class ServiceForm(ByAnswer):
    """What a service is and costs."""

    provider_email = EmailAddress("Email address of the independent provider (only for those)")
    name = Text("Name of the service", most=140, missing="Enter the name of the service")
    included = LongText("What is included?", most=4000, rows=8, missing="Enter what is included")
    unit = Text(
        "What is the price for?",
        most=60,
        missing="Enter what the price is for",
        description="For example: a year, half a day, a pupil",
    )
    price_pence = Pounds(
        "Price of one a year, without VAT",
        what="The price",
        missing="Enter the price",
        description="In pounds",
    )
    vat_code = Radios("VAT", choices=VatCode, missing="Select how VAT stands on it")
    terms = Checkboxes("For how long may it be ordered?", choices=TERMS, missing="Select at least one term")
    kinds = Checkboxes("Who may order it?", choices=KINDS, missing="Select who may order it")
    order_from = Day("Orders open on (optional)", what="The date")
    order_to = Day("Orders close on (optional)", what="The date")

    def validate_order_to(self, field: Any) -> None:
        if field.data and self.order_from.data and field.data < self.order_from.data:
            raise ValidationError("Orders must close on or after the day on which they open")

    def fill(self, service: Service) -> None:
        """What the entry says now, on a page that is asked for."""
        if self.is_submitted():
            return
        for name in ("name", "included", "unit", "price_pence", "vat_code", "order_from", "order_to"):
            self[name].data = getattr(service, name)
        self.terms.data = [str(years) for years in service.terms]
        fits = (("maintained", service.for_maintained), ("academies", service.for_academies))
        self.kinds.data = [kind for kind, may in fits if may]
        self.provider_email.data = service.provider_email

    @property
    def offered(self) -> Offered:
        return Offered(
            name=self.name.data,
            included=self.included.data,
            unit=self.unit.data,
            price_pence=self.price_pence.data or 0,
            vat_code=VatCode(self.vat_code.data),
            terms=sorted(int(years) for years in self.terms.data),
            for_maintained="maintained" in self.kinds.data,
            for_academies="academies" in self.kinds.data,
            order_from=self.order_from.data,
            order_to=self.order_to.data,
        )


class ChangeServiceForm(ServiceForm):
    """Who provides it never changes; an independent provider's address may."""

    independent = False
    price_checked = Tick(
        "I have checked the price (optional)",
        description="Needed where the officer who set the price has a tie to a school that orders.",
    )

    @property
    def wanted(self) -> dict[str, str]:
        return {"provider_email": PROVIDER_EMAIL} if self.independent else {}


class AddServiceForm(ProviderForm, ServiceForm):
    """And who provides it: an independent provider is one of the register, where the fund keeps one."""

    registers: frozenset[str] = frozenset()  # ids of the funds that keep one
    asks_name = True

    def choose(self, funds: list[Fund], schools: Iterable[School], registered: Iterable[Registered]) -> None:
        self.choose_fund(funds)
        self.registers = frozenset(str(fund.id) for fund in funds if fund.checks_support)
        self.asks_name = len(self.registers) < len(funds)
        known = [(str(one.id), one.name) for one in registered]
        self.provider_registered.choices = choices_of([("", "Choose a provider"), *known])
        named = [("", "Choose a school"), *((s.urn, f"{s.name} ({s.urn})") for s in schools)]
        self.provider_school.choices = choices_of(named)

    @property
    def wanted(self) -> dict[str, str]:
        if self.provider_kind.data == ProviderKind.SCHOOL:
            return {"provider_school": "Select the school that provides it"}
        if self.provider_kind.data == ProviderKind.INDEPENDENT and self.fund.data in self.registers:
            return {
                "provider_registered": "Select a provider. Brokering has the register, to propose another"
            }
        if self.provider_kind.data == ProviderKind.INDEPENDENT:
            return {"provider_name": "Enter the name of the provider", "provider_email": PROVIDER_EMAIL}
        return {}


class WithdrawForm(Form):
    reason = LongText("Why?", most=1000, missing="Enter the reason", rows=5)


class OrderForm(Form):
    """How much of a service, and for how long."""

    school = Radios("For which school?", choices=(), missing="Select a school")
    quantity = _quantity("How many a year?", missing="Enter how many a year")
    years = Radios("For how long?", choices=(), missing="Select for how long")

    def choose(self, service: Service, schools: Iterable[School], order: ServiceOrder | None = None) -> None:
        """Where there is one choice, it is chosen already."""
        self.school.choices = choices_of((school.urn, school.name) for school in schools)
        self.years.choices = choices_of((n, words) for n, words in TERMS if int(n) in service.terms)
        if self.is_submitted():
            return
        for field in (self.school, self.years):
            if len(field.choices) == 1:
                field.data = field.choices[0].value
        if order is not None:
            self.quantity.data, self.years.data = order.each_year[0].quantity, str(order.years)
        elif self.quantity.data is None:
            self.quantity.data = 1

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.quantity.data or 0, int(self.years.data))


class PlaceForm(Form):
    order_number = Text(
        "Purchase order number (optional)",
        most=40,
        description="If your school uses one. It stands on the invoice.",
    )
    authorised = Tick(
        "I am authorised to commit this school’s money to this order, for all years of its term",
        missing="Tick the box to show that you are authorised",
    )


CANCEL = "Cancel it before its term begins: nothing is charged"


class ProposeForm(ByAnswer):
    """A new quantity, or an earlier end."""

    what = Radios(
        "What do you propose?",
        choices=(("quantity", "Another quantity from the next year"), ("end", "An earlier end")),
        missing="Select what you propose",
    )
    quantity = _quantity("How many a year? (only for another quantity)")
    ends_on = Radios("On which day would it end? (only for an earlier end)", choices=())
    why = LongText("Why? The other side reads this.", most=1000, missing="Enter why you propose this", rows=5)

    def choose(self, order: ServiceOrder, days: list[date]) -> None:
        """Before the first day of the term, an end may also cancel the order."""
        before = [day for day in days if day < order.begins_on]
        if before:
            self.what.choices = choices_of(
                (
                    ("quantity", f"Another quantity from {day_words(order.begins_on)}"),
                    ("end", "An earlier end, or to cancel the order before its term begins"),
                )
            )
        self.ends_on.choices = choices_of(
            (day.isoformat(), CANCEL if day in before else day_words(day)) for day in days
        )

    @property
    def wanted(self) -> dict[str, str]:
        if self.what.data == "end":
            return {"ends_on": "Select the day on which it would end"}
        return {"quantity": "Enter how many a year"} if self.what.data == "quantity" else {}

    @property
    def proposal(self) -> Proposal:
        if self.what.data == "end":
            return Proposal(self.why.data, ends_on=date.fromisoformat(self.ends_on.data))
        return Proposal(self.why.data, quantity=self.quantity.data)
