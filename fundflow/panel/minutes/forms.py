"""The forms of the clerk’s minutes."""

from collections.abc import Iterable

from fundflow.web import fields as f
from fundflow.web.forms import Form

KEEP, NEW = "keep", "new"


class MinutesSectionForm(Form):
    text = f.LongText(
        "Text",
        most=20_000,
        rows=20,
        missing="Enter the text of this section",
        description="An empty line begins a paragraph. A line that begins with “- ” is a point of a list.",
    )


class RedraftForm(Form):
    """Asks what becomes of edits, where there are any."""

    edits = f.Radios(
        "What should become of the sections you changed?",
        missing="Select what should become of the sections you changed",
        choices=(
            (KEEP, "Keep my words, with the new draft beside them"),
            (NEW, "Take the new draft, and lose my words"),
        ),
    )

    def expect_edits(self, there_are_any: bool) -> None:
        if not there_are_any:
            del self.edits

    @property
    def keep(self) -> bool:
        return "edits" in self and self.edits.data == KEEP


class AgreeForm(Form):
    meeting = f.Radios(
        "At which meeting did the panel agree them?",
        choices=(),
        missing="Select the meeting that agreed them",
    )

    def offer(self, meetings: Iterable[tuple[int, str]]) -> None:
        self.meeting.choices = f.choices_of((str(number), words) for number, words in meetings)
