"""What the report, its check and the feedback ask for."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Outcome
from fundflow.models.impact import RATING_WORDS, TEACHING_WORDS, ImpactReturn, Rag
from fundflow.models.school import School
from fundflow.web.fields import Day, LongText, Radios, Select, Stamp, Text, choices_of
from fundflow.web.forms import Form
from fundflow.web.number_fields import HalfDays, MeasuredNumber, Pounds

TEACHING = tuple((str(n), words) for n, words in TEACHING_WORDS.items())
RATINGS = tuple((str(n), words) for n, words in RATING_WORDS.items())
YES_NO = (("yes", "Yes"), ("no", "No"))


class ReportForm(Form):
    """The report; any answer may be left for later. `for_bid` adds the results."""

    days_delivered = HalfDays("Days of support delivered", most_days=1000)
    spent = Pounds("What was spent of the award", what="What was spent", least=0)
    teaching_before = Radios("Quality of teaching before the support", choices=TEACHING)
    teaching_after = Radios("Quality of teaching now", choices=TEACHING)
    lessons = LongText("What did you learn? What would you do differently?", most=2000)
    summary = LongText(
        "A summary that may be published",
        most=1000,
        rows=5,
        description="Please name no pupils and no members of staff.",
    )

    @classmethod
    def for_bid(cls, bid: Bid, today: date) -> "ReportForm":
        """The form with a value, a date and a note for each of the bid's outcomes."""
        fields: dict[str, Any] = {}
        for n, outcome in enumerate(bid.outcomes, 1):
            fields |= {
                f"value_{outcome.id}": MeasuredNumber(
                    f"Result {n}: {outcome.measure} ({outcome.unit})",
                    what=f"Result {n}",
                    of=_measured(outcome),
                    limits=outcome.limits,
                ),
                f"on_{outcome.id}": Day(f"When was result {n} measured?", what="The date"),
                f"note_{outcome.id}": Text(f"Note on result {n} (optional)", most=500),
            }
        whole: type[ReportForm] = type("ReportFormOfBid", (cls,), fields)
        form = whole.on(bid.report, data=_answers(bid.report) if bid.report else {})
        form.outcome_ids, form.today = [outcome.id for outcome in bid.outcomes], today
        return form

    outcome_ids: list[int] = []
    today: date

    def validate(self, extra_validators: Any = None) -> bool:
        """A result needs its date, and a date its result; none was measured in the future."""
        good: bool = super().validate(extra_validators)
        for key in self.outcome_ids:
            value, day = self[f"value_{key}"], self[f"on_{key}"]
            if value.data is not None and day.data is None and not day.errors:
                day.errors, good = ["Enter the date of this result"], False
            if day.data is not None and day.data > self.today:
                day.errors, good = ["A result can’t have been measured in the future"], False
            if day.data is not None and value.data is None and not value.errors:
                value.errors, good = ["Enter the result, or leave its date empty"], False
        return good

    def results(self) -> dict[int, tuple[Any, Any, str]]:
        """Value, date and note by outcome id, where a result and its date were given."""
        return {
            key: (self[f"value_{key}"].data, self[f"on_{key}"].data, self[f"note_{key}"].data or "")
            for key in self.outcome_ids
            if self[f"value_{key}"].data is not None and self[f"on_{key}"].data is not None
        }

    def answers(self) -> dict[str, Any]:
        """The rest of the report, by the model's names."""
        return {
            "half_days_delivered": self.days_delivered.data,
            "spent_pence": self.spent.data,
            "teaching_before": _number(self.teaching_before.data),
            "teaching_after": _number(self.teaching_after.data),
            "lessons": self.lessons.data or "",
            "summary": self.summary.data or "",
        }


def _measured(outcome: Outcome) -> Callable[[Any], tuple[str, str]]:
    return lambda _form: (outcome.measure, outcome.unit)


def _answers(report: ImpactReturn) -> dict[str, Any]:
    """What the report holds, by the form's names."""
    kept: dict[str, Any] = {
        "days_delivered": report.half_days_delivered,
        "spent": report.spent_pence,
        "teaching_before": _text(report.teaching_before),
        "teaching_after": _text(report.teaching_after),
        "lessons": report.lessons,
        "summary": report.summary,
    }
    for actual in report.actuals:
        key = actual.outcome_id
        kept |= {f"value_{key}": actual.value, f"on_{key}": actual.measured_on, f"note_{key}": actual.note}
    return kept


