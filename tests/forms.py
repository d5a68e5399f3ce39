"""Every form there is, found by looking: for tests of a kind of field wherever it occurs."""

import html
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from wtforms import Field
from wtforms.fields.core import UnboundField

import fundflow
from fundflow.web import fields, number_fields
from fundflow.web.forms import Form
from fundflow.web.step_forms import FIELDS, form_of
from fundflow.workflow.processes import PROCESSES
from tests.applications.helpers import errors


def every_form() -> Iterator[type[Form]]:
    """Every class of form, those that are made from a step's row among them."""
    for module in pkgutil.walk_packages(fundflow.__path__, "fundflow."):
        if "__main__" not in module.name and "gunicorn" not in module.name:
            import_module(module.name)
    found = [Form]
    for form in found:
        found += [sub for sub in form.__subclasses__() if sub not in found]
    yield from (form for form in found if form.__module__.startswith("fundflow."))
    for process in PROCESSES.values():
        for step in process.steps:
            if step.asks_for and all(wanted.kind in FIELDS for wanted in step.asks_for):
                yield form_of(step)


def fields_of(kind: type[Field]) -> dict[str, UnboundField]:
    """The fields of a kind, by “Form.field”."""
    found = {}
    for form in every_form():
        for name in dir(form):
            field = getattr(form, name, None)
            if isinstance(field, UnboundField) and issubclass(field.field_class, kind):
                found[f"{form.__name__}.{name}"] = field
    return found


def malformed(field: Any) -> dict[str, str]:
    """What this field can't take, as a browser sends it."""
    match field:
        case fields.Day():
            parts = {"day": "31", "month": "February", "year": "2027"}
            return {f"{field.name}-{part}": text for part, text in parts.items()}
        case fields.EmailAddress():
            return {field.name: "ann at oak"}
        case fields.Text() | fields.LongText():
            return {field.name: f"It’s {field.name} & more " + "x" * field.most}
        case number_fields.NumberField():
            return {field.name: f"2,5 {field.name}"}
        case fields.Radios() | fields.Select() | fields.Checkboxes():
            return {field.name: "no such answer"}
    raise AssertionError(f"What is malformed in a {type(field).__name__}?")


def is_shown(page: Any, asked: list[Any]) -> None:
    """Each text that was typed stands on the page, and each field has its error."""
    chosen = (fields.Radios, fields.Select, fields.Checkboxes)
    for field in asked:
        for name, value in malformed(field).items():
            assert isinstance(field, chosen) or value in html.unescape(page.text), name
        assert f'id="{field.name}-error"' in page.text, field.name
    assert len(errors(page)) == len(asked)
