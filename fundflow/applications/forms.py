"""The school's other forms: starting a bid, its steps, and the words of partners and approvers."""

from typing import Any

from fundflow.web.fields import LongText, Radios, Text, Tick
from fundflow.web.forms import AgreementForm, Form


class NewBidForm(Form):
    school_id = Radios("Which school leads the bid?", choices=(),
                       missing="Select the school that leads the bid")  # fmt: skip
    round_id = Radios("Which round is it for?", choices=(), missing="Select a round")


class AnswerForm(Form):
    answer = LongText("Your answer", most=2000, missing="Enter your answer")


class AcceptForm(AgreementForm):
    agreement = Tick("We accept the offer and agree to the conditions of grant",
                     missing="Tick the box to show that you agree to the conditions")  # fmt: skip


class GroundsForm(Form):
    grounds = LongText("Why should the decision be looked at again?", most=2000,
                       missing="Enter why the decision should be looked at again")  # fmt: skip


class DeclineForm(Form):
    reason = LongText("Why can’t you take part?", most=1000, rows=4,
                      missing="Enter why your school can’t take part")  # fmt: skip


class SignatureForm(Form):
    decision = Radios("What is your answer?", choices=(("sign", "I approve this bid"),
                                                       ("refuse", "I do not approve this bid")),
                      missing="Select whether you approve this bid")  # fmt: skip
    signed_name = Text("Your full name", most=120, missing="Enter your full name")
    reason = LongText("Why don’t you approve it?", most=1000, rows=4,
                      description="Only if you do not approve it")  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.decision.data == "refuse" and not self.reason.data:
            self.reason.errors = ["Enter why you don’t approve it"]
            return False
        return bool(valid)
