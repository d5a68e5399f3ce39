"""The officer's form for what the register of awards says of an award."""

from typing import Self

from fundflow.models.bid import Bid
from fundflow.web import fields as f
from fundflow.web.forms import Form


class PublicTextForm(Form):
    """A text for everybody to read; `why` only where another stands there already, the title only where the
    page publishes one."""

    title = f.Text(
        "Title for the public register",
        most=140,
        description="Everybody can read it. Name nobody. Leave it as it is if it fits.",
    )
    no_names = f.Tick(
        "What was found in the title is not the name of a person",
        description="Only where we found a name in the title that is none.",
    )
    text = f.LongText(
        "For the public register",
        most=2000,
        rows=8,
        missing="Enter the text to publish",
        description="Everybody can read it. Name no pupil, no member of staff and nobody else.",
    )
    why = f.LongText(
        "Why is it corrected?",
        most=500,
        rows=3,
        missing="Enter why it is corrected",
        description="This and what stood there before stay in the bid’s history.",
    )

    @classmethod
    def of(cls, bid: Bid, label: str, text: str, title: str | None, *, published: bool) -> Self:
        form = cls.on(bid, data={"text": text, "title": title})
        form.text.label.text = label
        if not published:
            del form.why
        if title is None:
            del form.title, form.no_names
        return form
