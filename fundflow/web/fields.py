"""Form fields in the units people write, kept in the units we count in.

Every field takes the sentence to show when it is empty; without one it may be left empty. What
was typed is shown again as it was typed.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from fundflow.letters.addresses import why_not_address, written
from fundflow.web.drawing import Drawn, OfSeveral
from fundflow.web.times import read_day
from fundflow.workflow.date_words import day_words

LEFT_OUT = ("Cc", "Cf", "Cs")  # of Unicode's categories: controls, invisible marks, halves of a pair


def needed(missing: str | None) -> list[Any]:
    """The check of a field that must be filled in: `missing` is its sentence, None lets it be empty."""
    return [InputRequired(missing)] if missing else [Optional()]


def tidy(value: Any) -> Any:
    """Text without NULs, other control characters, invisible marks and surrounding space. Its length
    is what `assets/length.js` counts in the browser."""
    if not isinstance(value, str):
        return value
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in value if not _left_out(c)).strip()


def _left_out(c: str) -> bool:
    """Whether a character is a control character or an invisible mark. One that this Python does not
    know yet, like a new emoji, is kept."""
    return not (c.isprintable() or c.isspace()) and unicodedata.category(c) in LEFT_OUT


def one_line(value: Any) -> Any:
    """`tidy` for what must stay one line: a break, which a letter’s header could not bear, is a space."""
    value = tidy(value)
    return " ".join(value.split()) if isinstance(value, str) else value


class _NotBlank:
    """Spaces alone are no answer."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Any) -> None:
        if not field.data:
            raise ValidationError(self.message)


class Text(Drawn, StringField):
    """One line of text."""

    def __init__(
        self,
        label: str,
        *,
        most: int,
        missing: str | None = None,
        too_long: str | None = None,
        **options: Any,
    ) -> None:
        named = f"“{label}”" if label.endswith("?") else label
        checks = [
            *needed(missing),
            *([_NotBlank(missing)] if missing else []),
            Length(max=most, message=too_long or f"{named} must be {most:,} characters or fewer"),
        ]
        self.most = most
        super().__init__(label, [*checks, *options.pop("validators", [])], filters=[one_line], **options)


class LongText(Drawn, TextAreaField):
    """Several lines, with a count of characters left."""

    part = "long_text"

    def __init__(
        self, label: str, *, most: int, missing: str | None = None, rows: int = 6, **options: Any
    ) -> None:
        checks = [
            *needed(missing),
            *([_NotBlank(missing)] if missing else []),
            Length(max=most, message=f"Your answer must be {most:,} characters or fewer"),
        ]
        self.most, self.rows = most, rows
        super().__init__(label, [*checks, *options.pop("validators", [])], filters=[tidy], **options)


class EmailAddress(Text):
    """An e-mail address that can be written to, in lower case and with straight apostrophes."""

    input_type, spellcheck = "email", False

    def __init__(self, label: str, *, missing: str | None = None, **options: Any) -> None:
        super().__init__(label, most=254, missing=missing, validators=[_can_be_written_to], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([written(value) for value in valuelist])


def _can_be_written_to(_form: Any, field: Any) -> None:
    if why := why_not_address(field.data):
        raise ValidationError(why)


class Day(Drawn, Field):
    """A date in three boxes: `name-day`, `name-month`, `name-year`."""

    part = "date"
    widget = None

    def __init__(
        self,
        label: str,
        *,
        what: str,
        missing: str | None = None,
        least: date = date(2000, 1, 1),
        most: date = date(2100, 12, 31),
        **options: Any,
    ) -> None:
        self.what, self.missing, self.least, self.latest = what, missing, least, most
        self.typed = {"day": "", "month": "", "year": ""}
        super().__init__(label, **options)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002 (WTForms' signature)
        self.process_errors: list[str] = []
        self.data = self.object_data = self.default if data is None or not isinstance(data, date) else data
        if formdata is not None:
            self.typed = {
                part: tidy(str(formdata.get(f"{self.name}-{part}", "")))[:20] for part in self.typed
            }
            self.data = self._parsed()
        elif isinstance(self.data, date):
            self.typed = {
                "day": str(self.data.day),
                "month": str(self.data.month),
                "year": str(self.data.year),
            }

    @property
    def target(self) -> str:
        """The id that an error summary leads to."""
        return f"{self.id}-day"

    @property
    def boxes(self) -> list[dict[str, Any]]:
        """The boxes as the design system's component takes them."""
        wrong = " govuk-input--error" if self.errors else ""
        return [
            {
                "name": part,
                "label": part.capitalize(),
                "value": text,
                "classes": f"govuk-input--width-{4 if part == 'year' else 2}{wrong}",
                "inputmode": "numeric",
            }
            for part, text in self.typed.items()
        ]

    def _parsed(self) -> date | None:
        empty = [part for part, text in self.typed.items() if not text]
        if len(empty) == 3:
            if self.missing:
                self.process_errors.append(self.missing)
            return None
        if empty:
            self.process_errors.append(f"{self.what} must include a {' and '.join(empty)}")
            return None
        try:
            day = read_day(**self.typed)
        except ValueError:
            self.process_errors.append(f"{self.what} must be a real date, like 27 3 2027")
            return None
        if not self.least <= day <= self.latest:
            self.process_errors.append(
                f"{self.what} must be between {day_words(self.least)} and {day_words(self.latest)}"
            )
            return None
        return day


class Radios(OfSeveral, RadioField):
    """One of several; `coerce_to` turns the posted value into an enum member."""

    part = "radios"

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[str, str]] | type[Enum],
        missing: str | None = None,
        **options: Any,
    ) -> None:
        self.hints = options.pop("hints", {})
        kind = choices if isinstance(choices, type) else None
        super().__init__(
            label,
            needed(missing),
            choices=_choices(choices),
            coerce=_coercion(kind),
            validate_choice=True,
            **options,
        )

    def pre_validate(self, form: Any) -> None:
        if self.data is not None:
            _known(self, form, super().pre_validate)


