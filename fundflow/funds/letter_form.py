"""The words with which a fund's letters begin and end."""

from typing import Any

from wtforms import ValidationError

from fundflow.letters.frame import why_not_framed
from fundflow.rules.bank_details import why_bank_details
from fundflow.web.fields import LongText
from fundflow.web.forms import Form


def _may_stand_in_letters(_form: Any, field: Any) -> None:
    if why := why_not_framed(field.data) or why_bank_details(field.data):
        raise ValidationError(why)


class LetterWordsForm(Form):
    letter_opening = LongText(
        "Letters begin with",
        most=300,
        rows=2,
        validators=[_may_stand_in_letters],
        description="Leave it empty for “Dear ((name))”.",
    )
    letter_closing = LongText(
        "Letters end with",
        most=600,
        rows=5,
        validators=[_may_stand_in_letters],
        description="The last lines of a letter. Leave it empty for the names of service and council.",
    )

    def words(self) -> dict[str, str]:
        """By the fund's column."""
        return {
            name: getattr(self, name).data.replace("\r\n", "\n")
            for name in ("letter_opening", "letter_closing")
        }
