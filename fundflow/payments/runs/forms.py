"""What gathering a run, an answer, a layout and a reversal ask for."""

from collections.abc import Sequence

from wtforms import HiddenField

from fundflow.payments.runs.choosing import Choice
from fundflow.payments.runs.layouts import MOST_DOCUMENT
from fundflow.web.fields import LongText, Radios, Upload, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import Pounds


class GatherForm(Form):
    layout = Radios("Which file does the finance system take?", choices=(), missing="Select a layout")

    def offer(self, choices: Sequence[Choice]) -> None:
        """List the layouts to choose from; the first is chosen on a new page."""
        self.layout.choices = choices_of([(choice.key, choice.layout.name) for choice in choices])
        if not self.is_submitted():
            self.layout.data = self.layout.data or choices[0].key


class AnswerFileForm(Form):
    """The version is that of the page from which the file was sent."""

    file = Upload("The file that came back", accept=".csv,text/csv", missing="Choose a file")


class AnswerForm(Form):
    """A file that was looked at, sent back with the button that loads it."""

    name = HiddenField()
    text = HiddenField()


class LayoutForm(Form):
    document = LongText("The layout", most=MOST_DOCUMENT, rows=20, missing="Enter the layout")


class ReversalForm(Form):
    reason = LongText(
        "Why is this payment reversed?",
        most=200,
        rows=4,
        missing="Enter the reason",
        description="The school is told this. Don’t give bank details.",
    )


class OpeningReversalForm(Form):
    """What was paid before the fund began here was entered wrongly."""

    right = Pounds(
        "How much was paid before?",
        what="What was paid",
        least=0,
        missing="Enter what was paid, or 0",
        description="The right amount. It takes the place of the one that is wrong.",
    )
    reason = LongText(
        "Why is the amount wrong?",
        most=200,
        rows=4,
        missing="Enter the reason",
        description="The school is told this. Don’t give bank details.",
    )
