"""The form of a step, made from what its row asks for."""

from collections.abc import Callable
from functools import cache
from typing import Any

from wtforms import ValidationError

from fundflow.web.access import now
from fundflow.web.fields import Day, LongText, Text, Tick
from fundflow.web.forms import Form
from fundflow.web.number_fields import Pounds
from fundflow.workflow.date_words import day_words
from fundflow.workflow.engine import Step
from fundflow.workflow.inputs import TODAY, Input, Kind
from fundflow.workflow.working_days import london_date


def _missing(wanted: Input) -> str | None:
    return None if wanted.optional else wanted.missing


def _day(wanted: Input) -> Day:
    checks: list[Any] = [] if wanted.past else [_today_or_later]
    if wanted.after:
        checks.append(_after(wanted.after))
    return Day(
        wanted.label,
        what="The date",
        missing=_missing(wanted),
        description=wanted.hint,
        validators=checks,
    )


def _today_or_later(_form: Form, field: Day) -> None:
    if field.data and field.data < london_date(now()):
        raise ValidationError("The date must be today or later")


def _after(bound: str) -> Callable[[Form, Day], None]:
    def check(form: Form, field: Day) -> None:
        day = london_date(now()) if bound == TODAY else getattr(form.its_record, bound)
        if field.data and field.data <= day:
            raise ValidationError(f"The date must be after {TODAY if bound == TODAY else day_words(day)}")

    return check


FIELDS: dict[Kind, Callable[[Input], Any]] = {
    Kind.LINE: lambda i: Text(i.label, most=i.most, missing=_missing(i), description=i.hint),
    Kind.TEXT: lambda i: LongText(i.label, most=i.most, missing=_missing(i), rows=5, description=i.hint),
    Kind.DATE: _day,
    Kind.AMOUNT: lambda i: Pounds(i.label, what="The amount", missing=_missing(i), description=i.hint),
    Kind.TICK: lambda i: Tick(i.label, missing=_missing(i), description=i.hint),
}


@cache
def form_of(step: Step) -> type[Form]:
    """The class of the step's form; raises KeyError where a page of its own asks for something."""
    fields = {wanted.name: FIELDS[wanted.kind](wanted) for wanted in step.asks_for}
    return type("StepForm", (Form,), fields)


def given(form: Form, step: Step) -> dict[str, Any]:
    """What was given, by the row's names; an empty text is “”."""
    texts = (Kind.LINE, Kind.TEXT)
    return {i.name: form[i.name].data or ("" if i.kind in texts else None) for i in step.asks_for}
