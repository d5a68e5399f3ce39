"""What the report, its check and the feedback ask for."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from fundflow.impact.operations import Given
from fundflow.models.bid_parts import Outcome
from fundflow.models.feedback import RATING_WORDS
from fundflow.models.impact import TEACHING_WORDS, ImpactReturn, Rag
from fundflow.models.school import School
from fundflow.rules.closing import is_last_to_do
from fundflow.rules.impact import Judgement, Standing
from fundflow.rules.report_log import ReportAndLog
from fundflow.web.fields import Day, LongText, Radios, Select, Stamp, Text, Tick, Upload, choices_of
from fundflow.web.file_forms import FilesForm
from fundflow.web.forms import Form
from fundflow.web.number_fields import HalfDays, MeasuredNumber, Pounds
from fundflow.workflow.impact_return import ReturnPart
from fundflow.workflow.impact_return import ReturnPart as P

TEACHING = tuple((str(n), words) for n, words in TEACHING_WORDS.items())
RATINGS = tuple((str(n), words) for n, words in RATING_WORDS.items())
YES_NO = (("yes", "Yes"), ("no", "No"))


class ReportForm(Form):
    """A report; any answer may be left for later. `of` makes the form of one report: its questions, and
    those about each outcome."""

    outcome_ids: list[int] = []
    today: date

    @classmethod
    def of(cls, report: ImpactReturn, today: date, log: ReportAndLog | None = None) -> "ReportForm":
        """The form with what the report holds; a final one that is new says what the log holds."""
        fields: dict[str, Any] = {}
        outcomes = report.bid.outcomes if report.is_part_open(P.RESULTS) else []
        for n, outcome in enumerate(outcomes, 1):
            fields |= _about(outcome, n)
        whole: type[ReportForm] = type("ReportFormOfBid", (cls,), {**fields, **_questions(report)})
        form = whole.on(report, data=_answers(report, log))
        form.outcome_ids, form.today = [outcome.id for outcome in outcomes], today
        return form

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

    def results(self) -> dict[int, Given]:
        """By outcome id, where a result and its date were given."""
        found = {key: self._result(key) for key in self.outcome_ids}
        return {
            key: one for key, one in found.items() if one.value is not None and one.measured_on is not None
        }

    def _result(self, key: int) -> Given:
        said: dict[str, Any] = {name: self[f"{NAMES.get(name, name)}_{key}"].data for name in Given._fields}
        return Given(**(said | {name: said[name] or "" for name in TEXTS}))

    def answers(self) -> dict[str, Any]:
        """The rest of the report, by the model's names."""
        fields = {name: NAMES.get(name, name) for name in ASKED}
        return {name: _stored(name, self[field].data) for name, field in fields.items() if field in self}


# Fields whose names differ from the columns'.
NAMES = {"half_days_delivered": "days_delivered", "spent_pence": "spent", "measured_on": "on"}
TEXTS = ("note", "method", "next_step", "next_owner")
TAUGHT = ("teaching_before", "teaching_after")
ASKED = (
    "half_days_delivered",
    "spent_pence",
    *TAUGHT,
    "taught_judged",
    "helped",
    "hindered",
    "lessons",
    "summary",
)


def _questions(report: ImpactReturn) -> dict[str, Any]:
    """What a report asks about beside the outcomes; the one page of a lean award asks least."""
    fields: dict[str, Any] = {}
    if report.is_part_open(P.SUPPORT):
        fields["days_delivered"] = HalfDays("Days of support delivered", most_days=1000)
        fields["spent"] = Pounds("What was spent of the award", what="What was spent", least=0)
    if report.is_part_open(P.TEACHING):
        fields["teaching_before"] = Radios("Quality of teaching before the support", choices=TEACHING)
        fields["teaching_after"] = Radios("Quality of teaching now", choices=TEACHING)
    if report.is_part_open(P.TEACHING) and not report.is_one_page:
        fields["taught_judged"] = Text("Who judged the quality of teaching, and how?", most=300)
    if report.is_part_open(P.STORY):
        fields["helped"] = LongText("What helped?", most=1000, rows=4)
        fields["hindered"] = LongText("What got in the way?", most=1000, rows=4)
    if report.is_part_open(P.LESSONS):
        fields["lessons"] = LongText("What did you learn? What would you do differently?", most=2000)
    if report.is_part_open(P.SUMMARY):
        fields["summary"] = LongText(
            "A summary that may be published",
            most=1000,
            rows=5,
            description="Please name no pupils and no members of staff.",
        )
    return fields


