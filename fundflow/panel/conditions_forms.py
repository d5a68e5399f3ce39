"""What each step of a condition asks for."""

from fundflow.web import fields as f
from fundflow.web.forms import Form


class ReportForm(Form):
    note = f.LongText(
        "How is it met?",
        most=2000,
        rows=5,
        missing="Say how the condition is met",
        description="Don’t name pupils or staff.",
    )


class DischargeForm(Form):
    note = f.LongText(
        "How do you know that it is met?", most=2000, rows=5, missing="Say how you know that it is met"
    )


class NotYetForm(Form):
    reason = f.LongText(
        "What is missing?",
        most=2000,
        rows=5,
        missing="Say what is missing",
        description="The school is told this.",
    )


class WaiveForm(Form):
    reason = f.LongText(
        "Why is it no longer asked for?",
        most=2000,
        rows=5,
        missing="Say why it is no longer asked for",
        description="The school, the officer and finance are told this.",
    )
