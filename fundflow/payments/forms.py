"""What the log of days and a claim ask for."""

from collections.abc import Sequence
from typing import Any

from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.day_log import WorkedDay
from fundflow.models.money import days_words, pounds
from fundflow.models.payment import Claim
from fundflow.models.payment_block import CHOSEN_KINDS
from fundflow.models.recovery import Ground
from fundflow.models.spent_cost import SpentCost
from fundflow.rules.award_sums import AwardSum
from fundflow.web.fields import Checkboxes, Day, LongText, Radios, Select, Text, Tick, Upload, choices_of
from fundflow.web.file_forms import FilesForm
from fundflow.web.forms import Form
from fundflow.web.number_fields import Pounds
from fundflow.web.paging import row_id
from fundflow.web.unfinished import as_typed
from fundflow.workflow.claim import CLAIMED
from fundflow.workflow.date_words import day_words

HALVES = (("2", "A whole day"), ("1", "Half a day"))


class DayForm(Form):
    """One entry in the log of days."""

    line = Select("Who was released?", missing="Select who was released")
    stand_in = Text("Code of a stand-in (optional)", most=20)
    worked_on = Day("Which day was it?", what="The day", missing="Enter the day they worked")
    half_days = Radios("How long?", choices=HALVES, missing="Select a whole day or half a day")
    spent_at = Select("Where did they spend it?", missing="Select the school where they spent it")
    activity = Text("What did they do?", most=200, missing="Enter what they did that day")

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in."""
        return not any(text.strip() for texts in as_typed().values() for text in texts)

    def offer(self, bid: Bid, lines: Sequence[AwardLine]) -> None:
        """List the lines of the award to choose from, and the bid's schools."""
        who = [
            (
                str(line.id),
                f"{line.what}, {line.staff_code}, {line.school.name} "
                f"({days_words(line.half_days or 0)} in the award"
                f"{f', from {day_words(line.from_on)}' if line.from_on else ''})",
            )
            for line in lines
        ]
        where = [(str(school.id), school.name) for school in bid.schools]
        self.line.choices = choices_of([("", "Choose one"), *who])
        self.spent_at.choices = choices_of([("", "Choose one"), *where])


class ConfirmDaysForm(Form):
    """The days that wait for this person to confirm them. The operation says which can't be confirmed: at a
    second click those of the first are no longer in the list."""

    days = Checkboxes(
        "Which of these days were worked?", missing="Select the days that were worked", validate_choice=False
    )
    reason = LongText("Why do you confirm them in place of the head?", most=2000, rows=3)

    def offer(self, days: Sequence[WorkedDay]) -> None:
        self.days.choices = choices_of([(str(entry.id), day_line(entry)) for entry in days])

    @property
    def chosen(self) -> set[int]:
        """The numbers of the days that are ticked."""
        return {number for text in self.days.data or () if (number := row_id(text))}


class DaysByLinkForm(Form):
    """The head of a school says without an account which days were worked."""

    days = Checkboxes("Which of these days were worked?", missing="")
    signed_name = Text("Your full name", most=120, missing="Enter your full name")
    reason = LongText("What is wrong with the others?", most=1000, rows=4)

    def offer(self, days: Sequence[WorkedDay]) -> None:
        self.days.choices = choices_of([(str(entry.id), day_line(entry)) for entry in days])

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        if len(self.days.data or ()) < len(self.days.choices) and not self.reason.data:
            self.reason.errors = ["Tick every day, or say what is wrong with the others"]
            return False
        return bool(valid)


class DisputeForm(Form):
    """The part of a claim about which the school is asked."""

    days = Checkboxes("Which days do you ask about?", missing="")
    costs = Checkboxes("Which other costs do you ask about?", missing="")
    reason = LongText("What do you need to know?", most=2000, missing="Enter your question", rows=5)

    def offer(self, claim: Claim) -> None:
        """List what the claim asks for; a list without entries is left out."""
        days = [entry for entry in claim.days if entry.struck_at is None]
        costs = [cost for cost in claim.costs if cost.counts]
        self.days.choices = choices_of([(str(entry.id), day_line(entry)) for entry in days])
        self.costs.choices = choices_of([(str(cost.id), cost_line(cost)) for cost in costs])
        for name, found in (("days", days), ("costs", costs)):
            if not found:
                del self[name]

    def chosen(self, name: str) -> set[int]:
        """The numbers of the days, or of the costs, that are ticked."""
        return {int(number) for number in self[name].data or ()} if name in self else set()

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        lists = [self[name] for name in ("days", "costs") if name in self]
        if lists and not any(field.data or field.errors for field in lists):
            lists[0].errors = ["Select what you ask about"]
            return False
        return bool(valid)


