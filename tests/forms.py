"""Every form there is, found by looking: for tests of a kind of field wherever it occurs."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from wtforms import Field
from wtforms.fields.core import UnboundField

import fundflow
from fundflow.web.forms import Form
from fundflow.web.step_forms import FIELDS, form_of
from fundflow.workflow.processes import PROCESSES


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
