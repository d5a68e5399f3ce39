"""The officer's forms for what the register of awards says of an award."""

from fundflow.web import fields as f
from fundflow.web.forms import Form


class ReasonsForm(Form):
    title = f.Text(
        "Title for the public register",
        most=140,
        description="Everybody can read it. Name nobody. Leave it as it is if it fits.",
    )
    no_names = f.Tick(
        "What was found in the title is not the name of a person",
        description="Only where we found a name in the title that is none.",
    )
    reasons = f.LongText(
        "Reasons for the public register",
        most=2000,
        rows=8,
        missing="Enter the reasons to publish",
        description="Everybody can read them. Name no pupil, no member of staff and nobody else.",
    )


class CorrectedReasonsForm(ReasonsForm):
    why = f.LongText(
        "Why are they corrected?",
        most=500,
        rows=3,
        missing="Enter why the reasons are corrected",
        description="This and what stood there before stay in the bid’s history.",
    )


class SummaryForm(Form):
    summary = f.LongText(
        "What changed, for the public register",
        most=2000,
        rows=8,
        missing="Enter the summary to publish",
        description="Everybody can read it. Name no pupil, no member of staff and nobody else.",
    )


class CorrectedSummaryForm(SummaryForm):
    why = f.LongText(
        "Why is it corrected?",
        most=500,
        rows=3,
        missing="Enter why the summary is corrected",
        description="This and what stood there before stay in the bid’s history.",
    )
