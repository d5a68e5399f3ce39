"""The forms of the register of independent providers."""

from datetime import date
from typing import Any

from fundflow.brokering.forms import EXPERTISE
from fundflow.models.brokering import Expertise
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.web.fields import Checkboxes, Day, EmailAddress, Radios, Text
from fundflow.web.forms import Form, OfFund

WHEN = {"seen_on": "Seen on", "due_on": "Due again on"}
DAYS = tuple(f"{name}_{when}" for name in DUE_DILIGENCE for when in WHEN)


class DiligenceForm(Form):
    """When each part of the due diligence was seen, and is due again."""

    @classmethod
    def about(cls, provider: Provider) -> "DiligenceForm":
        return cls.on(provider, data={name: getattr(provider, name) for name in DAYS})

    def days(self) -> dict[str, date | None]:
        """By the model's names."""
        return {name: self[name].data for name in DAYS}


for _name, _words in DUE_DILIGENCE.items():
    for _when, _label in WHEN.items():
        setattr(
            DiligenceForm, f"{_name}_{_when}", Day(f"{_words}: {_label.lower()} (optional)", what="The date")
        )


class ProviderForm(OfFund):
    """A provider that is proposed for the register; its due diligence is recorded after that."""

    fund = Radios("For which fund?", choices=(), missing="Select a fund")
    name = Text("Name of the provider", most=200, missing="Enter the name of the provider")
    number = Text("Company or charity number (optional)", most=40)
    contact_name = Text("Name of the contact", most=120, missing="Enter the name of the contact")
    contact_email = EmailAddress("Email address of the contact", missing="Enter the contact’s email address")
    expertise = Checkboxes(
        "What can it help with?", choices=EXPERTISE, missing="Select what it can help with"
    )

    def provider(self) -> dict[str, Any]:
        names = ("name", "number", "contact_name", "contact_email")
        said = {name: self[name].data or "" for name in names}
        return {**said, "expertise": [Expertise(one) for one in self.expertise.data]}
