"""The school's other forms: starting a bid, its steps, and the words of partners and approvers."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from fundflow.models.bid import Bid
from fundflow.models.round import Round
from fundflow.rules.bid_remarks import SAY_WHY, remarks_on
from fundflow.rules.school_queries import open_schools
from fundflow.web.fields import LongText, Radios, Select, Text, Upload, choices_of
from fundflow.web.file_forms import FilesForm
from fundflow.web.forms import AgreementForm, Form

CAME_FROM = (
    ("call", "A telephone call"),
    ("word", "A Word or paper form"),
    ("email", "An email"),
    ("visit", "A visit or a meeting"),
)


class SendForm(AgreementForm):
    """Agreement to a bid that is sent; it asks why where something about its dates is unusual."""

    why_odd = LongText("Why is that so?", most=500, rows=3, description="The council and the panel read this")
    remarks: list[str]

    @classmethod
    def about(cls, bid: Bid, today: date) -> Self:
        form = cls.on(bid, data={"why_odd": bid.why_odd})
        form.remarks = remarks_on(bid, today)
        if not form.remarks:
            del form.why_odd
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        return bool(super().validate(extra_validators)) & self.explains()

    def explains(self) -> bool:
        """Whether what is unusual is explained; else its field says so."""
        if "why_odd" not in self:
            return True
        fine = bool(self.why_odd.validate(self))
        if not self.why_odd.data:
            self.why_odd.errors, fine = [SAY_WHY], False
        return fine

    @property
    def reason(self) -> str:
        return self.why_odd.data or "" if "why_odd" in self else ""


class NewBidForm(Form):
    school_id = Radios(
        "Which school leads the bid?", choices=(), missing="Select the school that leads the bid"
    )
    round_id = Radios("Which round is it for?", choices=(), missing="Select a round")


class BidAgainForm(Form):
    """In which round a school bids again."""

    round_id = Radios("Which round is it for?", choices=(), missing="Select a round")

    @classmethod
    def among(cls, rounds: Mapping[str, Round]) -> Self:
        form = cls()
        form.round_id.choices = choices_of((key, r.name) for key, r in rounds.items())
        return form


class EnterBidForm(Form):
    """An officer enters a bid for a school that told them of it."""

    school_urn = Select("Which school leads the bid?", missing="Choose the school that leads the bid")
    round_id = Radios("Which round is it for?", choices=(), missing="Select a round")
    came_from = Radios(
        "What are you entering it from?", choices=CAME_FROM, missing="Select what you are entering it from"
    )
    note = Text(
        "Who told you, and when?",
        most=300,
        missing="Enter who told you, and when",
        description="For example, “Hilary Shaw on 4 November”. The school sees this",
    )

    @classmethod
    def for_rounds(cls, rounds: list[Round]) -> Self:
        """The form with the schools and rounds to choose from."""
        form = cls()
        areas = dict.fromkeys(r.fund.la_code for r in rounds)
        schools = [pair for area in areas for pair in open_schools(area)]
        form.school_urn.choices = choices_of([("", "Choose a school"), *schools])
        form.round_id.choices = choices_of((str(r.id), r.name) for r in rounds)
        if len(rounds) == 1 and not form.is_submitted():
            form.round_id.data = str(rounds[0].id)
        return form

    def in_words(self) -> str:
        """“From a telephone call: Hilary Shaw on 4 November”."""
        return f"From {dict(CAME_FROM)[self.came_from.data].lower()}: {self.note.data}"


class GroundsForm(Form):
    grounds = LongText(
        "Why should the decision be looked at again?",
        most=2000,
        missing="Enter why the decision should be looked at again",
    )


class DeclineForm(Form):
    reason = LongText("Why can’t you take part?", most=1000, rows=4, missing="Enter your reason")


class SignatureForm(Form):
    decision = Radios(
        "What is your answer?",
        choices=(("sign", "I approve this bid"), ("refuse", "I do not approve this bid")),
        missing="Select whether you approve this bid",
    )
    signed_name = Text("Your full name", most=120, missing="Enter your full name")
    reason = LongText(
        "Why don’t you approve it?", most=1000, rows=4, description="Only if you do not approve it"
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.decision.data == "refuse" and not self.reason.data:
            self.reason.errors = ["Enter why you don’t approve it"]
            return False
        return bool(valid)


class ConfirmByLinkForm(Form):
    """The head of a school that takes part answers without an account."""

    decision = Radios("What is your answer?", choices=(), missing="Select your answer")
    signed_name = Text("Your full name", most=120, missing="Enter your full name")
    reason = LongText("Why can’t you take part?", most=1000, rows=4, description="Only if you can’t")

    def say(self, asked: Any) -> None:
        """Let the answers fit what is asked of the school."""
        self.decision.choices = choices_of((("confirm", asked.yes_words), ("decline", asked.no_words)))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.decision.data == "decline" and not self.reason.data:
            self.reason.errors = ["Enter your reason"]
            return False
        return bool(valid)


class FileForm(FilesForm):
    """One file for the bid."""

    file = Upload(
        "Choose a file",
        missing="Choose a file",
    )
    description = Text(
        "What is it?",
        most=300,
        too_long="What it is must be 300 characters or fewer",
        description="Like “Reading ages in Year 2”. You can leave it empty",
    )


class LateEvidenceForm(FilesForm):
    """Evidence after submission."""

    text = LongText("What do you want to add?", most=2000, missing="Enter what you want to add")
    first = Upload("First file (optional)")
    second = Upload("Second file (optional)")