class CostForm(FilesForm):
    """A cost that was spent, with its receipt."""

    line = Select("What was it for?", missing="Select what it was for")
    what = Text(
        "What was bought?",
        most=200,
        missing="Enter what was bought",
        description="For example, “Return train tickets, two people”. Leave out names",
    )
    pence = Pounds("How much?", what="The amount", missing="Enter the amount")
    spent_on = Day("When was it spent?", what="The date", missing="Enter the date it was spent")
    receipt = Upload("The receipt", missing="Choose the receipt")
    second = Upload("A second page of it (optional)")

    def offer(self, bid: Bid, lines: Sequence[AwardLine]) -> None:
        """List the other costs of the award to choose from."""
        self.line.choices = choices_of(
            [("", "Choose one"), *((str(line.id), f"{line.what} ({pounds(line.pence)})") for line in lines)]
        )
        self.offer_kinds(bid.fund)

    @property
    def sent(self) -> list[Any]:
        return [field.data for field in (self.receipt, self.second) if field.data]


class BlockForm(Form):
    """Why an award's payments wait."""

    kind = Radios(
        "What do payments wait for?",
        choices=[(kind.value, kind.words) for kind in CHOSEN_KINDS],
        missing="Select what payments wait for",
    )
    reason = LongText(
        "What must happen before they go on?",
        most=2000,
        rows=4,
        missing="Say what must happen",
        description="The school is told this. Don’t name pupils, and don’t give bank details.",
    )


class MoveForm(Form):
    """Why money that lapses is moved to other lines."""

    reason = Text("Minute, or the reason", most=300, missing="Enter the minute or the reason")


class PaymentForm(Form):
    """The head asks for what is due."""

    invoice_reference = Text("Your invoice reference (optional)", most=60)
    agreement = Tick(CLAIMED, missing="Tick the box to show that you agree")


class InvoiceForm(Form):
    """The invoice of a claim."""

    number = Text("Invoice number", most=60, missing="Enter the invoice number")
    day = Day("Invoice date", what="The date", missing="Enter the date of the invoice")


class OrderForm(Form):
    """The order number of an award."""

    number = Text("Order number", most=40, missing="Enter the order number")


class RecoveryForm(Form):
    """What is to come back from a school, and why."""

    school = Radios("Which school was paid?", choices=(), missing="Select the school")
    ground = Radios("Why is it to come back?", choices=Ground, missing="Select why it is to come back")
    pence = Pounds("How much is to come back?", what="The amount", least=1, missing="Enter the amount")
    reason = LongText("What happened?", most=2000, missing="Enter what happened", rows=5)

    def offer(self, found: AwardSum) -> None:
        self.school.choices = choices_of(
            [
                (str(payee.school.id), f"{payee.school.name}: {pounds(payee.sum.paid)} paid")
                for payee in found.payees
            ]
        )
        if len(found.payees) == 1 and not self.is_submitted():
            self.school.data = str(found.payees[0].school.id)


class SetAgainstForm(Form):
    """The payment off which a recovery is taken."""

    claim = Radios("Which payment?", choices=(), missing="Select the payment")

    def offer(self, found: Sequence[tuple[Claim, int]]) -> None:
        self.claim.choices = choices_of(
            [
                (str(claim.id), f"{claim.reference}, {claim.bid.lead_school.name}: {pounds(left)} to pay")
                for claim, left in found
            ]
        )


def day_line(entry: WorkedDay) -> str:
    """A day in one line, to be ticked."""
    half = "half a day" if entry.half_days == 1 else "a whole day"
    return f"{day_words(entry.day)}: {entry.line.what}, {entry.staff_code}, {half}. {entry.activity}"


def cost_line(cost: SpentCost) -> str:
    """A cost in one line."""
    return f"{day_words(cost.spent_on)}: {pounds(cost.pence)} for {cost.line.what}. {cost.what}"
