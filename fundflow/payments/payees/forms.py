"""What proposing payees asks for."""

from typing import Any

from wtforms import HiddenField

from fundflow.models.payee import Paid, Route
from fundflow.models.school import School
from fundflow.payments.payees.proposals import MOST, Proposal, wrong_texts, wrong_together
from fundflow.rules.payees import suggested
from fundflow.web.fields import Day, LongText, Radios, Text, Upload
from fundflow.web.forms import Form


class PayeeForm(Form):
    """Who is to be paid for one school. What looks like bank details is refused beside its field."""

    paid = Radios("Who is paid?", choices=Paid, missing="Select who is paid")
    name = Text("Their name", most=MOST["name"], missing="Enter the payee’s name")
    route = Radios(
        "How are they paid?",
        choices=Route,
        missing="Select how they are paid",
        hints={
            Route.JOURNAL.value: "A maintained school that banks with the council",
            Route.BACS_OWN.value: "A maintained school on the council’s schedule of bank accounts",
            Route.BACS_TRUST.value: "An academy",
        },
    )
    cost_centre = Text("Cost centre", most=MOST["cost_centre"], description="For a journal only")
    supplier_number = Text(
        "Supplier number",
        most=MOST["supplier_number"],
        description="In the finance system. Not needed for a journal. Never a sort code or account number",
    )
    valid_from = Day("From which day?", what="The date", missing="Enter the first day they are paid")
    evidence = LongText(
        "What shows that this is right?",
        most=MOST["evidence"],
        rows=4,
        missing="Enter what shows that this is right",
        description="Never an email alone: say whom you asked, and by which known number or address",
    )
    held_at = Text("Where is it held?", most=MOST["held_at"], missing="Enter where the evidence is held")

    def suggest(self, school: School) -> None:
        """What a new page begins with, by the school's kind."""
        if not self.is_submitted():
            paid, route, self.name.data = suggested(school)
            self.paid.data, self.route.data = paid, route

    def validate(self, extra_validators: object = None) -> bool:
        valid = bool(super().validate(extra_validators))
        wrong = list(wrong_texts({name: self[name].data or "" for name in MOST}))
        if valid:
            wrong += wrong_together(self.proposal)
        for name, why in wrong:
            self[name].errors = [why]
        return valid and not wrong

    @property
    def proposal(self) -> Proposal:
        answers: dict[str, Any] = {name: self[name].data or "" for name in Proposal._fields}
        return Proposal(**answers)


class PayeesFileForm(Form):
    file = Upload("File", accept=".csv,text/csv", missing="Choose a file")


class RowsForm(Form):
    """A file that was looked at, sent back with the button that proposes it."""

    name = HiddenField()
    rows = HiddenField()
