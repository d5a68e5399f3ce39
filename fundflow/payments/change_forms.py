"""What a change of an award asks for: the award as it is, in fields to change."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import ValidationError

from fundflow.models.award import AwardLine
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.money import days_words, pounds
from fundflow.payments import change_rows
from fundflow.payments.change_parts import OutcomeTo
from fundflow.payments.changes import Wanted, WantedLine
from fundflow.rules.changes import Terms
from fundflow.web.added_rows import FormWithRows, with_rows
from fundflow.web.fields import Checkboxes, Day, LongText, Text, Tick, choices_of
from fundflow.web.forms import Form
from fundflow.web.meeting_form import ChooseMeetingForm
from fundflow.web.number_fields import HalfDays, MeasuredNumber, Pounds

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


class ChangeForm(FormWithRows):
    """The award as it is to be; its lines and outcomes are added by `change_form`."""

    start_on = Day("When does the support start?", what="The start date", missing="Enter the start date")
    end_on = Day("When does it end?", what="The end date", missing="Enter the end date")
    pence = Pounds("What is the award?", what="The award", missing="Enter the amount of the award")
    leaves = Checkboxes("Which schools leave? (optional)")
    outcomes = LongText(
        "What else changes in the outcomes? (optional)",
        most=2000,
        rows=4,
        description="Leave this empty where nothing else changes.",
    )
    why = LongText(
        "Why must the award change?", most=2000, rows=5, missing="Enter the reason", description=WHY_HINT
    )

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
            new_lines=change_rows.new_lines(self, bid),
            measured=[self._outcome(outcome) for outcome in bid.outcomes],
            new_outcomes=change_rows.new_outcomes(self),
            joins=change_rows.joins(self),
            leaves=[int(school_id) for school_id in self.leaves.data or ()] if "leaves" in self else (),
        )

    def _outcome(self, outcome: Outcome) -> OutcomeTo:
        target, day = self[f"target_{outcome.id}"].data, self[f"target_on_{outcome.id}"].data
        return OutcomeTo(
            outcome.id, target, day or outcome.target_on, dropped=bool(self[f"drop_{outcome.id}"].data)
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


def change_form(bid: Bid, terms: Terms, asked: Mapping[str, str]) -> ChangeForm:
    """The form for this bid's award, filled with the award as it is where the page is asked for.

    asked  what the page sent: how many rows it had, and which is to be added
    """
    lines = bid.award.lines if bid.award else []
    fields = {name: field for line in lines for name, field in _fields_of(line).items()}
    fields |= {name: field for outcome in bid.outcomes for name, field in _fields_for(outcome).items()}
    now: dict[str, Any] = {"start_on": terms.start_on, "end_on": terms.end_on, "pence": terms.paid_at_most}
    for line in lines:
        now[f"amount_{line.id}"] = line.half_days if line.is_days else line.pence
        now |= {f"role_{line.id}": line.what, f"code_{line.id}": line.staff_code}
    for outcome in bid.outcomes:
        now |= {f"target_{outcome.id}": outcome.target, f"target_on_{outcome.id}": outcome.target_on}
    kind: type[ChangeForm] = type("ChangeForm", (ChangeForm,), fields)
    form = with_rows(kind, change_rows.KINDS, asked, most=change_rows.MOST_ROWS).on(bid, data=now)
    change_rows.offer(form, bid)
    form.pence.description = f"{pounds(terms.paid_at_most)} now. The panel decides if you ask for more."
    others = [(str(p.school_id), p.school.name) for p in bid.partners if p.takes_part]
    form.leaves.choices = choices_of(others)
    form.leaves.description = "Their lines keep what is in the log. The rest is left out."
    if not others:
        del form.leaves
    _begin_at_another_rate(form, lines, asked)
    return form


def _begin_at_another_rate(form: ChangeForm, lines: Sequence[AwardLine], asked: Mapping[str, str]) -> None:
    """The row that was just added for days of a line at another rate begins with what stays the same."""
    if form.grown != "staff":
        return
    wanted = asked.get("more", "")
    line = next((line for line in lines if line.is_days and f"staff-{line.id}" == wanted), None)
    if line is None:
        return
    end = form.ends("staff")[-1]
    form[f"releasing_{end}"].data = line.school.urn
    form[f"what_{end}"].data, form[f"staff_code_{end}"].data = line.what, line.staff_code
    if line.on_cost_basis_points:
        form[f"on_cost_basis_points_{end}"].data = line.on_cost_basis_points


def _fields_for(outcome: Outcome) -> dict[str, Any]:
    return {
        f"target_{outcome.id}": MeasuredNumber(
            f"Target ({outcome.unit}) of {outcome.measure}",
            what="The target",
            missing="Enter the target",
            of=lambda _form: (outcome.measure, outcome.unit),
            limits=outcome.limits,
        ),
        f"target_on_{outcome.id}": Day(
            f"By when? ({outcome.measure})", what="The date of the target", missing="Enter the date"
        ),
        f"drop_{outcome.id}": Tick(f"Drop {outcome.measure}: nobody reports on it any more"),
    }


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
