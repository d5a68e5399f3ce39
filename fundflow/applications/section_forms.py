"""The form's sections (docs/rules.md, "The form"): the answers that a bid has once.

A section may be left unfinished, so its form tells answers that are missing from answers that are
wrong. The answers a bid has several of stand in `row_forms`.
"""

from collections.abc import Mapping
from types import new_class
from typing import Any, Self, cast

from wtforms import ValidationError
from wtforms.fields.core import UnboundField

from fundflow.models.bid import Bid
from fundflow.rules.named_in_bid import tie_of_approver
from fundflow.web.fields import Day, EmailAddress, LongText, Radios, Stamp, Text, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import WholeNumber
from fundflow.web.unfinished import without_wrong
from fundflow.workflow.working_days import months_after

HIDDEN = ("csrf_token", "version", "stamp")
REPLY = "reply_"
YES_NO = (("yes", "Yes"), ("no", "No"))


class SectionForm(Form):
    """Some answers of a bid. `stamp` is a fingerprint of what was stored when the page was made.

    second_part  the questions that wait for a second page where a row is new
    began_with   what the page was filled in with while nothing was stored, by name
    """

    stamp = Stamp()
    not_stored: tuple[str, ...] = ()
    second_part: tuple[str, ...] = ()
    began_with: Mapping[str, Any] = {}
    works_out = False  # whether `work_out` can say a sum
    bid: Bid
    row: Any = None

    @classmethod
    def for_bid(cls, _bid: Bid) -> type[Self]:
        """The form as this bid is asked it."""
        return cls

    @classmethod
    def about(cls, bid: Bid, record: Any, filled: dict[str, Any] | None = None) -> Self:
        """The form over a bid or one of its rows (None for a row to be added)."""
        stored = cls.typed(record) if record is not None else {}
        form = cls(data=stored | (filled or {}))
        form.bid, form.row = bid, record if record is not bid else None
        form.began_with = filled or {}
        form.prepare()
        return form

    @classmethod
    def questions(cls) -> dict[str, UnboundField]:
        """The fields that ask something, in their order."""
        found = {name: getattr(cls, name) for name in dir(cls) if name not in HIDDEN}
        fields = {name: f for name, f in found.items() if isinstance(f, UnboundField)}
        return dict(sorted(fields.items(), key=lambda pair: pair[1].creation_counter))

    @classmethod
    def stored(cls) -> list[str]:
        """Names of the model's attributes this form keeps."""
        return [name for name in cls.questions() if name not in cls.not_stored]

    @classmethod
    def typed(cls, record: Any) -> dict[str, Any]:
        """What the form shows for what is stored."""
        return {name: getattr(record, name) for name in cls.stored()}

    def prepare(self) -> None:
        """Set the choices that depend on the bid."""

    def asked(self) -> list[str]:
        """Names of the questions that the page shows, in their order."""
        return [name for name in self.questions() if name in self]

    def answers(self) -> dict[str, Any]:
        """What to store, by the model's attribute names; raises nothing on a valid form."""
        words = (Text, LongText)
        return {
            name: (self[name].data or "") if isinstance(self[name], words) else self[name].data
            for name in self.stored()
            if name in self
        }

    def work_out(self) -> str | None:
        """A sum of what is typed, in words; None where it can't be worked out (yet)."""
        return None

    def lacks(self, field: Any, sentence: str) -> bool:
        """Note that an answer is missing which another one asks for; False, for `validate`."""
        field.missing, field.errors = sentence, [sentence]
        return False

    def right_so_far(self) -> tuple[dict[str, Any], dict[int, str]]:
        """`answers` and `replies`, empty where something is malformed."""
        with without_wrong(self):
            return self.answers(), self.replies()

    def replies(self) -> dict[int, str]:
        """Answers to the officer's questions, by the question's id."""
        named = {f.name.removeprefix(REPLY): f.data or "" for f in self if f.name.startswith(REPLY)}
        return {int(number): text for number, text in named.items()}

    def others(self, collection: str) -> list[Any]:
        """The rows of a collection, without the one being changed."""
        rows = getattr(self.bid, collection)
        return [row for row in rows if self.row is None or row.id != self.row.id]


def with_replies(kind: type[SectionForm], numbers: list[int]) -> type[SectionForm]:
    """The form with an answer box for each of the officer's questions, by their ids."""
    boxes = {
        f"{REPLY}{number}": LongText(
            "Your answer", most=2000, rows=4, missing="Answer the officer’s question"
        )
        for number in numbers
    }
    body = {**boxes, "not_stored": (*kind.not_stored, *boxes)}
    return cast(type[SectionForm], new_class(kind.__name__, (kind,), exec_body=lambda to: to.update(body)))


