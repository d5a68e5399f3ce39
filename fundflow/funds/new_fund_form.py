"""What a new fund is called."""

import re

from wtforms import ValidationError

from fundflow.web.fields import Text
from fundflow.web.forms import Form


class NewFundForm(Form):
    name = Text("Name of the fund", most=120, missing="Enter the name of the fund")
    council = Text("Council", most=120, missing="Enter the name of the council")
    la_code = Text("Local authority code", most=3, missing="Enter the local authority code")
    prefix = Text("References begin with", most=8, missing="Enter what references begin with")

    def validate_la_code(self, field: Text) -> None:
        if not re.fullmatch(r"[0-9]{3}", field.data):
            raise ValidationError("The local authority code must be three digits, like 871")

    def validate_prefix(self, field: Text) -> None:
        field.data = field.data.upper()
        if not re.fullmatch(r"[A-Z][A-Z0-9]{1,7}", field.data):
            raise ValidationError("Use 2 to 8 letters and digits, starting with a letter, like LSIF")