class AcceptForm(Form):
    rag = Radios("Your rating", choices=Rag, missing="Select a rating")
    reason = LongText(
        "Why this rating? (needed where it is not the one worked out)",
        most=2000,
        rows=4,
        description="The school reads this.",
    )


class CorrectRatingForm(Form):
    rag = Radios("The right rating", choices=Rag, missing="Select a rating")
    reason = LongText(
        "Why is it corrected?",
        most=2000,
        rows=4,
        missing="Enter why it is corrected",
        description="The school reads this.",
    )


class FollowUpForm(Form):
    """An action that was agreed with the school."""

    what = LongText("What is to be done?", most=1000, rows=3, missing="Enter what is to be done")
    owner = Text(
        "Who does it?", most=120, missing="Enter who does it", description="For example, the deputy head"
    )
    due_on = Day("By when?", what="The date", missing="Enter by when")

    def action(self) -> dict[str, Any]:
        return {"what": self.what.data, "owner": self.owner.data, "due_on": self.due_on.data}


class FeedbackForm(Form):
    """A supported school's rating of the support."""

    stamp = Stamp()
    quality = Radios("How good was the support?", choices=RATINGS, missing="Select how good it was")
    timeliness = Radios(
        "Did it come at the right time?", choices=RATINGS, missing="Select how well it was timed"
    )
    fit = Radios(
        "How well did it fit what your school needs?", choices=RATINGS, missing="Select how well it fitted"
    )
    use_again = Radios("Would you use this support again?", choices=YES_NO, missing="Select yes or no")
    text = LongText("Anything you want to add (optional)", most=2000, rows=5)
    council = Radios(
        "How well did the council handle it?",
        choices=RATINGS,
        missing="Select how well the council handled it",
        description="From the bid to the payments. The schools don’t see this answer.",
    )
    council_text = LongText("What should the council do better? (optional)", most=2000, rows=3)

    def ratings(self) -> dict[str, Any]:
        """The answers, by the model's names."""
        return {
            "quality": int(self.quality.data),
            "timeliness": int(self.timeliness.data),
            "fit": int(self.fit.data),
            "use_again": self.use_again.data == "yes",
            "text": self.text.data or "",
            "council": int(self.council.data),
            "council_text": self.council_text.data or "",
        }


class VisitForm(Form):
    """A visit to one of the bid's schools."""

    school_id = Select("Which school?", missing="Select the school")
    planned_on = Day("On which day?", what="The day", missing="Enter the day")
    half_days = HalfDays(
        "How many days does it take?", missing="Enter how many days it takes", description="Like 0.5 or 1"
    )
    purpose = LongText(
        "What is it for?",
        most=1000,
        rows=3,
        missing="Enter what it is for",
        description="The school reads this.",
    )

    def offer(self, schools: Iterable[School]) -> None:
        """The schools that may be visited."""
        named = [(str(school.id), school.name) for school in schools]
        self.school_id.choices = choices_of([("", "Choose a school"), *named])

    def visit(self) -> dict[str, Any]:
        names = ("planned_on", "half_days", "purpose")
        return {"school_id": int(self.school_id.data), **{name: self[name].data for name in names}}


class VisitedForm(Form):
    """What was seen on a visit."""

    visited_on = Day("On which day was it?", what="The day", missing="Enter the day")
    half_days = HalfDays("How many days did it take?", missing="Enter how many days it took")
    note = LongText(
        "What did you see?",
        most=4000,
        missing="Enter what you saw",
        description="Please name no pupils and no members of staff.",
    )
    teaching = Radios("Quality of the teaching you saw (optional)", choices=TEACHING)
    teaching_note = LongText("What did you see of the teaching? (optional)", most=2000, rows=3)
    shared = Radios(
        "Does the school read your note?",
        choices=(("yes", "Yes, share it with the school"), ("no", "No, keep it for the council’s staff")),
        missing="Select whether the school reads it",
    )

    def seen(self) -> dict[str, Any]:
        return {
            "visited_on": self.visited_on.data,
            "half_days": self.half_days.data,
            "note": self.note.data,
            "shared": self.shared.data == "yes",
            "teaching": _number(self.teaching.data),
            "teaching_note": self.teaching_note.data or "",
        }


def _number(text: str | None) -> int | None:
    return int(text) if text else None


def _text(number: int | None) -> str | None:
    return str(number) if number is not None else None