def _about(outcome: Outcome, n: int) -> dict[str, Any]:
    key = outcome.id
    return {
        f"value_{key}": MeasuredNumber(
            f"Result {n}: {outcome.measure} ({outcome.unit})",
            what=f"Result {n}",
            of=_measured(outcome),
            limits=outcome.limits,
        ),
        f"on_{key}": Day(f"When was result {n} measured?", what="The date"),
        f"method_{key}": Text(f"How was result {n} measured?", most=500),
        f"note_{key}": Text(f"Note on result {n} (optional)", most=500),
        f"next_step_{key}": Text(f"What will you do next about result {n}?", most=500),
        f"next_owner_{key}": Text("Who will do it?", most=120),
        f"next_on_{key}": Day("By when?", what="The date"),
    }


def _measured(outcome: Outcome) -> Callable[[Any], tuple[str, str]]:
    return lambda _form: (outcome.measure, outcome.unit)


def _answers(report: ImpactReturn, log: ReportAndLog | None) -> dict[str, Any]:
    """What the report holds, by the form's names; days and money from the log until something is saved."""
    kept: dict[str, Any] = {NAMES.get(name, name): getattr(report, name) for name in ASKED}
    kept |= {name: _text(kept[name]) for name in TAUGHT}
    if log and report.is_untouched:
        kept["days_delivered"] = (log.logged if log.has_days else 0) or None
        kept["spent"] = log.earned or None
    for outcome in report.bid.outcomes:
        actual = report.actual_of(outcome)
        kept[f"method_{outcome.id}"] = outcome.method
        for name in Given._fields if actual else ():
            field = f"{NAMES.get(name, name)}_{outcome.id}"
            kept[field] = kept.get(field) if getattr(actual, name) in ("", None) else getattr(actual, name)
    return kept


def _stored(name: str, value: Any) -> Any:
    """An answer as the column holds it."""
    if name in TAUGHT:
        return int(value) if value else None
    return value if name in ("half_days_delivered", "spent_pence") else value or ""


class EvidenceForm(FilesForm):
    """One file for a report."""

    file = Upload("Choose a file", missing="Choose a file")
    description = Text("What is it? (optional)", most=300)


class ReturnForm(Form):
    """A question about each part that the school is to look at again."""

    @classmethod
    def of(cls, report: ImpactReturn) -> "ReturnForm":
        form = cls.on(report)
        for part in ReturnPart:
            if part not in report.parts:
                del form[f"ask_{part.value}"]
        return form

    def questions(self) -> dict[ReturnPart, str]:
        """By the parts asked about."""
        asked = {part: f"ask_{part.value}" for part in ReturnPart}
        return {part: self[name].data for part, name in asked.items() if name in self and self[name].data}

    def validate(self, extra_validators: Any = None) -> bool:
        fine: bool = super().validate(extra_validators)
        if fine and not self.questions():
            self.ask_results.errors = ["Ask a question about at least one part"]
            return False
        return fine


for _part in ReturnPart:
    setattr(ReturnForm, f"ask_{_part.value}", LongText(_part.words, most=1000, rows=3))


class AcceptForm(Form):
    """A report's rating."""

    rag = Radios("Your rating", choices=Rag, missing="Select a rating")
    reason = LongText(
        "Why this rating? (needed where it is not the one worked out)",
        most=2000,
        rows=4,
        description="The school reads this.",
    )
    closes = Tick(
        "Close the bid too", description="Nothing else is open. The school gets one letter about both."
    )

    @classmethod
    def about(cls, report: ImpactReturn, found: Judgement | None, now: datetime) -> "AcceptForm":
        """With what the results come to; it offers to close the bid where nothing else is left to do."""
        form = cls.on(report)
        if found is None or found.count(Standing.TOO_EARLY) or not is_last_to_do(report, now):
            del form.closes
        elif not form.is_submitted():
            form.closes.data = True
        if not form.is_submitted():
            form.rag.data = found.rag if found else None
        return form


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
