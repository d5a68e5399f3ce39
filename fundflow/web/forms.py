"""The base of every form, and how a form's operation is carried out."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict

from fundflow.database import is_collision, read_only, waited_in_vain
from fundflow.extensions import db
from fundflow.history import plain
from fundflow.models.fund import Fund
from fundflow.models.kept_typing import KeptTyping
from fundflow.steps import AlreadyTaken, Stale, since
from fundflow.web.fields import LongText, Stamp, Tick, Version, choices_of
from fundflow.workflow.date_words import clock_time
from fundflow.workflow.engine import Refused

STALE = (
    "Somebody changed this while you had the page open. Nothing was saved yet. What you typed is "
    "still here. Check it against what they changed. Then send it again."
)
GONE = "Somebody changed this while you had the page open, and nothing was saved."
TWICE = "This was recorded a moment ago, perhaps by a second click. Nothing was recorded twice."
OTHERWISE = (
    "You did this a moment ago in another window, with different answers. Those are recorded. "
    "Nothing below was recorded. It is still here for you to copy."
)
BUSY = (
    "Somebody else was changing the same things at that moment. Nothing was saved yet. What you "
    "typed is still here: send it again."
)


class Form(FlaskForm):
    """A form that remembers which version of its record it shows, and why it was refused."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What a page's form sent, though it be nothing; no files and no JSON, which are not text."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if form.is_submitted() else None

    version = Version()
    its_record: Any = None  # what it was made for, by `on`
    problem: str | None = None  # a refusal to show above the form
    stale: bool = False
    happened: str = ""  # what made it stale, where that was a step
    kept_at: datetime | None = None  # when what it shows was typed, where it was not saved

    @classmethod
    def on(cls, record: Any, **options: Any) -> Self:
        """The form for a record. A GET carries the record's version; a POST what it carried."""
        form = cls(**options)
        form.its_record = record
        if not form.is_submitted():
            form.version.data = record.version
        return form

    def take_up(self, kept: KeptTyping) -> None:
        """Show what somebody typed here earlier and did not save."""
        version = self.version.data
        self.process(MultiDict([(name, value) for name, values in kept.fields.items() for value in values]))
        self.version.data, self.kept_at = version, kept.kept_at

    @property
    def status(self) -> int:
        """The page's HTTP status: 200 when asked for, 409 refused, 422 when answers are wrong."""
        if self.problem:
            return 409
        return 422 if request.method == "POST" else 200

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.problem)

    @property
    def error_list(self) -> list[dict[str, str]]:
        """What is wrong, for the error summary: a refusal, then the fields in their order."""
        refused = [{"text": self.problem}] if self.problem else []
        wrong = [field for field in self if field.errors]
        return refused + [{"text": f.errors[0], "href": f"#{getattr(f, 'target', f.id)}"} for f in wrong]

    def says_other_than(self, given: Mapping[str, Any]) -> bool:
        """Whether an answer differs from what a step recorded under the same name."""
        return any(
            str(plain(self[name].data) or "") != str(value or "")
            for name, value in given.items()
            if name in self
        )


class ReasonForm(Form):
    """For the steps that ask for a reason alone."""

    reason = LongText("Why?", most=2000, missing="Enter the reason", rows=5)


class ConfirmForm(Form):
    """For the steps that ask for nothing."""


class AgreementForm(Form):
    """For the steps that ask for an agreement."""

    agreement = Tick("I agree", missing="Tick the box to show that you agree")


class OfFund(Form):
    """A form whose field `fund` asks for one of several."""

    fund: Any

    def choose_fund(self, funds: Sequence[Fund]) -> None:
        """Where there is only one fund, it is chosen already."""
        self.fund.choices = choices_of((str(fund.id), fund.name) for fund in funds)
        if len(funds) == 1 and not self.fund.data:
            self.fund.data = str(funds[0].id)


def carried_out(form: Form, act: Callable[[], Any], record: Any = None) -> bool:
    """Run an operation that ends in a commit; True when it is done (or was done already).

    When it is refused, or the page was stale, nothing has changed and the form says why; a stale
    form takes on the record's new version, so that sending it again means it.
    """
    form.problem = _attempted(form, act, record)
    return form.problem is None


def _attempted(form: Form, act: Callable[[], Any], record: Any) -> str | None:
    try:
        _in_two_tries(act)
    except (AlreadyTaken, Refused, Stale, StaleDataError, IntegrityError, OperationalError) as error:
        db.session.rollback()
        read_only()  # the page that says so must not keep the next writer waiting
        return _why_not(error, form, record)
    return None


def _why_not(error: Exception, form: Form, record: Any) -> str | None:
    """What to say about it; None where what was wanted is done already."""
    match error:
        case AlreadyTaken():
            return OTHERWISE if form.says_other_than(error.given) else None
        case Refused():
            return error.sentence
        case Stale() | StaleDataError():
            return _taken_on(form, record)
        case IntegrityError():
            return TWICE
        case OperationalError() if is_collision(error):
            return BUSY
    raise error


def _taken_on(form: Form, record: Any) -> str:
    """The form takes on the record's new version; says what made it stale."""
    form.stale = True
    if record is None:
        return STALE
    form.happened = _what_happened(record, form.version.data)
    form.version.data = record.version
    form.version.raw_data = [str(record.version)]
    return STALE + form.happened


def _in_two_tries(act: Callable[[], Any]) -> None:
    """Where two transactions wait for each other the database ends one, which may start again."""
    try:
        act()
    except OperationalError as error:
        db.session.rollback()
        if not is_collision(error) or waited_in_vain(error):
            raise
        act()


def _what_happened(record: Any, version: int | None) -> str:
    """Which step made the page stale, as a sentence, where it was a step."""
    entry = since(record, version) if version and hasattr(record, "workflow") else None
    if entry is None:
        return ""
    return f" What happened: {entry.actor_name}, “{entry.label}”, at {clock_time(entry.at)}."


def fingerprint(answers: Any) -> str:
    """A short hash of some answers, to see whether they changed since a page was made."""
    text = json.dumps(answers, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


__all__ = ["AgreementForm", "ConfirmForm", "Form", "ReasonForm", "Stamp", "carried_out", "fingerprint"]
