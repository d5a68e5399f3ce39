"""The panel's forms: one per thing the clerk, a member or the decision maker does."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from wtforms import HiddenField

from fundflow.models.interest import InterestKind
from fundflow.web import fields as f
from fundflow.web.forms import Form
from fundflow.web.number_fields import Pounds, WholeNumber
from fundflow.web.times import moment_of
from fundflow.workflow.panel_rules import Choice

YES_NO = (("yes", "Yes"), ("no", "No"))


class MomentForm(Form):
    """A day and a time on a clock in London."""

    day = f.Day("Date", what="The date", missing="Enter the date")
    time = f.Text("Time", most=10, missing="Enter the time, like 16:00 or 4pm")

    moment: datetime  # what was entered; only for a form that is valid

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        found = moment_of(
            self.day, self.time, no_day="Enter the date", no_time="Enter the time like 16:00 or 4pm"
        )
        if found is None:
            return False
        self.moment = found
        return valid


class EmailVoteForm(MomentForm):
    """Until when members can vote by email and, where they could vote at the meeting, why."""

    why = f.LongText("Why by email", most=1000, rows=2, description="Members are told.")

    def expect_why(self, wanted: str | None) -> None:
        """Ask why only where that is wanted; `wanted` is what is missing, as a sentence."""
        if not wanted:
            del self.why

    @property
    def why_text(self) -> str:
        return self.why.data or "" if "why" in self else ""


class ProposeAmountForm(Form):
    amount = Pounds("Amount", what="The amount", missing="Enter the amount to vote on")
    proposal_reason = f.LongText(
        "Why this amount", most=2000, rows=2, missing="Enter why this amount is proposed"
    )


class NoInterestsForm(Form):
    """The bids on an agenda in which a member has no interest."""

    items = f.Checkboxes(
        "Bids in which you have no interest", missing="Tick the bids in which you have no interest"
    )

    @property
    def chosen(self) -> set[int]:
        return {int(number) for number in self.items.data or []}


class ChangeMeetingForm(MomentForm):
    minutes_long = WholeNumber(
        "How long, in minutes", what="The length", units=("minutes",), least=10, most=720
    )
    place = f.Text("Where the panel meets", most=200, missing="Enter where the panel meets, like “On a call”")

    @property
    def length(self) -> int:
        """In minutes; an hour and a half where nothing was said."""
        return self.minutes_long.data or 90


class MeetingForm(ChangeMeetingForm):
    fund = f.Select("Fund", missing="Select the fund")

    def offer_funds(self, funds: Iterable[tuple[int, str]]) -> None:
        """Ask for the fund only where this clerk keeps the meetings of several."""
        pairs = [(str(number), name) for number, name in funds]
        self.fund.choices = f.choices_of(pairs)
        self.single = pairs[0][0] if len(pairs) == 1 else None
        if self.single:
            del self.fund

    @property
    def fund_id(self) -> int:
        return int(self.single or self.fund.data)


class AttendanceForm(Form):
    seats = f.Checkboxes("Who is here?")
    was = HiddenField()

    def offer_seats(self, seats: Iterable[tuple[int, str]], ticked: set[int]) -> None:
        self.seats.choices = f.choices_of((str(number), name) for number, name in seats)
        if not self.is_submitted():
            self.seats.data = [str(number) for number in sorted(ticked)]
            self.was.data = ",".join(self.seats.data)

    @property
    def present(self) -> set[int]:
        return {int(number) for number in self.seats.data or []}

    @property
    def before(self) -> set[int]:
        return {int(n) for n in (self.was.data or "").split(",") if re.fullmatch("[0-9]{1,9}", n)}


class MoveForm(Form):
    meeting = f.Radios("Which meeting?", choices=(), missing="Select a meeting")


class PresenceForm(Form):
    present = f.Radios("Present", choices=YES_NO, missing="Say whether the member is present")


class InterestForm(Form):
    kind = f.Radios(
        "Interest in this bid",
        choices=InterestKind,
        missing="Select whether there is an interest",
        hints={
            "disclosed": "For example, they brokered the bid, work with one of the schools, or worked at one "
            "in the last few years. Then say until which year.",
            "barred": "For example, a close relative works there. They leave for this item, and "
            "see nothing more of it.",
        },
    )
    text = f.LongText("What is the interest?", most=1000, rows=3)

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        if self.kind.data in (InterestKind.DISCLOSED, InterestKind.BARRED) and not self.text.data:
            self.text.errors = [*self.text.errors, "Say what the interest is"]
            return False
        return valid


class VoteForm(Form):
    choice = f.Radios("Vote", choices=Choice, missing="Select for, against or abstain")


class CastingForm(Form):
    casting = f.Radios(
        "Casting vote",
        missing="Select for or against",
        choices=[(c.value, c.words) for c in (Choice.FUND, Choice.DO_NOT_FUND)],
    )
    casting_reason = f.LongText("Reason", most=1000, rows=3, missing="Enter the reason for the casting vote")


__all__ = [
    "AttendanceForm",
    "CastingForm",
    "ChangeMeetingForm",
    "EmailVoteForm",
    "InterestForm",
    "MeetingForm",
    "MomentForm",
    "MoveForm",
    "NoInterestsForm",
    "PresenceForm",
    "ProposeAmountForm",
    "VoteForm",
]