class Select(OfSeveral, SelectField):
    """One of many, in a drop-down list."""

    part, chosen = "select", "selected"

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[str, str]] | type[Enum] = (),
        missing: str | None = None,
        **options: Any,
    ) -> None:
        kind = choices if isinstance(choices, type) else None
        super().__init__(
            label,
            needed(missing),
            choices=_choices(choices),
            coerce=_coercion(kind),
            validate_choice=True,
            **options,
        )

    @property
    def target(self) -> str:
        return self.id

    def pre_validate(self, form: Any) -> None:
        if self.data is not None:
            _known(self, form, super().pre_validate)


class Checkboxes(OfSeveral, SelectMultipleField):
    part = "checkboxes"

    def __init__(
        self,
        label: str,
        *,
        choices: Iterable[tuple[str, str]] = (),
        missing: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(label, needed(missing), choices=_choices(choices), **options)

    def pre_validate(self, form: Any) -> None:
        _known(self, form, super().pre_validate)


class Tick(Drawn, BooleanField):
    """One box that must, or may, be ticked."""

    part = "tick"

    def __init__(self, label: str, *, missing: str | None = None, **options: Any) -> None:
        super().__init__(label, [InputRequired(missing)] if missing else [], **options)


class Upload(Drawn, Field):
    """A file; its data is what was sent (a FileStorage), None where nothing was chosen."""

    part = "file"
    widget = None
    data: Any

    def __init__(self, label: str, *, accept: str = "", missing: str | None = None, **options: Any) -> None:
        self.accept, self.missing = accept, missing
        super().__init__(label, **options)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:  # noqa: ARG002 (WTForms' signature)
        self.process_errors: list[str] = []
        sent = request.files.get(self.name) if formdata is not None else None
        self.data = self.object_data = sent if sent and sent.filename else None
        if formdata is not None and self.data is None and self.missing:
            self.process_errors.append(self.missing)


class Version(HiddenField):
    """The version of the record the page was made from."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0] if valuelist else ""
        self.data = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else -1  # -1: never current


class Stamp(HiddenField):
    """A fingerprint of the answers the page was made from (see `web.forms.fingerprint`)."""


def choices_of(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def _choices(source: Iterable[tuple[str, str]] | type[Enum]) -> list[SelectChoice]:
    if isinstance(source, type):
        return choices_of((member.value, member.words) for member in source)  # type: ignore[attr-defined]
    return choices_of(source)


def _coercion(kind: type[Enum] | None) -> Any:
    """Values stay text; an enum's member is found by its value, an unknown one stays text."""

    def coerce(value: Any) -> Any:
        if value is None or value == "":
            return None
        if kind is None:
            return str(value)
        if isinstance(value, kind):
            return value
        try:
            return kind(str(value))
        except ValueError:
            return str(value)

    return coerce


def _known(field: Any, form: Any, check: Any) -> None:
    try:
        if isinstance(field.data, Enum):
            return
        check(form)
    except ValidationError:
        raise ValidationError("Select one of the answers in the list") from None
