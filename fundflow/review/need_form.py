"""The form of an assessment of need."""

from datetime import date
from typing import Self

from wtforms import ValidationError

from fundflow.models.bid import Bid
from fundflow.models.need import NeedAssessment
from fundflow.web.fields import Day, LongText
from fundflow.web.forms import Form

WORDS = ("known", "seen", "tried", "asked")
NO_NAMES = "Name no pupils."


class NeedForm(Form):
    """It begins with the words of the assessment before."""

    assessed_on = Day("When did you assess it?", what="The date", missing="Enter when you assessed it")
    known = LongText(
        "What is known of the need?",
        most=4000,
        missing="Enter what is known",
        description=f"From data: results, attendance, plans in place. {NO_NAMES}",
    )
    seen = LongText(
        "What was seen?",
        most=4000,
        missing="Enter what was seen",
        description=f"On a visit, or in the school’s records. {NO_NAMES}",
    )
    tried = LongText(
        "What was tried already?",
        most=4000,
        missing="Enter what was tried already",
        description="And what came of it.",
    )
    asked = LongText(
        "Who was asked?",
        most=1000,
        rows=3,
        missing="Enter who was asked",
        description="By role, like “the SENCO” or “two parents”. Name nobody.",
    )
    today: date

    @classmethod
    def about(cls, bid: Bid, before: NeedAssessment | None, today: date) -> Self:
        said = {name: getattr(before, name) for name in WORDS} if before else {}
        form = cls.on(bid, data={"assessed_on": today, **said})
        form.today = today
        return form

    def validate_assessed_on(self, field: Day) -> None:
        if field.data and field.data > self.today:
            raise ValidationError("The date must be today or earlier")
