"""What a claim and its steps ask for."""

from fundflow.models.bid import Bid
from fundflow.web.fields import Day, Radios, Select, Text, choices_of
from fundflow.web.forms import Form
from fundflow.web.jinja import days
from fundflow.web.unfinished import as_typed

HALVES = (("2", "A whole day"), ("1", "Half a day"))


class DayForm(Form):
    """One entry in the log of days."""

    line = Select("Who was released?", missing="Select who was released")
    worked_on = Day("Which day was it?", what="The day", missing="Enter the day they worked")
    half_days = Radios("How long?", choices=HALVES, missing="Select a whole day or half a day")
    activity = Text("What did they do?", most=200, missing="Enter what they did that day")

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in."""
        return not any(text.strip() for texts in as_typed().values() for text in texts)

    def offer_lines(self, bid: Bid) -> None:
        """List the bid's backfill lines to choose from."""
        self.line.choices = choices_of(
            [
                ("", "Choose one"),
                *(
                    (
                        str(line.id),
                        f"{line.staff_role}, {line.staff_code}, {line.school.name} "
                        f"({days(line.half_days)} days in the bid)",
                    )
                    for line in bid.backfill_lines
                ),
            ]
        )


class InvoiceForm(Form):
    reference = Text("Your invoice reference (optional)", most=60)


class RemoveForm(Form):
    """The button beside a day in the log."""
