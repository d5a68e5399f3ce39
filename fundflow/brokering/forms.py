"""Brokering's forms: an offer, a request, a proposal, a contact, support that an officer commissions."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import ValidationError

from fundflow.brokering.matching import PHASES_OFFERED
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise, How, SupportOffer
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.web.access import now
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Select, Text, choices_of
from fundflow.web.forms import Form, OfFund
from fundflow.web.number_fields import HalfDays
from fundflow.workflow.working_days import london_date

EXPERTISE = tuple((e.value, e.words) for e in Expertise)


def school_choices(schools: Iterable[School], empty: str = "Choose a school") -> Any:
    return choices_of([("", empty), *((s.urn, f"{s.name} ({s.urn})") for s in schools)])


class OfferForm(Form):
    school = Select("School", missing="Select a school")
    title = Text(
        "What do you offer, in a few words?",
        most=140,
        missing="Enter what you offer",
        description="For example: Coaching for teachers of phonics",
    )
    expertise = Checkboxes("What is it about?", choices=EXPERTISE, missing="Select what it is about")
    phases = Checkboxes(
        "Which phases can you work with?", choices=PHASES_OFFERED.items(), missing="Select at least one phase"
    )
    half_days = HalfDays(
        "How many days can you give in a school year?",
        missing="Enter the number of days",
        description="Whole or half days, for all schools together",
    )
    who = Text(
        "Who gives the support?",
        most=200,
        missing="Enter who gives the support",
        description="Their jobs, never names. For example: reading lead and two teachers",
    )
    description = LongText("What else should schools know? (optional)", most=1000, rows=4)

    def fill(self, offer: SupportOffer) -> None:
        """What the offer says now, on a page that is asked for."""
        if self.is_submitted():
            return
        self.school.data = offer.school.urn
        self.title.data, self.who.data, self.half_days.data = offer.title, offer.who, offer.half_days
        self.description.data, self.phases.data = offer.description, list(offer.phases)
        self.expertise.data = [row.expertise.value for row in offer.expertise]


class DaysNeededForm(Form):
    """How many days a need may take, as it stands in an address."""

    days = HalfDays("Days (optional)")


class AskForm(OfFund):
    school = Select("Which school needs support?", missing="Select the school")
    fund = Radios("From which fund?", choices=(), missing="Select a fund")
    expertise = Select(
        "What do you need help with?",
        choices=[("", "Choose one"), *EXPERTISE],
        missing="Select what you need help with",
    )
    need = LongText(
        "What needs to improve?",
        most=2000,
        missing="Enter what needs to improve",
        description="A few sentences are enough. Don’t name pupils or staff.",
    )
    half_days = HalfDays("How many days of support, roughly? (optional)", description="For example, 6 or 2.5")
    wanted_from = Day("From when? (optional)", what="The date")


class ProposalForm(Form):
    why = LongText(
        "Why this school? The school that asked reads this.",
        most=2000,
        rows=8,
        missing="Enter why you propose this school",
    )


class StartForm(Form):
    round_id = Radios("Which round is it for?", choices=(), missing="Select a round")

    def choose(self, rounds: list[Round]) -> None:
        """Where there is only one round, it is chosen already."""
        self.round_id.choices = choices_of((str(r.id), f"{r.fund.name}: {r.name}") for r in rounds)
        if len(rounds) == 1 and not self.round_id.data:
            self.round_id.data = str(rounds[0].id)


class CommissionForm(StartForm):
    school = Select(
        "Which school will be supported? It leads the bid.",
        missing="Select the school that will be supported",
    )
    provider = Select("Who will give the support?", missing="Select who gives the support")
    expertise = Select(
        "What is the support about?",
        choices=[("", "Choose one"), *EXPERTISE],
        missing="Select what the support is about",
    )
    reason = LongText(
        "Why do you commission it, when the school has not asked?",
        most=1000,
        rows=5,
        missing="Enter why you commission this support",
        description="The school reads this, and the panel.",
    )


class LogContactForm(Form):
    when = Day("When was it?", what="The date", missing="Enter the date")
    how = Radios("How?", choices=How, missing="Select how you were in contact")
    school = Select("Which school?", missing="Select the school")
    other_school = Select("Another school it was about (optional)")
    with_whom = Text(
        "Who with?",
        most=200,
        missing="Enter who you spoke with",
        description="For example: the head and the business manager",
    )
    said = LongText(
        "What was said?",
        most=4000,
        missing="Enter what was said",
        description="Only staff of the council who broker, and auditors, read this.",
    )
    bid = Text("Reference of a bid it was about (optional)", most=20)
    by_urn: dict[str, School]  # the schools of the lists
    found_bid: Bid | None = None

    def validate_when(self, field: Any) -> None:
        today: date = london_date(now())
        if field.data and field.data > today:
            raise ValidationError("The date must be today or in the past")

    def validate_other_school(self, field: Any) -> None:
        if field.data and field.data == self.school.data:
            raise ValidationError("Select another school, or none")
