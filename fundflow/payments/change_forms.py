"""What a change of an award asks for: the award as it is, in fields to change."""

from typing import Any

from wtforms import ValidationError

from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.money import days_words, pounds
from fundflow.payments.changes import Wanted, WantedLine
from fundflow.rules.changes import Terms
from fundflow.web.fields import Day, LongText, Text
from fundflow.web.forms import Form
from fundflow.web.meeting_form import ChooseMeetingForm
from fundflow.web.number_fields import HalfDays, Pounds

WHY_HINT = (
    "Everybody who decides or is asked reads this. Don’t name pupils or staff, and don’t give bank details."
)


class LessForm(Form):
    """Less money, for which the school does not ask."""

    pence = Pounds("What is the award to be?", what="The award", missing="Enter the new amount of the award")
    why = LongText("Why?", most=2000, rows=5, missing="Enter the reason", description=WHY_HINT)

    def wanted(self, bid: Bid) -> Wanted:
        """What a valid form says."""
        return Wanted(bid.start_on, bid.end_on, self.pence.data or 0, self.why.data or "")


class ChangeForm(Form):
    """The award as it is to be; its lines are added by `change_form`."""

    start_on = Day("When does the support start?", what="The start date", missing="Enter the start date")
    end_on = Day("When does it end?", what="The end date", missing="Enter the end date")
    pence = Pounds("What is the award?", what="The award", missing="Enter the amount of the award")
    outcomes = LongText(
        "What changes in the outcomes? (optional)",
        most=2000,
        rows=4,
        description="Leave this empty where they stay as they are.",
    )
    why = LongText("Why must the award change?", most=2000, rows=5, missing="Enter the reason")

    def validate_end_on(self, field: Any) -> None:
        if field.data and self.start_on.data and field.data < self.start_on.data:
            raise ValidationError("The end date must be after the start date")

    def wanted(self, bid: Bid) -> Wanted:
        """What a valid form says."""
        lines = bid.award.lines if bid.award else []
        return Wanted(
            self.start_on.data,
            self.end_on.data,
            self.pence.data or 0,
            self.why.data or "",
            self.outcomes.data or "",
            {line.id: self._line(line) for line in lines},
        )

    def _line(self, line: AwardLine) -> WantedLine:
        amount, what = self[f"amount_{line.id}"].data or 0, line.what
        if not line.is_days:
            return WantedLine(amount, what)
        return WantedLine(amount, self[f"role_{line.id}"].data, self[f"code_{line.id}"].data.upper())


class PutToPanelForm(ChooseMeetingForm):
    """The officer's advice, and the meeting."""

    advice = LongText(
        "What do you advise the panel?",
        most=2000,
        rows=5,
        missing="Enter what you advise the panel",
        description="The panel reads this beside the change and the school’s reason.",
    )


class PanelDecisionForm(Form):
    """What the panel decided about more money."""

    reasons = LongText(
        "Reasons",
        most=2000,
        rows=5,
        missing="Enter the reasons for the decision",
        description="The schools are told these.",
    )
    equality_note = LongText(
        "How the panel had due regard to equality",
        most=2000,
        rows=3,
        missing="Enter how the panel had due regard to equality",
        description="Who gains and who might lose, among people the Equality Act protects.",
    )


def change_form(bid: Bid, terms: Terms) -> ChangeForm:
    """The form for this bid's award, filled with the award as it is where the page is asked for."""
    lines = bid.award.lines if bid.award else []
    fields = {name: field for line in lines for name, field in _fields_of(line).items()}
    now: dict[str, Any] = {"start_on": terms.start_on, "end_on": terms.end_on, "pence": terms.paid_at_most}
    for line in lines:
        now[f"amount_{line.id}"] = line.half_days if line.is_days else line.pence
        now |= {f"role_{line.id}": line.what, f"code_{line.id}": line.staff_code}
    kind: type[ChangeForm] = type("ChangeForm", (ChangeForm,), fields)
    form = kind.on(bid, data=now)
    form.pence.description = f"{pounds(terms.paid_at_most)} now. The panel decides if you ask for more."
    return form


def _fields_of(line: AwardLine) -> dict[str, Any]:
    if not line.is_days:
        label, hint = line.what, f"{pounds(line.pence)} now."
        missing = "Enter the cost, or 0 to leave it out"
        return {
            f"amount_{line.id}": Pounds(label, what="The cost", least=0, missing=missing, description=hint)
        }
    who = f"{line.what}, {line.staff_code}, {line.school.name}"
    hint = f"{days_words(line.half_days or 0)} now, at {pounds(line.day_rate_pence or 0)} a day."
    return {
        f"amount_{line.id}": HalfDays(
            f"Days for {who}", least=0, missing="Enter the days, or 0 to leave them out", description=hint
        ),
        f"role_{line.id}": Text(f"Role in place of {line.what}", most=200, missing="Enter the role"),
        f"code_{line.id}": Text(
            f"Code in place of {line.staff_code}", most=20, missing="Enter the code of the member of staff"
        ),
    }