class NoAnswersForm(SectionForm):
    """A section that has rows only."""


class ContactForm(SectionForm):
    contact_name = Text("Name", most=120, missing="Enter the name of the contact")
    contact_role = Text("Job", most=120, missing="Enter the contact’s job")
    contact_email = EmailAddress("Email address", missing="Enter the contact’s email address")
    contact_phone = Text("Telephone number", most=30, missing="Enter the contact’s telephone number")


class AboutForm(SectionForm):
    title = Text(
        "Title",
        most=140,
        missing="Enter a title",
        description="In a few words. It is published if the bid is funded",
    )
    priority_id = Radios(
        "Which priority does it serve?", choices=(), missing="Select the priority this bid serves"
    )

    def prepare(self) -> None:
        self.priority_id.choices = choices_of(
            (str(priority.id), priority.title)
            for priority in self.bid.round.priorities
            if not priority.retired or priority.id == self.bid.priority_id
        )

    def answers(self) -> dict[str, Any]:
        chosen = self.priority_id.data
        return super().answers() | {"priority_id": int(chosen) if chosen else None}


class NeedForm(SectionForm):
    need = LongText(
        "What needs to improve, and how do you know?",
        most=2000,
        rows=12,
        missing="Say what needs to improve, and how you know",
        description="The story behind the data. Don’t name pupils or staff",
    )


class PupilsForm(SectionForm):
    pupils_benefiting = WholeNumber(
        "How many pupils will benefit?",
        what="The number of pupils",
        units=("pupils",),
        least=1,
        missing="Enter how many pupils will benefit",
    )
    staff_benefiting = WholeNumber(
        "How many staff will benefit?",
        what="The number of staff",
        units=("staff", "members of staff"),
        missing="Enter how many staff will benefit",
    )


class PlanForm(SectionForm):
    start_on = Day("When does the project start?", what="The start date", missing="Enter the start date")
    end_on = Day("When does it end?", what="The end date", missing="Enter the end date")

    def validate_end_on(self, field: Any) -> None:
        start, months = self.start_on.data, self.bid.fund.max_months
        if not (field.data and start):
            return
        if field.data < start:
            raise ValidationError("The end date must be after the start date")
        if field.data > months_after(start, months):
            raise ValidationError(f"The project may last at most {months} months")


class OtherFundingForm(SectionForm):
    other_funding = Radios(
        "Does any other funding pay for the same days?",
        choices=YES_NO,
        missing="Select yes if other funding pays for the same days",
        description="The same days can’t be paid for twice",
    )
    other_funding_note = LongText(
        "What does it pay for?", most=300, rows=3, description="Only if you answered yes"
    )

    @classmethod
    def typed(cls, record: Any) -> dict[str, Any]:
        words = {True: "yes", False: "no", None: None}
        return super().typed(record) | {"other_funding": words[record.other_funding]}

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if self.other_funding.data == "yes" and not self.other_funding_note.data:
            return self.lacks(self.other_funding_note, "Say what the other funding pays for")
        return bool(valid)

    def answers(self) -> dict[str, Any]:
        words = {"yes": True, "no": False}
        return super().answers() | {"other_funding": words.get(self.other_funding.data or "")}


class ApproverForm(SectionForm):
    """Who they sign for follows from the school's type and the amount: `Bid.approver_wanted`."""

    approver_name = Text("Full name", most=120, missing="Enter the approver’s name")
    approver_email = EmailAddress(
        "Email address",
        missing="Enter the approver’s email address",
        description="We email them a link to the bid. They need no account",
    )
    approver_why = LongText(
        "Why must it be this person? (optional)",
        most=300,
        rows=3,
        description="Only if they work at your school or have another part in the bid, for example as "
        "the one head of two schools. The liaison officer decides whether they may sign",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        tie = tie_of_approver(self.bid, self.approver_email.data or "")
        if valid and tie and not self.approver_why.data:
            self.approver_email.errors = [
                f"This address {tie.of_address}. Enter somebody else’s, or say below why it must be them"
            ]
            return False
        return bool(valid)

    def answers(self) -> dict[str, Any]:
        return super().answers() | {"approver_role": self.bid.approver_wanted or ""}
