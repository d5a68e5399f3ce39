"""Saving a form in which something is malformed: it is kept as typed, and shown again with its error."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import flash, request
from werkzeug.datastructures import MultiDict
from wtforms import Field
from wtforms.validators import InputRequired

from fundflow.models.unfinished import Unfinished
from fundflow.web.forms import Form

# Hidden fields, and the buttons of the bid's form: no answers.
BUTTONS = ("later", "add", "another", "onward", "work_out", "forget")
NO_ANSWERS = ("csrf_token", "version", "stamp", "place", "half", *BUTTONS)
MOST_CHARACTERS = 100_000  # of one page's fields; the whole form has fewer
LONGEST_QUOTE = 60
SAVED = "Saved. You can come back to it at any time."


def wrong_fields(form: Form) -> list[Field]:
    """The fields whose answer is malformed, not only missing; once the form was validated."""
    return [field for field in form if not set(field.errors) <= _missing_words(field)]


def may_be_kept(form: Form) -> bool:
    """Whether what was sent may be kept as typed: it came from our own page, and is no longer than
    any form."""
    ours = not any(field.errors for field in form if field.name in NO_ANSWERS)
    length = sum(len(text) for texts in as_typed().values() for text in texts)
    return ours and length <= MOST_CHARACTERS


def may_be_kept_for_later(form: Form) -> bool:
    """Whether the person said that the rest comes later; once the form was validated."""
    said = "later" in request.form or "add" in request.form
    return bool(form.is_submitted() and said and may_be_kept(form))


@contextmanager
def without_wrong(form: Form) -> Iterator[None]:
    """Inside, malformed answers are empty: what is left may be stored."""
    held = {field: field.data for field in wrong_fields(form)}
    for field in held:
        field.data = None
    yield
    for field, data in held.items():
        field.data = data  # to be shown again


def say_saved(entry: Unfinished | None, *, before: str = "the bid is sent", otherwise: str = SAVED) -> None:
    """Say that it is saved, and what must be put right."""
    if entry:
        flash(f"Saved as you typed it. Put this right before {before}: {entry['wrong'][0]}", "notice")
    else:
        flash(otherwise, "success")


def as_typed() -> dict[str, list[str]]:
    """The request's fields by name, without hidden ones and buttons."""
    return {name: texts for name, texts in request.form.lists() if name not in NO_ANSWERS}


def unfinished(form: Form) -> Unfinished | None:
    """What was sent as it was typed, with a sentence for each malformed answer; None without any."""
    wrong = wrong_fields(form)
    return Unfinished(fields=as_typed(), wrong=[_sentence(field) for field in wrong]) if wrong else None


def row_as_typed(form: Form, one: str) -> Unfinished:
    """A row that can't be stored yet; `one` is what it is called."""
    found = unfinished(form)
    title = one[0].upper() + one[1:]
    wrong = [f"{title}: {why}" for why in found["wrong"]] if found else [f"Finish the {one} you began"]
    return Unfinished(fields=as_typed(), wrong=wrong)


def show_unfinished(form: Form, entry: Unfinished) -> None:
    """Show what was saved as it was typed, with the errors it has now."""
    kept = {field: field.data for field in form if field.name in NO_ANSWERS}
    form.process(MultiDict([(name, text) for name, texts in entry["fields"].items() for text in texts]))
    form.validate()
    for field, data in kept.items():
        field.data, field.errors = data, ()
    for field in form:
        if set(field.errors) <= _missing_words(field):
            field.errors = ()


def _missing_words(field: Any) -> set[str]:
    words = {check.message for check in field.validators if isinstance(check, InputRequired)}
    return words | {str(getattr(field, "missing", None))}


def _sentence(field: Any) -> str:
    """The field's error, and what was typed there."""
    typed = " ".join(field.typed.values()) if hasattr(field, "typed") else " ".join(field.raw_data or ())
    typed = " ".join(typed.split())
    if not typed:
        return str(field.errors[0])
    quote = typed if len(typed) <= LONGEST_QUOTE else f"{typed[:LONGEST_QUOTE]}…"
    return f"{field.errors[0]}. You entered “{quote}”"
