"""Forms of people's data."""

from wtforms import HiddenField

from fundflow.web.fields import EmailAddress, LongText, Radios, Text
from fundflow.web.forms import Form


class ExportForm(Form):
    """Whose copy is made: an account's number, or the address of somebody without one."""

    q = HiddenField()
    about = Radios("Whose data is it?", choices=[], missing="Select whose data it is")


class RestrictionForm(Form):
    """Why somebody's data is restricted, or is not any more."""

    reason = LongText("Why?", most=1000, missing="Enter the reason")


class ComplaintForm(Form):
    """What anybody complains about, and where the answer goes."""

    name = Text("Your name", most=120, missing="Enter your name")
    email = EmailAddress("Your email address", missing="Enter your email address")
    text = LongText(
        "What happened, and what would you like us to do?", most=4000, missing="Enter what happened"
    )
